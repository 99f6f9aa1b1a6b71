"""The canvas's keys work in all of the Inpaint tab, except where one types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget


class CanvasKeys(QObject):
    """A text field takes plain keys for itself; this keeps the others, as Ctrl+I, from working behind the typing."""

    def __init__(self, page: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(page)
        self._actions = actions
        page.addActions(actions)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt asks before each shortcut whether whoever has the keyboard wants the key for itself."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _types():
            pressed = QKeySequence(event.keyCombination())
            if any(pressed in action.shortcuts() for action in self._actions):
                event.accept()
                return True
        return super().eventFilter(watched, event)


def _types() -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
