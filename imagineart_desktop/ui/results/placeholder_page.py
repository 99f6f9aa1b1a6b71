"""A blank page in place of results that are yet to be read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget


class PlaceholderPage(QWidget):
    """Stands in for results that aren't read until the window has been painted."""

    painted = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Report that the page has been painted."""
        super().paintEvent(event)
        self.painted.emit()
