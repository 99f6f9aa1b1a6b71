"""Care of a library: looked through for what is missing, copied while it is in use, brought back from a copy.

A copy is a library of its own: a folder with a database and all files, which can be opened like any other. So a library
is moved by copying it and opening the copy.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.files import write_whole
from imagineart_desktop.library.library import Library, LibraryChange
from imagineart_desktop.library.schema import MIGRATIONS

_FOLDERS = ("pictures", "inputs", "raw", "trash")
_JOURNAL = Path("organising.jsonl")
_MARK = "copy-of.txt"
"""In a copy: the folder that it was made from."""

_TABLES = frozenset({"pictures", "inputs", "jobs", "parents"})
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Health:
    """pictures: rows; missing: numbers of those without a file; added: of files that had no row and have one now.

    damaged: what SQLite says is wrong with the database, empty where nothing is.
    """

    pictures: int
    missing: tuple[int, ...]
    added: int
    damaged: str


@dataclass(frozen=True, slots=True)
class Copied:
    """files: how many were copied, the others were there already; size: bytes copied; stopped: before the end."""

    files: int
    size: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """files: how many were missing here and are back; aside: a copy of the library as it was before."""

    files: int
    aside: Path


async def check(library: Library) -> Health:
    """Compares every row with its file, and has SQLite look through the database. Raises LibraryError."""
    found = await library.reconcile()
    known = await library.database.read(_known)
    missing = await asyncio.to_thread(
        lambda: tuple(number for number, name in known if not library.files.absolute(name).is_file())
    )
    return Health(len(known), missing, len(found.added), await library.database.read(_damage))


async def copy_to(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Copied:
    """Makes a folder a copy of the library, while it is in use. tell: hears how many of how many files are done.

    What is there already and has the same size is left. Raises LibraryError.
    """
    root = library.files.root
    if folder == root or root in folder.parents:
        raise LibraryError("The copy must lie outside the library’s own folder.")
    await asyncio.to_thread(partial(_claim, root, folder))
    try:
        files = await asyncio.to_thread(_files_of, root)
        size = 0
        copied = 0
        for start in range(0, len(files), _AT_ONCE):
            if stopped():
                return Copied(copied, size, stopped=True)
            some = files[start : start + _AT_ONCE]
            done = await asyncio.to_thread(partial(_copy, root, folder, some))
            copied += done[0]
            size += done[1]
            tell(min(start + _AT_ONCE, len(files)), len(files))
        await library.database.read(partial(_copy_database, folder / library.files.database.name))
    except OSError as error:
        raise LibraryError(f"The library cannot be copied to {folder}: {error.strerror or error}.") from error
    return Copied(copied, size, stopped=False)


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
    try:
        await library.database.read(partial(_copy_database, aside / library.files.database.name))
        files = [name for name in await asyncio.to_thread(_files_of, folder) if name != _JOURNAL]
        copied, _ = await asyncio.to_thread(partial(_copy, folder, root, files))
    except OSError as error:
        raise LibraryError(f"The library cannot be brought back: {error.strerror or error}.") from error
    await library.database.overwrite(database)
    await asyncio.to_thread(library.files.clear_thumbnails)
    await library.reconcile()
    await library.organise.note_all()
    library.announce(LibraryChange((), structure=True, anew=True))
    return Restored(copied, aside)


def _claim(root: Path, folder: Path) -> None:
    """Notes whose copy a folder is. Raises LibraryError where another library lies there."""
    mark = folder / _MARK
    try:
        whose = mark.read_text("utf-8") if mark.is_file() else None
        if (folder / "library.sqlite").exists() and whose != str(root):
            raise LibraryError(f"Another library lies in {folder}. Choose an empty folder.")
        write_whole(mark, str(root).encode())
    except OSError as error:
        raise LibraryError(f"The library cannot be copied to {folder}: {error.strerror or error}.") from error


def _known(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return [(row["id"], row["file"]) for row in connection.execute("SELECT id, file FROM pictures")]


def _damage(connection: sqlite3.Connection) -> str:
    said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    return "" if said == ["ok"] else "; ".join(said)


def _files_of(root: Path) -> list[Path]:
    """All files of a library but the database, as paths below its root; the journal is the last."""
    found = [
        path.relative_to(root)
        for name in _FOLDERS
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.suffix != ".part"
    ]
    return [*found, _JOURNAL] if (root / _JOURNAL).is_file() else found


def _copy(source: Path, target: Path, files: list[Path]) -> tuple[int, int]:
    """(how many were copied, their bytes). A file is there whole or not at all."""
    count = size = 0
    for name in files:
        old, new = source / name, target / name
        length = old.stat().st_size
        if new.is_file() and new.stat().st_size == length:
            continue
        new.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = new.with_name(f"{new.name}.part")
        shutil.copy2(old, beside)
        beside.replace(new)
        count += 1
        size += length
    return count, size


def _copy_database(target: Path, connection: sqlite3.Connection) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = target.with_name(f"{target.name}.part")
    beside.unlink(missing_ok=True)
    with closing(sqlite3.connect(beside)) as copy:
        connection.backup(copy)
    beside.chmod(0o600)
    beside.replace(target)


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
