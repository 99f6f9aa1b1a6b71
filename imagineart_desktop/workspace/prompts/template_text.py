"""The fields of a template, and its text with their values."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")


def fields_of(text: str) -> list[str]:
    """Return the names in double braces, in order, each once."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> tuple[str, int]:
    """Return (the text with the values of its fields, where one types on).

    That's the place of the first field without a value, or else the end. It's counted in characters.
    """
    parts: list[str] = []
    at, place = 0, -1
    for found in _FIELD.finditer(text):
        parts.append(text[at : found.start()])
        value = values.get(found[1], "")
        if not value and place < 0:
            place = sum(map(len, parts))
        parts.append(value)
        at = found.end()
    whole = "".join((*parts, text[at:]))
    return whole, len(whole) if place < 0 else place
