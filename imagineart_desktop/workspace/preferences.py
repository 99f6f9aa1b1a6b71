"""The user's preferences, kept between sessions. They never contain the API key."""

from __future__ import annotations

import os
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QColor

from imagineart_desktop.jobs import Budget, BudgetLimits, BudgetPeriod
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.export_defaults import ExportDefaults
from imagineart_desktop.workspace.options import (
    ChoiceOption,
    DollarsOption,
    JsonOption,
    NumberOption,
    Option,
    OptionStore,
    SettingsGroup,
    SettingsRow,
    StateOption,
    SwitchOption,
    path,
    text,
    texts,
)
from imagineart_desktop.workspace.theme_mode import ThemeMode
from imagineart_desktop.workspace.tool_settings import ToolSettings

MAX_SIMULTANEOUS = 10

_BUDGET_TIP = "US dollars to spend at fal.ai, by estimated prices. Empty for no budget; Demo is never limited."


def make_private(file: Path) -> None:
    """Make sure that the file exists and only its owner can read it; a folder created for it is private too.

    QSettings would make the file readable by everyone, but an existing file keeps its mode when QSettings replaces it.
    If this fails, QSettings can't write either.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))
        file.chmod(0o600)


def _color(found: object) -> str | None:
    return found if isinstance(found, str) and QColor.fromString(found).isValid() else None


class Preferences(OptionStore):
    """One settings file. Invalid values count as not set. The settings show options with a row in this order."""

    theme = ChoiceOption(
        "theme",
        ThemeMode.SYSTEM,
        {ThemeMode.SYSTEM: "Match system", ThemeMode.DARK: "Dark", ThemeMode.LIGHT: "Light"},
        SettingsRow("&Theme", SettingsGroup.GENERAL, section="Theme", search="dark light system appearance look"),
    )
    at_once = NumberOption(
        "at_once",
        4,
        (1, MAX_SIMULTANEOUS),
        SettingsRow(
            "Simultaneous &requests",
            SettingsGroup.GENERAL,
            tip=f"1 to {MAX_SIMULTANEOUS}. fal.ai runs two at a time for a new account.",
            section="Simultaneous requests",
            search="parallel limit queue jobs",
        ),
    )
    canvas_modifier = ChoiceOption(
        "canvas_modifier",
        CanvasModifier.ALT,
        {modifier: modifier.words for modifier in CanvasModifier},
        SettingsRow(
            "S&ubtract with",
            SettingsGroup.GENERAL,
            tip="Held on the canvas, it subtracts from the mask. "
            "Choose another key if your desktop moves windows with Alt.",
        ),
    )
    tint: Option[str | None] = JsonOption(
        "tint",
        None,
        _color,
        SettingsRow(
            "Mask tint",
            SettingsGroup.GENERAL,
            tip="Color and strength of the mask on the canvas",
            section="Mask tint: color and strength",
            search="mask color overlay opacity",
        ),
    )
    """The color and strength of the mask on the canvas as #AARRGGBB, or None until one is chosen."""
    auto_advance = SwitchOption(
        "auto-advance",
        True,
        SettingsRow(
            "&Auto-advance to the next image",
            SettingsGroup.GENERAL,
            tip="In the loupe, after an image is rated, labeled or moved to the trash",
            section="Auto-advance",
            search="next image after rating label trash culling",
        ),
    )

    daily_budget = DollarsOption(
        BudgetPeriod.DAY.value,
        SettingsRow(
            "Dail&y budget",
            SettingsGroup.BUDGET,
            tip=f"{_BUDGET_TIP} It renews at midnight.",
            section="Daily budget",
            search="money limit spending cost dollars day",
        ),
    )
    monthly_budget = DollarsOption(
        BudgetPeriod.MONTH.value,
        SettingsRow(
            "&Monthly budget",
            SettingsGroup.BUDGET,
            tip=f"{_BUDGET_TIP} It renews on the first day of the month.",
            section="Monthly budget",
            search="money limit spending cost dollars month",
        ),
    )

    folder: Option[Path | None] = Option("folder", None, path, str)
    """The library's folder, or None if the user hasn't chosen one."""
    moving: Option[Path | None] = Option("moving", None, path, str)
    """The folder to which the library is moved on the next start, or None."""
    left: Option[Path | None] = Option("left", None, path, str)
    """The folder from which the library was moved, if it still exists."""
    proxy: Option[str | None] = Option("proxy", None, text)
    """The URL of a team's proxy, if the user works through one. Never its token."""

    tab: Option[str | None] = JsonOption("tab", None, text)
    """The open tab."""
    tools = StateOption("tools", ToolSettings)
    """The canvas's tool, brush and tool options."""
    export = StateOption("export", ExportDefaults)
    """The settings of the last export."""
    folders: Option[dict[str, str]] = JsonOption("folders", {}, texts)
    """Purpose of a file dialog → the folder that it opens in."""
    shortcuts: Option[dict[str, str]] = JsonOption("shortcuts", {}, texts)
    """Id of a command → the user's own keys, as portable text."""

    def __init__(self, file: Path) -> None:
        make_private(file)
        super().__init__(file)

    @property
    def budget(self) -> BudgetLimits:
        """The limits of what may be spent."""
        return BudgetLimits(self.daily_budget, self.monthly_budget)

    def apply_budget(self, receiver: QObject, budget: Budget) -> None:
        """Apply each change of the limits to a budget, as long as the receiver exists."""

        def apply(_limit: Decimal | None) -> None:
            budget.limits = self.budget

        for option in (Preferences.daily_budget, Preferences.monthly_budget):
            self.watch(receiver, option, apply)

    def layout(self, name: str) -> QByteArray | None:
        """Return the saved layout of a part of the window, or None."""
        value = self.stored.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Save the layout of a part of the window."""
        self.stored.setValue(f"layout/{name}", state)

    def save(self) -> None:
        """Write all settings to disk."""
        self.stored.sync()
