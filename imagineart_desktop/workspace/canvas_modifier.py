"""The modifier key for canvas drags: subtracts, changes the brush, zooms out, extends evenly."""

from __future__ import annotations

import sys
from enum import StrEnum

from PySide6.QtCore import Qt

_QT = {
    "alt": Qt.KeyboardModifier.AltModifier,
    "control": Qt.KeyboardModifier.ControlModifier,
    "meta": Qt.KeyboardModifier.MetaModifier,
}
_ON_MAC = {"alt": "Option", "control": "Command", "meta": "Control"}
_ELSEWHERE = {"alt": "Alt", "control": "Ctrl", "meta": "Super"}


class CanvasModifier(StrEnum):
    """The key held for canvas gestures. A setting, since some window managers reserve drags with Alt."""

    ALT = "alt"
    CONTROL = "control"
    META = "meta"

    @property
    def key(self) -> Qt.KeyboardModifier:
        """Return the modifier that key and mouse events carry."""
        return _QT[self.value]

    @property
    def words(self) -> str:
        """Return the label on the key."""
        return (_ON_MAC if sys.platform == "darwin" else _ELSEWHERE)[self.value]
