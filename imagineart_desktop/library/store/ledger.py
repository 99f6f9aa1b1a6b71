"""Ledger of payments, kept forever: a row per image and per billed failure, and a journal of them.

Nothing that happens to a picture changes its row here. Functions that take a connection are run by `Database`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines

MAX_TIMESTAMP_MS = 253_402_214_400_000
"""The last day of the year 9999, the limit of calendars; milliseconds since 1970."""

_MAX_COST = Decimal(1_000_000)
"""US dollars; an image has never cost more."""

_Short = Annotated[str, StringConstraints(max_length=1000)]

_COLUMNS = "job_id, position, endpoint, created_ms, cost, billed, request_id, prompt, failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment.

    job_id, position: of the picture, or of a failed job; cost: estimated US dollars; billed: units, if reported.
    """

    job_id: str
    position: int
    endpoint: str
    created_ms: int
    cost: str
    billed: str | None = None
    request_id: str = ""
    prompt: str = ""
    failed: bool = False


def record_payment(connection: sqlite3.Connection, paid: Payment) -> None:
    """Insert a payment. If a job yields a picture after all, it replaces the job's failure."""
    connection.execute(
        f"INSERT INTO paid ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (job_id, position) DO UPDATE SET created_ms = excluded.created_ms, cost = excluded.cost,"
        " billed = excluded.billed, failed = excluded.failed, noted = 0 WHERE paid.failed AND NOT excluded.failed",
        tuple(asdict(paid).values()),
    )


def save_collection_names(connection: sqlite3.Connection, number: int) -> None:
    """Save the names of a picture's collections before its row is deleted."""
    connection.execute(
        "UPDATE paid SET collections = (SELECT json_group_array(name) FROM collection_pictures"
        " JOIN collections ON collections.id = collection_id WHERE picture_id = ?)"
        " WHERE (job_id, position) = (SELECT job_id, position FROM pictures WHERE id = ?)",
        (number, number),
    )


def not_journaled(connection: sqlite3.Connection) -> list[Payment]:
    """Return the payments that aren't in the journal yet."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM paid WHERE NOT noted")  # noqa: S608 - a constant
    return [_of_row(row) for row in rows]


def mark_journaled(connection: sqlite3.Connection, noted: Sequence[Payment]) -> None:
    """Mark payments as written to the journal."""
    connection.executemany(
        "UPDATE paid SET noted = 1 WHERE job_id = ? AND position = ? AND failed = ?",
        [(paid.job_id, paid.position, paid.failed) for paid in noted],
    )


def append(path: Path, noted: Sequence[Payment]) -> None:
    """Append lines to the journal and sync. Raises OSError."""
    append_lines(path, (json.dumps(asdict(paid), ensure_ascii=False) for paid in noted))


def read(path: Path) -> list[Payment]:
    """Return the journal's payments; unreadable lines are skipped. Raises OSError."""
    return [paid for line in read_lines(path) if (paid := _read(line)) is not None]


def needs_repair(path: Path) -> bool:
    """Return whether the journal is missing or has an unreadable line. Raises OSError."""
    return not path.is_file() or is_damaged(path, lambda line: _read(line) is not None)


def rewrite(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the journal from its readable lines and the rows. Raises OSError."""
    for entry in read(path):
        record_payment(connection, entry)
    found = connection.execute(f"SELECT {_COLUMNS} FROM paid ORDER BY created_ms")  # noqa: S608 - a constant
    known = [_of_row(row) for row in found]
    lines = (json.dumps(asdict(paid), ensure_ascii=False) for paid in known)
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())
    mark_journaled(connection, known)


def _of_row(row: sqlite3.Row) -> Payment:
    return Payment(**{**dict(row), "failed": bool(row["failed"])})


class _Line(BaseModel):
    """A line of the file, which anyone may have edited."""

    model_config = ConfigDict(strict=True)

    job_id: _Short
    position: Annotated[int, Field(ge=0, lt=2**31)]
    endpoint: _Short
    created_ms: Annotated[int, Field(ge=0, le=MAX_TIMESTAMP_MS)]
    cost: Annotated[Decimal, Field(strict=False)]
    billed: _Short | None
    request_id: _Short
    prompt: str
    failed: bool


def _read(line: bytes) -> Payment | None:
    try:
        row = _Line.model_validate_json(line)
    except ValidationError:
        return None
    cost = row.cost if row.cost.is_finite() and 0 <= row.cost < _MAX_COST else Decimal(0)
    return Payment(**{**row.model_dump(), "cost": str(cost)})
