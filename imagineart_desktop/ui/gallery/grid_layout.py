"""Grid layout of cells and headings, pure arithmetic, so that all images cost no more than the visible ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize

HEADING = 30
"""Height of a group's heading, in pixels."""


class GridLayout:
    """The layout of a grid whose rows are grouped.

    columns: cells per line; cell: size including the gap; count: number of rows; starts: the first row of each group,
    ascending and starting with 0, or empty for a single group without a heading.
    """

    def __init__(self, columns: int, cell: QSize, count: int, starts: Sequence[int] = ()) -> None:
        self._columns = columns
        self._cell = cell
        self._count = count
        self._heading = HEADING if starts else 0
        self._starts = list(starts) or [0]
        self._tops = []
        top = 0
        for start, end in zip(self._starts, [*self._starts[1:], count], strict=True):
            self._tops.append(top)
            top += self._heading + -(-(end - start) // columns) * cell.height()
        self.height = top

    def rect(self, row: int) -> QRect:
        """Return a cell's rectangle, including the gap."""
        group = bisect_right(self._starts, row) - 1
        line, column = divmod(row - self._starts[group], self._columns)
        top = self._tops[group] + self._heading + line * self._cell.height()
        return QRect(QPoint(column * self._cell.width(), top), self._cell)

    def row_at(self, point: QPoint, gap: int) -> int | None:
        """Return the row at a point; None in a gap, in a heading, and after the last row."""
        column, across = divmod(point.x(), self._cell.width())
        if not 0 <= column < self._columns or point.y() < 0:
            return None
        group = bisect_right(self._tops, point.y()) - 1
        line, down = divmod(point.y() - self._tops[group] - self._heading, self._cell.height())
        row = self._starts[group] + line * self._columns + column
        inside = across < self._cell.width() - gap and down < self._cell.height() - gap
        return row if inside and line >= 0 and row < self._end(group) else None

    def lines(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """Yield the first and last row of each line between two heights."""
        group = max(0, bisect_right(self._tops, top) - 1)
        while group < len(self._starts) and self._tops[group] <= bottom:
            first, end = self._starts[group], self._end(group)
            begin = self._tops[group] + self._heading
            line = max(0, (top - begin) // self._cell.height())
            while begin + line * self._cell.height() <= bottom:
                row = first + line * self._columns
                if row >= end:
                    break
                yield row, min(row + self._columns, end) - 1
                line += 1
            group += 1

    def headings_between(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """Yield, for each heading between two heights, the first row of its group and the heading's top."""
        if self._heading:
            group = max(0, bisect_right(self._tops, top - self._heading) - 1)
            while group < len(self._starts) and self._tops[group] <= bottom:
                yield self._starts[group], self._tops[group]
                group += 1

    def heading_at(self, height: int) -> int | None:
        """Return the first row of the group whose heading is at this height, or None."""
        group = max(0, bisect_right(self._tops, height) - 1)
        inside = self._heading and 0 <= height - self._tops[group] < self._heading
        return self._starts[group] if inside else None

    def group_of(self, row: int) -> range:
        """Return the rows of the group that contains a row."""
        group = bisect_right(self._starts, row) - 1
        return range(self._starts[group], self._end(group))

    def scroll_position_of(self, row: int) -> int:
        """Return the scroll position that shows a row in full, including the heading in the first line of a group."""
        group, line, _ = self._place(row)
        return self._tops[group] if not line else self._tops[group] + self._heading + line * self._cell.height()

    def row_above(self, row: int) -> int:
        """Return the row above this one, in the previous line; the same row in the first line."""
        group, line, column = self._place(row)
        if line:
            return row - self._columns
        if not group:
            return row
        first, end = self._starts[group - 1], self._starts[group]
        last_line = (end - first - 1) // self._columns
        return min(first + last_line * self._columns + column, end - 1)

    def below(self, row: int) -> int:
        """Return the row below this one, or the last one of a shorter line; the same row in the last line."""
        group, line, column = self._place(row)
        end = self._end(group)
        if (end - self._starts[group] - 1) // self._columns > line:
            return min(row + self._columns, end - 1)
        if group + 1 == len(self._starts):
            return row
        return min(end + column, self._end(group + 1) - 1)

    def _place(self, row: int) -> tuple[int, int, int]:
        group = bisect_right(self._starts, row) - 1
        line, column = divmod(row - self._starts[group], self._columns)
        return group, line, column

    def _end(self, group: int) -> int:
        return self._starts[group + 1] if group + 1 < len(self._starts) else self._count
