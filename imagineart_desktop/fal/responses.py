"""The service's answers, checked. Everything in them is untrusted; texts are kept short and are plain text.

What is not needed is not insisted on: a field of a kind that nobody expected must not cost an answer that is paid for.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from imagineart_desktop.fal.bounded_json import read_json
from imagineart_desktop.fal.errors import BadDownloadError
from imagineart_desktop.support.plain_text import harmless

MAX_LOG_LINE = 2_000
MAX_LOG_LINES = 500
MAX_IMAGES = 100
"""Of one result; no model makes nearly as many."""

_LARGEST = 2**53
"""Of a whole number in JSON that every program reads alike."""


def plain(value: object, most: int = MAX_LOG_LINE) -> str:
    """Return a text from outside as it may be kept and shown, cut to `most` characters."""
    return harmless(str(value if value is not None else "")[:most])


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST else None


def _word(value: object) -> str | None:
    return plain(value, 100) if isinstance(value, str) else None


def _address(value: object) -> str | None:
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else None


def _entries(value: object) -> list[object]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _last_lines(value: object) -> list[object]:
    return _entries(value)[-MAX_LOG_LINES:]


def _files(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [
        {"url": entry["url"]} for entry in _entries(value) if isinstance(entry, dict) and _address(entry.get("url"))
    ]


Whole = Annotated[int | None, BeforeValidator(_whole)]
Word = Annotated[str | None, BeforeValidator(_word)]
Address = Annotated[str | None, BeforeValidator(_address)]
Shown = Annotated[str, BeforeValidator(plain)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, body: str | bytes) -> Self:
        """From JSON. Raises ValueError."""
        return cls.model_validate(read_json(body))


class LogEntry(_Answer):
    """One line of a request's log."""

    timestamp: Shown = ""
    level: Shown = ""
    message: Shown = ""


class Submitted(_Answer):
    """A request that was accepted. The URLs carry owner and app without the sub-path; None where none was given."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    status_url: Address = None
    response_url: Address = None
    cancel_url: Address = None
    queue_position: Whole = None


class Status(_Answer):
    """Where a request stands. COMPLETED does not mean success: `error` tells."""

    status: Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    queue_position: Whole = None
    logs: Annotated[tuple[LogEntry, ...], BeforeValidator(_last_lines)] = ()
    error: Any = None
    error_type: Word = None


class KnownRequest(_Answer):
    """A request that the key's own list names. json_input: its body, where the key may see it."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    sent_at: AwareDatetime | None = None
    json_input: dict[str, Any] | None = None


class RequestPage(_Answer):
    """One page of the key's own requests, newest first."""

    items: tuple[KnownRequest, ...]
    next_cursor: str | None = None
    has_more: bool = False


class OutputFile(_Answer):
    """One picture of a result. url: https or data. What else the service claims about it is not asked for."""

    url: str


class Output(_Answer):
    """A model's output. Entries that name no picture are left out, and those after the first `MAX_IMAGES`."""

    images: tuple[OutputFile, ...]
    seed: Whole = None
    shortened: bool = False
    """Whether there were more images."""

    @model_validator(mode="before")
    @classmethod
    def _shorten(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        files = _files(value.get("images"))
        if not isinstance(files, list):
            return value
        return {"images": files[:MAX_IMAGES], "seed": value.get("seed"), "shortened": len(files) > MAX_IMAGES}

    @classmethod
    def parse(cls, raw: str) -> Output:
        """From a result as it came. Raises BadDownloadError."""
        try:
            return cls.read(raw)
        except (ValueError, ValidationError) as error:
            raise BadDownloadError("The result could not be read.") from error


class Result(_Answer):
    """A fetched result. raw: the JSON as it came; billable_units: what was really billed, as the service said it."""

    raw: str
    billable_units: str | None = None
