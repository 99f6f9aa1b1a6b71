"""SQLite on two threads, one for writing and one for reading. Nothing here runs on the GUI thread.

WAL with `synchronous=FULL`: a committed transaction is on disk and survives a power failure. Once damage is
detected, nothing more is written: paid results must not go into a file that may not return them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    LibraryClosedError,
    LibraryDiskError,
    LibraryReadOnlyError,
    database_error,
    disk_error,
    primary_code,
)
from imagineart_desktop.library.files.database_files import remove_database
from imagineart_desktop.library.files.partial_files import partial_path
from imagineart_desktop.library.store.connecting import (
    MIN_BYTES,
    build_from,
    connect_for_writing,
    connect_read_only,
    open_file,
    open_read_only,
)
from imagineart_desktop.library.store.schema_check import find_damage, lacks_schema
from imagineart_desktop.support.messages import Message

T = TypeVar("T")

_PROGRESS_HANDLER_STEPS = 10_000
"""SQLite VM instructions between two checks for shutdown."""


class Database:
    """One database file. Work is passed as a function of a connection; each write is one transaction.

    on_damage: called once, on the event loop's thread, when the file is found to be damaged.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        create: bool = True,
        on_wrong_version: Callable[[], object] = lambda: None,
    ) -> None:
        """Open the file and migrate it to the current schema.

        read_only: don't write, only read what exists. create: whether to create the database if it's missing or
        empty. on_wrong_version: called, on a separate thread, before a version number lower than the actual schema
        is corrected. Raises DatabaseEmptyError, DatabaseTooNewError, DatabaseDamagedError, LibraryError.
        """
        self.on_damage: Callable[[], None] = lambda: None
        self._path = path
        self._read_only = read_only
        self._damaged = False
        self._closed = False
        self._write_connection: sqlite3.Connection
        self._read_connection: sqlite3.Connection
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="library writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="library reader")
        try:
            self._connect(partial(open_file, create=create, on_wrong_version=on_wrong_version))
        except BaseException:
            self._writer.shutdown()
            self._reader.shutdown()
            raise

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run the work in one transaction; when this returns, it's on disk.

        The work must not return a cursor: a cursor destroyed in another thread resets a statement that the next
        write may be using, and SQLite then reports “API misuse”. Raises LibraryReadOnlyError, DatabaseDamagedError,
        LibraryError.
        """
        if self._read_only:
            raise LibraryReadOnlyError

        def transaction() -> T:
            self._check_file()
            with self._write_connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection)
                if isinstance(result, sqlite3.Cursor):
                    raise TypeError("a cursor must not leave its thread")
                return result

        return await self._run(self._writer, transaction)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run the work concurrently with any writing. Raises DatabaseDamagedError, LibraryError."""
        return await self._run(self._reader, lambda: work(self._read_connection))

    async def overwrite(self, source: Path, keep: Callable[[sqlite3.Connection, sqlite3.Connection], None]) -> None:
        """Replace the content with that of another database file, at the current schema, in one transaction.

        keep: called with (this database, a copy of the other one) to carry over what must be kept; nothing else is
        written meanwhile. Raises LibraryReadOnlyError, LibraryError.
        """
        if self._read_only:
            raise LibraryReadOnlyError

        def copy() -> None:
            self._check_file()
            with partial_path(self._path) as beside:
                try:
                    with closing(open_file(beside, create=True)) as made:
                        build_from(source, made, beside, partial(keep, self._write_connection))
                        made.backup(self._write_connection)
                finally:
                    remove_database(beside)

        await self._run(self._writer, copy)

    async def renew(self, prepare: Callable[[], object]) -> None:
        """Close a damaged file, call `prepare` to move it away, and create a new one. Raises OSError, LibraryError."""

        def begin() -> None:
            self._write_connection.close()
            self._reader.submit(self._read_connection.close).result()
            prepare()
            self._write_connection = open_file(self._path, create=True)
            self._read_connection = self._reader.submit(partial(connect_for_writing, self._path)).result()
            self._file = _identity(self._path)
            self._damaged = False

        await self._run(self._writer, begin)

    async def verify(self) -> None:
        """Check the whole file, concurrently with reads and writes. Raises DatabaseDamagedError, LibraryError."""

        def look() -> None:
            with closing(connect_read_only(self._path)) as connection:
                connection.set_progress_handler(lambda: self._closed, _PROGRESS_HANDLER_STEPS)
                if lacks_schema(connection) or find_damage(connection):
                    raise DatabaseDamagedError(self._path)

        # On its own thread: reads and writes continue, and a canceled caller doesn't wait for it.
        await self._run(None, look)

    def close(self) -> None:
        """Wait for running work and close the file."""
        self._closed = True
        self._writer.submit(self._write_connection.close).result()
        self._reader.submit(self._read_connection.close).result()
        self._writer.shutdown()
        self._reader.shutdown()

    def mark_damaged(self) -> None:
        """Mark the file as damaged: nothing is written from now on."""
        if not (self._damaged or self._closed):
            self._damaged = True
            self.on_damage()

    def _connect(self, first: Callable[[Path], sqlite3.Connection]) -> None:
        second: Callable[[Path], sqlite3.Connection] = connect_for_writing
        if self._read_only:
            first = second = open_read_only
        self._write_connection = self._writer.submit(first, self._path).result()
        try:
            self._file = _identity(self._path)
            self._read_connection = self._reader.submit(second, self._path).result()
        except BaseException as error:
            self._writer.submit(self._write_connection.close).result()
            if isinstance(error, OSError):
                raise disk_error(error, Message("library.doing.open", folder=str(self._path.parent))) from error
            raise

    async def _run(self, executor: Executor | None, work: Callable[[], T]) -> T:
        if self._closed:
            raise LibraryClosedError
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, partial(self._guarded, work))
        except DatabaseDamagedError as error:
            if error.path == self._path:
                self.mark_damaged()
            raise

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise LibraryClosedError from error
            if primary_code(error) == sqlite3.SQLITE_ERROR and self._has_other_shape():
                raise DatabaseDamagedError(self._path) from error
            raise database_error(error, self._path) from error

    def _has_other_shape(self) -> bool:
        """Return whether the file no longer has the expected schema; if it has, the statement itself is wrong."""
        try:
            with closing(connect_read_only(self._path)) as connection:
                return lacks_schema(connection)
        except sqlite3.Error:
            return False

    def _check_file(self) -> None:
        """Raise DatabaseDamagedError if the file is damaged or isn't the one that was opened.

        SQLite would keep writing to a deleted file, and everything written would be lost on close. Raises
        LibraryError if the system can't identify the file.
        """
        if self._damaged:
            raise DatabaseDamagedError(self._path)
        try:
            found = _identity(self._path)
            if found is None and not self._path.parent.exists():
                raise LibraryDiskError(self._path.parent)
        except OSError as error:
            raise disk_error(error, Message("library.doing.write", folder=str(self._path.parent))) from error
        if found != self._file:
            raise DatabaseDamagedError(self._path)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return (device, inode) of the file, or None if it's missing or was truncated to nothing. Raises OSError."""
    try:
        state = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (state.st_dev, state.st_ino) if state.st_size >= MIN_BYTES else None
