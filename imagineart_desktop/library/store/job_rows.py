"""What a job's row may hold, wherever it comes from: the database, the journal or a damaged database.

A single odd value must neither stop a start nor cost the job: it is replaced by what does the least harm.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from time import time
from typing import Any

from imagineart_desktop.library.store.ledger import LAST_MS

NOT_SENT = ("waiting", "uploading", "submitting")
"""States in which the database knows of no answer to the request."""

ACCEPTED = ("queued", "running", "fetching", "cancelling")
"""States in which the service has the request."""

OVER = ("done", "cancelled")
"""States of jobs that need nothing any more."""

STATES = frozenset({*NOT_SENT, *ACCEPTED, *OVER, "unconfirmed", "failed"})

OLDER_COPY = "older_copy"
"""Error type of a job that another copy of the library may have sent."""

SHOWN = "dismissed != 1 AND state NOT IN ('done', 'cancelled')"
"""SQL condition of the jobs that are under way or want attention; rows with an odd `dismissed` are among them."""

_DAMAGED = {
    "state": "unconfirmed",
    "error_type": OLDER_COPY,
    "error_message": "A record of this request is damaged; it may already have been sent.",
    "error_advice": "Look for it before you send it again: sending it twice is charged twice.",
    "charged": "maybe",
}
_HARMLESS = frozenset({"created_ms", "changed_ms", "dismissed", "logs", "queue_position", "started_ms", "uploads"})
"""Columns that decide nothing about what is sent or paid."""

_MAX_COST = Decimal(1_000_000)
_MAX_TEXT = 1000

Row = dict[str, Any]
"""Column → value of a job."""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\x00" not in value


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and _is_text(value)


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MS


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
    """What a text says, an exception's instance where it is no JSON that SQLite accepts too."""
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
}
"""Column → whether a value can be used; the other columns hold any text."""

_OPTIONAL = frozenset({
    "request_id", "status_url", "response_url", "cancel_url", "queue_position", "result", "billed_units",
    "submitted_ms", "started_ms", "finished_ms", "error_type", "error_message", "error_advice", "charged", "plan",
})  # fmt: skip
"""Columns that may be NULL."""


def is_sound(column: str, value: object) -> bool:
    """Whether a job can have this value."""
    if value is None:
        return column in _OPTIONAL
    return _CHECKS.get(column, _is_text)(value)


def sound_part(row: Mapping[str, Any]) -> Row:
    """The columns whose values can be used."""
    return {column: value for column, value in row.items() if is_sound(column, value)}


def mended(row: Mapping[str, Any]) -> Row | None:
    """The row with every value that cannot be used replaced; an equal one where all can.

    A request that may then differ from what was meant, or be paid for already, becomes a question. None where nothing
    tells which job it is, or what was asked for.
    """
    sound = sound_part(row)
    lost = row.keys() - sound.keys()
    if "id" not in sound or not sound.keys() & {"endpoint", "request"}:
        return None
    whole = dict(row) | dict.fromkeys(lost & _OPTIONAL) | {name: _fallback(name, row) for name in lost - _OPTIONAL}
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
    """How far a job has come: (what is known of its request, its step). Of two records the higher one counts.

    A request that was accepted is never taken back by a record with a higher step that does not know of it, such as one
    of another copy of the library.
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
        # Kept as a text, for whoever can still read it.
        return json.dumps(str(row.get(column, "")))
    if column == "state":
        # Watching costs nothing and tells how it stands.
        known = all(_is_name(row.get(name)) for name in ("request_id", "status_url"))
        return "queued" if known else "unconfirmed"
    if column in ("created_ms", "changed_ms"):
        other = row.get("changed_ms" if column == "created_ms" else "created_ms")
        return other if _is_moment(other) else round(time() * 1000)
    fallbacks = {"estimate": "0", "parents": "{}", "uploads": "{}", "logs": "[]", "service": "live", "endpoint": "?"}
    return fallbacks.get(column, 0)
