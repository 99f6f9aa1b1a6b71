"""The user's own shortcuts: saving, conflicts and resetting."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from imagineart_desktop.ui.commands.actions import Actions, may_conflict, update_tooltip
from imagineart_desktop.ui.commands.menus import MENUS, action_names, menu_of
from imagineart_desktop.workspace.preferences import Preferences

_RESERVED = frozenset(QKeySequence(key) for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter))
"""Keys of the canvas and the results, which can't be assigned to actions."""


class ShortcutEditor:
    """Customizes the actions' shortcuts immediately. Only those that differ from the declared keys are saved."""

    def __init__(self, actions: Actions, preferences: Preferences) -> None:
        self._actions = actions
        self._preferences = preferences
        self._declared = {name: action.shortcuts() for name, action in actions.named().items()}
        for name, keys in preferences.shortcuts.items():
            if name in self._declared:
                # A newer action may have been declared with the keys that the user chose for this one.
                self._give(name, QKeySequence(keys))

    def words(self, name: str) -> str:
        """Return the action's name, independent of its current state."""
        return self._actions[name].iconText().replace("&", "").rstrip("…")

    def groups(self) -> dict[str, list[str]]:
        """Return all actions by the menu that contains them, in the menu's order."""
        return {
            menu: [name for name in action_names(entries) if name in self._declared and menu_of(name) == menu]
            for menu, entries in MENUS.items()
        }

    def keys(self, name: str) -> QKeySequence:
        """Return the first of an action's shortcuts; empty if it has none."""
        found = self._actions[name].shortcuts()
        return found[0] if found else QKeySequence()

    def is_changed(self, name: str) -> bool:
        """Return whether the user changed the action's shortcut."""
        return self._actions[name].shortcuts() != self._declared[name]

    def is_reserved(self, keys: QKeySequence) -> bool:
        """Return whether these keys can't be assigned to an action."""
        return keys in _RESERVED

    def conflicting_action(self, keys: QKeySequence, but: str) -> str | None:
        """Return another action that already has these keys, or None."""
        return next(
            (
                name
                for name in self._declared
                if name != but and may_conflict(name, but) and keys in self._actions[name].shortcuts()
            ),
            None,
        )

    def set(self, name: str, keys: QKeySequence) -> None:
        """Assign these keys to an action, and remove them from actions that had them.

        Empty keys remove its shortcut.
        """
        self._give(name, keys)
        self._keep()

    def _give(self, name: str, keys: QKeySequence) -> None:
        if not self.is_reserved(keys):
            self._take(name, keys)
            self._put(name, [] if keys.isEmpty() else [keys])

    def _take(self, name: str, keys: QKeySequence) -> None:
        """Remove the keys from all actions that would conflict with this one."""
        while not keys.isEmpty() and (other := self.conflicting_action(keys, name)) is not None:
            self._put(other, [held for held in self._actions[other].shortcuts() if held != keys])

    def reset(self, name: str) -> None:
        """Restore the declared keys, and remove them from actions that have them now."""
        for keys in self._declared[name]:
            self._take(name, keys)
        self._put(name, self._declared[name])
        self._keep()

    def reset_all(self) -> None:
        """Restore all declared keys."""
        for name, keys in self._declared.items():
            self._put(name, keys)
        self._keep()

    def _put(self, name: str, keys: list[QKeySequence]) -> None:
        self._actions[name].setShortcuts(keys)
        update_tooltip(self._actions[name])

    def _keep(self) -> None:
        chosen = {
            name: self.keys(name).toString(QKeySequence.SequenceFormat.PortableText)
            for name in self._declared
            if self.is_changed(name)
        }
        self._preferences.shortcuts = chosen
