"""The user's own shortcuts: kept, looked for, and put back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from imagineart_desktop.ui.commands.actions import Actions, share_keys, show_keys
from imagineart_desktop.ui.commands.menus import MENUS, group_of, names_in
from imagineart_desktop.workspace.preferences import Preferences

_KEPT = "shortcuts"
_RESERVED = frozenset(QKeySequence(key) for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter))
"""Keys of the canvas and of the results, which no action may have as well."""


class Shortcuts:
    """Changes take effect at once. Only what differs from the declared keys is kept."""

    def __init__(self, actions: Actions, preferences: Preferences) -> None:
        self._actions = actions
        self._preferences = preferences
        self._declared = {name: action.shortcuts() for name, action in actions.named().items()}
        kept = preferences.value(_KEPT)
        for name, keys in (kept if isinstance(kept, dict) else {}).items():
            if name in self._declared and isinstance(keys, str):
                # An action that is newer than the choice may have been declared with the same keys.
                self._give(name, QKeySequence(keys))

    def words(self, name: str) -> str:
        """Return what the action is called, whatever it would do right now."""
        return self._actions[name].iconText().replace("&", "").rstrip("…")

    def groups(self) -> dict[str, list[str]]:
        """Return all actions by the menu that they stand in, in its order."""
        return {
            menu: [name for name in names_in(entries) if name in self._declared and group_of(name) == menu]
            for menu, entries in MENUS.items()
        }

    def keys(self, name: str) -> QKeySequence:
        """The first of an action's shortcuts; empty when it has none."""
        found = self._actions[name].shortcuts()
        return found[0] if found else QKeySequence()

    def is_changed(self, name: str) -> bool:
        """Return whether the user chose it."""
        return self._actions[name].shortcuts() != self._declared[name]

    def is_reserved(self, keys: QKeySequence) -> bool:
        """Return whether no action may have these keys."""
        return keys in _RESERVED

    def holder(self, keys: QKeySequence, but: str) -> str | None:
        """Another action that has these keys already."""
        return next(
            (
                name
                for name in self._declared
                if name != but and share_keys(name, but) and keys in self._actions[name].shortcuts()
            ),
            None,
        )

    def set(self, name: str, keys: QKeySequence) -> None:
        """Gives an action these keys, and takes them from whoever had them. Empty keys: it has none."""
        self._give(name, keys)
        self._keep()

    def _give(self, name: str, keys: QKeySequence) -> None:
        if not self.is_reserved(keys):
            self._take(name, keys)
            self._put(name, [] if keys.isEmpty() else [keys])

    def _take(self, name: str, keys: QKeySequence) -> None:
        """Take keys from all others that could be meant by them where this action is."""
        while not keys.isEmpty() and (other := self.holder(keys, name)) is not None:
            self._put(other, [held for held in self._actions[other].shortcuts() if held != keys])

    def reset(self, name: str) -> None:
        """The declared keys again; whoever has them now gives them back."""
        for keys in self._declared[name]:
            self._take(name, keys)
        self._put(name, self._declared[name])
        self._keep()

    def reset_all(self) -> None:
        """All declared keys again."""
        for name, keys in self._declared.items():
            self._put(name, keys)
        self._keep()

    def _put(self, name: str, keys: list[QKeySequence]) -> None:
        self._actions[name].setShortcuts(keys)
        show_keys(self._actions[name])

    def _keep(self) -> None:
        chosen = {
            name: self.keys(name).toString(QKeySequence.SequenceFormat.PortableText)
            for name in self._declared
            if self.is_changed(name)
        }
        self._preferences.set_value(_KEPT, chosen)
