"""Images dropped on a tab open there, from the gallery as from elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.gallery.rows import mime_for_pictures
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.window_driver import NONE, Driver

LEFT = Qt.MouseButton.LeftButton
COPY = Qt.DropAction.CopyAction


def drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drag over a widget and drop. Returns whether the drag was accepted."""
    enter = QDragEnterEvent(QPoint(5, 5), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), COPY, mime, LEFT, NONE))
    return enter.isAccepted()


async def cells(at: Driver, number: int) -> QMimeData:
    return mime_for_pictures(await at.parts.library.summaries([number]))


async def test_a_gallery_cell_is_opened_or_added_by_the_tab_it_is_dropped_on(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        window, tabs = at.window, at.window.top._tabs
        window.go_to("gallery")
        assert drop(tabs["inpaint"], await cells(at, number))
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        assert page.isVisible()
        window.go_to("gallery")
        assert drop(tabs["edit"], await cells(at, number))
        await at.until(lambda: len(window.edit.references.list.sizes) == 1)
        assert window.edit.isVisible()
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(photos / "chelsea.png"))])
        assert drop(tabs["inpaint"], files)
        await at.until(lambda: len(page.stepping.steps) == 3)
        text = QMimeData()
        text.setText("words")
        assert not drop(tabs["inpaint"], text)
        assert not drop(tabs["generate"], await cells(at, number))
