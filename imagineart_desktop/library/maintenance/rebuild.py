"""Rebuild of a library's rows from its files while it's in use, in a single transaction.

The content of the files is collected in a separate database. Ratings, tags, collections, jobs, prompts and drafts
stay as they are; the journal restores the marks of pictures without any.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    disk_error,
    foreign_database_error,
    unusable_database,
)
from imagineart_desktop.library.files.database_files import remove_database
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.recovery.file_copy import copy_database, copy_journals
from imagineart_desktop.library.recovery.input_rows import find_inputs
from imagineart_desktop.library.recovery.reconcile import Reconciler, ReconcileResult
from imagineart_desktop.library.store import ledger
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.id_journal import Ids
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.records import LibraryChange
from imagineart_desktop.library.store.row_copy import insert_row
from imagineart_desktop.library.store.thumbnails import clear_outdated_thumbnails
from imagineart_desktop.library.store.word_index import index_picture

_SAID = ("favourite", "rating", "label", "note")
"""Columns of a picture that aren't stored in its file."""

_GATHERED = "rebuild"
"""Placed among the downloads in progress, which every start deletes."""


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """Result of a rebuild.

    pictures: number of pictures now; sources: how many of them had no recipe; aside: a copy of the previous state,
    None if the rebuild was canceled and nothing changed.
    """

    pictures: int
    sources: int
    aside: Path | None


async def rebuild(
    library: Library,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
    settling: Callable[[], object] = lambda: None,
) -> RebuildResult:
    """Read all files again and update the rows to match. Pictures keep their ids.

    tell: called with (files read, total); stopped: checked between files; settling: called once the rebuild can no
    longer be canceled. The previous database is kept as a copy inside the library. If canceled, killed or closed
    before the end, it changes nothing. Raises LibraryError.
    """
    library.check_writable()
    async with library.operations.noticed(NoticeCode.REBUILD_CUT_OFF):
        return await _rebuild(library, tell, stopped, settling)


async def _rebuild(
    library: Library,
    tell: Callable[[int, int], None],
    stopped: Callable[[], bool],
    settling: Callable[[], object],
) -> RebuildResult:
    gathered = library.files.incoming(_GATHERED)
    try:
        await library.note_paid()
        last = await library.database.read(_last_number)
        found = await _gather(library, gathered, tell, stopped)
        if stopped():
            return RebuildResult(0, 0, None)
        settling()
        aside = library.files.new_aside()
        await library.database.read(partial(copy_database, aside / library.files.database.name))
        await asyncio.to_thread(partial(copy_journals, library.files.root, aside))
        had = (await library.run_in_thread(library.ids.read)).ids
        await library.database.write(partial(_merge_rows, path=gathered, last=last, files=library.files, had=had))
        await clear_outdated_thumbnails(library.files, library.database, aside / library.files.database.name)
        await library.remember_all()
        await library.reconcile()
    except OSError as error:
        raise disk_error(error, "The library cannot be rebuilt") from error
    finally:
        await asyncio.to_thread(partial(remove_database, gathered))
    library.announce(LibraryChange((), reordered=True, reset=True))
    return RebuildResult(len(found.added), found.sources, aside)


async def _gather(
    library: Library, path: Path, tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> ReconcileResult:
    """Read the files into the rows of a new database."""
    await asyncio.to_thread(partial(remove_database, path))
    try:
        database = await asyncio.to_thread(Database, path)
        try:
            await find_inputs(library.files, database, library.run_in_thread)
            return await Reconciler(library.files, database, library.specs, library.run_in_thread).scan_all(
                tell, stopped
            )
        finally:
            await asyncio.to_thread(database.close)
    except DatabaseDamagedError as error:
        raise unusable_database(path) from error


def _last_number(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT last FROM numbers").fetchone()[0])


def _merge_rows(connection: sqlite3.Connection, path: Path, last: int, files: Files, had: Ids) -> None:
    """Copy the collected rows into the library's database.

    last: highest id assigned before the files were read; pictures added since aren't deleted. had: see
    `rows.number_of`.
    """
    try:
        with closing(sqlite3.connect(path)) as gathered:
            gathered.row_factory = sqlite3.Row
            pictures = [dict(row) for row in gathered.execute("SELECT * FROM pictures ORDER BY id")]
            parents = [dict(row) for row in gathered.execute("SELECT * FROM parents")]
            inputs = [dict(row) for row in gathered.execute("SELECT * FROM inputs")]
            payments = ledger.not_journaled(gathered)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise foreign_database_error(error, path) from error
    for row in inputs:
        insert_row(connection, "inputs", row)
    for entry in payments:
        ledger.record_payment(connection, entry)
    known = _known(connection, {(row["job_id"], row["position"]) for row in pictures}, last, files)
    # File names are unique: avoid a conflict while files swap names.
    connection.executemany("UPDATE pictures SET file = '?' || id WHERE id = ?", [(number,) for number in known])
    numbers = {row["id"]: _upsert_picture(connection, row, had) for row in pictures}
    connection.executemany("DELETE FROM parents WHERE picture_id = ?", [(number,) for number in numbers.values()])
    for row in parents:
        if number := numbers[row["picture_id"]]:
            insert_row(connection, "parents", row | {"picture_id": number})
    for number in filter(None, numbers.values()):
        index_picture(connection, number)


def _known(connection: sqlite3.Connection, there: set[tuple[str, int]], last: int, files: Files) -> list[int]:
    """Return the ids of the pictures whose files were found; delete the rows of those whose file no longer exists."""
    found = connection.execute("SELECT id, job_id, position, file FROM pictures").fetchall()
    lost = [row for row in found if (row["job_id"], row["position"]) not in there]
    gone = [row["id"] for row in lost if row["id"] <= last and not files.absolute(row["file"]).exists()]
    rows.delete_pictures(connection, gone)
    without = {row["id"] for row in lost}
    return [row["id"] for row in found if row["id"] not in without]


def _upsert_picture(connection: sqlite3.Connection, picture: dict[str, Any], had: Ids) -> int | None:
    """Update or insert a picture from its file, under its current or previous id, and return that id.

    Returns None if another program put the file in place of a picture added meanwhile: the next scan handles it.
    """
    row = {column: value for column, value in picture.items() if column != "id"}
    known = connection.execute(
        "SELECT id, trashed_ms FROM pictures WHERE job_id = ? AND position = ?", (row["job_id"], row["position"])
    ).fetchone()
    if known is None:
        number = rows.previous_or_new_id(connection, (row["job_id"], row["position"]), had)
        connection.execute("UPDATE numbers SET last = MAX(last, ?)", (number,))
        return number if insert_row(connection, "pictures", row | {"id": number}) else None
    if row["trashed_ms"] is not None and known["trashed_ms"] is not None:
        row["trashed_ms"] = known["trashed_ms"]
    changed = {column: value for column, value in row.items() if column not in _SAID}
    changes = ", ".join(f"{column} = ?" for column in changed)
    sql = f"UPDATE OR IGNORE pictures SET {changes} WHERE id = ?"  # noqa: S608 - names of the schema
    connection.execute(sql, [*changed.values(), known["id"]])
    return int(known["id"])
