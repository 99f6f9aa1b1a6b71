"""Rows of batches, and the journal next to the database that restores them.

Each change of a batch is one JSON line, synced before it's committed; the line with the highest step is the current
one. All functions take a connection and are run by `Database`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines
from imagineart_desktop.library.store.ledger import MAX_TIMESTAMP_MS
from imagineart_desktop.library.store.row_copy import insert_row
from imagineart_desktop.support.messages import Message

_MAX_NAME = 1000


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it's stored. position: batches are sent in this order; max_cost: US dollars, None for no limit.

    step: how often it was changed.
    """

    id: str
    name: str
    created_ms: int
    position: int
    low_priority: bool = False
    paused: bool = False
    max_cost: str | None = None
    dismissed: bool = False
    step: int = 0


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A job of a batch, as far as a summary needs it; the values are those of its row."""

    id: str
    state: str
    service: str
    estimate: str | float
    charged: str | None
    dismissed: int
    submitted_ms: int | None
    finished_ms: int | None


BATCH_COLUMNS = tuple(field.name for field in fields(BatchRow))

_HAS_JOBS = (
    "EXISTS (SELECT 1 FROM jobs WHERE batch = :id) OR EXISTS (SELECT 1 FROM pictures WHERE batch = :id AND batch != '')"
)


def record_batches(connection: sqlite3.Connection, path: Path, rows: Sequence[BatchRow]) -> None:
    """Write rows, and a line per row in the journal first. Raises LibraryError."""
    try:
        append_lines(path, (json.dumps(asdict(row)) for row in rows))
    except OSError as error:
        raise disk_error(error, Message("library.doing.save_step")) from error
    _insert(connection, rows)


def stored_batches(connection: sqlite3.Connection) -> list[BatchRow]:
    """Return all batches in the order of their positions; rows with invalid values are skipped."""
    found = connection.execute("SELECT * FROM batches ORDER BY position, created_ms, id")
    return [row for row in map(_of_row, found) if row is not None]


def find_batch(connection: sqlite3.Connection, batch: str) -> BatchRow | None:
    """Return the batch with this id, or None."""
    row = connection.execute("SELECT * FROM batches WHERE id = ?", (batch,)).fetchone()
    return None if row is None else _of_row(row)


def jobs_of_batch(connection: sqlite3.Connection, batch: str) -> list[BatchJob]:
    """Return what a summary of a batch needs to know of each job.

    A rebuilt database has no rows of jobs that were done; their images tell of them.
    """
    found = connection.execute(
        "SELECT id, state, service, estimate, charged, dismissed, submitted_ms, finished_ms FROM jobs WHERE batch = ?"
        " UNION ALL SELECT job_id, 'done', CASE WHEN MAX(demo) THEN 'demo' ELSE 'live' END, SUM(spent), NULL, 0, NULL,"
        " NULL FROM pictures WHERE batch = ? AND batch != '' AND job_id NOT IN (SELECT id FROM jobs WHERE batch = ?)"
        " GROUP BY job_id",
        (batch, batch, batch),
    )
    return [BatchJob(*row) for row in found]


def merge_batches(connection: sqlite3.Connection, path: Path) -> None:
    """Update the rows from the journal. One without jobs or images was never added. Raises LibraryError."""
    steps = {row.id: row.step for row in stored_batches(connection)}
    newer = [row for row in _read(path).values() if row.step > steps.get(row.id, -1)]
    _insert(connection, [row for row in newer if row.id in steps or _has_jobs(connection, row.id)])


def carry_over_batches(current: sqlite3.Connection, copy: sqlite3.Connection) -> None:
    """Add the batches of the current database to a backup's; of each, the row with the higher step wins."""
    steps = {row.id: row.step for row in stored_batches(copy)}
    _insert(copy, [row for row in stored_batches(current) if row.step >= steps.get(row.id, -1)])


def needs_repair(path: Path) -> bool:
    """Return whether the journal is missing or has an unreadable line. Raises OSError."""
    return not path.is_file() or is_damaged(path, lambda line: _of_line(line) is not None)


def rewrite(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the journal from its readable lines and the rows. Raises OSError, LibraryError."""
    merge_batches(connection, path)
    lines = (json.dumps(asdict(row)) for row in stored_batches(connection))
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())


class _Line(BaseModel):
    """A line of the journal, or a row, which anyone may have edited."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, StringConstraints(max_length=_MAX_NAME, pattern=r"^[^\x00]+$")]
    name: Annotated[str, StringConstraints(max_length=_MAX_NAME)]
    created_ms: Annotated[int, Field(ge=0, le=MAX_TIMESTAMP_MS)]
    position: Annotated[int, Field(ge=-(2**53), le=2**53)]
    low_priority: bool
    paused: bool
    max_cost: Annotated[Decimal, Field(ge=0, lt=1_000_000)] | None
    dismissed: bool
    step: Annotated[int, Field(ge=0, lt=2**31)]


def _of_line(line: bytes) -> BatchRow | None:
    try:
        return _checked(_Line.model_validate_json(line))
    except ValidationError:
        return None


def _of_row(found: sqlite3.Row) -> BatchRow | None:
    try:
        return _checked(_Line.model_validate(dict(found)))
    except ValidationError:
        return None


def _checked(line: _Line) -> BatchRow:
    max_cost = None if line.max_cost is None else f"{line.max_cost:f}"
    return BatchRow(**(line.model_dump() | {"max_cost": max_cost}))


def _read(path: Path) -> dict[str, BatchRow]:
    """Return the last line of each batch. Raises LibraryError."""
    last: dict[str, BatchRow] = {}
    try:
        for line in read_lines(path):
            row = _of_line(line)
            if row is not None and (row.id not in last or row.step >= last[row.id].step):
                last[row.id] = row
    except OSError as error:
        raise disk_error(error, Message("library.doing.read_jobs")) from error
    return last


def _has_jobs(connection: sqlite3.Connection, batch: str) -> bool:
    return bool(connection.execute(f"SELECT {_HAS_JOBS}", {"id": batch}).fetchone()[0])


def _insert(connection: sqlite3.Connection, rows: Iterable[BatchRow]) -> None:
    for row in rows:
        insert_row(connection, "batches", asdict(row), "REPLACE")
