"""Removal of misleading characters from untrusted text: controls, direction marks and invisible characters.

Emoji stay intact, even those that Python's tables don't know yet: joined ones, flags of countries and regions, skin
tones, presentation selectors.
"""

from __future__ import annotations

import re
import unicodedata

_TAG_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
"""A regional flag: a black flag, the region's code in tag characters, and a cancel tag."""

_JOINERS = ("\u200c", "\u200d")
_FIRST_JOINED = 0x0590
"""First code point of the scripts and emoji that joiners shape. In Latin, Greek and Cyrillic, joiners only hide."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Invisible characters outside the category Cf: fillers, and the selectors and tags of plane 14."""

_REPLACEMENTS = {"Cc": " ", "Zl": "\n", "Zp": "\n", "Cs": "\ufffd"}

_SELECTORS = re.compile("[\ufe00-\ufe0f]")


def storable(text: str) -> str:
    """Return the text with U+FFFD in place of lone surrogates, which can't be encoded as UTF-8.

    They come from file names that aren't UTF-8, from other programs' JSON, and from selections that split an emoji.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def display_text(text: str) -> str:
    """Return the text for display. The stored text isn't changed.

    Controls and line and paragraph separators become spaces or line breaks; invisible characters and those that change
    the writing direction are removed.
    """
    return _cleaned(text, any_joiner=False)


def sanitize_text(text: str) -> str:
    """Return untrusted text for storage: cleaned as for display, but keeping all joiners."""
    return _cleaned(text, any_joiner=True).replace("\ufffd", "")


def is_blank(text: str) -> bool:
    """Return whether nothing of a text is visible."""
    return not any(display_text(sign).strip() for sign in text)


def single_line(text: str) -> str:
    """Return the text for display on one line."""
    return " ".join(display_text(text).split())


def _cleaned(text: str, *, any_joiner: bool) -> str:
    # Controls, separators and all of Cf are unprintable. Nearly all text takes this shortcut.
    if text.replace("\n", " ").isprintable() and not (_INVISIBLE.search(text) or _SELECTORS.search(text)):
        return text
    parts, place = [], 0
    for flag in _TAG_FLAG.finditer(text):
        parts += [_signs(text[place : flag.start()], any_joiner), flag.group()]
        place = flag.end()
    return "".join([*parts, _signs(text[place:], any_joiner)])


def _signs(text: str, any_joiner: bool) -> str:
    return "".join(
        sign if any_joiner and sign in _JOINERS else _sign(text, place, sign) for place, sign in enumerate(text)
    )


def _sign(text: str, place: int, sign: str) -> str:
    if sign in "\n\t" or 0x20 <= ord(sign) < 0x7F:
        return sign
    if sign in _JOINERS:
        return sign if _joins(text, place) else ""
    if _SELECTORS.match(sign):
        return sign if place and not _SELECTORS.match(text[place - 1]) else ""
    category = unicodedata.category(sign)
    if category == "Cf" or _INVISIBLE.match(sign):
        return ""
    return _REPLACEMENTS.get(category, sign)


def _joins(text: str, place: int) -> bool:
    """Return whether a joiner is between two characters that it may join."""
    around = text[place - 1 : place + 2] if place else ""
    return len(around) == 3 and all(ord(sign) >= _FIRST_JOINED and sign not in _JOINERS for sign in around[::2])
