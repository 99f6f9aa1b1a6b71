"""Dialogs open where they were closed, and can be used with the keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.ui.models.add_dialog import AddModelDialog
from imagineart_desktop.ui.models.dialog import ModelsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import BaseDialog
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import child, opened, settle

DOCUMENTS = Path(__file__).parents[2] / "models" / "openapi" / "documents"


async def test_every_dialog_that_is_kept_opens_where_it_was_closed(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        for name in ("file.models", "file.settings", "file.shortcuts", "view.spending", "help.about"):
            window.window_actions[name].trigger()
            (dialog,) = (one for one in window.findChildren(QDialog) if one.isVisible())
            assert isinstance(dialog, BaseDialog)
            dialog.move(120, 90)
            settle()
            dialog.close()
            # As Qt does under X11, where it forgets the title bar of a hidden window.
            dialog.move(dialog.pos() + QPoint(1, 20))
            window.window_actions[name].trigger()
            settle()
            assert dialog.pos() == QPoint(120, 90), name
            dialog.close()


async def test_keys_lead_through_every_dialog(tmp_path: Path, theme: Theme) -> None:
    """Tab reaches each control, Alt and a letter its field, and Esc closes. Enter presses the default button."""
    library = Library(tmp_path / "library")
    number = (await keep(library, recipe(1))).id
    library.close()
    meant = {
        "ModelsDialog": "Close",
        "AddModelDialog": "Add",
        "SettingsDialog": "",
        "ShortcutsDialog": "",
        "SpendingDialog": "Close",
        "ReportDialog": "Save report…",
        "AboutDialog": "Close",
        "ExportDialog": "Export",
        "SheetDialog": "Create",
    }
    async with opened(tmp_path, theme) as at:
        window = at.window
        for name in ("file.models", "file.settings", "file.shortcuts", "view.spending", "help.report", "help.about"):
            window.window_actions[name].trigger()
        child(window, ModelsDialog).add(DOCUMENTS / "gpt_image_edit.json")
        await at.until(lambda: child(window, AddModelDialog).model)
        for command in ("file.export", "file.sheet"):
            window.commands.run(command, [number])

        def shown() -> list[QDialog]:
            return [one for one in window.findChildren(QDialog) if one.isVisible()]

        await at.until(lambda: {type(one).__name__ for one in shown()} == set(meant))
        for dialog in shown():
            name = type(dialog).__name__
            dialog.activateWindow()
            await at.until(dialog.isActiveWindow)
            # A dialog may be the parent of another one.
            parts = [one for one in dialog.findChildren(QWidget) if one.window() is dialog]
            defaults = [one.text() for one in parts if isinstance(one, QPushButton) and one.isDefault()]
            assert defaults == ([meant[name]] if meant[name] else []), name
            keyed = [label for label in parts if isinstance(label, QLabel) and label.buddy() is not None]
            letters = [label.text().split("&")[1][0].lower() for label in keyed]
            assert len(set(letters)) == len(letters), name
            for label, letter in zip(keyed, letters, strict=True):
                field = label.buddy()
                assert field is not None
                if field.isEnabled() and field.isVisible():
                    QTest.keyClick(dialog, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.AltModifier)
                    assert field.hasFocus(), f"{name}: {label.text()}"
            reached = walk(dialog)
            for one in parts:
                if isinstance(one, QPushButton | QComboBox | QLineEdit | QCheckBox) and is_stop(one):
                    assert one in reached, f"{name}: {one.accessibleName() or one}"
            QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
            assert not dialog.isVisible(), name


def is_stop(one: QWidget) -> bool:
    # Qt's own parts of a field leave the keyboard to it.
    part = one.objectName().startswith("qt_")
    return one.isVisible() and one.isEnabled() and not part and bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus)


def walk(dialog: QDialog) -> list[QWidget]:
    """Go through a dialog with Tab until it begins again. Returns what had the keyboard, from top to bottom."""
    reached: list[QWidget] = []
    while (one := dialog.focusWidget()) is None or one not in reached:
        if one is not None:
            reached.append(one)
        QTest.keyClick(one or dialog, Qt.Key.Key_Tab)
    return reached
