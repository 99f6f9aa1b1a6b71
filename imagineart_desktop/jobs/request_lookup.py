"""Identifies the request of a job that got no answer to its submit, among the key's requests listed by the service."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from imagineart_desktop.fal import KnownRequest
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.support.messages import Message

_MARGIN = timedelta(hours=1)
"""Tolerance around the time at which the service must have received the request."""

_KEPT = timedelta(days=30)
"""How long the service keeps request bodies."""

_SMALL_ERROR = timedelta(minutes=5)
"""A clock off by less than this counts as correct."""

_INLINE = "data:"
_ANY_URL = "*"
"""Placeholder for an upload whose URL is unknown."""


class LookupResult(Enum):
    """Outcome of a lookup in the service's request list."""

    FOUND = auto()
    NOT_LISTED = auto()
    FAILED = auto()


class AmbiguousRequestError(UserError):
    """Several requests may match and none can be identified for certain."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A time range to search, in the service's time. sent_at: when the request was sent, by the service's clock.

    likely: whether the request is likely to be in this range. If so, a list too long to read completely, or a request
    whose contents the key can't read, leaves the question open.
    """

    since: datetime
    until: datetime
    sent_at: datetime
    likely: bool


def search_ranges(job: Job, service_clock: datetime | None) -> Sequence[TimeRange]:
    """Return the time ranges to search for a job's request, likeliest first.

    This computer's clock may be off by years, or may have been set since the request was sent, so the range is based on
    the service's clock minus the time elapsed since. If that's in doubt, everything that the service keeps is searched
    as well.
    """
    here = datetime.now(UTC)
    there = service_clock or here
    if job.submitted_at is None:
        # Another copy of the library may have sent it at any time since that copy was made.
        return [TimeRange(there - _KEPT, there + _MARGIN, there, likely=True)]
    elapsed = here - job.submitted_at
    doubtful = service_clock is None or abs(there - here) > _SMALL_ERROR or not timedelta(0) <= elapsed <= _KEPT
    sent_at = min(there - elapsed, there) if elapsed <= _KEPT else there - _KEPT
    return [
        TimeRange(sent_at - _MARGIN, sent_at + _MARGIN, sent_at, likely=True),
        TimeRange(there - _KEPT, there + _MARGIN, sent_at, likely=doubtful),
    ]


def stored_url(url: str) -> str:
    """Return what to store of an upload's URL; the contents of an inline file aren't stored a second time."""
    return _INLINE if url.startswith(_INLINE) else url


def request_body(job: Job) -> JsonObject | None:
    """Return the request body as far as it's stored, or None if nothing has been uploaded for it yet."""
    try:
        return job.request.to_wire(job.uploads)
    except KeyError:
        return None


def find_request(
    job: Job, listed: Iterable[KnownRequest], taken: Collection[str], span: TimeRange
) -> KnownRequest | None:
    """Return the request with exactly this job's input, closest to when it was sent. taken: ids owned by other jobs.

    Raises AmbiguousRequestError if no request can be identified: the job's uploads are unknown and the list has
    requests that otherwise match, or the key can't read the contents of requests sent at that time.
    """
    body = request_body(job)
    if not job.request.to_fields():
        raise AmbiguousRequestError(Message("job.lookup.damaged"))
    wanted = body if body is not None else job.request.to_wire(dict.fromkeys(job.request.input_references(), _ANY_URL))
    free = [request for request in listed if request.request_id not in taken]
    found = [request for request in free if request.json_input is not None and _is_superset(wanted, request.json_input)]
    if body is None and found:
        raise AmbiguousRequestError(Message("job.lookup.similar", count=len(found)))
    unseen = sum(request.json_input is None for request in free)
    if unseen and not found and span.likely:
        raise AmbiguousRequestError(Message("job.lookup.not_readable", count=unseen))
    return min(found, key=lambda request: _time_distance(request.sent_at, span.sent_at), default=None)


def _is_superset(sent: Mapping[str, object], known: Mapping[str, object]) -> bool:
    """Return whether everything sent is present; the service may have added its own defaults."""
    return all(name in known and _equal(value, known[name]) for name, value in sent.items())


def _equal(sent: Any, known: Any) -> bool:
    if isinstance(sent, list):
        return isinstance(known, list) and len(sent) == len(known) and all(map(_equal, sent, known))
    if sent == _INLINE:
        return isinstance(known, str) and known.startswith(_INLINE)
    if sent == _ANY_URL:
        return isinstance(known, str)
    return bool(sent == known)


def _time_distance(sent_at: datetime | None, moment: datetime) -> timedelta:
    return _KEPT if sent_at is None else abs(sent_at - moment)
