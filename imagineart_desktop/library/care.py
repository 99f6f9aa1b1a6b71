"""Care of a library: copied while it is in use, brought back from a copy.

A copy is a library of its own: a folder with a database and all files, which can be opened like any other. So a library
is moved by copying it and opening the copy.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imagineart_desktop.library.copying import (
    JOURNALS,
    CopiedFiles,
    copy_database,
    copy_files,
    copy_journals,
    files_of,
)
from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.files import new_aside, write_whole
from imagineart_desktop.library.library import Library, LibraryChange
from imagineart_desktop.library.schema import MIGRATIONS

COPY_MARK = "copy-of.txt"
"""In a copy: the folder that it was made from."""

EARLIER = "earlier"
"""In a copy: files that were replaced by newer ones of the same name, a folder each time."""

_TABLES = frozenset({"pictures", "inputs", "jobs", "parents"})
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Copied:
    """files: what became of them; aside: where earlier ones lie in the copy; stopped: before the end."""

    files: CopiedFiles
    aside: Path
    stopped: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """files: what became of the files; aside: a copy of the library as it was before, with the files that differed."""

    files: CopiedFiles
    aside: Path


async def copy_to(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Copied:
    """Makes a folder a copy of the library, while it is in use. tell: hears how many of how many files are done.

    What is there already is left. A file there that differs is moved to the copy's folder of earlier files, but never
    to make room for a damaged one. Raises LibraryError.
    """
    root = library.files.root
    if folder == root or root in folder.parents:
        raise LibraryError("The copy must lie outside the library’s own folder.")
    await library.database.verify()
    async with library.writing_to(folder, deep=True):
        return await _copy(library, folder, tell, stopped)


async def _copy(
    library: Library, folder: Path, tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> Copied:
    root = library.files.root
    await asyncio.to_thread(partial(_claim, root, folder))
    done, aside = CopiedFiles(), new_aside(folder / EARLIER)
    try:
        files = await asyncio.to_thread(files_of, root)
        for start in range(0, len(files), _AT_ONCE):
            if stopped():
                return Copied(done, aside, stopped=True)
            some = files[start : start + _AT_ONCE]
            await asyncio.to_thread(partial(copy_files, root, folder, some, aside, done))
            tell(min(start + _AT_ONCE, len(files)), len(files) + len(JOURNALS))
        await asyncio.to_thread(partial(copy_journals, root, folder))
        tell(len(files) + len(JOURNALS), len(files) + len(JOURNALS))
        await library.database.read(partial(copy_database, folder / library.files.database.name))
    except OSError as error:
        raise LibraryError(f"The library cannot be copied to {folder}: {error.strerror or error}.") from error
    return Copied(done, aside, stopped=False)


async def restore_from(library: Library, folder: Path) -> Restored:
    """Brings database and files back from a copy, while the library is in use.

    Marks, collections and searches become those of the copy. What is here and not in the copy stays as files, and gets
    its rows again. What was before is kept as a copy inside the library, and can be brought back in the same way.
    Raises LibraryError.
    """
    library.check_writable()
    database = folder / library.files.database.name
    if not database.is_file():
        raise LibraryError(f"There is no library in {folder}.")
    await asyncio.to_thread(_check_copy, database)
    root = library.files.root
    aside = library.files.new_aside()
    done = CopiedFiles()
    try:
        await library.note_paid()
        await library.database.read(partial(copy_database, aside / library.files.database.name))
        files = await asyncio.to_thread(files_of, folder)
        await asyncio.to_thread(partial(copy_files, folder, root, files, aside, done))
    except OSError as error:
        raise LibraryError(f"The library cannot be brought back: {error.strerror or error}.") from error
    await library.database.overwrite(database)
    await asyncio.to_thread(library.files.clear_thumbnails)
    await library.reconcile()
    await library.organise.note_all()
    await library.remember_paid()
    await library.note_paid()
    library.announce(LibraryChange((), structure=True, anew=True))
    return Restored(done, aside)


def _claim(root: Path, folder: Path) -> None:
    """Notes whose copy a folder is. Raises LibraryError where another library lies there."""
    mark = folder / COPY_MARK
    try:
        whose = mark.read_text("utf-8") if mark.is_file() else None
        if (folder / "library.sqlite").exists() and whose != str(root):
            raise LibraryError(f"Another library lies in {folder}. Choose an empty folder.")
        write_whole(mark, str(root).encode())
    except OSError as error:
        raise LibraryError(f"The library cannot be copied to {folder}: {error.strerror or error}.") from error


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
