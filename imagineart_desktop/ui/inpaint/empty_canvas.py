"""The empty canvas, which accepts dropped images."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from imagineart_desktop.ui.widgets import EmptyState
from imagineart_desktop.workspace.mime import accepts_mime, sources_from_mime


class EmptyCanvas(EmptyState):
    """Placeholder shown without an image. taken: list of `Taken` that was dropped."""

    taken = Signal(list)

    def __init__(self, choose: Callable[[], object]) -> None:
        super().__init__("brush", "Paint what should change", "Drop an image here, paste it, or open one.")
        self.setAcceptDrops(True)
        self.open = self.add_action("Open an image…", choose)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept images."""
        if accepts_mime(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.taken.emit(sources_from_mime(event.mimeData()))
