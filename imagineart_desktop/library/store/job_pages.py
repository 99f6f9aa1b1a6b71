"""Jobs as a table reads them: the ids of all that match first, then the rows of one page at a time.

All functions take a connection and are run by `Database`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

_COLUMNS = (
    "id, batch, place, endpoint, service, state, COALESCE(json_extract(request, '$.prompt'), '') AS prompt, estimate,"
    " created_ms, submitted_ms, finished_ms, error_message, charged, request_id, dismissed"
)


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs a table shows. states: empty for all; text: in the prompt or the request id; since_ms: or later."""

    batch: str | None = None
    states: tuple[str, ...] = ()
    text: str = ""
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as a table shows it; the values are those of its row."""

    id: str
    batch: str | None
    place: int | None
    endpoint: str
    service: str
    state: str
    prompt: str
    estimate: str
    created_ms: int
    submitted_ms: int | None
    finished_ms: int | None
    error_message: str | None
    charged: str | None
    request_id: str | None
    dismissed: int


def matching_jobs(connection: sqlite3.Connection, query: JobQuery) -> list[str]:
    """Return the ids of the matching jobs: those of a batch in its order, otherwise newest first."""
    conditions, values = ["created_ms >= ?"], list[object]([query.since_ms])
    # A batch's jobs are made at one moment; the last of them is the newest.
    order = "created_ms DESC, place DESC, id DESC"
    if query.batch is not None:
        conditions, values, order = ["batch = ?"], [query.batch], "place, created_ms, id"
    if query.states:
        conditions.append(f"state IN ({', '.join('?' * len(query.states))})")
        values += query.states
    if query.text:
        conditions.append(
            "(instr(lower(COALESCE(json_extract(request, '$.prompt'), '')), lower(?)) OR instr(request_id, ?))"
        )
        values += [query.text, query.text]
    found = connection.execute(
        f"SELECT id FROM jobs WHERE {' AND '.join(conditions)} ORDER BY {order}",  # noqa: S608 - conditions of this file
        values,
    )
    return [row["id"] for row in found]


def job_lines(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, JobLine]:
    """Return id → line of these jobs, a page of them; those that don't exist are left out."""
    marks = ", ".join("?" * len(ids))
    found = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id IN ({marks})", ids)  # noqa: S608 - marks
    return {row["id"]: JobLine(*row) for row in found}
