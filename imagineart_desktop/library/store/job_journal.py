"""A journal of jobs beside the database, so that a lost or older database cannot forget an accepted request.

Each step of a job is one JSON line, synced before the step is committed. At the start the last line of each job is
compared with its row: whichever knows more of the request counts. Results and logs are left out, for the service has
them. Functions of a connection, run by `Database`.
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
from imagineart_desktop.library.files.files import write_whole
from imagineart_desktop.library.store.job_rows import (
    NOT_SENT,
    OLDER_COPY,
    OVER,
    SHOWN,
    Row,
    is_sound,
    mended,
    progress,
    sound_part,
)
from imagineart_desktop.library.store.json_lines import append_lines, copy_damaged, is_damaged, read_lines
from imagineart_desktop.library.store.notices import NoticeCode, Notices
from imagineart_desktop.library.store.row_copy import insert_row

_QUESTION = "This request came with an older copy of the library and may already have been sent."
_ADVICE = "Look for it before you send it again: sending it twice is charged twice."

_LEFT_OUT = frozenset({"result", "logs"})
_KEPT_OF_ENDED = ("id", "step", "state", "request_id", "dismissed")
"""What is kept of a job that needs nothing any more: enough not to send it again."""

_COMPACT_FROM = 2**21
"""Bytes from which the journal is worth rewriting."""

_MAX_ENDED = 10_000
"""Ended jobs that are remembered."""


def record_steps(connection: sqlite3.Connection, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append one line per row, synced, inside the transaction that writes the rows. Raises LibraryError."""
    try:
        append_lines(path, (json.dumps(_line_of(row)) for row in rows))
        size = path.stat().st_size
    except OSError as error:
        raise disk_error(error, "The step of a job cannot be saved") from error
    _note_size(connection, size)


def record_new(connection: sqlite3.Connection, path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append one line per row and commit. Where either fails the journal does not know of the rows either.

    For requests that were not sent yet: the user sees that nothing was added. What the service said of a request
    stays in the journal in any case. Raises LibraryError, sqlite3.Error.
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
    """Bring the rows up to the journal, and turn what may have been sent elsewhere into questions.

    trusted: whether this is the database that was in use here last. If not, each request that it has not sent yet
    becomes a question; so does, in any case, one that only the journal knows. notices: for that, and for a journal that
    was damaged. Raises LibraryError.
    """
    size = path.stat().st_size if path.is_file() else 0
    known = connection.execute("SELECT journal_bytes FROM identity").fetchone()[0]
    recovered: list[str] = []
    if size != known:
        recovered = _catch_up(connection, read_steps(path))
    if changed := _mend(connection, path):
        record_steps(connection, path, changed)
    marks = ", ".join("?" * len(NOT_SENT))
    not_sent = connection.execute(f"SELECT id FROM jobs WHERE state IN ({marks})", NOT_SENT)  # noqa: S608 - only marks
    unclear = recovered if trusted else [row["id"] for row in not_sent]
    if asked := _ask_about(connection, unclear):
        notices.add(NoticeCode.COPIED, requests=len(asked))
        record_steps(connection, path, asked)
    elif size != known and not changed:
        _note_size(connection, size)
    if size > _COMPACT_FROM:
        try:
            if is_damaged(path, _is_whole):
                notices.add(NoticeCode.JOURNAL, aside=copy_damaged(path).name)
        except OSError as error:
            raise disk_error(error, "The jobs cannot be saved") from error
        rewrite(connection, path, read_steps(path))


def ask_about_all(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Turn those of these jobs that were not sent yet into questions."""
    _ask_about(connection, ids)


def record_all(connection: sqlite3.Connection, path: Path) -> None:
    """Write all jobs that have not ended into a journal that does not know them. Raises LibraryError."""
    if found := [dict(row) for row in connection.execute(f"SELECT * FROM jobs WHERE {SHOWN}")]:  # noqa: S608 - ours
        record_steps(connection, path, found)


def read_steps(path: Path) -> dict[str, Row]:
    """The last step of each job. Lines and values that make no sense are left out. Raises LibraryError."""
    last: dict[str, Row] = {}
    try:
        for line in read_lines(path):
            row = _row_of(line)
            if row is None:
                continue
            # A line may hold little, or an odd value; what an earlier one says still stands.
            known = last.get(row["id"])
            now = {"step": 0} | (known or {}) | row
            if "state" not in now:
                now = mended(now | {"state": ""}) or {}
            if now and (known is None or progress(now) >= progress(known)):
                last[row["id"]] = now
    except OSError as error:
        raise disk_error(error, "The jobs cannot be read") from error
    return last


def known_requests(connection: sqlite3.Connection, path: Path, but: str) -> frozenset[str]:
    """Ids of all requests that belong to another job than this one, whatever became of them. Raises LibraryError.

    A rebuilt database has no rows of jobs that have ended; pictures, payments and the journal still tell.
    """
    found = connection.execute(
        "SELECT request_id FROM jobs WHERE id != :but UNION SELECT request_id FROM pictures WHERE job_id != :but"
        " UNION SELECT request_id FROM paid WHERE job_id != :but",
        {"but": but},
    )
    said = [step.get("request_id") for step in read_steps(path).values() if step["id"] != but]
    return frozenset(str(name) for name in (*(row["request_id"] for row in found), *said) if name)


def needs_repair(path: Path) -> bool:
    """Whether the journal is missing, or a line of it cannot be read. Raises OSError."""
    return not path.is_file() or is_damaged(path, _is_whole)


def repair(connection: sqlite3.Connection, path: Path) -> None:
    """Write the journal again, from the lines that can be read and the rows. Raises LibraryError."""
    steps = read_steps(path)
    for row in connection.execute("SELECT * FROM jobs"):
        found = mended(dict(row))
        if found is not None and (found["id"] not in steps or progress(found) >= progress(steps[found["id"]])):
            steps[found["id"]] = _line_of(found)
    rewrite(connection, path, steps)


def rewrite(connection: sqlite3.Connection, path: Path, steps: Mapping[str, Row]) -> None:
    """Replace the journal by the last line of each job, and little of those that have ended. Raises LibraryError."""
    ended = [step["id"] for step in steps.values() if step["state"] in OVER or step.get("dismissed")]
    forgotten, over = frozenset(ended[:-_MAX_ENDED]), frozenset(ended)
    lines = [
        {name: step[name] for name in _KEPT_OF_ENDED if name in step} if step["id"] in over else step
        for step in steps.values()
        if step["id"] not in forgotten
    ]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    try:
        write_whole(path, data)
    except OSError as error:
        raise disk_error(error, "The jobs cannot be saved") from error
    _note_size(connection, len(data))


def _catch_up(connection: sqlite3.Connection, steps: Mapping[str, Row]) -> list[str]:
    """Write what the journal knows better into the rows; returns the ids of jobs that had no row."""
    columns = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
    recovered = []
    for job_id, step in steps.items():
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        values = {name: value for name, value in step.items() if name in columns}
        if row is not None:
            known = mended(dict(row))
            if known is None or progress(known | values) > progress(known):
                number = max(values["step"], 0 if known is None else known["step"])
                _update(connection, job_id, values | {"step": number})
        elif "request" in values and (whole := mended(values)) is not None:
            insert_row(connection, "jobs", whole, "ABORT")
            recovered.append(job_id)
    return recovered


def _mend(connection: sqlite3.Connection, path: Path) -> list[Row]:
    """Replace what cannot be used in the rows that are shown, by what the journal says if it does; returns them."""
    changed = []
    steps: dict[str, Row] | None = None
    for row in connection.execute(f"SELECT * FROM jobs WHERE {SHOWN}").fetchall():  # noqa: S608 - ours
        known = dict(row)
        if mended(known) == known:
            continue
        steps = read_steps(path) if steps is None else steps
        said = steps.get(known["id"], {}) if is_sound("id", known["id"]) else {}
        whole = mended(known | {name: said[name] for name in known.keys() & said if not is_sound(name, known[name])})
        if whole is not None:
            whole["step"] += 1
            _update(connection, whole["id"], whole)
            changed.append(whole)
    return changed


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


def _update(connection: sqlite3.Connection, job_id: str, values: Row) -> None:
    changes = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE jobs SET {changes} WHERE id = ?", (*values.values(), job_id))  # noqa: S608 - ours


def _shorten(path: Path, size: int) -> None:
    """Take lines away again, synced. Raises OSError."""
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


def _note_size(connection: sqlite3.Connection, size: int) -> None:
    """Remember how much of the journal the rows agree with."""
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
    """What can be used of the row that a line tells, or None where it does not tell which job it is."""
    row = _parsed(line)
    sound = {} if row is None else sound_part(row)
    return sound if "id" in sound else None


def _is_whole(line: bytes) -> bool:
    """Whether all of a line can be used."""
    row = _parsed(line)
    return row is not None and row == sound_part(row) and row.keys() >= {"id", "state", "step"}
