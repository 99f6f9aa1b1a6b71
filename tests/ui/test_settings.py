"""Settings show options that are stored elsewhere, and stay in sync with them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from imagineart_desktop.imaging import FileFormat
from imagineart_desktop.ui.exporting.dialog import ExportDialog
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.settings.sections import SECTIONS
from imagineart_desktop.ui.settings.shortcuts import ShortcutsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.export_defaults import ExportDefaults
from imagineart_desktop.workspace.preferences import Preferences
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import opened, option_control, settle, turn_wheel


async def test_options_in_the_settings_are_those_of_the_window(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        window = at.window
        for section in SECTIONS:
            window.dialogs.settings(section)
        (settings,) = window.findChildren(SettingsDialog)
        advance = window.window_actions["loupe.advance"]
        look = option_control(settings, Preferences.theme, QComboBox)
        modifier = option_control(settings, Preferences.canvas_modifier, QComboBox)
        at_once = option_control(settings, Preferences.at_once, QSpinBox)
        advancing = option_control(settings, Preferences.auto_advance, QCheckBox)
        assert advancing.isChecked()
        advancing.click()
        assert not advance.isChecked()
        advance.trigger()
        assert advancing.isChecked()
        advance.trigger()
        chosen = look.currentData(), modifier.currentData(), settings.export.settings()
        for control in (modifier, settings.export.format, at_once):
            turn_wheel(control)
        assert (look.currentData(), modifier.currentData(), settings.export.settings()) == chosen
        at_once.setValue(7)
        assert at.parts.worker.limit == window._preferences.at_once == 7
        at.click(settings.tint)
        (colors,) = settings.findChildren(QColorDialog)
        colors.setCurrentColor(QColor(0, 0, 255, 191))
        colors.accept()
        assert window.inpaint.canvas.tint == QColor(0, 0, 255, 191)
        assert settings._swatch.pixmap().toImage().pixelColor(5, 5).blue() > 150
        settings.export.format.setCurrentIndex(settings.export.format.findData(FileFormat.JPEG.value))
        settings.export.quality.setValue(71)
        picture = await keep(at.parts.library, recipe(1))
        window.exchange.export([picture.id])
        await at.until(lambda: window.exchange.export_dialog is not None)
        export = window.exchange.export_dialog
        assert isinstance(export, ExportDialog)
        assert export.fields.settings() == settings.export.settings()
        folder = str(tmp_path / "out")
        export.folder.setText(folder)
        export.fields.quality.setValue(80)
        await at.until(export.go.isEnabled)
        at.click(export.go)
        await at.until(lambda: "Exported" in export.message.text())
        settings.close()
        window.dialogs.settings()
        assert settings.export.quality.value() == 80
        settings.export.quality.setValue(60)
        window.exchange.export([picture.id])
        assert export.fields.quality.value() == 60
        assert export.folder.text() == folder
        settings.close()
        export.close()
        window.activateWindow()
        await at.until(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_F1)
        (shortcuts,) = window.findChildren(ShortcutsDialog)
        assert shortcuts.isVisible()
        shortcuts.close()
    async with opened(tmp_path, theme) as at:
        assert not at.window.window_actions["loupe.advance"].isChecked()
        assert at.window.inpaint.canvas.tint == QColor(0, 0, 255, 191)


async def test_the_fields_of_all_groups_line_up(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.dialogs.settings()
        (settings,) = at.window.findChildren(SettingsDialog)

        def left_edges() -> set[int]:
            export, place = settings.export, settings.care.place
            options = [settings.options.controls[name] for name in ("theme", "at_once", "canvas_modifier")]
            fields: list[QWidget] = [*options, export.format, export.rule]
            return {field.mapTo(settings, QPoint(0, 0)).x() for field in (*fields, export.profile, place.folder)}

        settle()
        assert len(left_edges()) == 1
        before = left_edges()
        for label in settings.findChildren(QLabel):
            label.setStyleSheet("font-size: 20px")
        QApplication.sendEvent(settings, QEvent(QEvent.Type.FontChange))
        settle()
        assert len(left_edges()) == 1
        assert min(left_edges()) > min(before)


async def test_buttons_beside_each_other_have_a_gap(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.dialogs.settings()
        (dialog,) = at.window.findChildren(SettingsDialog)
        settle()
        rows: dict[QPoint, list[QRect]] = {}
        for made in dialog.findChildren(QPushButton):
            if made.isVisible() and made.property("kind") != "segment":
                area = QRect(made.mapTo(dialog, QPoint(0, 0)), made.size())
                rows.setdefault(QPoint(0, area.center().y()), []).append(area)
        gaps = [
            right.left() - left.right() - 1
            for row in rows.values()
            for left, right in pairwise(sorted(row, key=QRect.left))
        ]
        assert len(gaps) >= 3
        assert min(gaps) >= 6
        dialog.close()


async def test_the_settings_of_an_export_are_shown_while_the_dialog_is_open(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.dialogs.settings()
        (settings,) = at.window.findChildren(SettingsDialog)
        preferences = at.window._preferences
        preferences.export = preferences.export.updated(ExportDefaults(format="JPEG", quality=70))
        assert settings.export.quality.value() == 70
        settings.export.percent.setValue(40)
        kept = preferences.export
        assert (kept.format, kept.quality, kept.percent) == ("JPEG", 70, 40)


async def test_numbers_that_no_control_can_show_count_as_not_saved(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        stored = {"edge": 10**15, "percent": -(10**15), "quality": 10**40}
        at.window._preferences.stored.setValue("values/export", json.dumps(stored))
        at.window.dialogs.settings()
        (settings,) = at.window.findChildren(SettingsDialog)
        assert (settings.export.edge.value(), settings.export.percent.value()) == (2048, 50)
        assert settings.export.quality.value() == 90
