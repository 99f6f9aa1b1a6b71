"""The About dialog has versions, licenses and links; a restart opens the window again."""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication

from imagineart_desktop import __version__
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.about.dialog import AboutDialog
from imagineart_desktop.ui.about.licenses import LIBRARIES, reflowed
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from tests.ui.test_session_end import shown
from tests.ui.window_driver import opened

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
_LICENSE = _PROJECT.with_name("LICENSE")


def test_every_library_of_the_project_is_named() -> None:
    wanted = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["dependencies"]
    assert list(LIBRARIES) == [re.split(r"[\[<>=]", line)[0] for line in wanted]


def test_paragraphs_of_a_license_are_broken_by_the_view() -> None:
    text = reflowed(_LICENSE.read_text("utf-8"))
    assert "to any person obtaining a copy of this software and associated" in text
    assert text.startswith("MIT License\n\nCopyright")
    listed = "Redistribution is permitted provided that the following hold:\n\n* Redistributions\n  retain it."
    assert reflowed(listed) == listed


async def test_it_says_versions_and_licenses(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.window_actions["help.about"].trigger()
        (dialog,) = at.window.findChildren(AboutDialog)
        assert dialog.versions.text().startswith(f"{__version__} · Qt {qVersion()} · Python 3.")
        await at.until(lambda: dialog.list.count() == len(LIBRARIES) + 3)
        for row in range(dialog.list.count()):
            dialog.list.setCurrentRow(row)
            assert dialog.list.item(row).text().rpartition(" · ")[2], "its license has a name"
            assert len(dialog.text.toPlainText()) > 30
        dialog.close()


async def test_restart_opens_the_window_again(application: QApplication, tmp_path: Path) -> None:
    running, window = await shown(AppPaths.below(tmp_path), application)
    window.generate.form.prompt.editor.setPlainText("typed before")
    window.dialogs.restart_wanted.emit()
    again = await new_window(application, window)
    assert not running.done()
    assert again.generate.form.prompt.text() == "typed before"
    again.close()
    assert await running == 0


async def new_window(app: QApplication, old: MainWindow) -> MainWindow:
    while True:
        await asyncio.sleep(0.01)
        for window in app.topLevelWidgets():
            if isinstance(window, MainWindow) and window is not old and window.isVisible():
                return window
