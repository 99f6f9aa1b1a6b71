"""The grid: arithmetic instead of a layout, and everything that users expect of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QFont, QPixmap
from PySide6.QtTest import QTest

from imagineart_desktop.library import Library, PictureSummary, Query
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.gallery.grid_layout import HEADING
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.image_details import thumbnail_delegate
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.gallery.rows import THUMBNAIL
from tests.benchmarks.stock import stocked
from tests.ui.window_driver import point_at
from tests.waiting import until

LEFT, SHIFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@asynccontextmanager
async def gallery(root: Path, count: int) -> AsyncIterator[tuple[GalleryPage, Library]]:
    library = await stocked(root, count)
    owner = QObject()
    page = GalleryPage(library, GalleryCommands(library, owner))
    page.resize(1440, 900)
    page.show()
    await until(lambda: page.model.rowCount() == count)
    await asyncio.sleep(0.1)
    try:
        yield page, library
    finally:
        page.close()
        page.deleteLater()
        await asyncio.sleep(0.05)
        library.close()


def middle(grid: PictureGrid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row, 0)).center()


async def test_choosing_with_mouse_and_keys(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 100) as (page, _):
        grid, columns = page.grid, page.grid.cell_geometry.columns
        assert columns == 6
        view = grid.viewport()
        QTest.mouseClick(view, LEFT, pos=middle(grid, 2))
        assert grid.chosen() == [98]
        QTest.mouseClick(view, LEFT, SHIFT, middle(grid, columns + 1))
        assert grid.chosen() == list(range(98, 98 - columns, -1))
        QTest.mouseClick(view, LEFT, CONTROL, middle(grid, 0))
        assert len(grid.chosen()) == columns + 1
        QTest.mouseClick(view, LEFT, pos=middle(grid, 0))
        for key, row in (
            (Qt.Key.Key_Right, 1),
            (Qt.Key.Key_Down, columns + 1),
            (Qt.Key.Key_Up, 1),
            (Qt.Key.Key_Up, 1),
            (Qt.Key.Key_End, 99),
            (Qt.Key.Key_Down, 99),
            (Qt.Key.Key_Home, 0),
            (Qt.Key.Key_Left, 0),
        ):
            QTest.keyClick(grid, key)
            assert grid.currentIndex().row() == row
        QTest.keyClick(grid, Qt.Key.Key_Down, SHIFT)
        assert len(grid.chosen()) == columns + 1
        QTest.keyClick(grid, Qt.Key.Key_A, CONTROL)
        assert len(grid.chosen()) == 100


async def test_a_rubber_band_from_a_gap(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 60) as (page, _):
        grid = page.grid
        box = grid.visualRect(grid.model().index(0, 0))
        start = QPoint(box.right() - 2, box.top() + 20)
        assert not grid.indexAt(start).isValid()
        view = grid.viewport()
        QTest.mousePress(view, LEFT, pos=start)
        QTest.mouseMove(view, start + QPoint(40, 40))
        QTest.mouseMove(view, middle(grid, grid.cell_geometry.columns + 2))
        assert grid._band is not None
        grid.repaint()
        QTest.mouseRelease(view, LEFT, pos=middle(grid, grid.cell_geometry.columns + 2))
        rows = [0, 1, 2, grid.cell_geometry.columns, grid.cell_geometry.columns + 1, grid.cell_geometry.columns + 2]
        assert grid.chosen() == [60 - row for row in rows]
        assert grid._band is None


async def test_changes_are_followed_one_by_one(tmp_path: Path, theme: Theme) -> None:
    """Nothing else moves: the selection stays, and no other rows are requested."""
    async with gallery(tmp_path, 50) as (page, library):
        resets: list[bool] = []
        page.model.modelReset.connect(lambda: resets.append(True))
        page.grid.choose(30)
        await library.trash.put([50, 10])
        await until(lambda: page.model.rowCount() == 48)
        assert page.grid.chosen() == [30]
        await library.trash.restore([10, 50])
        await until(lambda: page.model.rowCount() == 50)
        assert page.model._numbers == await library.search(Query())
        assert [page.model.index_of(number).row() for number in (50, 30, 10, 1)] == [0, 20, 40, 49]
        assert not resets


async def test_scrolling_and_cell_size(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 300) as (page, _):
        grid = page.grid
        bar = grid.verticalScrollBar()
        assert (
            bar.maximum()
            == -(-300 // grid.cell_geometry.columns) * grid._cells.size.height() - grid.viewport().height()
        )
        grid.choose(1)
        assert bar.value() == bar.maximum() - 6
        assert grid.indexAt(middle(grid, 299)).row() == 299
        page.bar.size_slider.setValue(320)
        assert grid.cell_geometry.columns == 2
        page.bar.size_slider.setValue(142)
        grid.choose(300)
        assert bar.value() == 0
        # The thumbnail for one size is a placeholder until the sharp one for the next has loaded.
        index, thumbnails = page.model.index_of(300), page.model.thumbnails
        await until(lambda: 300 in thumbnails._kept)
        page.bar.size_slider.setValue(320)
        assert not page.model.data(index, THUMBNAIL).isNull()
        await until(lambda: page.model.data(index, THUMBNAIL).size() == thumbnails._size)


async def test_a_rubber_band_from_the_left_margin(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 60) as (page, _):
        grid = page.grid
        view, end = grid.viewport(), middle(grid, grid.cell_geometry.columns)
        start = QPoint(4, middle(grid, 0).y())
        QTest.mousePress(view, LEFT, pos=start)
        QTest.mouseMove(view, start + QPoint(40, 40))
        QTest.mouseMove(view, end)
        assert grid._band is not None
        QTest.mouseRelease(view, LEFT, pos=end)
        assert grid.chosen() == [60, 60 - grid.cell_geometry.columns]


async def test_the_first_heading_is_seen_after_home_and_a_click_on_one_chooses_its_group(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, 1600) as (page, _):
        grid = page.grid
        page.bar.groupings.setCurrentIndex(page.bar.groupings.findData(Grouping.DAY))
        grid.setFocus()
        QTest.keyClick(grid, Qt.Key.Key_End)
        assert grid.verticalScrollBar().value() > 0
        QTest.keyClick(grid, Qt.Key.Key_Home)
        assert grid.verticalScrollBar().value() == 0
        starts = page.model.group_starts(Grouping.DAY)
        assert len(starts) > 1
        grid.scrollTo(page.model.index(starts[1]), grid.ScrollHint.PositionAtTop)
        heading = QPoint(40, grid.visualRect(page.model.index(starts[1])).top() - HEADING // 2)
        assert 0 <= heading.y() < HEADING
        QTest.mouseClick(grid.viewport(), LEFT, pos=heading)
        assert grid.chosen() == page.model.numbers_between(starts[1], (starts[2] if len(starts) > 2 else 1600) - 1)


async def test_the_tools_leave_a_cell_that_is_scrolled_away(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 300) as (page, _):
        grid = page.grid
        point_at(grid.viewport(), middle(grid, 2))
        assert grid._hovered.row() == 2
        grid.setCurrentIndex(page.model.index(2))
        QTest.keyClick(grid, Qt.Key.Key_PageDown)
        QTest.keyClick(grid, Qt.Key.Key_PageDown)
        assert grid._hovered.row() != 2


async def test_the_size_slider_jumps_to_a_click(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, 10) as (page, _):
        slider = page.bar.size_slider
        QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() - 8, slider.height() // 2))
        assert slider.value() > 300
        QTest.mouseClick(slider, LEFT, pos=QPoint(8, slider.height() // 2))
        assert slider.value() < 110


async def test_scrolling_asks_by_the_hundred_and_draws_each_badge_once(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    del theme
    drawn: list[tuple[str, int]] = []
    draw = thumbnail_delegate._render_badge

    def note(word: str, room: int, ratio: float, usual: QFont) -> QPixmap | None:
        drawn.append((word, room))
        return draw(word, room, ratio, usual)

    monkeypatch.setattr(thumbnail_delegate, "_render_badge", note)
    async with gallery(tmp_path, 1000) as (page, library):
        asked: list[int] = []
        summaries = library.summaries

        async def count(numbers: Sequence[int]) -> list[PictureSummary]:
            asked.append(len(numbers))
            return await summaries(numbers)

        monkeypatch.setattr(library, "summaries", count)
        model, bar, view = page.model, page.grid.verticalScrollBar(), page.grid.viewport()
        for _ in range(6):
            bar.setValue(bar.value() + bar.pageStep())
            view.repaint()
            last = page.grid.indexAt(view.rect().bottomLeft() - QPoint(-20, 20)).row()
            number = model.number_at(model.index(last))
            await until(partial(model.summary_of, number))
            view.repaint()
        # The page ahead is requested, too.
        assert len(asked) <= last // 100 + 2
        assert set(asked) == {100}
        assert len(drawn) == len(set(drawn)) > 0
