"""The common interface of the controls of a form."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.models import Size
from imagineart_desktop.support.json_types import JsonValue


class Control(QWidget):
    """A control for one field, with its heading. small: whether two of them fit side by side."""

    changed = Signal()
    small = False

    def __init__(self, help_text: str) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.setToolTip(help_text)

    def value(self) -> JsonValue:
        """Return the value for the request."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Set the value; an invalid one is ignored."""
        raise NotImplementedError

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        raise NotImplementedError

    def show_size(self, size: Size | None) -> None:
        """Show the size in pixels that results from the choice, if this field determines it."""

    def show_sizes(self, size_of: Callable[[str], Size | None]) -> None:
        """Show the size in pixels that each option would give, if this field determines it."""

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""

    def settle(self) -> None:
        """Take or give up what is being typed, as before the request is sent: what is shown must be what is sent."""


def set_heading_beside(column: QBoxLayout, beside: bool) -> None:
    """Put a heading beside its field, which saves a line, or above it."""
    column.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
    column.setStretch(1, 1 if beside else 0)
