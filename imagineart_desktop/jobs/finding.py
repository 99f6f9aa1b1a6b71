"""Which of a key's own requests, as the service lists them, is the one that a job sent and got no answer for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from imagineart_desktop.fal import KnownRequest
from imagineart_desktop.jobs.job import Job

AROUND = timedelta(hours=1)
"""How far the service's clock may be from ours."""

_INLINE = "data:"


def kept_url(url: str) -> str:
    """What is remembered of an upload's URL: a file that travelled inline is not kept twice."""
    return _INLINE if url.startswith(_INLINE) else url


def body_of(job: Job) -> dict[str, Any] | None:
    """What was sent, as far as it is remembered; None when nothing was uploaded for it yet."""
    try:
        return job.request.to_wire(job.uploads)
    except KeyError:
        return None


def find_request(job: Job, listed: Iterable[KnownRequest], taken: Collection[str]) -> KnownRequest | None:
    """The request with this job's very input, nearest to when it was sent. taken: ids that belong to other jobs."""
    body, moment = body_of(job), job.submitted_at
    if body is None or moment is None:
        return None
    found = [
        request
        for request in listed
        if request.request_id not in taken and request.json_input is not None and _same(body, request.json_input)
    ]
    return min(found, key=lambda request: _apart(request.sent_at, moment), default=None)


def _same(sent: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether everything that was sent is there; the service may have added defaults of its own."""
    return all(name in known and _equal(value, known[name]) for name, value in sent.items())


def _equal(sent: Any, known: Any) -> bool:
    if isinstance(sent, list):
        return isinstance(known, list) and len(sent) == len(known) and all(map(_equal, sent, known))
    if sent == _INLINE:
        return isinstance(known, str) and known.startswith(_INLINE)
    return bool(sent == known)


def _apart(sent_at: datetime | None, moment: datetime) -> timedelta:
    return AROUND if sent_at is None else abs(sent_at - moment)
