"""The user's own shortcuts: kept, looked for, and put back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from imagineart_desktop.ui.actions import Actions, share_keys, show_keys
from imagineart_desktop.ui.preferences import Preferences

_KEPT = "shortcuts"


class Shortcuts:
    """Changes take effect at once. Only what differs from the declared keys is kept."""

    def __init__(self, actions: Actions, preferences: Preferences) -> None:
        self._actions = actions
        self._preferences = preferences
        self._declared = {name: action.shortcuts() for name, action in actions.named().items()}
        kept = preferences.value(_KEPT)
        for name, keys in (kept if isinstance(kept, dict) else {}).items():
            if name in self._declared and isinstance(keys, str):
                self._put(name, [QKeySequence(keys)] if keys else [])

    def words(self, name: str) -> str:
        """What the action is called, whatever it would do right now."""
        return self._actions[name].iconText().replace("&", "").rstrip("…")

    def names(self) -> list[str]:
        """All actions, in the order of their words."""
        return sorted(self._declared, key=lambda name: self.words(name).lower())

    def keys(self, name: str) -> QKeySequence:
        """The first of an action's shortcuts; empty when it has none."""
        found = self._actions[name].shortcuts()
        return found[0] if found else QKeySequence()

    def is_changed(self, name: str) -> bool:
        """Whether the user chose it."""
        return self._actions[name].shortcuts() != self._declared[name]

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
        while not keys.isEmpty() and (other := self.holder(keys, name)) is not None:
            self._put(other, [held for held in self._actions[other].shortcuts() if held != keys])
        self._put(name, [] if keys.isEmpty() else [keys])
        self._keep()

    def reset(self, name: str) -> None:
        """The declared keys again; whoever has them now gives them back."""
        for keys in self._declared[name]:
            if (other := self.holder(keys, name)) is not None:
                self._put(other, [held for held in self._actions[other].shortcuts() if held != keys])
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
