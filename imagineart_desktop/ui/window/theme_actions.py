"""The actions that select a theme."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.theme_mode import ThemeMode


class ThemeActions(QObject):
    """Keeps the actions, the theme and the saved preference the same."""

    def __init__(self, window: QObject, actions: Actions, theme: Theme, preferences: Preferences) -> None:
        super().__init__(window)
        self._actions = actions
        self._theme = theme
        self._preferences = preferences
        group = QActionGroup(self)
        for mode in ThemeMode:
            action = actions[f"theme.{mode.value}"]
            group.addAction(action)
            action.triggered.connect(partial(self._use, mode))
        theme.changed.connect(self._check)
        preferences.watch(self, Preferences.theme, self._apply)
        self._check()

    def _check(self) -> None:
        """Check the action of the current theme, which the settings can change too."""
        self._actions[f"theme.{self._theme.mode.value}"].setChecked(True)

    def _use(self, mode: ThemeMode, _checked: bool = False) -> None:
        self._preferences.theme = mode
        self._apply(mode)

    def _apply(self, mode: ThemeMode) -> None:
        if self._theme.mode is not mode:
            self._theme.set_mode(mode)
