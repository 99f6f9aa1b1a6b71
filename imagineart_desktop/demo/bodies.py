"""Request bodies: limited in size, and JSON that can be stored and sent back."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from starlette.requests import Request

from imagineart_desktop.demo import errors
from imagineart_desktop.support.json_types import JsonObject

MAX_BODY = 220 * 2**20
"""Maximum size of an upload, or of a request with inline images, in bytes."""

_MAX_DEPTH = 64
"""Maximum nesting depth; no model's input comes near it."""

JsonPath = tuple[str | int, ...]


async def json_body(request: Request) -> JsonObject:
    """Parse the body as a JSON object. Raises RefusalError, 413 or 422."""
    data = await _whole_body(request)
    if not data.strip():
        raise errors.location_error(("body",), "Field required", "missing")
    try:
        body = json.loads(data)
    except json.JSONDecodeError as error:
        raise errors.json_error(error.msg, error.pos) from None
    except ValueError as error:
        raise errors.json_error(str(error)) from None
    except RecursionError:
        raise errors.json_error("Nested too deeply") from None
    if not isinstance(body, dict):
        raise errors.location_error(("body",), "Input should be a valid dictionary", "dict_type", body)
    _check(body)
    return body


def private_file(path: Path) -> IO[bytes]:
    """Create a file for writing that only its owner can read. Raises OSError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "wb")


async def _whole_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise errors.request_error(413, "The body is too large")
    return bytes(body)


def _check(body: JsonObject) -> None:
    """Check for values that Python's parser accepts but JSON or UTF-8 can't express. Raises RefusalError."""
    for place, value in _values(body):
        if len(place) > _MAX_DEPTH:
            raise errors.json_error("Nested too deeply")
        if isinstance(value, float) and not math.isfinite(value):
            raise errors.location_error(
                ("body", *place), "Input should be a finite number", "finite_number", str(value)
            )
        if isinstance(value, str) and not _is_unicode(value):
            message = "Input should be a valid string, unable to parse raw data as a unicode string"
            raise errors.location_error(("body", *place), message, "string_unicode")


def _values(body: JsonObject) -> Iterator[tuple[JsonPath, object]]:
    """Yield each value and name with its location, without recursion. An invalid name is located at its object."""
    pending: list[tuple[JsonPath, object]] = [((), body)]
    while pending:
        place, value = pending.pop()
        yield place, value
        if isinstance(value, dict):
            for name, inner in value.items():
                yield place, name
                pending.append(((*place, name), inner))
        elif isinstance(value, list):
            pending.extend(((*place, index), inner) for index, inner in enumerate(value))


def _is_unicode(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
