"""Locks between processes: SQLite locks on files of their own.

They work on every system, and are released when the process ends, however that happens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from imagineart_desktop.library.errors import database_error
from imagineart_desktop.library.files.database_files import create_if_missing

_WAIT_SECONDS = 20.0


def acquire_lock(path: Path, seconds: float) -> sqlite3.Connection:
    """Lock an existing file, until the connection is closed. seconds: to wait for another process.

    Raises LibraryBusyError if another process still holds the lock, and other LibraryErrors.
    """
    with ExitStack() as on_error:
        try:
            connection = sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=False)
            on_error.callback(connection.close)
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            # Before the connection is closed: the files it holds open may be the cause.
            raise database_error(error, path) from error
        on_error.pop_all()
    return connection


@contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """Let no other process run such a block while this one does; wait for one that does. Blocks.

    Raises LibraryError, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_if_missing(path)
    connection = acquire_lock(path, _WAIT_SECONDS)
    try:
        yield
    finally:
        connection.close()
