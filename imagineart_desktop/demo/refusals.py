"""How the demo server says no, in fal's own forms."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError


class RefusalError(Exception):
    """An answer with an error status. body: the JSON that goes with it."""

    def __init__(self, status: int, body: dict[str, Any], error_type: str = "") -> None:
        super().__init__(body)
        self.status = status
        self.body = body
        self.error_type = error_type


def plain(status: int, text: str, error_type: str = "") -> RefusalError:
    """A request error: `{"detail": text}`."""
    body = {"detail": text} | ({"error_type": error_type} if error_type else {})
    return RefusalError(status, body, error_type)


def about_field(field: str, message: str, kind: str, value: object = None) -> RefusalError:
    """A model error about one field, status 422."""
    finding = {
        "loc": ["body", field],
        "msg": message,
        "type": kind,
        "url": f"https://docs.fal.ai/errors#{kind}",
        "input": _short(value),
    }
    return RefusalError(422, {"detail": [finding]}, kind)


def about_input(error: ValidationError) -> RefusalError:
    """pydantic's findings as the models report them, status 422."""
    found = []
    for item in error.errors(include_context=True):
        finding: dict[str, Any] = {
            "loc": ["body", *item["loc"]],
            "msg": item["msg"],
            "type": item["type"],
            "url": item.get("url", ""),
            "input": _short(item["input"]),
        }
        if "ctx" in item:
            finding["ctx"] = {name: str(value) for name, value in item["ctx"].items()}
        found.append(finding)
    return RefusalError(422, {"detail": found}, str(found[0]["type"]))


def _short(value: object) -> object:
    return f"{value[:200]}…" if isinstance(value, str) and len(value) > 200 else value
