"""Keeps a double click, or a key that is pressed twice, from sending and paying twice."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication


class JustSent(QTimer):
    """Runs from each press until the next one may count."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)

    def press(self) -> bool:
        """Note a press. Returns whether it counts."""
        counts = not self.isActive()
        self.start(QGuiApplication.styleHints().mouseDoubleClickInterval())
        return counts
