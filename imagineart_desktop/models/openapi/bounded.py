"""Reading of an untrusted JSON document, with limits on size, nesting and number of values."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.plain_text import single_line

MAX_BYTES = 2 * 2**20
"""Maximum size of a document, in bytes; fal's are below 100 KB."""

MAX_DEPTH = 60
MAX_VALUES = 200_000
"""Maximum number of commas, colons and opening brackets."""

_MAX_QUOTED = 40
_MAX_DIGITS = 40
_MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]', re.DOTALL)


def quoted(text: object) -> str:
    """Return untrusted text in quotes for a sentence, in one line and cut."""
    line = single_line(str(text)[: 10 * _MAX_QUOTED]).replace("\ufffd", "")
    return f"“{line if len(line) <= _MAX_QUOTED else f'{line[:_MAX_QUOTED]}…'}”"


def parse_document(data: bytes) -> JsonObject:
    """Parse a JSON document within the limits. Raises OpenApiError."""
    if len(data) > MAX_BYTES:
        raise OpenApiError(f"The document is larger than {MAX_BYTES // 2**20} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise OpenApiError("The document isn’t text in UTF-8.") from None
    _check_nesting(text)
    try:
        parsed: JsonValue = json.loads(
            text, object_pairs_hook=_as_object, parse_constant=_refuse_constant, parse_int=_as_integer
        )
    except (ValueError, RecursionError):
        raise OpenApiError("The document isn’t JSON.") from None
    if not isinstance(parsed, dict):
        raise OpenApiError("The document isn’t a JSON object.")
    return parsed


def _check_nesting(text: str) -> None:
    """Check depth and number of values without building any. Raises OpenApiError."""
    depth = values = 0
    for found in _MARK.finditer(text):
        mark = found[0]
        if mark[0] == '"':
            continue
        values += mark not in "]}"
        depth += (mark in "[{") - (mark in "]}")
        if depth > MAX_DEPTH:
            raise OpenApiError(f"The document is nested more than {MAX_DEPTH} levels deep.")
        if values > MAX_VALUES:
            raise OpenApiError(f"The document has more than {MAX_VALUES:,} values.")


def _as_object(members: list[tuple[str, JsonValue]]) -> JsonObject:
    found: JsonObject = {}
    for name, value in members:
        if name in found:
            raise OpenApiError(f"The document has {quoted(name)} twice in one object.")
        found[name] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise OpenApiError(f"The document has the number {name}, which isn’t JSON.")


def _as_integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise OpenApiError(f"The document has a number of {len(digits):,} digits.")
    return int(digits)
