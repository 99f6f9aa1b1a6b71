"""Appearance: contrast, both themes, small and large windows, and every action within reach."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMenu, QToolButton

from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import DARK, LIGHT, Theme, ThemeColors
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import opened, option_control, settle


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("t", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_has_the_contrast_of_wcag_aa(t: ThemeColors) -> None:
    texts = {"text": t.text, "muted": t.text_muted, "faint": t.text_faint, "error": t.error, "good": t.good}
    grounds = {"ground": t.ground, "panel": t.panel, "field": t.field}
    for (name, text), (place, ground) in product(texts.items(), grounds.items()):
        assert contrast(text, ground) >= 4.5, f"{name} on {place}: {contrast(text, ground):.2f}"
    assert contrast(t.on_accent, t.accent_strong) >= 4.5
    assert contrast(t.text, t.accent_soft) >= 4.5
    assert contrast(t.caution, t.panel) >= 4.5


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
async def test_nothing_is_clipped_in_any_tab(tmp_path: Path, theme: Theme, photos: Path, mode: ThemeMode) -> None:
    theme.set_mode(mode)
    sizes = ((1024, 700), (1440, 900))
    async with opened(tmp_path, theme, size=sizes[0], at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        for size, tab in product(sizes, ("generate", "edit", "inpaint", "gallery")):
            at.window.resize(*size)
            at.window.go_to(tab)
            settle()
            assert (at.window.width(), at.window.height()) == size
            at.window.grab()
            for button in at.window.findChildren(QAbstractButton):
                if button.isVisible() and button.text() and not isinstance(button, QToolButton):
                    wanted = button.fontMetrics().horizontalAdvance(button.text().split("\t")[0])
                    assert button.width() >= wanted, f"{tab}: “{button.text()}” is clipped"
            for label in at.window.findChildren(QLabel):
                if label.isVisible() and type(label) is QLabel and not label.wordWrap() and label.text():
                    assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()) - 1, label.text()


async def test_the_theme_changes_at_once(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:

        def corner() -> str:
            image: QImage = at.window.grab().toImage()
            return image.pixelColor(5, 60).name()

        assert corner() == DARK.panel
        at.window.window_actions["theme.light"].trigger()
        assert corner() == LIGHT.panel
        at.window.window_actions["theme.dark"].trigger()
        assert corner() == DARK.panel
        at.window.dialogs.settings()
        (settings,) = at.window.findChildren(SettingsDialog)
        look = option_control(settings, Preferences.theme, QComboBox)
        look.setCurrentIndex(look.findData("light"))
        assert at.window.window_actions["theme.light"].isChecked()
        at.window.window_actions["theme.dark"].trigger()
        assert look.currentData() == "dark"
        settings.close()


async def test_every_action_is_in_a_menu_and_found_by_search(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        in_menus = {action for menu in at.window.menuBar().findChildren(QMenu) for action in menu.actions()}
        assert not {action.text() for action in at.window.window_actions if action not in in_menus}
        QTest.keyClick(at.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        await at.until(at.window.search.isVisible)
        QTest.keyClicks(at.window.search.field, "gallery")
        QTest.keyClick(at.window.search.field, Qt.Key.Key_Return)
        assert at.window.gallery.isVisible()


async def test_layout_and_tab_are_remembered(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await asyncio.sleep(0.05)
        at.window.generate.splitter.setSizes([420, 700])
        wanted = at.window.generate.splitter.sizes()[0]
        assert wanted > 380
        at.window.go_to("inpaint")
        await asyncio.sleep(0.05)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        assert at.window.inpaint.isVisible()
        at.window.go_to("generate")
        await asyncio.sleep(0.05)
        assert at.window.generate.splitter.sizes()[0] == pytest.approx(wanted, abs=20)
