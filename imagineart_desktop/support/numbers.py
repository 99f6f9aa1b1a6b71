"""Numbers in text from outside: ASCII digits only, within bounds."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def whole_number(text: str, least: int | None = None, most: int | None = None) -> int | None:
    """The number, or None where the text is none or it lies outside the bounds. Never raises.

    Python's own `int` takes “1_000” and the digits of every script, and raises for numbers of thousands of digits;
    `str.isdigit` takes “²”, which `int` refuses.
    """
    if not _WHOLE.fullmatch(text.strip()):
        return None
    number = int(text)
    if (least is not None and number < least) or (most is not None and number > most):
        return None
    return number
