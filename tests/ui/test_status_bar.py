"""The status bar, on its own."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import activate, settle


def test_facts_keep_their_distance_from_the_edge_in_another_theme(theme: Theme) -> None:
    window, status = QMainWindow(), StatusBar()
    window.setStatusBar(status)
    window.resize(900, 300)
    activate(window)
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        status.facts.setText("")
        settle()
        theme.set_mode(mode)
        settle()
        status.facts.setText("2048 × 1152 · 142%")
        settle()
        margins = {part.contentsMargins().right() for part in (status.service, status.said, status.facts)}
        assert margins == {8}
        assert status.facts.geometry().left() + status.facts.contentsRect().right() < status.width() - 8
