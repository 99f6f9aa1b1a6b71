"""Makes canvas shortcuts work across the Inpaint tab, except while typing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget


class CanvasShortcuts(QObject):
    """Canvas shortcuts for the whole page.

    Text fields take plain keys themselves; this also keeps other shortcuts, such as Ctrl+I, from firing while typing.
    """

    def __init__(self, page: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(page)
        self._actions = actions
        page.addActions(actions)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim canvas shortcuts while a text input has focus: Qt sends ShortcutOverride before any shortcut."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_typing():
            pressed = QKeySequence(event.keyCombination())
            if any(pressed in action.shortcuts() for action in self._actions):
                event.accept()
                return True
        return super().eventFilter(watched, event)


def _is_typing() -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
