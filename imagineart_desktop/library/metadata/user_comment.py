"""Decoder for EXIF's user comment, in the encodings that other programs write whatever they say."""

from __future__ import annotations

import re

_KIND_BYTES = 8
"""Length of the name of the encoding, at the beginning."""

_READABLE = re.compile("[ -~]{4,}")


def decode_user_comment(value: object, longest: int) -> str:
    """Return the text of a user comment. longest: maximum number of bytes decoded."""
    if not isinstance(value, bytes):
        return str(value)
    kind, text = value[:_KIND_BYTES].upper(), value[_KIND_BYTES:longest]
    if kind.startswith(b"UNICODE"):
        # The standard leaves the byte order open, and some programs write UTF-8.
        return _utf_16(text) if b"\0" in text.rstrip(b"\0") else _utf_8(text)
    if kind.startswith(b"JIS"):
        return text.decode("iso2022_jp", "replace")
    return _utf_8(text if kind.startswith((b"ASCII", b"\0\0")) else value[:longest])


def _utf_16(text: bytes) -> str:
    """Decode in the byte order that yields more words in Latin letters, which generation parameters always have."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace")
    big, little = (text.decode(f"utf-16-{order}", "replace") for order in ("be", "le"))
    return little if _readable(little) > _readable(big) else big


def _readable(text: str) -> int:
    return sum(len(words) for words in _READABLE.findall(text))


def _utf_8(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
