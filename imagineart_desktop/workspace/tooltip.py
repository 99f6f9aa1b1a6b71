"""Text for tooltips."""

from __future__ import annotations

from html import escape

from imagineart_desktop.support.plain_text import display_text


def plain_tip(text: str) -> str:
    """Return a tooltip that Qt shows as plain text, although it takes what looks like markup for markup."""
    text = display_text(text)
    return f"<qt>{escape(text)}</qt>" if "<" in text else text
