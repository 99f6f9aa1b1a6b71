"""Marks set in the gallery: the marked image stays listed and selected, and the keys go to the grid."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Marks
from imagineart_desktop.ui.commands.command_button import CommandButton
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.image_commands import FAVORITE
from tests.ui.test_canvas_keys import focused
from tests.ui.test_gallery_choice import editors
from tests.ui.test_gallery_order import gallery, marks, shown
from tests.ui.window_driver import Driver

LEFT = Qt.MouseButton.LeftButton


async def select(at: Driver, page: GalleryPage, number: int) -> None:
    """Click an image, and wait until its details are shown."""
    QTest.mouseClick(page.grid.viewport(), LEFT, pos=page.grid.visualRect(page.model.index_of(number)).center())
    await at.until(lambda: page.details.chosen == [number] and bool(editors(page)))


def star(page: GalleryPage, stars: int) -> None:
    (editor,) = editors(page)
    QTest.mouseClick(editor.stars, LEFT, pos=QPoint(stars * 20 - 10, 10))


async def rated(at: Driver, number: int) -> Marks:
    return (await marks(at))[number]


async def search_best(at: Driver, page: GalleryPage) -> None:
    await at.parts.library.annotations.rate([1, 2, 3], 4)
    page.search.setText("rating:>=3")
    await at.until(lambda: shown(page) == [1, 2, 3])


@pytest.mark.parametrize("by_key", [False, True])
async def test_a_marked_image_stays_until_another_is_selected(tmp_path: Path, theme: Theme, by_key: bool) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await search_best(at, page)
        await select(at, page, 2)
        count = page.marking.undo_stack.count
        for times, stars in enumerate((1, 2), start=1):
            if by_key:
                QTest.keyClicks(focused(at), str(stars))
            else:
                star(page, stars)
            await at.until(lambda times=times: count() == times)  # type: ignore[misc]
            await at.until(lambda stars=stars: bool(editors(page)) and editors(page)[0].stars._value == stars)  # type: ignore[misc]
            assert (shown(page), page.grid.chosen(), page.details.chosen) == ([1, 2, 3], [2], [2])
            assert focused(at) is page.grid
        assert [(await rated(at, number)).rating for number in (1, 2, 3)] == [4, 2, 4]
        await page.model._ask(None)
        assert shown(page) == [1, 2, 3]
        QTest.keyClick(focused(at), Qt.Key.Key_Right)
        assert page.grid.chosen() == [1]
        await at.until(lambda: shown(page) == [1, 3])
        assert page.grid.chosen() == [1]


async def test_another_search_and_the_trash_release_a_marked_image(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await search_best(at, page)
        await select(at, page, 2)
        star(page, 1)
        await at.until(lambda: page.model.held == {2})
        page.search.setText("rating:4")
        await at.until(lambda: shown(page) == [1, 3])
        await select(at, page, 3)
        star(page, 1)
        await at.until(lambda: page.model.held == {3})
        QTest.keyClick(focused(at), Qt.Key.Key_Delete)
        await at.until(lambda: shown(page) == [1])
        await at.until(lambda: page.grid.chosen() == [1])


async def test_the_image_in_the_loupe_stays_listed_when_it_is_marked(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await search_best(at, page)
        await select(at, page, 2)
        QTest.keyClick(page.grid, Qt.Key.Key_Return)
        await at.until(lambda: page.loupe.current is not None)
        QTest.keyClick(focused(at), Qt.Key.Key_Right)
        await at.until(lambda: page.loupe.current is not None and page.loupe.current.id == 1)
        # The last one: from any other, the loupe would go on to the next.
        QTest.keyClicks(focused(at), "1")
        await at.until(lambda: page.model.held == {1})
        QTest.keyClick(focused(at), Qt.Key.Key_Escape)
        assert page.grid.chosen() == [1]
        assert shown(page) == [1, 2, 3]


async def test_an_image_stays_among_the_favorites_until_another_is_selected(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.set_favourite([1, 2, 3], True)
        panel = at.window.pages.panel
        next(chip for chip in panel._filters.buttons() if chip.property("filter") == "favourites").click()
        await at.until(lambda: panel.model.rowCount() == 3)
        panel.grid.choose(2)
        page.marking.toggle_favorite([2])
        await at.until(lambda: panel.model.held == {2})
        page.marking.rate([2], 2)
        await at.until(lambda: page.marking.undo_stack.count() == 2)
        assert (panel.model.rowCount(), panel.grid.chosen()) == (3, [2])
        panel.grid.choose(1)
        await at.until(lambda: panel.model.rowCount() == 2)


def mark_buttons(page: GalleryPage) -> list[QWidget]:
    (editor,) = editors(page)
    favorite = next(
        made for made in page.details.findChildren(CommandButton) if made.command.id == FAVORITE and made.isVisible()
    )
    return [editor.stars, editor.dots, favorite]


@pytest.mark.parametrize("place", range(3))
async def test_the_keys_go_to_the_grid_after_a_click_on_a_mark(tmp_path: Path, theme: Theme, place: int) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await select(at, page, 3)
        editors(page)[0].note.setFocus()
        QTest.keyClicks(focused(at), "for the cover")
        for times in (1, 2):
            # Another star and another label each time: a mark that the panel doesn't show yet would be set again.
            QTest.mouseClick(mark_buttons(page)[place], LEFT, pos=QPoint(10 if times == 1 else 40, 10))
            await at.until(lambda: focused(at) is page.grid)
            await at.until(lambda times=times: page.marking.undo_stack.count() >= times + 1)  # type: ignore[misc]
        assert (await rated(at, 3)).note == "for the cover"
        QTest.keyClick(focused(at), Qt.Key.Key_Right)
        assert page.grid.chosen() == [2]
        QTest.keyClicks(focused(at), "5")
        await at.until(lambda: page.marking.undo_stack.count() == 4)
        assert (await rated(at, 2)).rating == 5
        await at.until(lambda: page.details.chosen == [2] and bool(editors(page)))
        QTest.keyClick(focused(at), Qt.Key.Key_Return)
        assert page.is_loupe_open


async def test_a_focused_button_that_goes_with_its_image_leaves_the_keys_to_the_grid(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        await at.parts.library.annotations.tag([3], ["fox"])
        await select(at, page, 3)
        chip = next(made for made in page.details.findChildren(QWidget) if made.toolTip() == "Remove this tag")
        chip.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(chip, Qt.Key.Key_Space)
        await at.until(lambda: page.marking.undo_stack.count() == 1)
        await at.until(lambda: focused(at) is page.grid)
