"""The geometry of a grid that shows a model: how many columns fit, and where each row lies while it is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize

from imagineart_desktop.ui.gallery.grid_layout import GridLayout
from imagineart_desktop.ui.image_details.thumbnail_delegate import GAP
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.gallery.model import PictureModel

_MIN_CELL = 24
"""Minimum edge of a cell, in pixels, including the gap."""


class GridGeometry:
    """The layout of a model's rows in viewport coordinates. above: pixels scrolled out of view at the top.

    wanted: the target width of a cell, in logical pixels; shape: ratio of its height to its width; margin: pixels left
    of the cells.
    """

    def __init__(self, model: PictureModel, *, wanted: int, shape: float, margin: int) -> None:
        self.wanted = wanted
        self.margin = margin
        self.grouping = Grouping.NONE
        self.columns = 1
        self.cell = QSize(1, 1)
        """Size of a cell, including the gap."""
        self._model = model
        self._shape = shape
        self._layout: tuple[object, GridLayout] | None = None

    def fit(self, width: int) -> bool:
        """Fill a viewport's width with columns. Return whether their number or the size of the cells changed."""
        across = width - self.margin - 1
        columns = max(1, (across + GAP) // (self.wanted + GAP))
        cell_width = max(_MIN_CELL, across // columns)
        cell = QSize(cell_width, max(_MIN_CELL, round((cell_width - GAP) * self._shape) + GAP))
        changed = (columns, cell) != (self.columns, self.cell)
        self.columns, self.cell = columns, cell
        return changed

    def layout(self) -> GridLayout:
        """Return the layout of the cells for the current rows."""
        now = (self._model.revision, self._model.rowCount(), self.columns, self.cell, self.grouping)
        if self._layout is None or self._layout[0] != now:
            starts = self._model.group_starts(self.grouping)
            self._layout = now, GridLayout(self.columns, self.cell, self._model.rowCount(), starts)
        return self._layout[1]

    def rect(self, row: int, above: int) -> QRect:
        """Return a cell's rectangle, including the gap."""
        return self.layout().rect(row).translated(self.margin, -above)

    def row_at(self, point: QPoint, above: int) -> int | None:
        """Return the row at a point; None in a gap, in a heading, and after the last row."""
        return self.layout().row_at(point + QPoint(-self.margin, above), GAP)

    def lines_in(self, area: QRect, above: int) -> list[tuple[int, int]]:
        """Return the first and last row of each line that an area touches, within that area."""
        width = self.cell.width()
        left = max(0, (area.left() - self.margin) // width)
        right = min(self.columns - 1, (area.right() - self.margin) // width)
        lines = self.layout().lines(area.top() + above, area.bottom() + above)
        cut = [(first + left, min(first + right, last)) for first, last in lines]
        return [(first, last) for first, last in cut if first <= last]
