"""What is shown changes only because the user did something; what arrived meanwhile is offered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.demo import Timing
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.test_canvas_keys import focused
from tests.ui.window_driver import Driver, opened, settle


def click(grid: PictureGrid, picture_id: int) -> None:
    at = grid.visualRect(grid.model().index_of(picture_id)).center()  # type: ignore[attr-defined]
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


async def ask_for(at: Driver, count: int, ratio: str = "4:1") -> None:
    form = at.window.generate.form
    at.type(form.prompt.editor, "hills")
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": ratio})
    form.count.set_value(count)
    at.click(form.go)
    await at.until(lambda: len(at.window.generate.results._grid.tiles) == count)


async def test_a_change_of_the_library_opens_nothing(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        library, panel, results = at.parts.library, at.window.panel, at.window.generate.results
        first = await keep(library, recipe(1))
        await at.until(lambda: panel.model.rowCount() == 1)
        click(panel.grid, first.id)
        await at.until(lambda: results.current is not None)
        await ask_for(at, 4)
        shown: list[object] = []
        results.picture_shown.connect(shown.append)
        at.window.edit.results.picture_shown.connect(shown.append)
        await at.until(lambda: sum(tile.picture_id is not None for tile in results._grid.tiles.values()) == 4)
        await at.until(lambda: panel.model.rowCount() == 5)
        panel.model.refresh()
        await at.until(lambda: panel.grid.chosen() == [first.id])
        assert shown == []
        assert results._stack.currentWidget() is results._grid
        # All tiles are seen in a small window as well.
        at.window.resize(960, 560)
        settle()
        view = results._grid.viewport()
        for tile in results._grid.shown:
            assert view.rect().contains(QRect(tile.mapTo(view, QPoint()), tile.size()))


async def test_a_tile_opens_over_its_batch_and_escape_goes_back(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        results = at.window.generate.results
        await ask_for(at, 3)
        await at.until(lambda: all(tile.picture_id is not None for tile in results._grid.tiles.values()))
        tiles = list(results._grid.tiles.values())
        QTest.mouseClick(tiles[0], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20))
        await at.until(lambda: results.current is not None and results.current.id == tiles[0].picture_id)
        assert results.loupe.bar.back.text() == "‹ Results"
        assert results.loupe.bar.place.text() == "1 of 3"
        # The second half of a double click on the tile.
        QTest.mouseDClick(results.view, Qt.MouseButton.LeftButton)
        assert results.view.is_fitted
        await at.until(results.view.hasFocus)
        QTest.keyClick(results.view, Qt.Key.Key_Right)
        await at.until(lambda: results.current is not None and results.current.id == tiles[1].picture_id)
        QTest.keyClick(results.view, Qt.Key.Key_Escape)
        # The image last looked at has the keys.
        assert focused(at) is tiles[1]
        QTest.keyClick(tiles[1], Qt.Key.Key_Return)
        await at.until(results.view.hasFocus)
        QTest.keyClick(results.view, Qt.Key.Key_Left)
        QTest.keyClick(results.view, Qt.Key.Key_Left)
        await at.until(lambda: results.current is not None and results.current.id == tiles[0].picture_id)
        QTest.keyClick(results.view, Qt.Key.Key_Escape)
        assert results._stack.currentWidget() is results._grid
        assert list(results._grid.tiles.values()) == tiles
        assert focused(at) is tiles[0]
        assert not results.loupe.bar.back.isVisible()
        count = at.window.generate.form.count.value()
        QTest.keyClick(focused(at), Qt.Key.Key_Right)
        assert focused(at) is tiles[1]
        assert at.window.generate.form.count.value() == count


async def test_a_result_does_not_take_the_place_of_what_is_looked_at(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=0.3, work=0.6)) as at:
        library, panel, results = at.parts.library, at.window.panel, at.window.generate.results
        kept = await keep(library, recipe(1))
        await at.until(lambda: panel.model.rowCount() == 1)
        await ask_for(at, 1)
        click(panel.grid, kept.id)
        await at.until(lambda: results.current is not None and results.current.id == kept.id)
        assert results.loupe.bar.back.isVisible()
        assert results.loupe.bar.back.text() == "‹ Results"
        await at.until(lambda: [tile.picture_id is not None for tile in results._grid.tiles.values()] == [True])
        assert results.current is not None
        assert results.current.id == kept.id
        assert results._stack.currentWidget() is results.loupe
        at.click(results.loupe.bar.back)
        assert results._stack.currentWidget() is results._grid


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


async def test_keys_go_from_tile_to_tile_and_a_trashed_result_leaves_its_place(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        results, panel = at.window.generate.results, at.window.panel
        await ask_for(at, 4, "1:1")
        await at.until(lambda: all(tile.picture_id is not None for tile in results._grid.tiles.values()))
        tiles = list(results._grid.tiles.values())
        places = [tile.geometry() for tile in tiles]
        results._grid.take_keys()
        for arrow, place in (("Right", 1), ("Down", 3), ("Left", 2), ("Up", 0), ("Up", 0), ("End", 3), ("Home", 0)):
            QTest.keyClick(focused(at), Qt.Key[f"Key_{arrow}"])
            assert focused(at) is tiles[place]
        plain = tiles[0].grab().toImage()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            QTest.keyClick(focused(at), Qt.Key.Key_Right)
            assert tiles[0].grab().toImage() != plain
            QTest.keyClick(focused(at), Qt.Key.Key_Left)
            QTest.keyClick(focused(at), key)
            await at.until(lambda: results.shown is not None and results.shown.id == tiles[0].picture_id)
            QTest.keyClick(focused(at), Qt.Key.Key_Escape)
            assert focused(at) is tiles[0]
        # To the trash and back, seen from the grid and from the loupe.
        QTest.keyClick(tiles[0], Qt.Key.Key_Return)
        await at.until(lambda: results.shown is not None)
        QTest.keyClick(results.view, Qt.Key.Key_Delete)
        await at.until(lambda: not tiles[0].isVisibleTo(results._grid))
        assert results._grid.results == [tile.picture_id for tile in tiles[1:]]
        await at.until(lambda: results.loupe.bar.place.text() == "1 of 3")
        QTest.keyClick(results.view, Qt.Key.Key_Escape)
        assert focused(at) is tiles[1]
        settle()
        assert [tile.geometry() for tile in tiles[1:]] == places[1:]
        QTest.keyClick(focused(at), Qt.Key.Key_Return)
        await at.until(lambda: results.shown is not None)
        assert results.loupe.bar.place.text() == "1 of 3"
        await at.until(at.window.window_actions["mark.undo"].isEnabled)
        at.window.window_actions["mark.undo"].trigger()
        await at.until(lambda: results.loupe.bar.place.text() == "2 of 4")
        QTest.keyClick(results.view, Qt.Key.Key_Escape)
        assert tiles[0].isVisible()
        # An image of the panel's list gives the keys back to the panel.
        await at.until(lambda: panel.model.rowCount() == 4)
        first, second = panel.model.numbers_between(0, 1)
        click(panel.grid, first)
        panel.grid.setFocus()
        for number, key in ((first, Qt.Key.Key_Return), (second, Qt.Key.Key_Space)):
            QTest.keyClick(focused(at), key)
            await at.until(lambda number=number: results.shown is not None and results.shown.id == number)  # type: ignore[misc]
            await at.until(results.view.hasFocus)
            QTest.keyClick(results.view, Qt.Key.Key_Escape)
            assert focused(at) is panel.grid
            QTest.keyClick(panel.grid, Qt.Key.Key_Right)
        # Without results there is nothing to go back to.
        numbers = results._grid.results
        at.window.commands.run("image.trash", numbers)
        await at.until(lambda: results._grid.results == [])
        results.close_loupe()
        assert results._stack.currentWidget() is results._empty
