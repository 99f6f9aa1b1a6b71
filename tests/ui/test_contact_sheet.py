"""Contact sheets made in the real window, and read by another library."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from imagineart_desktop.library import import_pictures
from imagineart_desktop.ui.exporting.contact_sheet import Paper, SheetLayout
from imagineart_desktop.ui.exporting.sheet_dialog import SheetDialog
from imagineart_desktop.ui.theme import Theme
from tests.library.test_importing import png
from tests.library.test_library import keep, recipe
from tests.ui.test_export import gallery_with
from tests.ui.window_driver import Driver, opened


def sheet_of(at: Driver, folder: Path) -> SheetDialog:
    at.window.window_actions["file.sheet"].trigger()
    dialog = at.window.exchange.sheet_dialog
    assert dialog is not None
    assert not dialog.isModal()
    at.type(dialog.folder, str(folder))
    return dialog


async def made(at: Driver, dialog: SheetDialog) -> str:
    await at.until(dialog.go.isEnabled)
    dialog.message.clear()
    at.click(dialog.go)
    await at.until(lambda: bool(dialog.message.text()))
    return dialog.message.text()


def pdf_pages(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", data))


def pdf_streams(data: bytes) -> bytes:
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(match.group(1)))
        except zlib.error:
            continue
    return b"\n".join(found)


async def test_a_pdf_holds_all_pictures_on_its_pages_and_text_as_text(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 30)
        dialog = sheet_of(at, tmp_path / "out")
        at.type(dialog.title, "Cups for <b>Krakow</b>")
        await at.until(lambda: not dialog.preview.pixmap().isNull())
        layout = dialog.selected_layout()
        assert (await made(at, dialog)).startswith("Written as contact-sheet.pdf.")
        data = (tmp_path / "out" / "contact-sheet.pdf").read_bytes()
        assert data.startswith(b"%PDF-")
        assert pdf_pages(data) == layout.pages(30) > 1
        assert len(re.findall(rb"/Subtype\s*/Image", data)) >= 30
        assert b"/FontFile" in data
        assert b"BT\n" in pdf_streams(data)
        assert "contact-sheet_2.pdf" in await made(at, dialog)
        dialog.close()


async def test_an_imported_image_is_captioned_with_its_own_name(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        own = await keep(at.parts.library, recipe(1, "a cup"))
        (imported,) = (await import_pictures(at.parts.library, [png(tmp_path / "in" / "z09n2c08.png")])).added
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 2)
        at.window.gallery.grid.selectAll()
        dialog = sheet_of(at, tmp_path / "out")
        await at.until(lambda: len(dialog._details) == 2)
        names = {details.summary.id: dialog._captions_of(details)[0] for details in dialog._details}
        assert names == {own.id: own.path.name, imported: "z09n2c08.png"}
        dialog.close()


async def test_a_png_shows_each_picture_where_the_layout_says(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        numbers = await gallery_with(at, 5)
        dialog = sheet_of(at, tmp_path / "out")
        dialog.kind.set_value("png")
        dialog.columns.setValue(3)
        layout = dialog.selected_layout()
        assert (await made(at, dialog)).startswith("Written as contact-sheet.png.")
        page = cv2.imread(str(tmp_path / "out" / "contact-sheet.png"))
        assert page is not None
        scale = page.shape[1] / layout.page.width()
        for place, number in enumerate(reversed(numbers)):
            at_middle = layout.place(place).center() * scale
            blue, green, red = page[int(at_middle.y()) + 10, int(at_middle.x())]
            assert np.abs(np.array((red, green, blue), int) - (number, 90, 120)).max() <= 3
        assert (page[int(layout.place(5).center().y() * scale), int(layout.place(5).center().x() * scale)] == 255).all()
        dialog.close()


async def test_a_lost_file_leaves_a_place_that_says_so_and_a_wrong_folder_is_told(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        numbers = await gallery_with(at, 3)
        (picture,) = await at.parts.library.summaries(numbers[:1])
        picture.path.unlink()
        dialog = sheet_of(at, tmp_path / "out")
        assert (await made(at, dialog)).startswith("Written as")
        (tmp_path / "file").touch()
        at.type(dialog.folder, str(tmp_path / "file" / "below"))
        assert (await made(at, dialog)).startswith("Can’t write to")
        dialog.close()


def test_every_picture_has_its_place_within_the_page(application: QApplication) -> None:
    for paper in Paper:
        for landscape in (False, True):
            for columns in range(1, 11):
                layout = SheetLayout(paper, landscape, columns, 6, "A title")
                for index in range(layout.images_per_page):
                    place = layout.place(index)
                    assert place.width() > 0
                    assert place.height() > 0
                    assert place.right() <= layout.page.width() - 300
                    assert place.bottom() + 6 * 105 <= layout.page.height() - 300
