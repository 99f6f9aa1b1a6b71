"""One program at a time works in a library: two would drive the same jobs, and the same request could be paid twice.

The lock is SQLite's own, on a file of its own: it works on every system and ends with the process, however that ends.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    LibraryBusyError,
    LibraryError,
    LibraryInUseError,
    database_error,
    disk_error,
)
from imagineart_desktop.library.files import clear_way

LOCK_NAME = "in-use.lock"


def is_in_use(root: Path) -> bool:
    """Whether another program works in the library. What else stands in the way is told when it is opened."""
    try:
        LibraryLock(root).release()
    except LibraryInUseError:
        return True
    except LibraryError:
        return False
    return False


class LibraryLock:
    """Held from its making until `release`."""

    def __init__(self, root: Path) -> None:
        """Raises LibraryInUseError when another program holds it, LibraryError when the folder cannot be written."""
        path = root / LOCK_NAME
        try:
            clear_way(path)
            path.touch(mode=0o600)
            try:
                self._connection = _held(path)
            except DatabaseDamagedError:
                # Nobody holds a file that is no database. Emptied, not removed: another start may hold it by now.
                os.truncate(path, 0)
                self._connection = _held(path)
        except LibraryBusyError as error:
            raise LibraryInUseError(root) from error
        except OSError as error:
            raise disk_error(error, f"The library in {root} cannot be opened") from error

    def release(self) -> None:
        """Lets others in."""
        self._connection.close()


def _held(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        connection.close()
        raise database_error(error, path) from error
    return connection
