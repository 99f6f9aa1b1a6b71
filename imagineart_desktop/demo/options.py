"""Options of the queue itself, apart from the model's input: headers and query parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from starlette.requests import Request

from imagineart_desktop.demo import errors
from imagineart_desktop.support import parse_int

_TIMEOUT, _PRIORITY, _LENGTH = "x-fal-request-timeout", "x-fal-queue-priority", "fal_max_queue_length"
_MIN_START_TIMEOUT = 0.1


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """Queue options of a request.

    start_timeout: seconds after which a request that hasn't started is dropped; None for never. low: wait behind all
    requests of normal priority. max_length: how many requests may wait for the endpoint; None for unlimited.
    """

    start_timeout: float | None = None
    low: bool = False
    max_length: int | None = None

    @classmethod
    def of(cls, request: Request) -> QueueOptions:
        """Parse headers and query. Raises RefusalError, 400, for an invalid value."""
        seconds = request.headers.get(_TIMEOUT)
        priority = request.headers.get(_PRIORITY, "normal").strip().lower()
        length = request.query_params.get(_LENGTH)
        if priority not in ("normal", "low"):
            raise errors.bad_request("Invalid X-Fal-Queue-Priority header. Expected 'normal' or 'low'.")
        return cls(
            None if seconds is None else _seconds(seconds),
            priority == "low",
            None if length is None else _length(length),
        )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > _MIN_START_TIMEOUT):
        raise errors.bad_request(
            f"Invalid X-Fal-Request-Timeout header. Expected seconds, greater than {_MIN_START_TIMEOUT}."
        )
    return seconds


def _length(text: str) -> int:
    length = parse_int(text, 0)
    if length is None:
        raise errors.bad_request(f"Invalid {_LENGTH} parameter. Expected a whole number, 0 or more.")
    return length
