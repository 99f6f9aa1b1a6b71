"""Menus offer what works in the current place; the Edit menu acts on what has the keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from imagineart_desktop.ui.theme import Theme
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened

CTRL = Qt.KeyboardModifier.ControlModifier


def menu_of(at: Driver, title: str) -> QMenu:
    return next(menu for menu in at.window.menuBar().findChildren(QMenu) if menu.title() == f"&{title}")


def offered(at: Driver, title: str) -> dict[str, bool]:
    """Return label → whether it's enabled, as the menu shows them."""
    menu = menu_of(at, title)
    menu.aboutToShow.emit()
    shown = {action.text(): action.isEnabled() for action in menu.actions() if action.isVisible() and action.text()}
    menu.aboutToHide.emit()
    return shown


def choose(at: Driver, words: str) -> None:
    menu = menu_of(at, "Edit")
    menu.aboutToShow.emit()
    action: QAction = next(one for one in menu.actions() if one.text() == words and one.isVisible())
    menu.aboutToHide.emit()
    action.trigger()


async def test_commands_are_enabled_where_they_work(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        window, actions = at.window, at.window.window_actions
        numbers = [(await keep(at.parts.library, recipe(seed))).id for seed in (1, 2)]
        assert not any(offered(at, "Mask").values())
        assert not actions["mask.invert"].isEnabled()
        of_an_image = ("Fit", "100%", "Zoom in", "Zoom out", "Rotate view left", "Reset rotation", "Before/after")
        view = offered(at, "View")
        assert not any(view[words] for words in (*of_an_image, "Image info", "Zoom to 100% or fit"))
        assert view["Full screen"]
        assert actions["view.fit"].isEnabled(), "its key works as soon as there is an image"
        assert "view.fit" not in at.window.availability.usable()
        assert not offered(at, "Image")["Remove from collection"]
        window.go_to("inpaint")
        assert not offered(at, "Mask")["Invert"]
        await at.on_canvas(photos / "coffee.png")
        assert all(offered(at, "Mask").values())
        view = offered(at, "View")
        assert [words for words in of_an_image if not view[words]] == ["Before/after"]
        assert not view["Image info"]
        assert actions["mask.invert"].isEnabled()
        window.go_to("gallery")
        assert not any(offered(at, "Mask").values())
        grid = window.gallery.grid
        await at.until(lambda: window.gallery.model.rowCount() == 2)
        grid.choose(numbers[0])
        image = offered(at, "Image")
        assert image["Favorite"]
        assert not image["Remove from collection"]
        assert actions["mark.take out"].isEnabled(), "its key says what to do instead"
        grid.clearSelection()
        assert not offered(at, "Image")["Favorite"]
        QTest.keyClick(grid, Qt.Key.Key_A, CTRL)
        assert len(grid.chosen()) == 2
        collection = await at.parts.library.annotations.create_collection("Spring", None)
        await at.parts.library.annotations.collect(numbers, collection)
        tree = window.gallery.side.collections
        await at.until(lambda: tree.topLevelItemCount() == 1)
        tree.setCurrentItem(tree.topLevelItem(0))  # type: ignore[arg-type]
        tree.chosen.emit()
        await at.until(lambda: len(grid.chosen()) == 2 and window.gallery.model.query.collection == collection)
        assert offered(at, "Image")["Remove from collection"]


async def test_the_edit_menu_acts_on_the_field_that_has_the_keyboard(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        editor = window.generate.form.prompt.editor
        editor.setFocus()
        QTest.keyClicks(editor, "red cup")
        assert not offered(at, "Edit")["Cut"]
        choose(at, "Select all")
        choose(at, "Cut")
        assert (editor.toPlainText(), QGuiApplication.clipboard().text()) == ("", "red cup")
        choose(at, "Paste")
        assert editor.toPlainText() == "red cup"
        choose(at, "Undo typing")
        assert editor.toPlainText() == ""
        choose(at, "Redo typing")
        assert editor.toPlainText() == "red cup"

        search = window.panel.search
        search.setFocus()
        QTest.keyClicks(search, "blue")
        choose(at, "Select all")
        choose(at, "Copy")
        assert QGuiApplication.clipboard().text() == "blue"

        number = (await keep(at.parts.library, recipe(1))).id
        window.go_to("gallery")
        await at.until(lambda: window.gallery.model.index_of(number).isValid())
        window.gallery.grid.choose(number)
        assert "Undo typing" not in offered(at, "Edit")
        QTest.keyClick(window.gallery.grid, Qt.Key.Key_C, CTRL)
        await at.until(lambda: QGuiApplication.clipboard().mimeData().hasImage())
