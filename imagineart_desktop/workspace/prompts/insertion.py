"""Places in a prompt, and inserting text there, so that words stay apart."""

from __future__ import annotations

_ENDS = ",.;:!?"
_CLOSING = f"{_ENDS})]}}"
_OPENING = "([{"


def with_gaps(before: str, text: str, after: str) -> str:
    """Return the text as it's inserted, with a comma or a space that keeps it apart from the words around it.

    before, after: the characters at the place; empty at the start of the prompt.
    """
    lead = tail = ""
    if before and not before.isspace() and before not in _OPENING:
        lead = " " if before in _ENDS else ", "
    if after and not after.isspace() and after not in _CLOSING:
        tail = ", "
    return f"{lead}{text}{tail}"


def utf16_length(text: str) -> int:
    """Return the length of a text as Qt counts its places: most emoji are two."""
    return len(text) + sum(sign > "\uffff" for sign in text)
