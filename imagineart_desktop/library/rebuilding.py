"""A library's rows made anew from its files, while it is in use; jobs, prompts and unfinished forms stay."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imagineart_desktop.library.copying import copy_database, copy_journals
from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.marks import index_words
from imagineart_desktop.library.reconciling import Reconciled
from imagineart_desktop.library.records import LibraryChange

_FROM_FILES = (
    "picture_words", "picture_tags", "collection_pictures", "parents", "pictures", "tags", "collections",
    "saved_searches", "inputs",
)  # fmt: skip

_Numbers = dict[tuple[str, int], int]
"""A picture's job and position → its number."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """pictures: how many are there now; sources: how many of them had no recipe; aside: a copy of how it was."""

    pictures: int
    sources: int
    aside: Path


async def rebuild(library: Library) -> Rebuilt:
    """Forgets all rows that the files can give again, and reads the files. Pictures keep their numbers.

    The database as it was is kept as a copy inside the library. Raises LibraryError.
    """
    library.check_writable()
    aside = library.files.new_aside()
    try:
        await library.note_paid()
        await library.database.read(partial(copy_database, aside / library.files.database.name))
        await asyncio.to_thread(partial(copy_journals, library.files.root, aside))
    except OSError as error:
        raise LibraryError(f"The database cannot be kept aside: {error.strerror or error}.") from error
    numbers = await library.database.write(_forget)
    found: Reconciled = await library.read_files()
    await library.database.write(partial(_number_as_before, numbers=numbers))
    await library.remember_all()
    library.announce(LibraryChange((), structure=True, anew=True))
    return Rebuilt(len(found.added), found.sources, aside)


def _forget(connection: sqlite3.Connection) -> _Numbers:
    rows = connection.execute("SELECT id, job_id, position FROM pictures")
    numbers = {(row["job_id"], row["position"]): row["id"] for row in rows}
    for table in _FROM_FILES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
    return numbers


def _number_as_before(connection: sqlite3.Connection, numbers: _Numbers) -> None:
    """The recipes of others name them by their numbers."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for row in connection.execute("SELECT id, job_id, position FROM pictures").fetchall():
        before = numbers.get((row["job_id"], row["position"]))
        if before is None:
            continue
        connection.execute("UPDATE pictures SET id = ? WHERE id = ?", (before, row["id"]))
        connection.execute("UPDATE parents SET picture_id = ? WHERE picture_id = ?", (before, row["id"]))
        connection.execute("DELETE FROM picture_words WHERE rowid = ?", (row["id"],))
        index_words(connection, before)
