"""A guard against sending, and paying, twice by a double click or a repeated key."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication


class JustSent(QTimer):
    """A timer that runs from each press until the next one counts."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)

    def press(self) -> bool:
        """Register a press; return whether it counts."""
        counts = not self.isActive()
        self.start(QGuiApplication.styleHints().mouseDoubleClickInterval())
        return counts
