"""The color theme that the user chose."""

from __future__ import annotations

from enum import StrEnum


class ThemeMode(StrEnum):
    """The system's theme, or one of the program's."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"
