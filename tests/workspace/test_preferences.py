"""Settings of earlier versions are read as they are, and no stored value can do harm."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings

from imagineart_desktop.imaging import Brush
from imagineart_desktop.jobs import BudgetLimits, load_limits
from imagineart_desktop.support import parse_dollars
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.export_defaults import ExportDefaults
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.theme_mode import ThemeMode
from imagineart_desktop.workspace.tool_settings import SavedBrush, ToolSettings

_EARLIER = r"""[General]
at_once=7
canvas_modifier=meta
folder="/home/me/Art, new"
left=/home/me/été
moving=/mnt/art
proxy="https://team.example/fal?a=1"
theme=dark

[values]
auto-advance=false
export="{\"format\": \"JPEG\", \"quality\": 71}"
folders={\"open\": \"/home/me/Bilder \\u00fc\"}
shortcuts={\"mask.grow\": \"Ctrl+\\\\\"}
tab=\"edit\"
tint=\"#80ff0000\"
tools="{\"tool\": \"lasso\", \"amount\": 12}"
"""
"""A file as the version before declared options wrote it."""

_VALUES = {
    "theme": ThemeMode.DARK,
    "at_once": 7,
    "canvas_modifier": CanvasModifier.META,
    "folder": Path("/home/me/Art, new"),
    "moving": Path("/mnt/art"),
    "left": Path("/home/me/été"),
    "proxy": "https://team.example/fal?a=1",
    "tab": "edit",
    "tint": "#80ff0000",
    "auto_advance": False,
    "daily_budget": None,
    "monthly_budget": None,
    "tools": ToolSettings(tool="lasso", amount=12),
    "export": ExportDefaults(format="JPEG", quality=71),
    "folders": {"open": "/home/me/Bilder ü"},
    "shortcuts": {"mask.grow": "Ctrl+\\"},
}


def _read(preferences: Preferences) -> dict[str, object]:
    return {name: getattr(preferences, name) for name in Preferences.options()}


def test_settings_of_the_version_before_are_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text(_EARLIER, encoding="utf-8")
    assert _read(Preferences(file)) == _VALUES


def test_what_is_set_is_written_as_the_version_before_wrote_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    preferences = Preferences(file)
    for name, value in _VALUES.items():
        setattr(preferences, name, value)
    preferences.save()
    assert file.read_text(encoding="utf-8") == _EARLIER
    assert _read(Preferences(file)) == _VALUES
    for name in ("folder", "moving", "left", "proxy", "tint"):
        setattr(preferences, name, None)
        assert getattr(preferences, name) is None


@pytest.mark.parametrize(
    "stored",
    ["", "?", "a, b", "[", "{", "[1]", "[" * 100_000, "null", "\0", '"#zz"', "@Variant(\\0\\0)", "@Invalid()", "NaN"],
)
def test_a_stored_value_that_makes_no_sense_counts_as_not_set(tmp_path: Path, stored: str) -> None:
    file = tmp_path / "settings.ini"
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    options = Preferences.options()
    for option in options.values():
        settings.setValue(option.key, stored)
    settings.sync()
    texts = {"folder", "moving", "left", "proxy", "tab"}
    read = _read(Preferences(file))
    assert {name: read[name] for name in options.keys() - texts} == {
        name: option.default for name, option in options.items() if name not in texts
    }
    assert all(read[name] is None or isinstance(read[name], str | Path) for name in texts)


@pytest.mark.parametrize(
    "line", ["@Variant(\\0\\0\\0\\x1f)", "@Variant(x", "a, b", "@ByteArray(\\0)", "@Point(1 2)", "\\xZ"]
)
def test_a_damaged_file_counts_as_not_set(tmp_path: Path, line: str) -> None:
    file = tmp_path / "settings.ini"
    general = [option.key for option in Preferences.options().values() if "/" not in option.key]
    values = [option.key.removeprefix("values/") for option in Preferences.options().values() if "/" in option.key]
    lines = ["[General]", *(f"{key}={line}" for key in general), "[values]", *(f"{key}={line}" for key in values)]
    file.write_text("\n".join(lines))
    read = _read(Preferences(file))
    assert (read["theme"], read["at_once"], read["tab"], read["tools"]) == (ThemeMode.SYSTEM, 4, None, ToolSettings())


def test_commands_read_the_same_budgets_without_qt(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    assert load_limits(file) == BudgetLimits()
    file.write_text(_EARLIER, encoding="utf-8")
    assert load_limits(file) == Preferences(file).budget == BudgetLimits()
    preferences = Preferences(file)
    preferences.daily_budget, preferences.monthly_budget = Decimal("7.50"), Decimal(100)
    preferences.save()
    assert load_limits(file) == Preferences(file).budget == BudgetLimits(Decimal("7.50"), Decimal(100))
    preferences.daily_budget = None
    preferences.save()
    assert load_limits(file) == BudgetLimits(month=Decimal(100))


@pytest.mark.parametrize("words", ["", "$", ".", "-1", "1e3", "NaN", "²", "1,5", "1.2.3", "1000000", "9" * 400])
def test_what_is_no_amount_is_no_budget(words: str) -> None:
    assert parse_dollars(words) is None
    assert parse_dollars("$5.") == parse_dollars(" 5 ") == Decimal(5)


def test_tool_settings_are_read_and_written_as_the_version_before_wrote_them() -> None:
    stored = (
        '{"tool": "lasso", "brush": {"size": 40.5, "hardness": 0.8, "opacity": 1.0, "spacing": 0.1, "smoothing": 0.25, '
        '"pressure_size": false, "pressure_opacity": true}, "tolerance": 77, "contiguous": false, "amount": 12}'
    )
    settings = ToolSettings.model_validate(json.loads(stored))
    assert json.dumps(settings.to_json()) == stored
    brush = Brush(size=40.5, smoothing=0.25, pressure_size=False, pressure_opacity=True)
    assert settings.brush.apply_to(Brush()) == brush
    assert settings == ToolSettings(
        tool="lasso", brush=SavedBrush.of(brush), options={"tolerance": 77, "contiguous": False}, amount=12
    )


def test_invalid_tool_settings_are_left_out_one_by_one() -> None:
    brush = {"size": 10**6, "hardness": None, "opacity": 0, "spacing": float("nan"), "pressure_size": 1, "new": 5}
    stored = {"tool": 5, "brush": brush, "tolerance": "x", "contiguous": False, "amount": True}
    settings = ToolSettings.model_validate(stored)
    assert (settings.tool, settings.options, settings.amount) == ("", {"contiguous": False}, None)
    assert settings.brush.apply_to(Brush(hardness=0.5)) == Brush(size=2000, hardness=0.5, opacity=0.01)


def test_an_export_changes_the_defaults_that_it_has() -> None:
    stored = {"format": "JPEG", "quality": 10**40, "recipe": 1, "folder": "/home/me"}
    kept = ExportDefaults.model_validate(stored)
    assert kept == ExportDefaults(format="JPEG", folder="/home/me")
    changed = kept.updated(ExportDefaults(format="PNG", edge=500))
    assert json.dumps(changed.to_json()) == '{"format": "PNG", "edge": 500, "folder": "/home/me"}'


def test_too_large_a_number_counts_as_the_largest(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "settings.ini")
    for stored, read in ((99, 10), (0, 1), ("3", 3), ("3.5", 4), ("²", 4)):
        preferences.stored.setValue("at_once", stored)
        assert preferences.at_once == read


def test_a_change_is_noticed_once_and_as_long_as_the_receiver_exists(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "settings.ini")
    receiver, noticed = QObject(), list[int]()
    preferences.watch(receiver, Preferences.at_once, noticed.append)
    preferences.at_once = 4
    preferences.at_once = 5
    preferences.theme = ThemeMode.LIGHT
    preferences.at_once = 5
    assert noticed == [5]
    del receiver
    preferences.at_once = 6
    assert noticed == [5]
