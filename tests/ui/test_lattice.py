"""Positions of cells, lines and headings of a grid, against a layout that is written out cell by cell."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from imagineart_desktop.ui.gallery.grid_layout import HEADING, GridLayout
from imagineart_desktop.workspace.gallery.grouping import Grouping, group_heading, group_starts

CELL, GAP = QSize(20, 15), 4


def written_out(columns: int, sizes: list[int], *, headed: bool) -> tuple[list[QRect], list[tuple[int, int]], int]:
    """Return (every cell, every heading as first row and top, the whole height)."""
    cells: list[QRect] = []
    headings: list[tuple[int, int]] = []
    y = 0
    for size in sizes:
        if headed:
            headings.append((len(cells), y))
            y += HEADING
        for number in range(size):
            if number and number % columns == 0:
                y += CELL.height()
            cells.append(QRect(QPoint(number % columns * CELL.width(), y), CELL))
        y += CELL.height()
    return cells, headings, y


@given(st.integers(1, 6), st.lists(st.integers(1, 17), min_size=1, max_size=6), st.booleans(), st.data())
def test_the_arithmetic_is_the_written_out_layout(
    columns: int, sizes: list[int], headed: bool, data: st.DataObject
) -> None:
    sizes = sizes if headed else [sum(sizes)]
    starts = [sum(sizes[:number]) for number in range(len(sizes))] if headed else []
    lattice = GridLayout(columns, CELL, sum(sizes), starts)
    cells, headings, height = written_out(columns, sizes, headed=headed)
    assert lattice.height == height
    assert [lattice.rect(row) for row in range(len(cells))] == cells
    point = QPoint(data.draw(st.integers(-3, columns * 20 + 3)), data.draw(st.integers(-3, height + 20)))
    small = [cell.adjusted(0, 0, -GAP, -GAP) for cell in cells]
    assert lattice.row_at(point, GAP) == next((row for row, cell in enumerate(small) if cell.contains(point)), None)
    top = data.draw(st.integers(0, height))
    bottom = top + data.draw(st.integers(0, height))
    band = QRect(0, top, 10_000, bottom - top + 1)
    seen = [row for first, last in lattice.lines(top, bottom) for row in range(first, last + 1)]
    assert seen == [row for row, cell in enumerate(cells) if cell.intersects(band)]
    over = set(lattice.headings_between(top, bottom))
    assert over >= {(row, y) for row, y in headings if QRect(0, y, 10, HEADING).intersects(band)}
    assert over <= set(headings)
    row = data.draw(st.integers(0, len(cells) - 1))
    above, below = lattice.row_above(row), lattice.below(row)
    assert (above == row) == all(cell.top() >= cells[row].top() for cell in cells)
    assert (below == row) == all(cell.top() <= cells[row].top() for cell in cells)
    assert cells[above].left() <= cells[row].left()
    assert cells[below].left() <= cells[row].left()


@given(st.lists(st.integers(0, 60 * 24 * 30), min_size=1, max_size=40), st.booleans())
def test_groups_begin_where_the_day_changes(minutes: list[int], falls: bool) -> None:
    begin = datetime(2026, 3, 10).astimezone()
    moments = sorted((begin + timedelta(minutes=minute) for minute in minutes), reverse=falls)
    numbers = list(range(len(moments)))
    times = {number: round(moment.timestamp() * 1000) for number, moment in zip(numbers, moments, strict=True)}
    days = [moment.astimezone().date() for moment in moments]
    wanted = [row for row in numbers if row == 0 or days[row] != days[row - 1]]
    assert group_starts(numbers, times, Grouping.DAY, falls=falls) == wanted
    gaps = [abs(one - other) for one, other in zip(moments[1:], moments, strict=False)]
    sessions = [0, *(row + 1 for row, gap in enumerate(gaps) if gap > timedelta(minutes=90))]
    assert group_starts(numbers, times, Grouping.SESSION, falls=falls) == sessions
    assert group_starts(numbers, times, Grouping.NONE, falls=falls) == []


def test_headings_in_words() -> None:
    now = datetime.now().astimezone()
    assert group_heading(now.timestamp() * 1000, Grouping.DAY) == "Today"
    assert group_heading((now - timedelta(days=1)).timestamp() * 1000, Grouping.DAY) == "Yesterday"
    old = datetime(2025, 3, 4, 15, 6).astimezone()
    assert group_heading(old.timestamp() * 1000, Grouping.DAY) == "March 4, 2025"
    assert group_heading(old.timestamp() * 1000, Grouping.SESSION) == "March 4, 2025, 3:06 PM"
