"""Parsing of untrusted numbers and amounts: ASCII digits only, within bounds."""

from __future__ import annotations

import re
from decimal import Decimal

_AMOUNT = re.compile(r"\$?(?=\.?[0-9])[0-9]{0,6}(\.[0-9]{0,6})?")
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


def parse_dollars(stored: object) -> Decimal | None:
    """Parse an amount below a million US dollars, such as 10, 7.50 or $10; None if it isn't one. Never raises."""
    text = str(stored).strip()
    return Decimal(text.removeprefix("$")) if _AMOUNT.fullmatch(text) else None
