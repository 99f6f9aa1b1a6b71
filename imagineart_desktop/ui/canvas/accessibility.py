"""Screen reader announcements: what was done or undone, and what the mask covers now."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QUndoStack
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from imagineart_desktop.imaging import Coverage


class MaskAnnouncer:
    """Follows the undo history of a canvas's mask."""

    def __init__(self, canvas: QWidget, history: QUndoStack) -> None:
        self._canvas = canvas
        self._history = history
        self._index = 0
        self._done = ""
        history.indexChanged.connect(self._follow)

    def _follow(self, index: int) -> None:
        if not isValid(self._history):
            return
        undone = index < self._index
        name = self._history.text(index if undone else index - 1)
        self._index = index
        self._done = f"Undone: {name}" if undone and name else name

    def tell(self, coverage: Coverage) -> None:
        """Announce the change and coverage, unless this was announced already."""
        bounds = coverage.bounds
        now = "Nothing is painted."
        if not bounds.is_empty:
            place = f"{bounds.width} by {bounds.height} pixels at {bounds.left}, {bounds.top}"
            now = f"{coverage.share * 100:.1f} percent is painted: {place}."
        said = f"{self._done}. {now}" if self._done else now
        if said != self._canvas.accessibleDescription():
            self._canvas.setAccessibleDescription(said)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._canvas, said))
