"""The current theme's colors, for widgets that paint themselves."""

from __future__ import annotations

from imagineart_desktop.ui.theme.tokens import DARK, ThemeColors

_current = DARK


def tokens() -> ThemeColors:
    """Return the current theme's colors."""
    return _current


def set_tokens(chosen: ThemeColors) -> None:
    """Set the current theme's colors; only `Theme` calls this."""
    global _current
    _current = chosen
