"""What is shown changes because the user did something; what came meanwhile is offered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.demo import Pace
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.driving import Driver, opened


def click(grid: PictureGrid, picture_id: int) -> None:
    at = grid.visualRect(grid.model().index_of(picture_id)).center()  # type: ignore[attr-defined]
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


async def ask_for(at: Driver, count: int) -> None:
    form = at.window.generate.form
    at.type(form.prompt.editor, "hills")
    form.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
    form.count.set_value(count)
    at.click(form.go)
    await at.until(lambda: len(at.window.generate.results._tiles) == count)


async def test_a_change_of_the_library_opens_nothing(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library, panel, results = at.parts.library, at.window.panel, at.window.generate.results
        first = await keep(library, recipe(1))
        await at.until(lambda: panel.model.rowCount() == 1)
        click(panel.grid, first.id)
        await at.until(lambda: results.current is not None)
        await ask_for(at, 4)
        shown: list[object] = []
        results.picture_shown.connect(shown.append)
        at.window.edit.results.picture_shown.connect(shown.append)
        await at.until(lambda: sum(tile.picture_id is not None for tile in results._tiles.values()) == 4)
        await at.until(lambda: panel.model.rowCount() == 5)
        panel.model.refresh()
        await at.until(lambda: panel.grid.chosen() == [first.id])
        assert shown == []
        assert results._stack.currentWidget() is results._tile_page


async def test_a_tile_opens_over_its_batch_and_escape_goes_back(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        results = at.window.generate.results
        await ask_for(at, 3)
        await at.until(lambda: all(tile.picture_id is not None for tile in results._tiles.values()))
        tiles = list(results._tiles.values())
        QTest.mouseClick(tiles[0], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
        await at.until(lambda: results.current is not None and results.current.id == tiles[0].picture_id)
        assert results.loupe.bar.back.text() == "‹ Results · 3 of 3"
        await at.until(results.view.hasFocus)
        QTest.keyClick(results.view, Qt.Key.Key_Right)
        await at.until(lambda: results.current is not None and results.current.id == tiles[1].picture_id)
        QTest.keyClick(results.view, Qt.Key.Key_Left)
        QTest.keyClick(results.view, Qt.Key.Key_Left)
        await at.until(lambda: results.current is not None and results.current.id == tiles[0].picture_id)
        QTest.keyClick(results.view, Qt.Key.Key_Escape)
        assert results._stack.currentWidget() is results._tile_page
        assert list(results._tiles.values()) == tiles
        assert not results.loupe.bar.back.isVisible()
        count = at.window.generate.form.count.value()
        focused = at.window.focusWidget()
        assert focused is not None
        assert not at.window.generate.form.isAncestorOf(focused)
        QTest.keyClick(focused, Qt.Key.Key_Right)
        assert at.window.generate.form.count.value() == count


async def test_a_result_does_not_take_the_place_of_what_is_looked_at(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Pace(queue=0.3, work=0.6)) as at:
        library, panel, results = at.parts.library, at.window.panel, at.window.generate.results
        kept = await keep(library, recipe(1))
        await at.until(lambda: panel.model.rowCount() == 1)
        await ask_for(at, 1)
        click(panel.grid, kept.id)
        await at.until(lambda: results.current is not None and results.current.id == kept.id)
        assert results.loupe.bar.back.isVisible()
        await at.until(lambda: results.loupe.bar.back.text() == "‹ Results · 1 of 1")
        assert results.current is not None
        assert results.current.id == kept.id
        assert results._stack.currentWidget() is results.loupe
        at.click(results.loupe.bar.back)
        assert results._stack.currentWidget() is results._tile_page


async def test_keys_open_what_they_lead_to_and_modifiers_open_nothing(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library, panel, results = at.parts.library, at.window.panel, at.window.generate.results
        for number in (1, 2, 3):
            await keep(library, recipe(number))
        await at.until(lambda: panel.model.rowCount() == 3)
        click(panel.grid, 3)
        await at.until(lambda: results.current is not None and results.current.id == 3)
        panel.grid.setFocus()
        QTest.keyClick(panel.grid, Qt.Key.Key_Right)
        await at.until(lambda: results.current is not None and results.current.id == 2)
        opened_ids: list[int] = []
        panel.grid.picked.connect(opened_ids.append)
        place = panel.grid.visualRect(panel.model.index_of(1)).center()
        QTest.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
        assert panel.grid.chosen() == [2, 1]
        assert opened_ids == []
