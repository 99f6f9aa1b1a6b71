"""The wheel over a form scrolls it; the tab is remembered while the program runs."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox

from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened, turn_wheel


async def test_the_wheel_scrolls_the_form_and_changes_nothing_in_it(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(1200, 700), at_once=("edit", "inpaint")) as at:
        await at.on_canvas(photos / "coffee.png")
        for form in (at.window.inpaint.form, at.window.generate.form, at.window.edit.form):
            before = form.draft.state()
            settings = at.window.inpaint.session.settings.value
            for kind in (QComboBox, QSpinBox, QSlider):
                for control in form.findChildren(kind):
                    turn_wheel(control)
            assert form.draft.state() == before
            assert at.window.inpaint.session.settings.value == settings
        feather = at.window.inpaint.settings_panel.feather
        feather.setFocus()
        feather.setValue(20)
        turn_wheel(feather)
        assert feather.value() != 20


async def test_the_tab_is_remembered_before_the_window_is_closed(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        settings = AppPaths.below(tmp_path).settings
        await at.until(lambda: settings.is_file() and bool(re.search("^tab=.*edit", settings.read_text(), re.M)))
