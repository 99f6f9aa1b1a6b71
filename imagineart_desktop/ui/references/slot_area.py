"""Arranges the slots of references in a space of fixed height, so that nothing below moves when one is added."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_SPACING = 8
_HEIGHT, _LOW_HEIGHT = 200, 80
"""Pixels: two rows of slots, or fewer and smaller ones if vertical space is scarce."""
_MAX_ONE_ROW, _MAX_ONE_LOW_ROW = 2, 4
"""Numbers of slots that fit side by side."""


class SlotArea(QWidget):
    """Shows the first slots in one or two rows. All of it is in use, whatever their number."""

    def __init__(self, slots: Sequence[QWidget]) -> None:
        super().__init__()
        self._slots = slots
        self._count = 1
        self._low = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for slot in slots:
            slot.setParent(self)
        self.set_low(False)

    def set_count(self, count: int) -> None:
        """Set how many slots share the space."""
        self._count = count
        self._arrange()

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""
        self._low = low
        self.setFixedHeight(_LOW_HEIGHT if low else _HEIGHT)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        rows = 1 if self._count <= (_MAX_ONE_LOW_ROW if self._low else _MAX_ONE_ROW) else 2
        columns = max(1, -(-self._count // rows))
        for place, slot in enumerate(self._slots):
            slot.setVisible(place < self._count)
            row, column = divmod(place, columns)
            left, right = (_part(self.width(), columns, one) for one in (column, column + 1))
            top, bottom = (_part(self.height(), rows, one) for one in (row, row + 1))
            slot.setGeometry(left, top, right - left - _SPACING, bottom - top - _SPACING)


def _part(length: int, count: int, place: int) -> int:
    """Return where one of several equal parts begins, each with the spacing that follows it."""
    return (length + _SPACING) * place // count
