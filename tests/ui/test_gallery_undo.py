"""One history for every change to the library's organization, and collections moved by drag and drop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from imagineart_desktop.ui.gallery.collection_tree import COLLECTION_MIME, CollectionTree
from imagineart_desktop.ui.theme import Theme
from tests.ui.test_gallery_order import CTRL, SHIFT, choose, gallery, marks, shown
from tests.ui.window_driver import NONE, Driver


def undo_of(at: Driver) -> str:
    return at.window.window_actions["mark.undo"].text()


async def collections(at: Driver) -> list[tuple[str, int | None, int]]:
    return [(one.name, one.parent, one.pictures) for one in await at.parts.library.annotations.collections()]


async def test_undo_after_the_trash_brings_the_pictures_back_and_leaves_their_stars(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        choose(page, [1, 2])
        QTest.keyClick(page.grid, Qt.Key.Key_2)
        await at.until(lambda: undo_of(at) == "Undo: rate 2 images 2 stars")
        QTest.keyClick(at.window, Qt.Key.Key_Delete, CTRL)
        QTest.keyClick(page.grid, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: at.window.window_actions["mark.redo"].text() == "Redo: move 2 images to Trash")
        await at.until(lambda: len(shown(page)) == 6)
        assert {(await marks(at))[number].rating for number in (1, 2)} == {2}
        QTest.keyClick(page.grid, Qt.Key.Key_Z, CTRL | SHIFT)
        await at.until(lambda: shown(page) == [3, 4, 5, 6])
        assert undo_of(at) == "Undo: move 2 images to Trash"
        status = at.window.status
        assert (status.undo.text(), "Redone" in status.said.text()) == ("Undo", True)
        at.click(status.undo)
        await at.until(lambda: len(shown(page)) == 6)
        assert status.said.text() == "Undone: move 2 images to Trash."
        assert status.undo.text() == "Redo"
        at.click(status.undo)
        await at.until(lambda: shown(page) == [3, 4, 5, 6])


async def test_restoring_and_favourites_are_undone(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        at.window.commands.run("image.trash", [3])
        at.window.commands.run("image.restore", [3])
        at.window.commands.run("image.favourite", [4, 5])
        await at.until(lambda: undo_of(at) == "Undo: add 2 images to favorites")
        for _ in range(2):
            at.window.window_actions["mark.undo"].trigger()
        await at.until(lambda: shown(page) == [1, 2, 4, 5, 6])
        assert not any(found.favourite for found in (await marks(at)).values())


async def test_there_is_one_undo_in_the_menu_and_it_is_the_tabs(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, _page):
        edit = next(menu for menu in at.window.menuBar().findChildren(QMenu) if menu.title() == "&Edit")

        def with_ctrl_z() -> list[str]:
            return [
                action.iconText()
                for action in edit.actions()
                if action.isVisible() and action.shortcut().toString() == "Ctrl+Z"
            ]

        assert with_ctrl_z() == ["Undo in the gallery"]
        at.window.go_to("inpaint")
        assert with_ctrl_z() == ["Undo"]


async def test_what_is_done_to_collections_is_undone(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        side, organise = page.side, at.parts.library.annotations
        side.collections.named.emit(0, None, "Spring")
        await at.until(lambda: undo_of(at) == "Undo: create collection “Spring”")
        ((spring),) = await organise.collections()
        inner = await organise.create_collection("Posters", spring.id)
        await organise.collect([1, 2], inner)
        side.collections.named.emit(spring.id, None, "Summer")
        await at.until(lambda: "“Summer”" in undo_of(at))
        side.collections.remove_wanted.emit(spring.id)
        await at.until(lambda: "and the one inside it" in at.window.status.said.text())
        assert await collections(at) == []
        for step in range(2):
            at.window.window_actions["mark.undo"].trigger()
            await at.until(lambda step=step: page.marking.undo_stack.index() == 2 - step)  # type: ignore[misc]
        assert await collections(at) == [("Spring", None, 0), ("Posters", spring.id, 2)]
        await at.until(lambda: side.collections.topLevelItem(0).text(0) == "Spring")  # type: ignore[union-attr]


def spot_of(tree: CollectionTree, number: int) -> QPoint:
    item = tree._find(number)
    assert item is not None
    return tree.visualItemRect(item).center()


def drop(tree: CollectionTree, number: int, spot: QPoint) -> None:
    mime = QMimeData()
    mime.setData(COLLECTION_MIME, str(number).encode())
    move = QDragMoveEvent(spot, Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, NONE)
    tree.dragMoveEvent(move)
    if move.isAccepted():
        assert tree._target is not None
        event = QDropEvent(QPointF(spot), Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, NONE)
        tree.dropEvent(event)
    assert tree._target is None


async def test_a_collection_is_dragged_into_another_and_out_again(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        organise, tree = at.parts.library.annotations, page.side.collections
        spring, posters = await organise.create_collection("Spring"), await organise.create_collection("Posters")
        await at.until(lambda: tree.topLevelItemCount() == 2)
        drop(tree, posters, spot_of(tree, spring))
        await at.until(lambda: tree.topLevelItemCount() == 1)
        assert await collections(at) == [("Spring", None, 0), ("Posters", spring, 0)]
        drop(tree, spring, spot_of(tree, posters))
        drop(tree, posters, QPoint(20, tree.viewport().height() - 2))
        await at.until(lambda: undo_of(at) == "Undo: move “Posters” to the top level")
        await at.until(lambda: tree.topLevelItemCount() == 2)
        at.window.window_actions["mark.undo"].trigger()
        await at.until(lambda: tree.topLevelItemCount() == 1)


async def test_a_drop_on_a_collection_leaves_all_images_chosen_alone(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        organise, tree = at.parts.library.annotations, page.side.collections
        spring = await organise.create_collection("Spring")
        await at.until(lambda: tree.topLevelItemCount() == 1)
        tree.setFocus()
        tree.dropped.emit([1, 2], spring, "Spring")
        await at.until(lambda: tree.topLevelItem(0).text(1) == "2")  # type: ignore[union-attr]
        assert (page.side.filter(), tree.selectedItems()) == ("all", [])
        QTest.keyClick(tree, Qt.Key.Key_Home)
        await at.until(lambda: shown(page) == [1, 2])
        assert page.side.filter() == ""
