"""Full screen: the whole window, or only the image of a loupe."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow


class FullScreen(QObject):
    """The only object that switches the window to full screen. action: shows and toggles the state."""

    left = Signal()
    """The user left full screen, of both the window and an image."""

    def __init__(self, window: QMainWindow, action: QAction) -> None:
        super().__init__(window)
        self._window = window
        self._action = action
        self._window_fills = self._image_fills = False
        self._state_before = Qt.WindowState.WindowNoState
        action.triggered.connect(self._toggle)
        window.installEventFilter(self)

    def set_image_full_screen(self, on: bool) -> None:
        """Show an image in full screen, or restore the window."""
        if on and not self._image_fills:
            self._window_fills = self._window.isFullScreen()
        self._image_fills = on
        self._apply()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Update the action, as the window manager changes the state too."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._action.setChecked(self._window.isFullScreen())
        return super().eventFilter(watched, event)

    def _toggle(self) -> None:
        self._window_fills = not self._window.isFullScreen()
        if not self._window_fills:
            self.left.emit()
        self._apply()

    def _apply(self) -> None:
        fills = self._window_fills or self._image_fills
        if fills and not self._window.isFullScreen():
            self._state_before = self._window.windowState()
            self._window.setWindowState(self._state_before | Qt.WindowState.WindowFullScreen)
        elif not fills and self._window.isFullScreen():
            self._window.setWindowState(self._state_before)
