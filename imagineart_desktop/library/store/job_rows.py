"""Validation of job rows, whether they come from the database, the journal or a damaged database.

A single invalid value must neither prevent startup nor lose the job: it's replaced by the least harmful value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from time import time
from typing import Any

from imagineart_desktop.library.files.files import is_sha256
from imagineart_desktop.library.store.ledger import MAX_TIMESTAMP_MS
from imagineart_desktop.support.messages import Message

NOT_SENT = ("waiting", "uploading", "submitting")
"""States in which the database has no response to the request."""

ACCEPTED = ("queued", "running", "fetching", "cancelling")
"""States in which the service has the request."""

FINISHED = ("done", "cancelled")
"""States of jobs that need nothing more."""

STATES = frozenset({*NOT_SENT, *ACCEPTED, *FINISHED, "unconfirmed", "failed"})

OLDER_COPY = "older_copy"
"""Error type of a job that another copy of the library may have sent."""

ACTIVE_JOBS_SQL = "dismissed != 1 AND state NOT IN ('done', 'cancelled')"
"""SQL condition for jobs that are active or need attention; it includes rows with an invalid `dismissed`."""

_DAMAGED = {
    "state": "unconfirmed",
    "error_type": OLDER_COPY,
    "error_message": Message("job.record_damaged").to_text(),
    "error_advice": Message("job.advice.look_before_sending").to_text(),
    "charged": "maybe",
}
_HARMLESS = frozenset(
    {
        "created_ms",
        "changed_ms",
        "dismissed",
        "logs",
        "place",
        "queue_position",
        "spec",
        "started_ms",
        "uploads",
    }
)
"""Columns that don't affect what is sent or paid. `batch` isn't one: the job may belong to a batch that is paused."""

_MAX_COST = Decimal(1_000_000)
_MAX_TEXT = 1000

Row = dict[str, Any]
"""Column → value of a job."""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\x00" not in value


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and _is_text(value)


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_TIMESTAMP_MS


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and -(2**63) <= value < 2**63


def _is_cost(value: object) -> bool:
    try:
        return isinstance(value, str) and 0 <= Decimal(value) < _MAX_COST
    except InvalidOperation:
        return False


def _json_of(value: object) -> Any:
    """Return the parsed JSON, or an exception instance if the value isn't JSON that SQLite also accepts."""
    try:
        return json.loads(value, parse_constant=_refuse) if isinstance(value, str) else ValueError()
    except (ValueError, RecursionError) as error:
        return error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _is_json(value: object) -> bool:
    return not isinstance(_json_of(value), Exception)


def _is_list(value: object) -> bool:
    return isinstance(_json_of(value), list)


def _maps_to(kind: type) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        found = _json_of(value)
        return isinstance(found, dict) and all(isinstance(entry, kind) for entry in found.values())

    return check


def _one_of(*values: object) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str | int) and value in values


_CHECKS: dict[str, Callable[[object], bool]] = {
    "id": _is_name,
    "endpoint": _is_name,
    "request": _is_json,
    "service": _one_of("live", "demo"),
    "state": _one_of(*STATES),
    "created_ms": _is_moment,
    "changed_ms": _is_moment,
    "parents": _maps_to(int),
    "estimate": _is_cost,
    "queue_position": _is_integer,
    "logs": _is_list,
    "submitted_ms": _is_moment,
    "started_ms": _is_moment,
    "finished_ms": _is_moment,
    "charged": _one_of("no", "maybe", "yes"),
    "dismissed": _one_of(0, 1),
    "uploads": _maps_to(str),
    "step": _is_count,
    "plan": _is_json,
    "spec": is_sha256,
    "batch": _is_name,
    "place": _is_count,
    "low_priority": _one_of(0, 1),
}
"""Column → validator; columns not listed hold any text."""

_OPTIONAL = frozenset({
    "request_id", "status_url", "response_url", "cancel_url", "queue_position", "result", "billed_units",
    "submitted_ms", "started_ms", "finished_ms", "error_type", "error_message", "error_advice", "charged", "plan",
    "spec", "batch", "place",
})  # fmt: skip
"""Columns that may be NULL."""


def is_valid(column: str, value: object) -> bool:
    """Return whether the value is valid for the column."""
    if value is None:
        return column in _OPTIONAL
    return _CHECKS.get(column, _is_text)(value)


def valid_values(row: Mapping[str, Any]) -> Row:
    """Return the columns with valid values. A place in a batch tells that there was one: the batch isn't optional."""
    valid = {column: value for column, value in row.items() if is_valid(column, value)}
    if valid.get("place") is not None and valid.get("batch", "") is None:
        del valid["batch"]
    return valid


def repaired(row: Mapping[str, Any]) -> Row | None:
    """Return the row with every invalid value replaced; an equal row if all are valid.

    A request that may then differ from what was intended, or may already be paid for, becomes a question. Returns
    None if nothing identifies the job, or what was requested.
    """
    if row.get("place") is not None:
        row = {"batch": None, **row}
    sound = valid_values(row)
    lost = row.keys() - sound.keys()
    if "id" not in sound or not sound.keys() & {"endpoint", "request"}:
        return None
    whole = dict(row) | dict.fromkeys(lost & _OPTIONAL) | {name: _fallback(name, row) for name in lost - _OPTIONAL}
    if "plan" in lost:
        # Text that's no plan tells that there was one: without it the result would pass for the whole image.
        whole["plan"] = json.dumps(str(row["plan"]))
    if "batch" in lost:
        # It's a job of its own from now on, which waits for the user: its batch may have been paused.
        whole["place"] = None
    for name in _needed_beside(whole):
        whole.setdefault(name, _fallback(name, row))
    if whole["state"] == "unconfirmed" if "state" in lost else lost - _HARMLESS and whole["state"] in NOT_SENT:
        whole |= _DAMAGED
    if whole.get("error_message") is not None:
        whole["error_type"] = whole.get("error_type") or ""
        whole["error_advice"] = whole.get("error_advice") or ""
        whole["charged"] = whole.get("charged") or "maybe"
    return whole


def progress(row: Mapping[str, Any]) -> tuple[int, int]:
    """Return how far a job has come: (knowledge about its request, its step). Of two records, the higher one wins.

    An accepted request is never undone by a record with a higher step that doesn't know of it, e.g. one from
    another copy of the library.
    """
    state, step = row["state"], row["step"]
    known = row.get("request_id") is not None
    if state == "done" or (state == "cancelled" and known):
        return 3, step
    if state in ACCEPTED or (state == "failed" and known):
        return 2, step
    return int(state in ("failed", "cancelled")), step


def _needed_beside(row: Mapping[str, Any]) -> set[str]:
    return _CHECKS.keys() - _OPTIONAL - row.keys()


def _fallback(column: str, row: Mapping[str, Any]) -> object:
    if column == "request":
        # Kept as text, in case someone can still read it.
        return json.dumps(str(row.get(column, "")))
    if column == "state":
        # Polling costs nothing and reveals the actual state.
        known = all(_is_name(row.get(name)) for name in ("request_id", "status_url"))
        return "queued" if known else "unconfirmed"
    if column in ("created_ms", "changed_ms"):
        other = row.get("changed_ms" if column == "created_ms" else "created_ms")
        return other if _is_moment(other) else round(time() * 1000)
    fallbacks = {"estimate": "0", "parents": "{}", "uploads": "{}", "logs": "[]", "service": "live", "endpoint": "?"}
    return fallbacks.get(column, 0)
