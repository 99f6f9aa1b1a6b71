"""Text normalization for search: strips case and accents, and adds n-grams for scripts without spaces."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

_SPACELESS = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Chinese, Japanese and Korean characters, as a regular expression class."""

_SIGN = re.compile(f"[{_SPACELESS}]")
_LONGEST = 2
_VOICED = "\u3099\u309a"
"""Kana voicing marks, which aren't accents."""


def fold(text: str | None) -> str:
    """Return the text without case and accents. None, SQL's NULL, becomes an empty text."""
    plain = unicodedata.normalize("NFKD", (text or "").casefold())
    kept = (sign for sign in plain if not unicodedata.combining(sign) or sign in _VOICED)
    return unicodedata.normalize("NFC", "".join(kept))


def split_words(text: str) -> list[str]:
    """Return the words of a text: runs of letters, digits, underscores and combining marks.

    Some scripts write vowels as combining marks.
    """
    return "".join(sign if sign.isalnum() or sign == "_" or _is_mark(sign) else " " for sign in text).split()


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")


def has_cjk(text: str) -> bool:
    """Return whether a text has Chinese, Japanese or Korean characters."""
    return _SIGN.search(text) is not None


def cjk_ngrams(text: str | None) -> str:
    """Return the unigrams and bigrams of a folded text that contain Chinese, Japanese or Korean, space-separated."""
    found: dict[str, None] = {}
    for word in split_words(text or ""):
        for length in range(1, _LONGEST + 1):
            for start in range(len(word) - length + 1):
                part = word[start : start + length]
                if _SIGN.search(part):
                    found[part] = None
    return " ".join(found)


def register_functions(connection: sqlite3.Connection) -> None:
    """Register `fold` and `cjk_ngrams` as SQL functions."""
    connection.create_function("folded", 1, fold, deterministic=True)
    connection.create_function("spaceless_parts", 1, cjk_ngrams, deterministic=True)
