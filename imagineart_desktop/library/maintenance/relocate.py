"""Relocation of a library to another folder, also on another disk.

It's copied and compared while in use, and brought up to date at the next start, before it's opened there. The old
folder stays as it is.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from imagineart_desktop.library.errors import LibraryError, database_error, disk_error
from imagineart_desktop.library.files.database_files import companions
from imagineart_desktop.library.files.files import (
    DATABASE,
    IN_PROGRESS_FILES,
    JOURNALS,
    new_set_aside_dir,
    sha256_of_file,
)
from imagineart_desktop.library.files.partial_files import remove_partials
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.maintenance.backup import (
    COPY_MARK,
    REPLACED_FILES_DIR,
    BackupResult,
    back_up,
    folder_in,
    is_copy_of,
    is_free,
)
from imagineart_desktop.library.recovery.database_recovery import is_rebuild_pending
from imagineart_desktop.library.recovery.file_copy import (
    CopyStats,
    copy_database,
    copy_files,
    copy_journals,
    library_files,
    set_aside_files,
)
from imagineart_desktop.library.store.generation import connect_existing, transfer_identity, undo_transfer
from imagineart_desktop.library.store.lock import LibraryLock
from imagineart_desktop.library.store.notices import Notices

MOVED_MARK = "moved-from.txt"
"""File in a folder that a library was moved to, which names the folder it came from, until the settings refer to it."""

_AT_ONCE = 25


def is_library(folder: Path) -> bool:
    """Return whether the folder holds a library."""
    return (folder / DATABASE).is_file()


def can_hold_library(folder: Path) -> bool:
    """Return whether a folder is free or holds a library, even one without its database. Raises LibraryError."""
    try:
        return any((folder / name).is_file() for name in (DATABASE, *JOURNALS)) or is_free(folder)
    except OSError as error:
        raise disk_error(error, f"{folder} cannot be used") from error


def target_folder(folder: Path, root: Path) -> Path:
    """Return the library's new folder: this one if it's free or holds a copy of the library, otherwise one inside it.

    Raises LibraryError.
    """
    try:
        return folder if is_copy_of(root, folder) or is_free(folder) else folder / root.name
    except OSError as error:
        raise disk_error(error, f"The library cannot be moved to {folder}") from error


async def prepare_move(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> BackupResult:
    """Copy the library while it's in use, and compare every file with its copy. Raises LibraryError.

    tell: called with (files done, total), first for copying, then for comparing.
    """
    library.check_writable()
    done = await back_up(library, folder, tell, stopped)
    root = library.files.root
    files = await asyncio.to_thread(library_files, root)
    for start in range(0, len(files), _AT_ONCE):
        if done.stopped or stopped():
            return BackupResult(done.files, done.aside, stopped=True)
        other = await asyncio.to_thread(partial(_differing_files, root, folder, files[start : start + _AT_ONCE]))
        if other:
            raise LibraryError(f"The copy differs from the library: {', '.join(other[:3])}. Nothing was moved.")
        tell(min(start + _AT_ONCE, len(files)), len(files))
    return done


def finish_move(old: Path, new: Path) -> None:
    """Bring the prepared folder up to date and make it the library in use. Neither folder may be open.

    Raises LibraryError; the old folder then remains the library.
    """
    lock = LibraryLock(old, Notices(old))
    try:
        if folder_in(new / MOVED_MARK) == str(old) and not (new / COPY_MARK).exists():
            return
        if folder_in(new / COPY_MARK) != str(old):
            raise LibraryError(f"{new} is no copy of {old}.", "Move the library again in Settings.")
        if is_rebuild_pending(old) or not is_library(old):
            raise LibraryError("The library was not moved: its database is rebuilt first.", "Move it again afterwards.")
        try:
            _bring_up_to_date(old, new)
            transfer_identity(old, new)
        except BaseException:
            # If the new folder has vanished together with its disk, it may already be trusted.
            with suppress(OSError, sqlite3.Error):
                if folder_in(new / COPY_MARK) == str(old):
                    undo_transfer(old, new)
            raise
        (new / COPY_MARK).replace(new / MOVED_MARK)
    except sqlite3.Error as error:
        raise LibraryError(f"The library was not moved. {database_error(error, old / DATABASE)}") from error
    except OSError as error:
        raise disk_error(error, f"The library cannot be moved to {new}") from error
    finally:
        lock.release()


def forget_move_origin(new: Path) -> None:
    """Delete the record of where the folder was copied from, once the program uses it."""
    with suppress(OSError):
        (new / MOVED_MARK).unlink(missing_ok=True)


def _bring_up_to_date(old: Path, new: Path) -> None:
    with closing(connect_existing(old / DATABASE)) as connection:
        connection.execute("SELECT generation FROM identity").fetchone()
    remove_partials(new, deep=True)
    aside = new_set_aside_dir(new / REPLACED_FILES_DIR)
    files = [*library_files(old), *set_aside_files(old)]
    copy_files(old, new, files, aside, CopyStats())
    for name in set(library_files(new)) - set(files):
        (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (new / name).rename(aside / name)
    copy_journals(old, new, also=IN_PROGRESS_FILES)
    for file in companions(new / DATABASE):
        file.unlink(missing_ok=True)
    with closing(connect_existing(old / DATABASE)) as connection:
        copy_database(new / DATABASE, connection)


def _differing_files(root: Path, folder: Path, files: Sequence[Path]) -> list[str]:
    """Return the names of files that differ; a file deleted meanwhile is left to `finish_move`."""
    return [
        name.as_posix()
        for name in files
        if (root / name).is_file()
        and not ((folder / name).is_file() and sha256_of_file(root / name) == sha256_of_file(folder / name))
    ]
