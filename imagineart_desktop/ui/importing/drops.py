"""Files and folders that are dropped from other programs onto a part of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.intake import files_in


class FileDrops(QObject):
    """Watches a widget; drags of the library's own pictures are left to others."""

    dropped = Signal(list)
    """Paths of files and folders."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes what holds files."""
        if isinstance(event, QDragMoveEvent | QDropEvent) and (places := files_in(event.mimeData())):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if event.type() == QEvent.Type.Drop:
                self.dropped.emit(places)
            return True
        return super().eventFilter(watched, event)
