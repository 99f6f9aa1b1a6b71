"""Parsing of untrusted numbers: ASCII digits only, within bounds."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def parse_int(text: str, least: int | None = None, most: int | None = None) -> int | None:
    """Parse a whole number; None if the text isn't one or is out of bounds. Never raises.

    `int` accepts “1_000” and the digits of every script, and raises for numbers with thousands of digits; `str.isdigit`
    accepts “²”, which `int` rejects.
    """
    if not _WHOLE.fullmatch(text.strip()):
        return None
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        return None
    return number
