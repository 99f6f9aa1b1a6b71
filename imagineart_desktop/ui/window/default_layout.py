"""The layout that the window has until the user changes it, and what is saved besides the layout."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QSplitter

from imagineart_desktop.ui.inpaint.tool_settings import tool_settings
from imagineart_desktop.ui.window.central import CentralArea
from imagineart_desktop.ui.window.layout_memory import LayoutSaver
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.preferences import Preferences

_FORM_WIDTH = 312
"""Default width of the form in Inpaint, in pixels, until the user moves its edge."""

_MIN_WIDTH_FOR_RESULTS, _RESULTS_WIDTH = 1600, 224
"""Minimum window width, in pixels, for results in two columns, and the width of those columns."""


def layout_saver(window: QMainWindow, preferences: Preferences, central: CentralArea, pages: Pages) -> LayoutSaver:
    """Return what saves the window's layout, together with the open tab and the canvas's tools."""

    def apply_default(splitter: QSplitter) -> None:
        central.lay_out_anew(splitter)
        inpaint = pages.deferred_inpaint.built
        if inpaint is not None and splitter is inpaint.splitter and window.width() >= _MIN_WIDTH_FOR_RESULTS:
            splitter.setSizes([splitter.width() - _FORM_WIDTH - _RESULTS_WIDTH, _FORM_WIDTH, _RESULTS_WIDTH])

    def remember_tab_and_tools() -> None:
        preferences.tab = pages.tab()
        if (inpaint := pages.deferred_inpaint.built) is not None:
            preferences.tools = tool_settings(inpaint.canvas, inpaint.options)

    saver = LayoutSaver(window, preferences, apply_default, remember_tab_and_tools)
    saver.watch("body", central.body)
    saver.watch("generate", pages.generate.splitter)
    pages.deferred_edit.when_built(lambda edit: saver.watch("edit", edit.splitter))
    return saver
