"""Ctrl+K finds commands, models, settings, search terms and images, in groups."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSpinBox

from imagineart_desktop.models import IMAGINEART_15_PRO
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.preferences import Preferences
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened, option_control


def search_for(at: Driver, text: str) -> None:
    QTest.keyClick(at.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(at.window.search.field, text)


def press_enter(at: Driver) -> None:
    QTest.keyClick(at.window.search.field, Qt.Key.Key_Return)


async def test_everything_is_found_and_grouped(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        window, search = at.window, at.window.search
        number = (await keep(at.parts.library, recipe(1, request={"prompt": "a zeppelin at dusk"}))).id
        search_for(at, "")
        groups = [entry.group for entry in search.found()]
        assert groups == sorted(groups, key=["file", "edit", "image", "mask", "view", "window", "help"].index)
        assert search._model.item(0).text() == "File"
        assert all(entry.icon for entry in search.found())
        keys = {entry.words: entry.keys for entry in search.found()}
        assert keys["Settings"] == "Ctrl+,"
        assert "Invert" not in keys
        assert "\t" not in "".join(keys)
        QTest.keyClick(search.field, Qt.Key.Key_Down)
        assert search.list.currentIndex().data() == search.found()[1].words
        search.close()
        zooms = {"Fit", "100%", "Zoom in", "Zoom out"}
        assert not zooms & set(keys), "there is no image to zoom"

        search_for(at, "1.5 pro")
        assert [entry.group for entry in search.found()] == ["models"]
        press_enter(at)
        assert window._tab() == "generate"
        assert window.generate.form.draft.model is IMAGINEART_15_PRO

        search_for(at, "parallel")
        press_enter(at)
        (settings,) = window.findChildren(SettingsDialog)
        await at.until(option_control(settings, Preferences.at_once, QSpinBox).hasFocus)
        settings.close()
        window.activateWindow()
        await at.until(window.isActiveWindow)

        search_for(at, "help rating")
        press_enter(at)
        assert (window._tab(), window.gallery.search.text()) == ("gallery", "rating:")
        window.gallery.clear_filters()

        window.go_to("generate")
        search_for(at, "zeppelin")
        assert search.nothing.isHidden()
        await at.until(lambda: [entry.group for entry in search.found()] == ["images"])
        press_enter(at)
        await at.until(lambda: window.gallery.grid.chosen() == [number])
        assert window._tab() == "gallery"
        await at.on_canvas(photos / "coffee.png")
        search_for(at, "zoom")
        assert zooms <= {entry.words for entry in search.found()}


async def test_commands_for_images_are_found_without_one_and_say_what_they_need(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        search, status = at.window.search, at.window.status
        for words, command in (
            ("rating", "3 stars"),
            ("color label", "Red label"),
            ("favorite", "Favorite"),
            ("favourite", "Favorite"),
            ("delete", "Move to trash"),
        ):
            search_for(at, words)
            (entry,) = (one for one in search.found() if one.words == command)
            assert entry.hint == "Select an image first."
            search.close()
            status.clear()
            entry.run()
            assert status.said.text() == "Select an image first."
