"""Restore of a library from a backup while it's in use.

Pictures, marks, collections and searches become those of the backup. Jobs, payments, inputs and drafts are never
reverted: of each job, the record that knows more about its request wins. A job that hasn't been sent according to
the backup becomes a question. The database changes in one transaction. A marker next to it records which files are
being replaced and which are new; a start that finds it completes the restore, or moves the replaced files back and
the new ones away.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files.files import JOURNALS, PROMPTS, SET_ASIDE_DIR, Files, write_atomic
from imagineart_desktop.library.recovery.file_copy import (
    FOLDERS,
    CopyStats,
    copy_database,
    copy_in_batches,
    library_files,
)
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.batches import carry_over_batches
from imagineart_desktop.library.store.connecting import connect_without_trace
from imagineart_desktop.library.store.job_journal import ask_about_all, record_steps
from imagineart_desktop.library.store.job_rows import FINISHED, Row, progress, repaired
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.records import LibraryChange
from imagineart_desktop.library.store.row_copy import Clash, insert_row
from imagineart_desktop.library.store.schema import MIGRATIONS
from imagineart_desktop.library.store.thumbnails import clear_outdated_thumbnails

if TYPE_CHECKING:
    from imagineart_desktop.library.library import Library

_TABLES = frozenset({"pictures", "inputs", "jobs", "parents"})

_NOT_RESTORED = "not-restored"
"""Folder inside the set-aside folder, for files of the backup that were copied before the restore was undone."""

_COARSEST_NS = 2 * 10**9
"""Some file systems store times with a resolution of two seconds."""


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Result of a restore.

    files: what was copied; aside: a copy of the previous library, with the files that differed. stopped: whether it was
    canceled before it changed the database; then there is no copy, and nothing has changed except that `files.count`
    missing files were restored.
    """

    files: CopyStats
    aside: Path
    stopped: bool = False


async def restore_backup(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
    settling: Callable[[], object] = lambda: None,
) -> RestoreResult:
    """Restore pictures, marks, collections, searches and files from a backup.

    Anything that isn't in the backup stays. The previous state is kept as a copy inside the library, and can be
    restored in the same way. tell: called with (files done, total). stopped: checked while files are copied; if true,
    the restore is undone, except that files that were missing stay. settling: called once the restore can no longer be
    canceled. Raises LibraryError.
    """
    library.check_writable()
    files, database = library.files, folder / library.files.database.name
    await asyncio.to_thread(_check_copy, database)
    if (left := await asyncio.to_thread(_read_mark, files)) is not None:
        # An earlier restore failed and couldn't be undone: its marker must not be overwritten.
        await _end(library, left, is_finished=await _is_finished(library, left))
    aside = files.new_aside()
    done = CopyStats()
    mark: _Mark | None = None
    try:
        copied, missing, mark = await _begin(library, folder, aside)
        if not await copy_in_batches(folder, files.root, copied, aside, done, tell, stopped) or stopped():
            settling()
            return await _take_back(library, mark, aside, missing)
        settling()
        await library.prompts.add_from(folder / PROMPTS)
        await library.database.overwrite(database, partial(_carry_over_newer_rows, files=files, aside=aside.name))
    except OSError as error:
        await _undo(library, mark)
        raise disk_error(error, "The library cannot be restored") from error
    except LibraryError:
        await _undo(library, mark)
        raise
    await _finish(library, aside)
    library.announce(LibraryChange((), reordered=True, reset=True))
    return RestoreResult(done, aside)


async def _begin(library: Library, folder: Path, aside: Path) -> tuple[Sequence[Path], Sequence[Path], _Mark]:
    """Set the database aside and write the marker. Return all files of the copy, the missing ones, and the marker.

    Raises OSError, LibraryError.
    """
    await library.note_paid()
    await library.database.read(partial(copy_database, aside / library.files.database.name))
    copied = await asyncio.to_thread(library_files, folder)
    known = await library.database.read(_files_of_pictures)
    missing = await asyncio.to_thread(_not_there, library.files.root, copied)
    names = [name for name in missing if name.as_posix() not in known]
    return copied, missing, await asyncio.to_thread(partial(_write_mark, library.files, aside, folder, names))


async def _take_back(library: Library, mark: _Mark, aside: Path, missing: Sequence[Path]) -> RestoreResult:
    """Undo a restore that was stopped; files that were missing stay. Raises OSError, LibraryError."""
    # The marker as written: if its file were lost or damaged, the replaced files would stay in the set-aside folder.
    await _undo(library, mark)
    await asyncio.to_thread(partial(_remove_emptied, aside))
    back = len(missing) - len(await asyncio.to_thread(_not_there, library.files.root, missing))
    if back:
        await library.reconcile()
    return RestoreResult(CopyStats(back), aside, stopped=True)


async def end_interrupted_restore(library: Library) -> bool | None:
    """Complete or undo an interrupted restore: True if completed, False if undone, None if there was none.

    Raises LibraryError.
    """
    mark = await asyncio.to_thread(_read_mark, library.files)
    if mark is None:
        return None
    is_finished = await _is_finished(library, mark)
    if mark.aside is None:
        await asyncio.to_thread(partial(library.notices.add, NoticeCode.RESTORE_UNKNOWN, name=SET_ASIDE_DIR))
    else:
        code = NoticeCode.RESTORE_FINISHED if is_finished else NoticeCode.RESTORE_UNDONE
        await asyncio.to_thread(library.notices.add, code)
    await _end(library, mark, is_finished=is_finished)
    return is_finished


async def _is_finished(library: Library, mark: _Mark) -> bool:
    """Return whether the database is already the backup's."""
    return mark.aside is not None and await library.database.read(_restored) == mark.aside.name


async def _end(library: Library, mark: _Mark, *, is_finished: bool) -> None:
    if not is_finished:
        await _undo(library, mark)
    if is_finished or mark.aside is None:
        # Without the folder, nobody knows how far it got: at least reconcile files, rows and journals.
        await _finish(library, mark.aside)


async def _finish(library: Library, aside: Path | None) -> None:
    """Complete a restore after the new database is in place. May run twice. aside: see `_Mark`."""
    await _clear_thumbnails(library, aside)
    found = await library.reconcile()
    # The journal still has the previous marks; for pictures that the backup doesn't have, there are no others.
    await library.annotations.remember(found.added)
    await library.annotations.rewrite_journal()
    await library.database.read(library.ids.rewrite)
    await library.remember_paid()
    await library.note_paid()
    await asyncio.to_thread(library.files.restoring.unlink, missing_ok=True)


async def _clear_thumbnails(library: Library, aside: Path | None) -> None:
    if aside is None:
        await asyncio.to_thread(library.files.clear_thumbnails)
        return
    replaced = await asyncio.to_thread(_replaced_files, aside)
    names = {path.relative_to(aside).as_posix() for path in replaced}
    await clear_outdated_thumbnails(library.files, library.database, aside / library.files.database.name, names)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Content of the marker.

    aside: folder with the replaced files, None if nothing can be undone; new: name → stamp of the new files.
    """

    aside: Path | None
    new: dict[str, tuple[int, int]]


def _not_there(root: Path, names: Sequence[Path]) -> list[Path]:
    return [name for name in names if not (root / name).exists()]


def _write_mark(files: Files, aside: Path, folder: Path, names: Sequence[Path]) -> _Mark:
    """Write the marker: a line for the folder, then one per new file. Raises OSError."""
    states = [(name.as_posix(), (folder / name).stat()) for name in names]
    new = {name: (state.st_size, state.st_mtime_ns) for name, state in states}
    lines = [json.dumps([name, *stamp]) for name, stamp in new.items()]
    write_atomic(files.restoring, "\n".join([aside.name, *lines]).encode())
    return _Mark(aside, new)


def _read_mark(files: Files) -> _Mark | None:
    """Return the marker's content, as far as it's valid; None if there is no marker."""
    try:
        name, *lines = files.restoring.read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return None
    except OSError:
        return _Mark(None, {})
    kept = files.root / SET_ASIDE_DIR
    # A name that isn't in the folder, e.g. from a damaged marker, must not cause all set-aside files to be moved.
    is_there = kept.is_dir() and name in (path.name for path in kept.iterdir() if path.is_dir())
    new: dict[str, tuple[int, int]] = {}
    for line in lines:
        with suppress(ValueError, TypeError, RecursionError):
            path, size, changed = json.loads(line)
            parts = Path(path).parts
            if parts and parts[0] in FOLDERS and ".." not in parts:
                new[path] = (int(size), int(changed))
    return _Mark(kept / name if is_there else None, new)


async def _undo(library: Library, mark: _Mark | None) -> None:
    """Move the replaced files back and the new ones away. May run twice.

    mark: None if no file has been touched yet. Raises LibraryError.
    """
    if mark is None:
        return
    try:
        if mark.aside is not None:
            moved = await asyncio.to_thread(_move_back, library.files, mark.aside, mark.new)
            # The folder watcher may have added them meanwhile.
            await library.database.write(partial(_forget, names=moved))
        await asyncio.to_thread(library.files.restoring.unlink, missing_ok=True)
    except OSError as error:
        where = "" if mark.aside is None else f" from {mark.aside}"
        raise disk_error(error, f"The files of an interrupted restore cannot be moved back{where}") from error


def _move_back(files: Files, aside: Path, new: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return the names of the new files that no longer exist here. Raises OSError."""
    for kept in _replaced_files(aside):
        target = files.root / kept.relative_to(aside)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept.replace(target)
    moved = []
    for text, (size, changed) in new.items():
        path = files.root / text
        if path.is_file():
            state = path.stat()
            if state.st_size != size or abs(state.st_mtime_ns - changed) >= _COARSEST_NS:
                # Written here meanwhile, e.g. a result that has just arrived.
                continue
            target = aside / _NOT_RESTORED / text
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(target)
        moved.append(text)
    return moved


def _replaced_files(aside: Path) -> list[Path]:
    """Return the set-aside files that were replaced by files of the backup."""
    return [
        path
        for path in sorted(aside.rglob("*"))
        if path.is_file()
        and len(parts := path.relative_to(aside).parts) > 1
        and path.name not in JOURNALS
        and parts[0] != _NOT_RESTORED
    ]


def _remove_emptied(aside: Path) -> None:
    """Delete the folder of an undone restore, unless it holds the only copy of anything."""
    if not _replaced_files(aside):
        shutil.rmtree(aside, ignore_errors=True)


def _forget(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    """Delete the rows of pictures whose files were moved away; they had none before the restore."""
    for name in names:
        found = connection.execute("SELECT id FROM pictures WHERE file = ?", (name,)).fetchall()
        rows.delete_pictures(connection, [row["id"] for row in found])


def _files_of_pictures(connection: sqlite3.Connection) -> frozenset[str]:
    return frozenset(str(row["file"]) for row in connection.execute("SELECT file FROM pictures"))


def _restored(connection: sqlite3.Connection) -> str:
    return str(connection.execute("SELECT restored FROM identity").fetchone()[0])


def _carry_over_newer_rows(current: sqlite3.Connection, copy: sqlite3.Connection, files: Files, aside: str) -> None:
    """Carry over everything that must not be reverted into the backup's database, before it replaces the current."""
    here, there = _jobs(current), _jobs(copy)
    taken = [job for job, row in there.items() if job not in here or progress(row) > progress(here[job])]
    for job in taken:
        # Higher than any step of the job in the journal.
        step = max(there[job]["step"], here.get(job, there[job])["step"]) + 1
        copy.execute("UPDATE jobs SET step = ? WHERE id = ?", (step, job))
    ids = [row["id"] for row in current.execute("SELECT id FROM jobs WHERE id IS NOT NULL")]
    _copy_rows(current, copy, "jobs", [job for job in ids if job not in taken])
    _replace_rows(current, copy, ("identity", "drafts"))
    _add_rows(current, copy, "inputs", "IGNORE")
    _add_rows(current, copy, "prompts", "REPLACE")
    for row in current.execute("SELECT * FROM paid"):
        # A picture from a job wins, even if the other side only knows of an earlier failure.
        insert_row(copy, "paid", dict(row), "IGNORE" if row["failed"] else "REPLACE")
    carry_over_batches(current, copy)
    last = current.execute("SELECT last FROM numbers").fetchone()[0]
    copy.execute("UPDATE numbers SET last = MAX(last, ?)", (last,))
    copy.execute("UPDATE identity SET restored = ?", (aside,))
    ask_about_all(copy, taken)
    now = [dict(copy.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()) for job in taken]
    if unended := [row for row in now if row["state"] not in FINISHED]:
        record_steps(copy, files.job_journal, unended)


def _jobs(connection: sqlite3.Connection) -> dict[str, Row]:
    """Return job id → row for all jobs, with invalid values replaced."""
    found = (repaired(dict(row)) for row in connection.execute("SELECT * FROM jobs"))
    return {row["id"]: row for row in found if row is not None}


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str, ids: Sequence[str]) -> None:
    for name in ids:
        row = source.execute(f"SELECT * FROM {table} WHERE id = ?", (name,)).fetchone()  # noqa: S608 - ours
        insert_row(target, table, dict(row), "REPLACE")


def _replace_rows(source: sqlite3.Connection, target: sqlite3.Connection, tables: Sequence[str]) -> None:
    for table in tables:
        target.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        _add_rows(source, target, table, "ABORT")


def _add_rows(source: sqlite3.Connection, target: sqlite3.Connection, table: str, clash: Clash) -> None:
    for row in source.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of this file
        insert_row(target, table, dict(row), clash)


def _check_copy(database: Path) -> None:
    if not database.is_file():
        raise LibraryError(f"There is no library in {database.parent}. Choose the folder of a backup.")
    try:
        with closing(connect_without_trace(database)) as copy:
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
