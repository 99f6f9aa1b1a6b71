"""The gallery's selection, and what the details and the image's menu do with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from imagineart_desktop.ui.commands.image_menu import ImageMenu
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.image_details.marks_editor import MarksEditor
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import TextInputDialog
from tests.ui.test_gallery_order import choose, gallery, marks, shown
from tests.ui.window_driver import Driver


def editors(page: GalleryPage) -> list[MarksEditor]:
    return [made for made in page.details.findChildren(MarksEditor) if made.isVisible()]


async def test_the_details_leave_a_picture_that_the_search_hides(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        QTest.mouseClick(
            page.grid.viewport(),
            Qt.MouseButton.LeftButton,
            pos=page.grid.visualRect(page.model.index_of(1)).center(),
        )
        await at.until(lambda: bool(editors(page)))
        at.type(page.search, "zzzz")
        await at.until(lambda: not shown(page))
        await at.until(lambda: not editors(page))
        assert page.details.chosen == []
        page.search.clear()
        await at.until(lambda: len(shown(page)) == 6)
        choose(page, [1])
        await at.until(lambda: bool(editors(page)))
        at.type(page.search, "red")
        await at.until(lambda: shown(page) == [1])
        assert (page.grid.chosen(), page.details.chosen) == ([1], [1])
        assert editors(page)


async def test_a_walk_leads_to_a_hidden_picture_and_into_the_trash(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        page.search.setText("fox")
        await at.until(lambda: shown(page) == [3])
        page.details.walk.emit(1)
        await at.until(lambda: page.grid.chosen() == [1] and page.details.chosen == [1])
        await at.parts.library.trash.put([2])
        await at.until(lambda: len(shown(page)) == 5)
        page.details.walk.emit(2)
        await at.until(lambda: page.grid.chosen() == [2] and page.side.filter() == "trash")


async def menu_of(at: Driver, page: GalleryPage, numbers: list[int]) -> ImageMenu:
    page.grid.menu_wanted.emit(numbers, QPoint(300, 300))
    await at.until(lambda: any(menu.isVisible() for menu in at.window.findChildren(ImageMenu)))
    return next(menu for menu in at.window.findChildren(ImageMenu) if menu.isVisible())


def entry(menu: QMenu, *path: str) -> QAction:
    """Return the entry with this label, in the menu with this label."""
    for words in path[:-1]:
        menu = next(inner for inner in menu.findChildren(QMenu) if inner.title() == words)
    return next(action for action in menu.actions() if action.text().strip() == path[-1])


async def test_a_picture_is_taken_out_of_a_collection_and_put_back_by_undo(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        organise = at.parts.library.annotations
        spring = await organise.create_collection("Spring")
        posters = await organise.create_collection("Posters", spring)
        await organise.collect([1, 2], spring)
        await organise.collect([3], posters)
        tree = page.side.collections
        await at.until(lambda: tree.topLevelItemCount() == 1)
        tree.setCurrentItem(tree.topLevelItem(0))  # type: ignore[arg-type]
        tree.chosen.emit()
        await at.until(lambda: shown(page) == [1, 2, 3])
        menu = await menu_of(at, page, [1])
        entry(menu, "Remove from “Spring”").trigger()
        menu.close()
        await at.until(lambda: shown(page) == [2, 3])
        # The menu had the keys; the window manager, which is missing here, returns them to the window.
        at.window.activateWindow()
        await at.until(at.window.isActiveWindow)
        choose(page, [2, 3])
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
        await at.until(lambda: shown(page) == [])
        at.window.window_actions["mark.undo"].trigger()
        await at.until(lambda: shown(page) == [2, 3])
        page.clear_filters()
        await at.until(lambda: len(shown(page)) == 6)
        choose(page, [4])
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
        await at.until(lambda: len(shown(page)) == 5 and 4 not in shown(page))
        await at.until(lambda: "to Trash" in at.window.status.said.text())
        at.window.status.take_back()
        await at.until(lambda: len(shown(page)) == 6)


async def test_the_picture_menu_rates_labels_tags_and_collects(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        steps = page.marking.undo_stack
        spring = await at.parts.library.annotations.create_collection("Spring")
        for number, path in enumerate((("Rating", "★★★"), ("Label", "Blue"), ("Collection", "Spring")), start=1):
            menu = await menu_of(at, page, [1, 2])
            entry(menu, *path).trigger()
            menu.close()
            await at.until(lambda number=number: steps.count() == number)  # type: ignore[misc]
        menu = await menu_of(at, page, [1, 2])
        for name, keys in (("Favorite", "Ctrl+D"), ("Rating/★★", "2"), ("Label/Red", "6")):
            made = entry(menu, *name.split("/"))
            assert made.shortcut().toString() == keys
            assert made.isShortcutVisibleInContextMenu()
        menu.close()
        for words, *where in (("client, poster", "Tag…"), ("Autumn", "Collection", "New…")):
            menu = await menu_of(at, page, [1, 2])
            entry(menu, *where).trigger()
            menu.close()
            (dialog,) = (made for made in at.window.findChildren(TextInputDialog) if made.isVisible())
            at.type(dialog.field, words)
            QTest.keyClick(dialog.field, Qt.Key.Key_Return)
            await at.until(lambda: not any(made.isVisible() for made in at.window.findChildren(TextInputDialog)))
        await at.until(lambda: steps.count() == 5)
        autumn = next(one.id for one in await at.parts.library.annotations.collections() if one.name == "Autumn")
        for found in [(await marks(at))[number] for number in (1, 2)]:
            assert (found.rating, found.label.value, found.tags) == (3, "blue", ("client", "poster"))
            assert found.collections == (spring, autumn)
