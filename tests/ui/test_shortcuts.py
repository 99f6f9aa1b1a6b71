"""Shortcuts can be changed, and are restored after a restart."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.declarations import TITLES
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.window_driver import Driver, opened

EXACTLY = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive


def dialog_of(at: Driver) -> ShortcutsDialog:
    at.window.window_actions["file.shortcuts"].trigger()
    return at.window.findChildren(ShortcutsDialog)[0]


def choose(dialog: ShortcutsDialog, words: str) -> None:
    item = next(item for item in dialog.list.findItems(words, EXACTLY))
    dialog.list.setCurrentItem(item)


async def test_a_changed_shortcut_works_at_once_and_after_a_restart(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        dialog = dialog_of(at)
        choose(dialog, "Eraser")
        QTest.keyClick(dialog.keys, Qt.Key.Key_J)
        await at.until(lambda: dialog.list.currentItem().text(1) == "J")
        assert at.window.window_actions.tool("eraser").toolTip() == "Eraser  J"
        dialog.close()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        chosen = []
        for key in (Qt.Key.Key_E, Qt.Key.Key_J):
            QTest.keyClick(canvas, key)
            chosen.append(canvas.tool_controller.tool.id)
        assert chosen == ["brush", "eraser"]
        dialog = dialog_of(at)
        choose(dialog, "Eraser")
        at.click(next(made for made in dialog.findChildren(QPushButton) if made.text() == "Reset"))
        assert dialog.list.currentItem().text(1) == "E"


async def test_the_bar_of_the_window_names_the_keys_that_are_chosen(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        actions, bar = at.window.window_actions, at.window.top
        assert bar.search.text() == "Search commands  Ctrl+K"
        assert bar._tabs["edit"].toolTip() == "Edit  Alt+2"
        actions["view.commands"].setShortcut(QKeySequence("Ctrl+J"))
        actions["tab.edit"].setShortcut(QKeySequence())
        assert bar.search.text() == "Search commands  Ctrl+J"
        assert bar._tabs["edit"].toolTip() == "Edit"


async def test_the_button_that_submits_names_the_keys_that_are_chosen(tmp_path: Path, theme: Theme) -> None:
    """Also in a tab that is built later."""

    def shown(page: GeneratePage | EditPage) -> list[str]:
        return [label.text() for label in page.form.go.findChildren(QLabel) if label.isVisible()]

    async with opened(tmp_path, theme) as at:
        action = at.window.window_actions["job.go"]
        assert shown(at.window.generate) == ["Generate", "Ctrl+Enter"]
        action.setShortcuts([QKeySequence("Ctrl+J")])
        assert shown(at.window.generate) == ["Generate", "Ctrl+J"]
        at.window.go_to("edit")
        assert shown(at.window.edit) == ["Edit", "Ctrl+J"]
        action.setShortcuts([])
        assert shown(at.window.edit) == ["Edit"]


async def test_keys_that_are_taken_are_asked_about(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        actions = at.window.window_actions
        dialog = dialog_of(at)
        choose(dialog, "Lasso")
        QTest.keyClick(dialog.keys, Qt.Key.Key_B)
        await at.until(lambda: dialog.message.text() == "B belongs to “Brush”.")
        assert actions.tool("brush").shortcut() == QKeySequence("B")
        at.click(dialog.message._buttons[0])
        assert actions.tool("lasso").shortcut() == QKeySequence("B")
        assert actions.tool("brush").shortcut().isEmpty()
        at.click(next(made for made in dialog.findChildren(QPushButton) if made.text() == "Reset all"))
        assert actions.tool("brush").shortcut() == QKeySequence("B")
        assert actions.tool("lasso").shortcut() == QKeySequence("L")


async def test_shortcuts_are_searched_by_name_and_keys(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        dialog = dialog_of(at)
        rows = dialog.items
        assert [group.text(0) for group in dialog.groups] == list(TITLES.values())
        named = at.window.window_actions.named()
        assert sorted(str(row.data(0, Qt.ItemDataRole.UserRole)) for row in rows) == sorted(named), "each action once"
        QTest.keyClicks(dialog.search, "shift+f6")
        assert [row.text(0) for row in rows if not row.isHidden()] == ["Feather"]
        dialog.search.setText("magnetic")
        assert [row.text(0) for row in rows if not row.isHidden()] == ["Magnetic lasso"]
        assert [group.text(0) for group in dialog.groups if not group.isHidden()] == ["Mask"]
        dialog.search.setText("help")
        assert [row.text(0) for row in rows if not row.isHidden()] == [
            "Search commands",
            "Report a problem",
            "About ImagineArt Desktop",
        ]


async def test_escape_gives_up_recording(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        actions = at.window.window_actions
        dialog = dialog_of(at)
        choose(dialog, "Lasso")
        dialog.keys.setFocus()
        QTest.keyClick(dialog.keys, Qt.Key.Key_Escape)
        assert dialog.keys.keySequence() == QKeySequence("L")
        assert actions.tool("lasso").shortcut() == QKeySequence("L")
        assert dialog.isVisible()


async def test_a_key_that_is_held_down_sends_one_request(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        actions = at.window.window_actions
        assert not actions["job.go"].autoRepeat()
        assert actions["view.in"].autoRepeat()


async def test_no_choice_of_keys_makes_two_actions_answer(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        dialog = dialog_of(at)
        lasso, undo = at.window.window_actions.tool("lasso"), at.window.window_actions["mark.undo"]
        choose(dialog, "Lasso")
        QTest.keyClick(dialog.keys, Qt.Key.Key_Space)
        await at.until(lambda: dialog.message.text() == "Space can’t be a shortcut. Choose other keys.")
        assert lasso.shortcut() == QKeySequence("L")
        choose(dialog, "Copy image")
        QTest.keyClick(dialog.keys, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await at.until(lambda: "belongs to" in dialog.message.text())
        at.click(dialog.message._buttons[0])
        assert undo.shortcuts() == at.window.window_actions["edit.undo"].shortcuts() == []


async def test_keys_chosen_before_an_action_was_declared_with_them_are_its_alone(tmp_path: Path, theme: Theme) -> None:
    places = AppPaths.below(tmp_path)
    preferences = Preferences(places.settings)
    preferences.shortcuts = {"mask.grow": "B", "mask.shrink": "Space"}
    preferences.save()
    async with opened(tmp_path, theme) as at:
        actions = at.window.window_actions
        assert actions["mask.grow"].shortcut() == QKeySequence("B")
        assert actions.tool("brush").shortcuts() == []
        assert actions["mask.shrink"].shortcuts() == []
