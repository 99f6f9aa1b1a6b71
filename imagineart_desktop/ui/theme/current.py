"""The colours in use, for what paints itself."""

from __future__ import annotations

from imagineart_desktop.ui.theme.tokens import DARK, Tokens

_current = DARK


def tokens() -> Tokens:
    """The present theme's colours."""
    return _current


def use_tokens(chosen: Tokens) -> None:
    """Makes these the present theme's colours; `Theme` alone does so."""
    global _current
    _current = chosen
