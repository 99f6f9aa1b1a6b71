"""Backup: a copy of a library, made while it's in use.

A copy is a library of its own: a folder with a database and all files, which can be opened like any other. So a
library is moved by copying it and opening the copy.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files.files import DATABASE, JOURNALS, new_set_aside_dir, write_atomic
from imagineart_desktop.library.files.partial_files import remove_partials
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.recovery.file_copy import (
    CopyStats,
    copy_database,
    copy_in_batches,
    copy_journals,
    library_files,
)
from imagineart_desktop.library.store.connecting import connect_without_trace
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.support.plain_text import sanitize_text

COPY_MARK = "copy-of.txt"
"""File in a copy that names the folder it was made from."""

REPLACED_FILES_DIR = "earlier"
"""Folder in a copy for files that were replaced by newer ones of the same name, with a subfolder per run."""

_MAX_MOVES = 100
"""Maximum number of moves followed from one folder to the next; folders moved back and forth can form a circle."""

_OF_FILE_MANAGERS = frozenset({".DS_Store", ".localized", ".directory", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class BackupResult:
    """Result of a copy.

    files: what was copied; aside: folder in the copy for replaced files; stopped: whether it was canceled.
    """

    files: CopyStats
    aside: Path
    stopped: bool


async def back_up(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> BackupResult:
    """Copy the library to a folder while it's in use. tell: receives (files done, files in total).

    The folder is empty or holds an earlier copy of this library, whose files are left. One that differs is moved to the
    copy's folder of earlier files, but never to make room for a damaged one. Raises LibraryError.
    """
    await asyncio.to_thread(partial(_check_place, library.files.root, folder))
    await library.database.verify()
    async with (
        library.track_outgoing_folder(folder, deep=True),
        library.operations.noticed(NoticeCode.COPY_CUT_OFF, folder=sanitize_text(str(folder))),
    ):
        return await _copy(library, folder, tell, stopped)


async def _copy(
    library: Library, folder: Path, tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> BackupResult:
    root = library.files.root
    await asyncio.to_thread(partial(_mark_as_copy_of, root, folder))
    done, aside = CopyStats(), new_set_aside_dir(folder / REPLACED_FILES_DIR)
    try:
        files = await asyncio.to_thread(library_files, root)

        def tell_files(copied: int, total: int) -> None:
            tell(copied, total + len(JOURNALS))

        if not await copy_in_batches(root, folder, files, aside, done, tell_files, stopped):
            return BackupResult(done, aside, stopped=True)
        await asyncio.to_thread(partial(copy_journals, root, folder))
        tell(len(files) + len(JOURNALS), len(files) + len(JOURNALS))
        await library.database.read(partial(copy_database, folder / DATABASE))
    except OSError as error:
        raise disk_error(error, f"The library cannot be copied to {folder}") from error
    return BackupResult(done, aside, stopped=False)


def is_free(folder: Path) -> bool:
    """Return whether a folder is missing or holds only files of file managers. Raises OSError."""
    return not folder.exists() or all(file.name in _OF_FILE_MANAGERS for file in folder.iterdir())


def folder_in(mark: Path) -> str:
    """Return the folder that a marker names; empty if there is none."""
    try:
        return mark.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def is_copy_of(root: Path, folder: Path) -> bool:
    """Return whether a folder holds a backup of this library, even one made before the library was moved."""
    marked = folder_in(folder / COPY_MARK)
    if not marked or marked == str(root):
        return bool(marked)
    if "\0" in marked:
        return False
    try:
        copied, here, there = (_identity_of(place / DATABASE) for place in (folder, root, Path(marked)))
        if copied is None or here is None or copied.library != here.library:
            return False
        # A copy of a library can be in use as a library of its own. What it backs up is its own.
        return there is None or there.library != here.library or _was_moved_to(root, there)
    except (sqlite3.Error, OSError, TypeError, ValueError):
        # What can't be read may be the library that the backup belongs to.
        return False


class _Identity(NamedTuple):
    library: str
    moved_to: str


def _identity_of(database: Path) -> _Identity | None:
    """Return what a database says about its library; None if there is no database.

    Raises OSError, sqlite3.Error, TypeError, ValueError if it can't be read.
    """
    try:
        database.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    with closing(connect_without_trace(database)) as connection:
        return _Identity(*connection.execute("SELECT library, moved_to FROM identity").fetchone())


def _was_moved_to(root: Path, left: _Identity) -> bool:
    """Return whether a library was moved to this folder, in one or more moves. Raises like `_identity_of`."""
    place: _Identity | None = left
    for _ in range(_MAX_MOVES):
        if place is None or place.library != left.library or not place.moved_to:
            return False
        folder = Path(place.moved_to)
        if folder.resolve() == root.resolve():
            return True
        place = _identity_of(folder / DATABASE)
    return False


def _check_place(root: Path, folder: Path) -> None:
    """Raise LibraryError if the folder holds anything but an earlier copy of this library."""
    try:
        if folder.resolve().is_relative_to(root.resolve()):
            raise LibraryError("Choose a folder outside the library folder.")
        marked = folder_in(folder / COPY_MARK)
        remove_partials(folder)
        if is_copy_of(root, folder) or is_free(folder):
            return
    except OSError as error:
        raise disk_error(error, f"The library cannot be copied to {folder}") from error
    what = "Another library lies" if marked or (folder / DATABASE).exists() else "Other files lie"
    raise LibraryError(f"{what} in {folder}. Choose an empty folder or an earlier backup of this library.")


def _mark_as_copy_of(root: Path, folder: Path) -> None:
    """Write the marker that names the copied library."""
    try:
        write_atomic(folder / COPY_MARK, str(root).encode())
    except OSError as error:
        raise disk_error(error, f"The library cannot be copied to {folder}") from error
