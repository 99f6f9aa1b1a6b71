"""A dialog that opens again where it was closed, and lets the wheel pass."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from imagineart_desktop.ui.widgets.wheel_guard import let_wheel_pass


class Dialog(QDialog):
    """Remembers the place of its frame while it is hidden. The wheel changes only the control that has the keyboard.

    Under X11, Qt forgets the title bar of a window that it hides, and would open it lower by that much.
    """

    _title_bar: ClassVar[QPoint] = QPoint()
    """From a frame's corner to the contents', of all dialogs: the window manager tells it some time after the show."""

    _place: QPoint | None = None
    _lets_wheel_pass = False

    def setVisible(self, visible: bool) -> None:
        """Show it where it was, as long as there still is a screen, or hide it."""
        if self.isVisible() and not visible:
            Dialog._title_bar = self.geometry().topLeft() - self.pos() or Dialog._title_bar
            self._place = self.geometry().topLeft() - Dialog._title_bar
        elif visible and not self.isVisible() and self._place is not None and QGuiApplication.screenAt(self._place):
            self.move(self._place)
        if visible and not self._lets_wheel_pass:
            self._lets_wheel_pass = True
            let_wheel_pass(self)
        super().setVisible(visible)
