"""Default export settings: set in the preferences, and updated whenever images are exported."""

from __future__ import annotations

from typing import Any

from imagineart_desktop.workspace.preferences import Preferences

_KEPT = "export"


def export_defaults(preferences: Preferences) -> dict[str, Any]:
    """Return the last used settings; empty at first."""
    state = preferences.value(_KEPT)
    return state if isinstance(state, dict) else {}


def keep_export_defaults(preferences: Preferences, changed: dict[str, Any]) -> None:
    """Save the changed settings, and keep the others."""
    preferences.set_value(_KEPT, export_defaults(preferences) | changed)
