"""SQLite behind two threads: one that writes, one that reads. Nothing here runs on the window's thread.

WAL with `synchronous=FULL`: a committed transaction is on the disk, also when the power goes.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    DatabaseTooNewError,
    LibraryError,
    LibraryReadOnlyError,
)
from imagineart_desktop.library.schema import MIGRATIONS
from imagineart_desktop.library.sql_text import Connection

T = TypeVar("T")

_BUSY_SECONDS = 10.0


class Database:
    """One database file. Work is a function of a connection; each piece of writing is one transaction."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens or makes the file and brings it to the present schema. read_only: only what is there is read.

        Raises DatabaseTooNewError, DatabaseDamagedError, LibraryError.
        """
        self._path = path
        self._read_only = read_only
        opened = partial(_open_to_read if read_only else _open, path)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="library writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="library reader")
        try:
            self._write_connection = self._writer.submit(opened).result()
            self._read_connection = self._reader.submit(opened).result()
        except BaseException:
            self._writer.shutdown()
            self._reader.shutdown()
            raise

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the work in one transaction; when this returns it is on the disk.

        The work must not return a cursor: one that dies in another thread resets a statement that the next piece of
        writing may be using, and SQLite answers that with “API misuse”. Raises LibraryReadOnlyError, LibraryError.
        """
        if self._read_only:
            raise LibraryReadOnlyError

        def transaction() -> T:
            with self._write_connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection)
                if isinstance(result, sqlite3.Cursor):
                    raise TypeError("a cursor must not leave its thread")
                return result

        return await asyncio.get_running_loop().run_in_executor(self._writer, _plain_errors(transaction))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the work beside any writing."""
        return await asyncio.get_running_loop().run_in_executor(
            self._reader, _plain_errors(lambda: work(self._read_connection))
        )

    async def overwrite(self, source: Path, keep: Callable[[sqlite3.Connection, sqlite3.Connection], None]) -> None:
        """Become what another database file holds, at the present schema, in one transaction.

        keep: called with (this database, a copy of the other one) to carry over what must stay; nothing else is written
        meanwhile. Raises LibraryReadOnlyError, LibraryError.
        """
        if self._read_only:
            raise LibraryReadOnlyError
        beside = self._path.with_name(f".{self._path.name}.part")

        def copy() -> None:
            beside.unlink(missing_ok=True)
            try:
                with closing(_open(beside)) as made:
                    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as other:
                        other.backup(made)
                    _migrate(made, beside)
                    with made:
                        made.execute("BEGIN IMMEDIATE")
                        keep(self._write_connection, made)
                    made.backup(self._write_connection)
            finally:
                for path in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm"))):
                    path.unlink(missing_ok=True)

        await asyncio.get_running_loop().run_in_executor(self._writer, _plain_errors(copy))

    def close(self) -> None:
        """Waits for work under way and closes the file."""
        self._writer.submit(self._write_connection.close).result()
        self._reader.submit(self._read_connection.close).result()
        self._writer.shutdown()
        self._reader.shutdown()


def folded(text: str | None) -> str:
    """Without capitals and accents, for comparing names; SQL's NULL is an empty text."""
    plain = unicodedata.normalize("NFKD", (text or "").casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
        )
        connection.row_factory = sqlite3.Row
        connection.create_function("folded", 1, folded, deterministic=True)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise LibraryError(f"The library in {path.parent} cannot be opened: {error}.") from error
        raise DatabaseDamagedError(path) from error
    except OSError as error:
        raise LibraryError(f"The library in {path.parent} cannot be opened: {error.strerror}.") from error
    return connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=Connection,
        )
        connection.row_factory = sqlite3.Row
        connection.create_function("folded", 1, folded, deterministic=True)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"The library in {path.parent} cannot be opened: {error}.") from error
    if version != len(MIGRATIONS):
        raise LibraryError(f"The library in {path.parent} is open in another version of the program.")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise DatabaseTooNewError(path)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")


def _plain_errors(work: Callable[[], T]) -> Callable[[], T]:
    def guarded() -> T:
        try:
            return work()
        except sqlite3.OperationalError as error:
            raise LibraryError(f"The library cannot be written: {error}.") from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"The library's database is damaged: {error}.") from error

    return guarded
