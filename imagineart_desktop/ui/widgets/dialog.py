"""A dialog that opens again where it was closed."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog


class Dialog(QDialog):
    """Remembers the place of its frame while it is hidden.

    Under X11, Qt forgets the title bar of a window that it hides, and would open it lower by that much.
    """

    _title_bar: ClassVar[QPoint] = QPoint()
    """From a frame's corner to the contents', of all dialogs: the window manager tells it some time after the show."""

    _place: QPoint | None = None

    def setVisible(self, visible: bool) -> None:
        """Show it where it was, as long as there still is a screen, or hide it."""
        if self.isVisible() and not visible:
            Dialog._title_bar = self.geometry().topLeft() - self.pos() or Dialog._title_bar
            self._place = self.geometry().topLeft() - Dialog._title_bar
        elif visible and not self.isVisible() and self._place is not None and QGuiApplication.screenAt(self._place):
            self.move(self._place)
        super().setVisible(visible)
