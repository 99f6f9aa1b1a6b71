"""Parsing of untrusted JSON, with limits on depth and number of values.

`json.loads` holds the GIL until it's done, so a response with a million values would freeze the window for seconds even
if a thread parses it. Such a response is parsed in outline instead, step by step: the members of the outer object, and
the first and last elements of each long array.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from imagineart_desktop.support.json_types import JsonObject

T = TypeVar("T")

MAX_TOKENS = 100_000
"""Maximum number of commas, colons and opening brackets in a text that is parsed in one go, in about 20 ms."""

KEPT_AT_EACH_END = 500
"""Elements kept at each end of an array that is parsed in outline."""

_INLINE = 32 * 1024
"""Size, in bytes, up to which parsing takes less time than waking a thread."""

_COUNT_CHUNK = 2**20
"""Characters per count; counting holds the GIL too."""

_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = re.compile(r'["\[\]{}]')
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BARE = re.compile(r"[^,\]}\s]++")


def decode_json_text(body: bytes) -> str:
    """Decode a JSON body, replacing invalid bytes."""
    return body.decode(json.detect_encoding(body), "replace")


def has_too_many_values(text: str) -> bool:
    """Return whether the text has too many values to parse in one go."""
    marks = 0
    for begin in range(0, len(text), _COUNT_CHUNK):
        marks += sum(text.count(mark, begin, begin + _COUNT_CHUNK) for mark in ",:[{")
        if marks > MAX_TOKENS:
            return True
    return False


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON text; if it has too many values, only its outline.

    Raises ValueError if the text isn't JSON, is nested too deeply, or has too many values and isn't an object.
    """
    if isinstance(text, bytes):
        text = decode_json_text(text)
    try:
        return _outline(text) if has_too_many_values(text) else json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


async def parse_off_thread(read: Callable[[bytes], T], body: bytes) -> T:
    """Run `read` on a body: in a thread, or directly if the body is short."""
    return read(body) if len(body) <= _INLINE else await asyncio.to_thread(read, body)


def _outline(text: str) -> JsonObject:
    """Parse the members of the outer object. Long arrays are shortened; other values that are too large become None."""
    begin = _skip_space(text, 0)
    if text[begin : begin + 1] != "{":
        raise ValueError("too many values")
    found = {}
    for key, end in _iter_items(text, begin):
        name = json.loads(text[key:end])
        value = _skip_space(text, end)
        if not isinstance(name, str) or text[value : value + 1] != ":":
            raise ValueError("no member of an object")
        value = _skip_space(text, value + 1)
        found[name] = _outline_array(text, value) if text[value : value + 1] == "[" else _outline_value(text, value)
    return found


def _outline_array(text: str, begin: int) -> list[Any]:
    """Parse the first and last elements of an array, skipping those that are too large themselves."""
    first: list[tuple[int, int]] = []
    last: deque[tuple[int, int]] = deque(maxlen=KEPT_AT_EACH_END)
    for place in _iter_items(text, begin):
        (first if len(first) < KEPT_AT_EACH_END else last).append(place)
    pieces = (text[start:end] for start, end in (*first, *last))
    return [json.loads(piece) for piece in pieces if not has_too_many_values(piece)]


def _outline_value(text: str, begin: int) -> Any:
    piece = text[begin : _end_of(text, begin)]
    return None if has_too_many_values(piece) else json.loads(piece)


def _iter_items(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each element of an array, or of each name of an object. begin: index of the bracket."""
    is_object = text[begin] == "{"
    at = _skip_space(text, begin + 1)
    if text[at : at + 1] in ("]", "}"):
        return
    while True:
        end = _end_of(text, at)
        yield at, end
        at = _skip_space(text, end)
        if is_object:
            at = _skip_space(text, _end_of(text, _skip_space(text, at + 1)))
        mark = text[at : at + 1]
        if mark != ",":
            if mark in ("]", "}"):
                return
            raise ValueError("no end of a list")
        at = _skip_space(text, at + 1)


def _end_of(text: str, begin: int) -> int:
    """Return the end of the value that starts at `begin`, without validating its content."""
    sign = text[begin : begin + 1]
    if sign == '"':
        return _match_end(_STRING, text, begin)
    if sign not in ("[", "{"):
        return _match_end(_BARE, text, begin)
    depth, at = 0, begin
    while (mark := _MARK.search(text, at)) is not None:
        at = mark.end()
        if mark[0] == '"':
            at = _match_end(_STRING, text, mark.start())
        else:
            depth += 1 if mark[0] in "[{" else -1
            if not depth:
                return at
    raise ValueError("cut off")


def _match_end(pattern: re.Pattern[str], text: str, begin: int) -> int:
    found = pattern.match(text, begin)
    if found is None:
        raise ValueError("no value")
    return found.end()


def _skip_space(text: str, begin: int) -> int:
    return _match_end(_SPACE, text, begin)
