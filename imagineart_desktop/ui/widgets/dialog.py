"""A dialog that reopens at its last position and lets the mouse wheel scroll."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from imagineart_desktop.ui.widgets.wheel_guard import guard_wheel


class BaseDialog(QDialog):
    """Remembers its frame's position while hidden. The wheel changes only the control that has the focus.

    Under X11, Qt forgets a window's title bar when it hides the window, and would reopen it lower by that height.
    """

    _title_bar: ClassVar[QPoint] = QPoint()
    """Offset from the frame's corner to the contents', shared by all dialogs.

    The window manager reports it only some time after a dialog is shown.
    """

    _place: QPoint | None = None
    _wheel_guarded = False

    def setVisible(self, visible: bool) -> None:
        """Show the dialog at its last position, if a screen is still there, or hide it."""
        if self.isVisible() and not visible:
            BaseDialog._title_bar = self.geometry().topLeft() - self.pos() or BaseDialog._title_bar
            self._place = self.geometry().topLeft() - BaseDialog._title_bar
        elif visible and not self.isVisible() and self._place is not None and QGuiApplication.screenAt(self._place):
            self.move(self._place)
        if visible and not self._wheel_guarded:
            self._wheel_guarded = True
            guard_wheel(self)
        super().setVisible(visible)
