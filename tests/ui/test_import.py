"""Images imported in the real window: chosen, dropped, with their metadata."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from imagineart_desktop.library import ImportReport, Library, Query
from imagineart_desktop.library.transfer.import_report import ImportedFile, ImportResult
from imagineart_desktop.ui.importing.dialog import ImportDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextBlock
from tests.library.test_importing import A1111, A1111_PROMPT, png
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import NONE, Driver, opened, settle

_BEARINGS = 6
"""Pixels beside the first and the last letter that belong to the text's width."""


def really_drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drop as Qt delivers it; return whether it was accepted."""
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), copy, mime, left, NONE)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), copy, mime, left, NONE))
    return True


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def shown_texts(at: Driver) -> list[str]:
    details = at.window.gallery.details
    blocks = [block.toPlainText() for block in details.findChildren(TextBlock)]
    return blocks + [label.text() for label in details.findChildren(QLabel)]


async def test_a_dropped_folder_is_imported_with_its_recipes_as_plain_text(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    folder = tmp_path / "in"
    png(folder / "deep" / "made.png", parameters="<b>bold</b> " + A1111)
    shutil.copy(photos / "rocket.jpg", folder / "rocket.jpg")
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        assert really_drop(at.window.gallery, files(folder))
        await at.until(lambda: at.window.status.said.text() == "2 images imported, 1 with a recipe.")
        await at.until(lambda: at.window.gallery.model.rowCount() == 2)
        (number,) = await at.parts.library.search(Query(text="bold"))
        at.window.gallery.show_picture(number)
        await at.until(lambda: "AUTOMATIC1111" in shown_texts(at))
        texts = shown_texts(at)
        assert f"<b>bold</b> {A1111_PROMPT}" in texts
        assert {"deliberate_v2", "made.png", "123456", "Euler a", "— (imported)"} <= set(texts)
        assert all(
            label.textFormat() is Qt.TextFormat.PlainText
            for label in at.window.gallery.details.findChildren(QLabel)
            if "<b>" in label.text()
        )
        assert "$0.00" in at.window.top.today.text()
        assert {"Created", "Imported"} <= set(texts)
        # A photo wasn't created here: its date may be when it was taken, or its file's.
        at.window.gallery.show_picture(next(one for one in await at.parts.library.search(Query()) if one != number))
        await at.until(lambda: "rocket.jpg" in shown_texts(at))
        assert {"Date", "Imported"} <= set(shown_texts(at))
        assert "Created" not in shown_texts(at)


async def test_chosen_files_come_in_and_an_import_can_be_taken_back(tmp_path: Path, theme: Theme) -> None:
    paths = [png(tmp_path / "in" / f"{number}.png", number) for number in range(3)]
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        at.window.window_actions["file.import"].trigger()
        (dialog,) = at.window.findChildren(QFileDialog)
        dialog.filesSelected.emit([str(path) for path in paths])
        dialog.close()
        await at.until(lambda: at.window.gallery.model.rowCount() == 3)
        await at.until(lambda: at.window.status.undo.isVisible())
        QTest.mouseClick(at.window.status.undo, Qt.MouseButton.LeftButton)
        await at.until(lambda: at.window.gallery.model.rowCount() == 0)
        assert all(path.is_file() for path in paths)


async def test_what_is_already_here_is_said_and_shown(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        picture = await keep(at.parts.library, recipe(1))
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 1)
        at.window.exchange.take_in([picture.path])
        await at.until(lambda: at.window.status.said.text() == "1 image was already in the library.")
        assert at.window.gallery.grid.chosen() == []
        at.click(at.window.status.look)
        await at.until(lambda: at.window.gallery.grid.chosen() == [picture.id])


async def test_an_import_keeps_the_search_and_the_selection_and_offers_to_show_what_came(
    tmp_path: Path, theme: Theme
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.png").write_text("hello")
    new = png(tmp_path / "in" / "new.png")
    async with opened(tmp_path, theme) as at:
        first = await keep(at.parts.library, recipe(1, "a lake"))
        gallery, status = at.window.gallery, at.window.status
        at.window.go_to("gallery")
        at.type(gallery.search, "lake")
        await at.until(lambda: gallery.model.query.text == "lake" and gallery.model.rowCount() == 1)
        gallery.grid.choose(first.id)
        at.window.exchange.take_in([new.parent, first.path])
        await at.until(lambda: at.window.exchange.import_dialog is not None)
        dialog = at.window.exchange.import_dialog
        assert dialog is not None
        await at.until(lambda: dialog.list.count() == 2)
        assert dialog.list.item(1).text() == f"“{first.path.name}” was already in the library."
        # What can be done then is offered once the dialog no longer covers it.
        assert not status.undo.isVisible()
        dialog.close()
        assert status.undo.isVisible()
        assert status.life.timer.isActive()
        assert (gallery.search.text(), gallery.grid.chosen()) == ("lake", [first.id])
        at.click(status.look)
        await at.until(lambda: gallery.model.rowCount() == 2 and gallery.grid.chosen() not in ([], [first.id]))


async def test_files_that_are_no_pictures_are_listed(tmp_path: Path, theme: Theme) -> None:
    (tmp_path / "letter.txt").write_text("hello")
    good = png(tmp_path / "good.png")
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        assert really_drop(at.window.gallery, files(tmp_path / "letter.txt", good))
        await at.until(lambda: at.window.exchange.import_dialog is not None)
        dialog = at.window.exchange.import_dialog
        assert dialog is not None
        await at.until(dialog.isVisible)
        await at.until(lambda: dialog.words() == "1 image imported. 1 file couldn’t be imported.")
        assert not dialog.isModal()
        assert dialog.list.count() == 1
        assert "letter.txt" in dialog.list.item(0).text()
        dialog.close()


async def test_skipped_files_are_named_and_the_next_report_starts_at_its_top(tmp_path: Path, theme: Theme) -> None:
    for number in range(60):
        (tmp_path / "many" / f"{number:02}").mkdir(parents=True)
        (tmp_path / "many" / f"{number:02}" / "bad.png").write_text("hello")
    (tmp_path / "many" / "sub").mkdir()
    (tmp_path / "many" / "sub" / "notes.txt").write_text("hello")
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        at.window.exchange.take_in([tmp_path / "many"])
        dialog = at.window.exchange.import_dialog
        assert dialog is not None
        await at.until(lambda: dialog.list.count() == 61)
        own = dialog.size()
        assert str(Path("00/bad.png")) in dialog.list.item(0).text()
        assert dialog.list.item(60).text() == f"“{Path('sub/notes.txt')}” isn’t an image."
        assert f"1 other file was skipped: {Path('sub/notes.txt')}." in dialog.words()
        dialog.resize(own.width(), own.height() + 300)
        bar = dialog.list.verticalScrollBar()
        await at.until(lambda: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        dialog.close()
        (tmp_path / "many" / "00" / "bad.png").unlink()
        at.window.exchange.take_in([tmp_path / "many"])
        await at.until(lambda: dialog.isVisible() and dialog.list.count() == 60)
        await at.until(lambda: bar.maximum() > 0)
        assert bar.value() == 0
        assert dialog.size() == own
        dialog.close()


async def test_pictures_of_the_library_dragged_within_the_window_are_not_imported(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await keep(at.parts.library, recipe(1))
        model = at.window.gallery.model
        await at.until(lambda: model.rowCount() == 1)
        assert model.data(model.index(0)) is None
        await at.until(lambda: model.mimeData([model.index(0)]).hasUrls())
        assert not really_drop(at.window.gallery, model.mimeData([model.index(0)]))
        assert at.window.exchange.import_dialog is None


async def test_an_import_can_be_cancelled(tmp_path: Path, theme: Theme) -> None:
    for number in range(200):
        png(tmp_path / "in" / f"{number}.png", number)
    async with opened(tmp_path, theme) as at:
        at.window.exchange.take_in([tmp_path / "in"])
        dialog = at.window.exchange.import_dialog
        assert dialog is not None
        await at.until(lambda: dialog.bar.value() >= 2)
        dialog.show()
        at.click(dialog.cancel)
        await at.until(lambda: "Canceled" in dialog.words())
        assert 0 < (await at.parts.library.counts()).all < 200


def test_every_reason_can_be_read_to_its_end(tmp_path: Path, theme: Theme) -> None:
    parent, library = QWidget(), Library(tmp_path / "library")
    dialog = ImportDialog(parent, library)
    reasons = [f"“an image with a name of {'i' * length} letters” is damaged." for length in range(20, 120)]
    dialog._say(ImportReport([ImportedFile(tmp_path, ImportResult.REFUSED, reason=reason) for reason in reasons]))
    settle()
    lines = dialog.list.fontMetrics()
    for row, reason in enumerate(reasons):
        item = dialog.list.item(row)
        dialog.list.scrollToItem(item)
        box = dialog.list.visualItemRect(item)
        if box.height() < 2 * lines.height():
            inked = _inked_width(dialog.list.viewport().grab(box).toImage())
            assert inked > lines.horizontalAdvance(reason) - _BEARINGS, reason
    dialog.close()
    library.close()
    parent.deleteLater()


def _inked_width(image: QImage) -> float:
    """Return over how many logical pixels something is drawn."""
    ground = image.pixel(0, 0)
    columns = [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))]
    return (columns[-1] - columns[0]) / image.devicePixelRatio()
