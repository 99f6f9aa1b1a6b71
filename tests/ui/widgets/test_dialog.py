"""Dialogs open where they were closed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialog

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import Dialog
from tests.ui.driving import opened, settle


async def test_every_dialog_that_is_kept_opens_where_it_was_closed(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        for name in ("file.settings", "file.shortcuts", "view.spending", "help.about"):
            window.actions_[name].trigger()
            (dialog,) = (one for one in window.findChildren(QDialog) if one.isVisible())
            assert isinstance(dialog, Dialog)
            dialog.move(120, 90)
            settle()
            dialog.close()
            # As Qt does under X11, where it forgets the title bar of a hidden window.
            dialog.move(dialog.pos() + QPoint(1, 20))
            window.actions_[name].trigger()
            settle()
            assert dialog.pos() == QPoint(120, 90), name
            dialog.close()
