"""A library brought back from a copy, while it is in use.

Pictures, marks, collections and searches become those of the copy. Jobs, payments, inputs and unfinished forms are
never taken back: of each job the later step counts. A job that only the copy knows as not sent yet becomes a question.
The database changes in one transaction. A mark beside it says that files are being replaced; a start that finds it
finishes what is left, or moves the files back.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.library.copying import CopiedFiles, copy_database, copy_files, files_of
from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files import JOURNALS, Files, write_whole
from imagineart_desktop.library.job_journal import ask_about_all
from imagineart_desktop.library.records import LibraryChange
from imagineart_desktop.library.schema import MIGRATIONS

if TYPE_CHECKING:
    from imagineart_desktop.library.library import Library

_TABLES = frozenset({"pictures", "inputs", "jobs", "parents"})


@dataclass(frozen=True, slots=True)
class Restored:
    """files: what became of the files; aside: a copy of the library as it was before, with the files that differed."""

    files: CopiedFiles
    aside: Path


async def restore_from(library: Library, folder: Path) -> Restored:
    """Bring pictures, marks, collections, searches and files back from a copy.

    What is here and not in the copy stays. What was before is kept as a copy inside the library, and can be brought
    back in the same way. Raises LibraryError.
    """
    library.check_writable()
    files, database = library.files, folder / library.files.database.name
    if not database.is_file():
        raise LibraryError(f"There is no library in {folder}.")
    await asyncio.to_thread(_check_copy, database)
    aside = files.new_aside()
    done = CopiedFiles()
    try:
        await library.note_paid()
        await library.database.read(partial(copy_database, aside / files.database.name))
        await asyncio.to_thread(partial(write_whole, files.restoring, aside.name.encode()))
        copied = await asyncio.to_thread(files_of, folder)
        await asyncio.to_thread(partial(copy_files, folder, files.root, copied, aside, done))
        await library.database.overwrite(database, partial(_keep_what_is_later, files=files, aside=aside.name))
    except OSError as error:
        await asyncio.to_thread(_undo, files)
        raise disk_error(error, "The library cannot be restored") from error
    except LibraryError:
        await asyncio.to_thread(_undo, files)
        raise
    await _finish(library)
    library.announce(LibraryChange((), structure=True, anew=True))
    return Restored(done, aside)


async def end_interrupted_restore(library: Library) -> bool | None:
    """Finish or undo a restore that was cut short: True if it is finished, False if undone, None where there was none.

    Raises LibraryError.
    """
    aside = await asyncio.to_thread(_aside_of, library.files)
    if aside is None:
        return None
    if await library.database.read(_restored) == aside.name:
        await _finish(library)
        return True
    await asyncio.to_thread(_undo, library.files)
    return False


async def _finish(library: Library) -> None:
    """What follows the new database. May be done twice."""
    await asyncio.to_thread(library.files.clear_thumbnails)
    found = await library.reconcile()
    # The journal still says what was before; of pictures that the copy does not know it is all that is known.
    await library.organise.remember(found.added)
    await library.organise.note_all()
    await library.remember_paid()
    await library.note_paid()
    await asyncio.to_thread(library.files.restoring.unlink, missing_ok=True)


def _undo(files: Files) -> None:
    """Move the files that were replaced back to their places."""
    aside = _aside_of(files)
    if aside is None:
        return
    try:
        for kept in sorted(aside.rglob("*")):
            name = kept.relative_to(aside)
            if kept.is_file() and len(name.parts) > 1 and name.name not in JOURNALS:
                kept.replace(files.root / name)
        files.restoring.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, "The files of an interrupted restore cannot be moved back") from error


def _aside_of(files: Files) -> Path | None:
    """Where the files lie that a restore under way has replaced; None where there is none."""
    try:
        name = files.restoring.read_text("utf-8").strip()
    except (OSError, ValueError):
        return None
    return files.root / "kept-aside" / Path(name).name


def _restored(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT restored FROM identity").fetchone()[0])


def _keep_what_is_later(current: sqlite3.Connection, copy: sqlite3.Connection, files: Files, aside: str) -> None:
    """Give the copy's database all that must not be taken back, before it takes the place of the current one."""
    here = {row["id"]: row["step"] for row in current.execute("SELECT id, step FROM jobs")}
    there = {row["id"]: row["step"] for row in copy.execute("SELECT id, step FROM jobs")}
    _copy_rows(current, copy, "jobs", [job for job, step in here.items() if step >= there.get(job, -1)])
    _replace_rows(current, copy, ("identity", "drafts"))
    _add_rows(current, copy, "inputs", "IGNORE")
    _add_rows(current, copy, "prompts", "REPLACE")
    for row in current.execute("SELECT * FROM paid"):
        # A picture that came of a job counts, also where the other side knows only the failure before.
        _put(copy, "paid", "IGNORE" if row["failed"] else "REPLACE", row)
    last = current.execute("SELECT last FROM numbers").fetchone()[0]
    copy.execute("UPDATE numbers SET last = MAX(last, ?)", (last,))
    copy.execute("UPDATE identity SET restored = ?", (aside,))
    ask_about_all(copy, files.job_journal, [job for job in there if job not in here])


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str, ids: Sequence[str]) -> None:
    for name in ids:
        row = source.execute(f"SELECT * FROM {table} WHERE id = ?", (name,)).fetchone()  # noqa: S608 - ours
        _put(target, table, "REPLACE", row)


def _replace_rows(source: sqlite3.Connection, target: sqlite3.Connection, tables: Sequence[str]) -> None:
    for table in tables:
        target.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        _add_rows(source, target, table, "ABORT")


def _add_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str, clash: str) -> None:
    for row in source.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of this file
        _put(target, table, clash, row)


def _put(target: sqlite3.Connection, table: str, clash: str, row: sqlite3.Row) -> None:
    names, marks = ", ".join(row.keys()), ", ".join("?" * len(row))
    target.execute(f"INSERT OR {clash} INTO {table} ({names}) VALUES ({marks})", tuple(row))  # noqa: S608 - ours


def _check_copy(database: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            version = copy.execute("PRAGMA user_version").fetchone()[0]
            said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"The copy’s database is damaged: {error}.") from error
    if said != "ok":
        raise LibraryError(f"The copy’s database is damaged: {said}.")
    if not tables >= _TABLES:
        raise LibraryError("The copy’s database is not one of this program.")
    if not 0 < version <= len(MIGRATIONS):
        raise LibraryError("The copy was made by a newer version of the program.")
