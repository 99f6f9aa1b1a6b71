"""Images dropped on a widget that shows none: library images, files, and images of other programs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.intake import may_take, take


class ImageDrops(QObject):
    """Watches a widget."""

    dropped = Signal(list)
    """List of `Taken`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept what may be an image; drag enter and drag move are both `QDragMoveEvent`."""
        if isinstance(event, QDragMoveEvent | QDropEvent) and may_take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if event.type() == QEvent.Type.Drop and (taken := take(event.mimeData())):
                self.dropped.emit(taken)
            return True
        return super().eventFilter(watched, event)
