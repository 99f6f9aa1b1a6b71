"""What was paid for, kept for ever: a row for each picture and each failure that was billed, and a journal of them.

Nothing that becomes of a picture changes its row here. Functions of a connection, run by `Database`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

_COLUMNS = "job_id, position, endpoint, created_ms, cost, billed, request_id, prompt, failed"


@dataclass(frozen=True, slots=True)
class Paid:
    """job_id, position: of the picture, or of a job that failed; cost: estimated US dollars; billed: units, if told."""

    job_id: str
    position: int
    endpoint: str
    created_ms: int
    cost: str
    billed: str | None = None
    request_id: str = ""
    prompt: str = ""
    failed: bool = False


def note_paid(connection: sqlite3.Connection, paid: Paid) -> None:
    """Keeps it; a picture that came of a job after all takes the place of its failure."""
    connection.execute(
        f"INSERT INTO paid ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (job_id, position) DO UPDATE SET created_ms = excluded.created_ms, cost = excluded.cost,"
        " billed = excluded.billed, failed = excluded.failed, noted = 0 WHERE paid.failed AND NOT excluded.failed",
        tuple(asdict(paid).values()),
    )


def keep_collections(connection: sqlite3.Connection, number: int) -> None:
    """Keeps the names of the collections of a picture whose row is about to go."""
    connection.execute(
        "UPDATE paid SET collections = (SELECT json_group_array(name) FROM collection_pictures"
        " JOIN collections ON collections.id = collection_id WHERE picture_id = ?)"
        " WHERE (job_id, position) = (SELECT job_id, position FROM pictures WHERE id = ?)",
        (number, number),
    )


def not_noted(connection: sqlite3.Connection) -> list[Paid]:
    """Those that do not stand in the journal yet."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM paid WHERE NOT noted")  # noqa: S608 - a constant
    return [Paid(**{**dict(row), "failed": bool(row["failed"])}) for row in rows]


def mark_noted(connection: sqlite3.Connection, noted: Sequence[Paid]) -> None:
    """These stand in the journal."""
    connection.executemany(
        "UPDATE paid SET noted = 1 WHERE job_id = ? AND position = ? AND failed = ?",
        [(paid.job_id, paid.position, paid.failed) for paid in noted],
    )


def append_lines(path: Path, noted: Sequence[Paid]) -> None:
    """Adds lines to the journal, synced. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(asdict(paid), ensure_ascii=False)}\n" for paid in noted)
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[Paid]:
    """What the journal says; lines that cannot be read are left out. Raises OSError."""
    try:
        lines = path.read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    return [paid for line in lines if (paid := _read(line)) is not None]


def _read(line: str) -> Paid | None:
    try:
        row = json.loads(line)
        cost = Decimal(str(row["cost"]))
        billed = row["billed"]
        return Paid(
            str(row["job_id"]),
            int(row["position"]),
            str(row["endpoint"]),
            int(row["created_ms"]),
            str(cost) if cost.is_finite() else "0",
            None if billed is None else str(billed),
            str(row["request_id"]),
            str(row["prompt"]),
            bool(row["failed"]),
        )
    except (ValueError, ArithmeticError, KeyError, TypeError):
        return None
