"""A dialog that reopens at its last position, aligns its forms, and lets the mouse wheel scroll."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from imagineart_desktop.ui.widgets.form_rows import align_labels
from imagineart_desktop.ui.widgets.wheel_guard import guard_wheel


class BaseDialog(QDialog):
    """Remembers its frame's position while hidden. The wheel changes only the control that has the focus.

    The labels of all its forms are equally wide.

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
        if visible:
            align_labels(self)
        super().setVisible(visible)

    def changeEvent(self, event: QEvent) -> None:
        """Align the forms again in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self.isVisible():
            align_labels(self)
