"""One program at a time works in a library: two would drive the same jobs, and the same request could be paid twice.

The lock is SQLite's own, on a file of its own: it works on every system and ends with the process, however that ends.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, suppress
from pathlib import Path

from imagineart_desktop.library.errors import (
    LibraryBusyError,
    LibraryError,
    LibraryInUseError,
    database_error,
    disk_error,
)
from imagineart_desktop.library.files.database_files import create_if_missing
from imagineart_desktop.library.files.files import free_name
from imagineart_desktop.library.store.notices import NoticeCode, Notices

LOCK_NAME = "in-use.lock"


def is_in_use(root: Path) -> bool:
    """Whether another program works in the library. What else stands in the way is told when it is opened."""
    try:
        LibraryLock(root, Notices(root)).release()
    except LibraryInUseError:
        return True
    except LibraryError:
        return False
    return False


class LibraryLock:
    """Held from its making until `release`."""

    def __init__(self, root: Path, notices: Notices) -> None:
        """notices: of the library; used if the lock file was changed or replaced by something else.

        Raises LibraryInUseError when another program holds it, LibraryError when the folder cannot be written."""
        path = root / LOCK_NAME
        try:
            notices.clear_way(path)
            create_if_missing(path)
            if path.stat().st_size:
                # The lock writes nothing, so the contents are another program's. Emptied, not removed: another start
                # may hold the file, and a lock does not depend on the contents.
                notices.add(NoticeCode.LOCK, aside=_copied(path))
                os.truncate(path, 0)
            self._connection = _held(path)
        except LibraryBusyError as error:
            raise LibraryInUseError(root) from error
        except OSError as error:
            raise disk_error(error, f"The library in {root} cannot be opened") from error

    def release(self) -> None:
        """Lets others in."""
        self._connection.close()


def _copied(path: Path) -> str:
    """Copy the contents of a lock file. Returns the copy's name, "" if it could not be written."""
    copy = free_name(path)
    try:
        shutil.copyfile(path, copy)
    except OSError:
        # A full disk must not keep anybody out of the library.
        with suppress(OSError):
            copy.unlink()
        return ""
    return copy.name


def _held(path: Path) -> sqlite3.Connection:
    with ExitStack() as on_error:
        try:
            connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            on_error.callback(connection.close)
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            # Before the connection is closed: what it holds open may be the reason.
            raise database_error(error, path) from error
        on_error.pop_all()
    return connection
