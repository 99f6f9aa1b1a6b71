"""What exports begin with: chosen in the settings, and each time images are exported."""

from __future__ import annotations

from typing import Any

from imagineart_desktop.workspace.preferences import Preferences

_KEPT = "export"


def export_defaults(preferences: Preferences) -> dict[str, Any]:
    """Return what was chosen last; empty at first."""
    state = preferences.value(_KEPT)
    return state if isinstance(state, dict) else {}


def keep_export_defaults(preferences: Preferences, changed: dict[str, Any]) -> None:
    """Remember what was chosen, and leave the rest as it was."""
    preferences.set_value(_KEPT, export_defaults(preferences) | changed)
