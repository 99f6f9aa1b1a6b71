"""Error responses of the demo server, in fal's formats and wording."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import ValidationError

from imagineart_desktop.support.json_types import JsonObject, JsonValue

_MAX_QUOTE = 1_000
"""Maximum length, in characters, of an input as JSON that an error quotes."""


class RequestError(Exception):
    """A response with an error status. body: its JSON."""

    def __init__(self, status: int, body: JsonObject, error_type: str = "") -> None:
        super().__init__(body)
        self.status = status
        self.body = body
        self.error_type = error_type


def request_error(status: int, text: str, error_type: str = "") -> RequestError:
    """Return a request error: `{"detail": text}`."""
    body: JsonObject = {"detail": text}
    if error_type:
        body["error_type"] = error_type
    return RequestError(status, body, error_type)


def unknown_request() -> RequestError:
    """Return the error for an unknown request id, or one of another application."""
    return RequestError(404, {"status": "NOT_FOUND"})


def bad_request(text: str) -> RequestError:
    """Return the error for an invalid header or query parameter of the platform."""
    return request_error(400, text, "bad_request")


def location_error(
    place: Sequence[str | int], message: str, kind: str, value: JsonValue = None, **context: str
) -> RequestError:
    """Return an error about one location in the request, status 422.

    place: `body` or `query`, then names or indexes.
    """
    finding: JsonObject = {
        "loc": list(place),
        "msg": message,
        "type": kind,
        "url": f"https://docs.fal.ai/errors#{kind}",
        "input": _short(value),
    }
    if context:
        finding["ctx"] = {**context}
    return RequestError(422, {"detail": [finding]}, kind)


def field_error(field: str, message: str, kind: str, value: JsonValue = None) -> RequestError:
    """Return a model error about one field of the body, status 422."""
    return location_error(("body", field), message, kind, value)


def json_error(error: str, *position: int) -> RequestError:
    """Return the error for a body that isn't JSON, or is JSON that no model accepts; status 422."""
    return location_error(("body", *position), "JSON decode error", "json_invalid", {}, error=error)


def validation_error(error: ValidationError) -> RequestError:
    """Return pydantic's errors in the format the models use, status 422."""
    found: list[JsonValue] = []
    problems = error.errors(include_context=True)
    for item in problems:
        finding: JsonObject = {
            "loc": ["body", *item["loc"]],
            "msg": item["msg"],
            "type": item["type"],
            "url": item.get("url", ""),
            "input": _short(item["input"]),
        }
        if "ctx" in item:
            finding["ctx"] = {name: str(value) for name, value in item["ctx"].items()}
        found.append(finding)
    return RequestError(422, {"detail": found}, problems[0]["type"])


def _short(value: JsonValue) -> JsonValue:
    """Return the value, or the beginning of its text if that's long."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return value if len(text) <= _MAX_QUOTE else f"{text[:200]}…"
