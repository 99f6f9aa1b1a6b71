"""Sections of the settings that can be opened directly."""

from __future__ import annotations

from imagineart_desktop.workspace.preferences import Preferences

SECTIONS: dict[str, tuple[str, str]] = {
    "account": ("Account: fal.ai key", "api key token live demo team proxy sign in"),
    **{
        name: (option.row.section, option.row.search)
        for name, option in Preferences.options().items()
        if option.row is not None and option.row.section
    },
    "export": ("Export defaults", "format quality size colors jpeg png tiff profile"),
    "library": ("Library folder", "move change location disk"),
    "care": ("Library: check, back up, restore, rebuild", "backup copy repair database files"),
}
"""Section → its title, and additional search terms."""
