"""Models of the service's responses. All content is untrusted; text is truncated and reduced to plain text.

Optional fields are validated leniently: an unexpected type in one of them must not lose a response that has been paid
for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from imagineart_desktop.fal.bounded_json import parse_json
from imagineart_desktop.fal.errors import BadDownloadError
from imagineart_desktop.models.price import parse_units
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.plain_text import sanitize_text

MAX_LOG_LINE = 2_000
MAX_LOG_LINES = 500
MAX_IMAGES = 100
"""Maximum number of images per result; no model produces nearly as many."""

_MOST_DOLLARS = 10_000
_MAX_SAFE_INTEGER = 2**53
"""Limit for integers in JSON that every program reads the same way."""


def sanitize(value: object, most: int = MAX_LOG_LINE) -> str:
    """Return untrusted text in a form that is safe to store and display, cut to `most` characters."""
    return sanitize_text(str(value if value is not None else "")[:most])


def _int_or_none(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_SAFE_INTEGER else None


def _short_text_or_none(value: object) -> str | None:
    return sanitize(value, 100) if isinstance(value, str) else None


def _url_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else None


def _dicts_of(value: object) -> list[object]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _last_lines(value: object) -> list[object]:
    return _dicts_of(value)[-MAX_LOG_LINES:]


def _images_of(output: dict[str, object]) -> object:
    """Return the images of a result. Models that always make one have an `image` instead of a list."""
    single = output.get("image")
    return [single] if "images" not in output and isinstance(single, dict) else output.get("images")


def _keep_image_urls(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [{"url": (_url_or_none(entry.get("url")) if isinstance(entry, dict) else None) or ""} for entry in value]


def _dollars_or_none(value: object) -> Decimal | None:
    """Return an amount of US dollars. JSON has it as a number, whose digits are the amount's."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    amount = parse_units(value)
    return amount if amount is not None and amount < _MOST_DOLLARS else None


OptionalInt = Annotated[int | None, BeforeValidator(_int_or_none)]
OptionalText = Annotated[str | None, BeforeValidator(_short_text_or_none)]
OptionalUrl = Annotated[str | None, BeforeValidator(_url_or_none)]
DisplayText = Annotated[str, BeforeValidator(sanitize)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    @classmethod
    def read(cls, body: str | bytes) -> Self:
        """Parse JSON. Raises ValueError."""
        return cls.model_validate(parse_json(body))


class LogEntry(_Answer):
    """One line of a request's log."""

    timestamp: DisplayText = ""
    level: DisplayText = ""
    message: DisplayText = ""


class Submitted(_Answer):
    """An accepted request. The URLs contain owner and app without the sub-path; None if the service gave none."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    status_url: OptionalUrl = None
    response_url: OptionalUrl = None
    cancel_url: OptionalUrl = None
    queue_position: OptionalInt = None


class Status(_Answer):
    """The state of a request. COMPLETED doesn't mean success: check `error`."""

    status: Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    queue_position: OptionalInt = None
    logs: Annotated[tuple[LogEntry, ...], BeforeValidator(_last_lines)] = ()
    error: Any = None
    error_type: OptionalText = None


class KnownRequest(_Answer):
    """A request from the service's list of the key's requests. json_input: its body, if the key may see it."""

    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    sent_at: AwareDatetime | None = None
    json_input: dict[str, Any] | None = None


class RequestPage(_Answer):
    """One page of the key's requests, newest first."""

    items: tuple[KnownRequest, ...]
    next_cursor: str | None = None
    has_more: bool = False


class ListedModel(_Answer):
    """A model in the service's list. status: “active” or “deprecated”; updated_at: when it last changed, as written."""

    endpoint_id: Annotated[str, Field(max_length=200)]
    status: OptionalText = None
    updated_at: OptionalText = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, value: Any) -> Any:
        about = value.get("metadata") if isinstance(value, dict) else None
        return {**about, **value} if isinstance(about, dict) else value

    @property
    def is_deprecated(self) -> bool:
        """Whether the service will drop the model."""
        return self.status == "deprecated"


class ModelListing(_Answer):
    """A page of the service's list of models."""

    models: Annotated[tuple[ListedModel, ...], BeforeValidator(_dicts_of)]


class UnitPrice(_Answer):
    """What the service charges for one unit. unit_price: in `currency`; unit: “images”, “megapixels”, …"""

    endpoint_id: Annotated[str, Field(max_length=200)]
    unit_price: Annotated[Decimal | None, BeforeValidator(_dollars_or_none)] = None
    unit: OptionalText = None
    currency: OptionalText = None


class PriceListing(_Answer):
    """The service's prices."""

    prices: Annotated[tuple[UnitPrice, ...], BeforeValidator(_dicts_of)]


class OutputFile(_Answer):
    """One image of a result. url: https or data; empty if the service gave none that can be used.

    Everything else that the service says about it is ignored.
    """

    url: str


class Output(_Answer):
    """A model's output. Each image keeps its index in the list; those after the first `MAX_IMAGES` are left out."""

    images: tuple[OutputFile, ...]
    seed: OptionalInt = None
    shortened: bool = False
    """Whether there were more images."""

    @model_validator(mode="before")
    @classmethod
    def _shorten(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        files = _keep_image_urls(_images_of(value))
        if not isinstance(files, list):
            return value
        return {"images": files[:MAX_IMAGES], "seed": value.get("seed"), "shortened": len(files) > MAX_IMAGES}

    @classmethod
    def parse(cls, raw: str) -> Output:
        """Parse the raw JSON of a result. Raises BadDownloadError."""
        try:
            return cls.read(raw)
        except (ValueError, ValidationError) as error:
            raise BadDownloadError(Message("fal.result_unreadable")) from error


class Result(_Answer):
    """A fetched result.

    raw: the JSON exactly as received; billable_units: what the service says was actually billed.
    """

    raw: str
    billable_units: str | None = None
