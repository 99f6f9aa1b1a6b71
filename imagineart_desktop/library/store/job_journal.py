"""Journal of jobs next to the database, so that an accepted request survives a lost or outdated database.

Each step of a job is one JSON line, synced before the step is committed. At startup, the last line of each job is
compared with its row, and whichever knows more about the request wins. Results and logs are left out since the
service has them. All functions take a connection and are run by `Database`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.job_rows import (
    ACTIVE_JOBS_SQL,
    FINISHED,
    NOT_SENT,
    OLDER_COPY,
    Row,
    is_valid,
    progress,
    repaired,
    valid_values,
)
from imagineart_desktop.library.store.json_lines import append_lines, copy_damaged, is_damaged, read_lines
from imagineart_desktop.library.store.notices import NoticeCode, Notices
from imagineart_desktop.library.store.row_copy import insert_row
from imagineart_desktop.support.messages import Message

_QUESTION = Message("job.from_older_copy").to_text()
_ADVICE = Message("job.advice.look_before_sending").to_text()

_LEFT_OUT = frozenset({"result", "logs"})
_KEPT_OF_ENDED = ("id", "step", "state", "request_id", "dismissed")
"""Columns kept for a job that needs nothing more: enough not to send it again."""

_COMPACT_THRESHOLD = 2**21
"""Size in bytes from which compacting the journal is worthwhile."""

_MAX_ENDED = 10_000
"""Maximum number of ended jobs kept."""


def record_steps(connection: sqlite3.Connection, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append one line per row, synced, inside the transaction that writes the rows. Raises LibraryError."""
    try:
        append_lines(path, (json.dumps(_line_of(row)) for row in rows))
        size = path.stat().st_size
    except OSError as error:
        raise disk_error(error, Message("library.doing.save_step")) from error
    _store_synced_size(connection, size)


def record_new_jobs(connection: sqlite3.Connection, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append one line per row and commit. If either fails, the lines are removed from the journal.

    For requests that haven't been sent yet: the user sees that nothing was added. What the service has said about a
    request always stays in the journal. Raises LibraryError, sqlite3.Error.
    """
    size = path.stat().st_size if path.is_file() else 0
    try:
        record_steps(connection, path, rows)
        connection.commit()
    except BaseException:
        with suppress(OSError):
            _shorten(path, size)
        raise


def merge_steps(connection: sqlite3.Connection, path: Path, notices: Notices, *, trusted: bool) -> None:
    """Update the rows from the journal, and turn requests that may have been sent from elsewhere into questions.

    trusted: whether this is the database that was last in use here. If not, each request that it hasn't sent yet
    becomes a question; so does, in any case, one that only the journal knows. notices: receives a notice about
    those, and about a damaged journal. Raises LibraryError.
    """
    size = path.stat().st_size if path.is_file() else 0
    known = connection.execute("SELECT journal_bytes FROM identity").fetchone()[0]
    recovered: list[str] = []
    if size != known:
        recovered = _catch_up(connection, read_steps(path))
    if changed := _repair_rows(connection, path):
        record_steps(connection, path, changed)
    marks = ", ".join("?" * len(NOT_SENT))
    not_sent = connection.execute(f"SELECT id FROM jobs WHERE state IN ({marks})", NOT_SENT)  # noqa: S608 - only marks
    unclear = recovered if trusted else [row["id"] for row in not_sent]
    if asked := _mark_unconfirmed(connection, unclear):
        notices.add(NoticeCode.COPIED, requests=len(asked))
        record_steps(connection, path, asked)
    elif size != known and not changed:
        _store_synced_size(connection, size)
    if size > _COMPACT_THRESHOLD:
        try:
            if is_damaged(path, _is_whole):
                notices.add(NoticeCode.JOURNAL, aside=copy_damaged(path).name)
        except OSError as error:
            raise disk_error(error, Message("library.doing.save_jobs")) from error
        rewrite(connection, path, read_steps(path))


def ask_about_all(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Turn those of the given jobs that haven't been sent yet into questions."""
    _mark_unconfirmed(connection, ids)


def record_all(connection: sqlite3.Connection, path: Path) -> None:
    """Write all jobs that haven't ended to a journal that doesn't have them. Raises LibraryError."""
    if found := [dict(row) for row in connection.execute(f"SELECT * FROM jobs WHERE {ACTIVE_JOBS_SQL}")]:  # noqa: S608 - ours
        record_steps(connection, path, found)


def read_steps(path: Path) -> dict[str, Row]:
    """Return the last step of each job. Invalid lines and values are skipped. Raises LibraryError."""
    last: dict[str, Row] = {}
    try:
        for line in read_lines(path):
            row = _row_of(line)
            if row is None:
                continue
            # A line may lack values or hold invalid ones; those of earlier lines remain in effect.
            known = last.get(row["id"])
            now = {"step": 0} | (known or {}) | row
            if "state" not in now:
                now = repaired(now | {"state": ""}) or {}
            if now and (known is None or progress(now) >= progress(known)):
                last[row["id"]] = now
    except OSError as error:
        raise disk_error(error, Message("library.doing.read_jobs")) from error
    return last


def known_requests(connection: sqlite3.Connection, path: Path, but: str) -> frozenset[str]:
    """Return the ids of all requests of other jobs, whatever their outcome. Raises LibraryError.

    A rebuilt database has no rows for ended jobs, but pictures, payments and the journal still have their request
    ids.
    """
    found = connection.execute(
        "SELECT request_id FROM jobs WHERE id != :but UNION SELECT request_id FROM pictures WHERE job_id != :but"
        " UNION SELECT request_id FROM paid WHERE job_id != :but",
        {"but": but},
    )
    said = [step.get("request_id") for step in read_steps(path).values() if step["id"] != but]
    return frozenset(str(name) for name in (*(row["request_id"] for row in found), *said) if name)


def needs_repair(path: Path) -> bool:
    """Return whether the journal is missing or has an unreadable line. Raises OSError."""
    return not path.is_file() or is_damaged(path, _is_whole)


def repair(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the journal from its readable lines and the rows. Raises LibraryError."""
    steps = read_steps(path)
    for row in connection.execute("SELECT * FROM jobs"):
        found = repaired(dict(row))
        if found is not None and (found["id"] not in steps or progress(found) >= progress(steps[found["id"]])):
            steps[found["id"]] = _line_of(found)
    rewrite(connection, path, steps)


def rewrite(connection: sqlite3.Connection, path: Path, steps: Mapping[str, Row]) -> None:
    """Replace the journal by the last line of each job, shortened for jobs that have ended. Raises LibraryError."""
    ended = [step["id"] for step in steps.values() if step["state"] in FINISHED or step.get("dismissed")]
    forgotten, over = frozenset(ended[:-_MAX_ENDED]), frozenset(ended)
    lines = [
        {name: step[name] for name in _KEPT_OF_ENDED if name in step} if step["id"] in over else step
        for step in steps.values()
        if step["id"] not in forgotten
    ]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    try:
        write_atomic(path, data)
    except OSError as error:
        raise disk_error(error, Message("library.doing.save_jobs")) from error
    _store_synced_size(connection, len(data))


def _catch_up(connection: sqlite3.Connection, steps: Mapping[str, Row]) -> list[str]:
    """Update rows from the journal if it knows more; return the ids of jobs that had no row."""
    columns = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
    recovered = []
    for job_id, step in steps.items():
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        values = {name: value for name, value in step.items() if name in columns}
        if row is not None:
            known = repaired(dict(row))
            if known is None or progress(known | values) > progress(known):
                number = max(values["step"], 0 if known is None else known["step"])
                _update(connection, job_id, values | {"step": number})
        elif "request" in values and (whole := repaired(values)) is not None:
            insert_row(connection, "jobs", whole, "ABORT")
            recovered.append(job_id)
    return recovered


def _repair_rows(connection: sqlite3.Connection, path: Path) -> list[Row]:
    """Replace invalid values in active rows, by the journal's values if it has any; return the changed rows."""
    changed = []
    steps: dict[str, Row] | None = None
    for row in connection.execute(f"SELECT * FROM jobs WHERE {ACTIVE_JOBS_SQL}").fetchall():  # noqa: S608 - ours
        known = dict(row)
        if repaired(known) == known:
            continue
        steps = read_steps(path) if steps is None else steps
        said = steps.get(known["id"], {}) if is_valid("id", known["id"]) else {}
        lost = known.keys() - valid_values(known).keys()
        whole = repaired(known | {name: said[name] for name in lost & said.keys()})
        if whole is not None:
            whole["step"] += 1
            _update(connection, whole["id"], whole)
            changed.append(whole)
    return changed


def _mark_unconfirmed(connection: sqlite3.Connection, ids: Sequence[str]) -> list[Row]:
    """Turn jobs that haven't been sent yet into questions; return their rows."""
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


def _update(connection: sqlite3.Connection, job_id: str, values: Row) -> None:
    changes = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE jobs SET {changes} WHERE id = ?", (*values.values(), job_id))  # noqa: S608 - ours


def _shorten(path: Path, size: int) -> None:
    """Truncate the journal and sync it. Raises OSError."""
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


def _store_synced_size(connection: sqlite3.Connection, size: int) -> None:
    """Record how many bytes of the journal the rows are in sync with."""
    connection.execute("UPDATE identity SET journal_bytes = ?", (size,))


def _line_of(row: Mapping[str, Any]) -> Row:
    return {name: value for name, value in row.items() if name not in _LEFT_OUT}


def _parsed(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _row_of(line: bytes) -> Row | None:
    """Return the valid values of a line's row, or None if it doesn't identify the job."""
    row = _parsed(line)
    sound = {} if row is None else valid_values(row)
    return sound if "id" in sound else None


def _is_whole(line: bytes) -> bool:
    """Return whether everything in a line is valid."""
    row = _parsed(line)
    return row is not None and row == valid_values(row) and row.keys() >= {"id", "state", "step"}
