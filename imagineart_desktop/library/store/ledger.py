"""Ledger of payments, kept forever: a row per image and per billed failure, and a journal of them.

Nothing that happens to a picture changes its row here. Functions that take a connection are run by `Database`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines
from imagineart_desktop.models import parse_units

MAX_TIMESTAMP_MS = 253_402_214_400_000
"""The last day of the year 9999, the limit of calendars; milliseconds since 1970."""

_MAX_COST = Decimal(1_000_000)
"""US dollars; an image has never cost more."""

_Short = Annotated[str, StringConstraints(max_length=1000)]

_DELETED = 2
"""Value of `noted` if the payment is in the journal and the user deleted the image for good."""

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
    """Insert a payment.

    If a job yields a picture after all, it replaces the job's failure. Of two failures the lower one stays: meanwhile
    the job has yielded other pictures.
    """
    connection.execute(
        f"INSERT INTO paid ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (job_id, position) DO UPDATE SET created_ms = excluded.created_ms, cost = excluded.cost,"
        " billed = excluded.billed, failed = excluded.failed, noted = 0 WHERE paid.failed"
        " AND (NOT excluded.failed OR CAST(excluded.cost AS REAL) < CAST(paid.cost AS REAL))",
        tuple(asdict(paid).values()),
    )


def record_failure(connection: sqlite3.Connection, whole: Payment) -> None:
    """Insert what a failed job cost beyond the pictures that it yielded. whole: what it cost in all."""
    found = connection.execute(
        "SELECT position, cost, billed FROM paid WHERE job_id = ? AND NOT failed", (whole.job_id,)
    )
    made = found.fetchall()
    rest = Decimal(whole.cost) - sum((valid_cost(row["cost"]) for row in made), Decimal(0))
    if made and rest <= 0:
        return
    billed = parse_units(whole.billed)
    if made and billed is not None:
        left = billed - sum((parse_units(row["billed"]) or Decimal(0) for row in made), Decimal(0))
        whole = replace(whole, billed=f"{max(left, Decimal(0)):f}")
    taken = {row["position"] for row in made}
    free = next(position for position in count() if position not in taken)
    record_payment(connection, replace(whole, position=free, cost=f"{rest:f}"))


def save_collection_names(connection: sqlite3.Connection, number: int) -> None:
    """Save the names of a picture's collections before its row is deleted."""
    connection.execute(
        "UPDATE paid SET collections = (SELECT json_group_array(name) FROM collection_pictures"
        " JOIN collections ON collections.id = collection_id WHERE picture_id = ?)"
        " WHERE (job_id, position) = (SELECT job_id, position FROM pictures WHERE id = ?)",
        (number, number),
    )


def record_deletion(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Note that the user deletes these pictures for good, before their rows are deleted: they aren't fetched again."""
    connection.executemany(
        "UPDATE paid SET noted = ? WHERE noted"
        " AND (job_id, position) = (SELECT job_id, position FROM pictures WHERE id = ?)",
        [(_DELETED, number) for number in numbers],
    )


def deleted_results(connection: sqlite3.Connection, job_id: str) -> list[tuple[int, str, str | None]]:
    """Return (position, cost, billed units) of the pictures of a job that the user deleted for good."""
    found = connection.execute(
        "SELECT position, cost, billed FROM paid WHERE job_id = ? AND noted = ? AND NOT failed", (job_id, _DELETED)
    )
    return [(row["position"], row["cost"], row["billed"]) for row in found]


def not_journaled(connection: sqlite3.Connection) -> list[Payment]:
    """Return the payments that aren't in the journal yet."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM paid WHERE NOT noted")  # noqa: S608 - a constant
    return [_of_row(row) for row in rows]


def mark_journaled(connection: sqlite3.Connection, noted: Sequence[Payment]) -> None:
    """Mark payments as written to the journal."""
    connection.executemany(
        "UPDATE paid SET noted = MAX(noted, 1) WHERE job_id = ? AND position = ? AND failed = ?",
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
    return Payment(**{**row.model_dump(), "cost": str(valid_cost(row.cost))})


def valid_cost(value: object) -> Decimal:
    """Return a stored cost, 0 if it's invalid."""
    try:
        cost = Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)
    return cost if cost.is_finite() and 0 <= cost < _MAX_COST else Decimal(0)
