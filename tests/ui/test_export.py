"""Images leaving the real window: exported, copied, opened elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import ExportProfile, FileFormat, encode_full_image, load_full_image
from imagineart_desktop.imaging.files import encode_progress
from imagineart_desktop.library import DEFAULT_PATTERN, import_pictures
from imagineart_desktop.support.pixel_libraries import features
from imagineart_desktop.ui.exporting.dialog import ExportDialog
from imagineart_desktop.ui.exporting.file_fields import UNCHANGED
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME
from tests.imaging.inpaint_fixtures import source_of
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened


async def gallery_with(at: Driver, count: int) -> list[int]:
    """Put images in the library, all selected in the gallery."""
    numbers = [(await keep(at.parts.library, recipe(number, f"cup {number}"))).id for number in range(1, count + 1)]
    at.window.go_to("gallery")
    await at.until(lambda: at.window.gallery.model.rowCount() == count)
    at.window.gallery.grid.selectAll()
    return numbers


async def dialog_of(at: Driver, folder: Path) -> ExportDialog:
    """Open the dialog by the keys that the menu shows."""
    QTest.keyClick(at.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    await at.until(lambda: at.window.exchange.export_dialog is not None)
    dialog = at.window.exchange.export_dialog
    assert dialog is not None
    at.type(dialog.folder, str(folder))
    await at.until(lambda: dialog.name.text() not in ("", "—"))
    return dialog


async def export(at: Driver, dialog: ExportDialog) -> None:
    """Export, until the dialog says what happened."""
    dialog.message.clear()
    at.click(dialog.go)
    await at.until(lambda: bool(dialog.message.text()))


def choose(dialog: ExportDialog, value: str) -> None:
    dialog.fields.format.setCurrentIndex(dialog.fields.format.findData(value))


async def test_colours_of_their_own_are_kept_unless_the_user_says_otherwise(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        details = await at.parts.library.details(at.window.gallery.grid.chosen()[0])
        assert details is not None
        details.summary.path.write_bytes(encode_full_image(source_of("rgb_profile", 40, 30)))
        dialog = await dialog_of(at, tmp_path / "out")
        await at.until(lambda: dialog.fields.profile.currentData() == ExportProfile.KEPT)
        await export(at, dialog)
        (made,) = (tmp_path / "out").iterdir()
        assert load_full_image(made).profile == source_of("rgb_profile", 4, 3).profile
        assert dialog.fields.state().profile == ExportProfile.SRGB


async def test_a_picture_is_exported_and_another_library_reads_it(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        assert not dialog.isModal()
        at.type(dialog.pattern, "{model}_{seed}")
        for form in FileFormat:
            choose(dialog, form.value)
            name = f"ImagineArt-2.0-Preview_1.{form.extension}"
            assert dialog.name.text() == name
            await export(at, dialog)
            assert dialog.message.text() == f"Exported as {name}."
            read = cv2.imread(str(tmp_path / "out" / name))
            assert read is not None
            assert np.abs(read[:, :, ::-1].astype(int) - (1, 90, 120)).max() <= 8
        dialog.close()


async def test_many_pictures_are_exported_at_once_and_an_existing_name_is_shown_with_its_number(
    tmp_path: Path, theme: Theme
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "cup_1.png").write_bytes(b"mine")
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 12)
        dialog = await dialog_of(at, out)
        at.type(dialog.pattern, "cup_{n}")
        await at.until(lambda: dialog.name.text() == "cup_01.png")
        at.type(dialog.pattern, "cup_1")
        await at.until(lambda: dialog.name.text() == "cup_1_2.png")
        at.type(dialog.pattern, "cup_{n}")
        at.click(dialog.go)
        await at.until(lambda: dialog.message.text().startswith("Exported 12 images."))
        assert {path.name for path in out.iterdir()} == {*(f"cup_{n:02}.png" for n in range(1, 13)), "cup_1.png"}
        assert (out / "cup_1.png").read_bytes() == b"mine"
        Image.new("RGB", (9, 9)).save(tmp_path / "photo.png")
        (photo,) = (await import_pictures(at.parts.library, [tmp_path / "photo.png"])).added
        dialog.open_for([1, photo])
        await at.until(lambda: dialog.name.text() == "cup_1_2.png")
        assert "Imported images" not in dialog.remark()
        dialog.pattern.setText(DEFAULT_PATTERN)
        assert dialog.remark().endswith("Imported images keep their file names; change the pattern to rename them.")
        dialog.close()


async def test_a_wrong_pattern_is_told_where_it_is_typed(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        at.type(dialog.pattern, "{sede}_{n}")
        assert "{sede}" in dialog.remark()
        assert not dialog.go.isEnabled()
        at.type(dialog.pattern, "{seed}_{n}")
        assert dialog.go.isEnabled()
        assert dialog.name.text() == "1_1.png"
        at.type(dialog.folder, str(tmp_path / "settings.ini" / "x"))
        (tmp_path / "settings.ini").touch()
        at.click(dialog.go)
        await at.until(lambda: "Can’t write to" in dialog.message.text())
        dialog.close()


async def test_an_export_can_be_cancelled(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 30)
        dialog = await dialog_of(at, tmp_path / "out")
        at.type(dialog.pattern, "{n}")
        at.click(dialog.go)
        await at.until(lambda: dialog.bar.value() >= 2)
        assert dialog.cancel.isVisible()
        at.click(dialog.cancel)
        await at.until(lambda: "Canceled" in dialog.message.text())
        written = list((tmp_path / "out").iterdir())
        assert 2 <= len(written) < 30
        assert dialog.go.isEnabled()
        dialog.close()


async def test_an_export_of_one_image_says_how_far_its_encoder_is_and_cancels_it(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode_progress, "_MIN_PIXELS", 1)
    encode, may_end, calls = encode_progress._encode, Event(), []

    def held(image: Image.Image, kind: str, options: Mapping[str, Any]) -> bytes:
        calls.append(kind)
        # The first one is the sample.
        assert len(calls) < 2 or may_end.wait()
        return encode(image, kind, options)

    monkeypatch.setattr(encode_progress, "_encode", held)
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        choose(dialog, FileFormat.JPEG)
        at.click(dialog.go)
        await at.until(lambda: len(calls) == 2 and dialog._done.text().endswith("%"))
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        at.click(dialog.cancel)
        await at.until(lambda: "Canceled" in dialog.message.text())
        may_end.set()
        assert not list((tmp_path / "out").glob("*"))
        assert len(calls) == 2
        dialog.close()


async def test_what_was_chosen_is_there_the_next_time_but_never_replace(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        choose(dialog, "WebP")
        dialog.fields.quality.setValue(77)
        dialog.clash.setCurrentIndex(1)
        at.click(dialog.go)
        await at.until(lambda: dialog.message.text().startswith("Exported"))
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.window.gallery.grid.selectAll()
        dialog = await dialog_of(at, tmp_path / "out")
        assert dialog.fields.format.currentText() == "WebP"
        assert dialog.fields.quality.value() == 77
        assert dialog.clash.currentIndex() == 0
        dialog.close()


async def test_a_format_that_cannot_be_written_here_is_not_offered(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        box = dialog.fields.format
        place = box.findData("AVIF")
        assert box.itemText(place) == "AVIF: cannot be written on this computer"
        assert not box.model().flags(box.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled
        dialog.close()


async def test_the_hint_of_a_format_agrees_with_the_colors(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await gallery_with(at, 1)
        fields = (await dialog_of(at, tmp_path / "out")).fields
        for name in ("PNG", "TIFF"):
            fields.format.setCurrentIndex(fields.format.findData(name))
            for profile in ExportProfile:
                fields.profile.setCurrentIndex(fields.profile.findData(profile))
                hint = fields._hint.text()
                kept = profile is ExportProfile.KEPT
                assert ("Keeps 16 bits" in hint, "16 bits become 8" in hint) == (kept, not kept)
                assert "CMYK" not in hint or kept


async def test_a_file_as_it_is_leaves_nothing_to_choose(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        (number,) = await gallery_with(at, 1)
        dialog = await dialog_of(at, tmp_path / "out")
        choose(dialog, UNCHANGED)
        assert not any(field.isEnabled() for field in (dialog.fields.quality, dialog.fields.rule, dialog.fields.recipe))
        at.click(dialog.go)
        await at.until(lambda: dialog.message.text().startswith("Exported"))
        (written,) = (tmp_path / "out").iterdir()
        (picture,) = await at.parts.library.summaries([number])
        assert written.read_bytes() == picture.path.read_bytes()
        dialog.close()


async def test_the_picture_on_the_canvas_is_exported_from_inpaint(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        (number,) = await gallery_with(at, 1)
        at.window.commands.run("image.inpaint", [number])
        await at.until(lambda: at.window.inpaint.has_picture)
        dialog = await dialog_of(at, tmp_path / "out")
        at.type(dialog.pattern, "from canvas")
        await export(at, dialog)
        assert (tmp_path / "out" / "from-canvas.png").is_file()
        dialog.close()


async def test_a_picture_is_copied_as_a_picture_or_as_a_file(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        (number,) = await gallery_with(at, 1)
        (picture,) = await at.parts.library.summaries([number])
        clipboard = QGuiApplication.clipboard()
        at.window.window_actions["edit.copy"].trigger()
        await at.until(lambda: clipboard.mimeData() is not None and clipboard.mimeData().hasImage())
        assert not clipboard.mimeData().hasUrls()
        assert clipboard.image().size() == QImage(str(picture.path)).size()
        assert bytes(clipboard.mimeData().data(IMAGE_IDS_MIME).data()) == str(number).encode()
        at.window.window_actions["edit.copy file"].trigger()
        await at.until(lambda: clipboard.mimeData().hasUrls())
        assert clipboard.mimeData().urls() == [QUrl.fromLocalFile(str(picture.path))]
        clipboard.clear()


async def test_a_picture_opens_in_the_systems_program(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        (number,) = await gallery_with(at, 1)
        (picture,) = await at.parts.library.summaries([number])
        at.window.window_actions["file.open with"].trigger()
        await at.until(lambda: bool(asked))
        assert asked == [QUrl.fromLocalFile(str(picture.path))]
