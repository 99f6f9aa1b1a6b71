"""Ctrl+F leads to the search of the current view, Alt and a letter to a menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.declarations import TITLES
from tests.ui.window_driver import opened


async def test_the_search_gets_the_keys(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        for tab, field in (
            ("generate", window.panel.search),
            ("edit", window.panel.search),
            ("inpaint", window.gallery.search),
            ("gallery", window.gallery.search),
        ):
            window.go_to(tab)
            window.window_actions["view.library"].setChecked(False)
            window.setFocus()
            assert not field.hasFocus()
            QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            await at.until(field.hasFocus)
            assert field.isVisible()


async def test_in_a_small_window_the_gallery_is_searched(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, size=(1024, 700)) as at:
        QTest.keyClick(at.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        await at.until(lambda: at.window.panel.search.hasFocus() or at.window.gallery.search.hasFocus())


def test_no_two_menus_have_one_letter() -> None:
    assert len({title[0] for title in TITLES.values()}) == len(TITLES)


async def test_each_menu_has_its_letter(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        titles = [action.text() for action in at.window.menuBar().actions()]
        assert titles[: len(TITLES)] == [f"&{title}" for title in TITLES.values()]
