"""A journal of jobs beside the database, so that a lost or older database cannot forget an accepted request.

Each step of a job is one JSON line, synced before the step is committed. At the start the last line of each job is
compared with its row: whichever has the higher step counts. Results and logs are left out, for the service has them.
Functions of a connection, run by `Database`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files import write_whole
from imagineart_desktop.library.lines import append_lines, read_lines

NOT_SENT = ("waiting", "uploading", "submitting")
"""States in which this database knows of no answer to the request."""

OLDER_COPY = "older_copy"
"""Error type of a job that another copy of the library may have sent."""

_QUESTION = "This request came with an older copy of the library and may already have been sent."
_ADVICE = "Look for it before you send it again: sending it twice is charged twice."

_LEFT_OUT = frozenset({"result", "logs"})
_OVER = ("done", "cancelled")
_KEPT_OF_ENDED = ("id", "step", "state", "request_id", "dismissed")
"""What is kept of a job that needs nothing any more: enough not to send it again."""

_COMPACT_FROM = 2**21
"""Bytes from which the journal is worth rewriting."""

_MAX_ENDED = 10_000
"""Ended jobs that are remembered."""

_INTEGERS = frozenset(
    {"created_ms", "changed_ms", "queue_position", "submitted_ms", "started_ms", "finished_ms", "dismissed", "step"}
)
_STATES = frozenset({*NOT_SENT, *_OVER, "unconfirmed", "queued", "running", "fetching", "failed", "cancelling"})

Row = dict[str, Any]
"""Column → value of a job."""


def record_steps(connection: sqlite3.Connection, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append one line per row, synced, inside the transaction that writes the rows. Raises LibraryError."""
    try:
        append_lines(path, (json.dumps(_line_of(row)) for row in rows))
        size = path.stat().st_size
    except OSError as error:
        raise disk_error(error, "The step of a job cannot be saved") from error
    _note_size(connection, size)


def merge_steps(connection: sqlite3.Connection, path: Path, *, trusted: bool) -> int:
    """Bring the rows up to the journal, and turn what may have been sent elsewhere into questions; returns how many.

    trusted: whether this is the database that was in use here last. If not, each request that it has not sent yet
    becomes a question; so does, in any case, one that only the journal knows. Raises LibraryError.
    """
    size = path.stat().st_size if path.is_file() else 0
    known = connection.execute("SELECT journal_bytes FROM identity").fetchone()[0]
    recovered: list[str] = []
    if size != known:
        recovered = _catch_up(connection, read_steps(path))
    marks = ", ".join("?" * len(NOT_SENT))
    not_sent = connection.execute(f"SELECT id FROM jobs WHERE state IN ({marks})", NOT_SENT)  # noqa: S608 - only marks
    unclear = recovered if trusted else [row["id"] for row in not_sent]
    if asked := _ask_about(connection, unclear):
        record_steps(connection, path, asked)
    elif size != known:
        _note_size(connection, size)
    if size > _COMPACT_FROM:
        _compact(connection, path)
    return len(asked)


def ask_about_all(connection: sqlite3.Connection, path: Path, ids: Sequence[str]) -> None:
    """Turn those of these jobs that were not sent yet into questions. Raises LibraryError."""
    if asked := _ask_about(connection, ids):
        record_steps(connection, path, asked)


def record_all(connection: sqlite3.Connection, path: Path) -> None:
    """Write all jobs that have not ended into a journal that does not know them. Raises LibraryError."""
    rows = connection.execute("SELECT * FROM jobs WHERE dismissed = 0 AND state NOT IN ('done', 'cancelled')")
    if found := [dict(row) for row in rows]:
        record_steps(connection, path, found)


def read_steps(path: Path) -> dict[str, Row]:
    """The last step of each job. Lines that make no sense are left out. Raises LibraryError."""
    last: dict[str, Row] = {}
    try:
        for line in read_lines(path):
            row = _row_of(line)
            if row is not None and row["step"] >= last.get(row["id"], row)["step"]:
                # A line of an ended job holds little; what an earlier one says still stands.
                last[row["id"]] = last.get(row["id"], {}) | row
    except OSError as error:
        raise disk_error(error, "The jobs cannot be read") from error
    return last


def _catch_up(connection: sqlite3.Connection, steps: Mapping[str, Row]) -> list[str]:
    """Write the journal's later steps into the rows; returns the ids of jobs that had no row."""
    columns = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
    recovered = []
    for job_id, step in steps.items():
        row = connection.execute("SELECT step FROM jobs WHERE id = ?", (job_id,)).fetchone()
        values = {name: value for name, value in step.items() if name in columns}
        # A line may lack what a row must have.
        with suppress(sqlite3.IntegrityError):
            if row is not None and row["step"] < step["step"]:
                changes = ", ".join(f"{name} = ?" for name in values)
                connection.execute(f"UPDATE jobs SET {changes} WHERE id = ?", (*values.values(), job_id))  # noqa: S608
            elif row is None and "request" in values:
                names, marks = ", ".join(values), ", ".join("?" * len(values))
                connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608
                recovered.append(job_id)
    return recovered


def _ask_about(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Row]:
    """Turn jobs that were not sent yet into questions; returns their rows."""
    asked = []
    for job_id in ids:
        changed = connection.execute(
            "UPDATE jobs SET state = 'unconfirmed', step = step + 1, error_type = ?, error_message = ?,"
            " error_advice = ?, charged = 'maybe' WHERE id = ? AND state IN (?, ?, ?)",
            (OLDER_COPY, _QUESTION, _ADVICE, job_id, *NOT_SENT),
        )
        if changed.rowcount:
            asked.append(dict(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()))
    return asked


def _compact(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the journal with the last line of each job, and little of those that have ended."""
    steps = list(read_steps(path).values())
    ended = [step for step in steps if step["state"] in _OVER or step.get("dismissed")]
    forgotten = {step["id"] for step in ended[:-_MAX_ENDED]}
    over = {step["id"] for step in ended}
    lines = [
        {name: step[name] for name in _KEPT_OF_ENDED if name in step} if step["id"] in over else step
        for step in steps
        if step["id"] not in forgotten
    ]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    try:
        write_whole(path, data)
    except OSError as error:
        raise disk_error(error, "The jobs cannot be saved") from error
    _note_size(connection, len(data))


def _note_size(connection: sqlite3.Connection, size: int) -> None:
    """Remember how much of the journal the rows agree with."""
    connection.execute("UPDATE identity SET journal_bytes = ?", (size,))


def _line_of(row: Mapping[str, Any]) -> Row:
    return {name: value for name, value in row.items() if name not in _LEFT_OUT}


def _row_of(line: bytes) -> Row | None:
    """The row that a line tells, or None where it makes no sense."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.get("state") not in _STATES or "step" not in row:
        return None
    if not isinstance(row.get("id"), str) or not all(_fits(name, value) for name, value in row.items()):
        return None
    return row


def _fits(name: str, value: object) -> bool:
    if value is None:
        return name not in ("id", "state", "step")
    if name in _INTEGERS:
        return isinstance(value, int) and abs(value) < 2**63
    return isinstance(value, str) and "\x00" not in value
