"""Culling by keys: after one image is gone, the next one is there to judge."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened


async def stocked(at: Driver) -> None:
    for number in range(1, 7):
        await keep(at.parts.library, recipe(number))
    at.window.go_to("gallery")
    await at.until(lambda: at.window.gallery.model.rowCount() == 6)


@pytest.mark.parametrize(("first", "then"), [(4, [3, 2, 1]), (1, [2, 3]), (6, [5, 4])])
async def test_the_next_picture_is_chosen_after_one_went_to_the_trash(
    tmp_path: Path, theme: Theme, first: int, then: list[int]
) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await stocked(at)
        gallery = at.window.gallery
        gallery.grid.choose(first)
        for number in then:
            QTest.keyClick(gallery.grid, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
            await at.until(lambda number=number: gallery.grid.chosen() == [number])  # type: ignore[misc]
            await at.until(lambda number=number: gallery.details.chosen == [number])  # type: ignore[misc]


async def test_the_next_picture_is_chosen_after_several_went(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await stocked(at)
        gallery = at.window.gallery
        gallery.grid.choose(5)
        QTest.keyClick(gallery.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert gallery.grid.chosen() == [5, 4]
        assert gallery.bar.found.text() == "6 images · 2 selected"
        assert gallery.grid.selection.separate_current_row() == gallery.model.index_of(4).row()
        gallery.grid.choose(5)
        assert gallery.bar.found.text() == "6 images"
        assert gallery.grid.selection.separate_current_row() == -1
        at.window.commands.run("image.trash", [5, 4])
        await at.until(lambda: gallery.grid.chosen() == [3])


async def test_another_search_chooses_nothing(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        await stocked(at)
        gallery = at.window.gallery
        gallery.grid.choose(5)
        gallery.search.setText("seed:2")
        await at.until(lambda: gallery.model.rowCount() == 1)
        assert gallery.grid.chosen() == []


async def test_a_tile_with_the_keyboard_is_rated_labeled_and_trashed_as_in_the_gallery(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme, at_once=("gallery",)) as at:
        window, form, library = at.window, at.window.generate.form, at.parts.library
        at.type(form.prompt.editor, "three kettles")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        form.count.set_value(3)
        at.click(form.go)
        await at.pictures(3)
        grid, at_keys = window.generate.results._grid, window.generate.results.focused_ids
        await at.until(lambda: len(grid.results) == 3)
        numbers = grid.results
        first, second, _ = grid.shown
        second.setFocus()
        for key in (Qt.Key.Key_4, Qt.Key.Key_7):
            QTest.keyClick(second, key)
        QTest.keyClick(second, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)

        async def marks(number: int) -> tuple[int, str, bool]:
            (one,) = await library.summaries([number])
            return one.rating, one.label, one.favourite

        await at.until(lambda: window.marking.undo_stack.count() == 3)
        assert [await marks(number) for number in numbers] == [(0, "", False), (4, "yellow", True), (0, "", False)]
        await at.until(lambda: second._summary is not None and second._summary.favourite)
        assert second.accessibleDescription() == "Rated 4 of 5, yellow, favorite"
        assert first.accessibleDescription() == "Not rated"
        # The command search applies to the tile from which it was opened.
        QTest.keyClick(second, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(window.search.field, "rating 2 stars")
        (entry,) = window.search.found()
        assert not entry.hint
        QTest.keyClick(window.search.field, Qt.Key.Key_Return)
        await at.until(lambda: second._summary is not None and second._summary.rating == 2)
        window.activateWindow()
        await at.until(second.hasFocus)
        QTest.keyClick(second, Qt.Key.Key_Delete)
        await at.until(lambda: grid.results == [numbers[0], numbers[2]])
        # In the form, the same keys apply to no image.
        form.prompt.editor.setFocus()
        QTest.keyClick(form.prompt.editor, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert window.status.said.text() == "Select an image first."
        assert at_keys() == []
        # A focus change while another window is in front counts as the current focus.
        first.setFocus()
        other = QWidget()
        other.show()
        other.activateWindow()
        await at.until(other.isActiveWindow)
        assert at_keys() == [numbers[0]]
        grid.shown[1].setFocus()
        assert at_keys() == [numbers[2]]
        form.prompt.editor.setFocus()
        assert at_keys() == []
        other.close()
