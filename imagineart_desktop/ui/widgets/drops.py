"""Drag and drop for a widget that doesn't handle drags itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class DropTarget(QObject):
    """Makes a widget accept drops. accepts: whether a drag may be dropped; read: what it contains."""

    dropped = Signal(list)
    """What `read` returned, unless that's empty."""

    def __init__(
        self, widget: QWidget, accepts: Callable[[QMimeData], bool], read: Callable[[QMimeData], Sequence[object]]
    ) -> None:
        super().__init__(widget)
        self._accepts = accepts
        self._read = read
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept a drag. Drag enter and drag move are both `QDragMoveEvent`."""
        if isinstance(event, QDragMoveEvent | QDropEvent) and self._accepts(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if event.type() == QEvent.Type.Drop and (found := self._read(event.mimeData())):
                self.dropped.emit(list(found))
            return True
        return super().eventFilter(watched, event)
