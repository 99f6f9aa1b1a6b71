"""The service's answers, checked. Everything in them is untrusted; texts are kept short and are plain text."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from imagineart_desktop.fal.errors import BadDownloadError

MAX_LOG_LINE = 2_000
MAX_LOG_LINES = 500


_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the reading direction round."""


def _short(value: object) -> str:
    return _NOT_SHOWN.sub("", str(value if value is not None else "")[:MAX_LOG_LINE])


def _last_lines(value: object) -> list[object]:
    return value[-MAX_LOG_LINES:] if isinstance(value, list) else []


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class LogEntry(_Answer):
    """One line of a request's log."""

    timestamp: Annotated[str, BeforeValidator(_short)] = ""
    level: Annotated[str, BeforeValidator(_short)] = ""
    message: Annotated[str, BeforeValidator(_short)] = ""


class Submitted(_Answer):
    """A request that was accepted. The URLs are used as they are; they carry owner and app without the sub-path."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    status_url: str
    response_url: str
    cancel_url: str
    queue_position: int | None = None


class Status(_Answer):
    """Where a request stands. COMPLETED does not mean success: `error` tells."""

    status: Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    queue_position: int | None = None
    logs: Annotated[tuple[LogEntry, ...], BeforeValidator(_last_lines)] = ()
    metrics: dict[str, Any] | None = None
    error: Any = None
    error_type: str | None = None

    @property
    def inference_seconds(self) -> float | None:
        """Seconds of work as the service measured them."""
        value = (self.metrics or {}).get("inference_time")
        return float(value) if isinstance(value, int | float) else None


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
    """One picture of a result. url: https or data; the rest is what the service claims about it."""

    url: str
    content_type: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    width: int | None = None
    height: int | None = None


class Output(_Answer):
    """A model's output."""

    images: tuple[OutputFile, ...]
    seed: int | None = None

    @classmethod
    def parse(cls, raw: str) -> Output:
        """From a result as it came. Raises BadDownloadError."""
        try:
            return cls.model_validate_json(raw)
        except ValidationError as error:
            raise BadDownloadError("The result could not be read.") from error


class Result(_Answer):
    """A fetched result. raw: the JSON as it came; billable_units: what was really billed, as the service said it."""

    raw: str
    billable_units: str | None = None
