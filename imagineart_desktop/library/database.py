"""SQLite behind two threads: one that writes, one that reads. Nothing here runs on the window's thread.

WAL with `synchronous=FULL`: a committed transaction is on the disk, also when the power goes. Once damage is seen,
nothing more is written: what is paid for must not go into a file that cannot give it back.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import unicodedata
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    DatabaseEmptyError,
    DatabaseTooNewError,
    LibraryClosedError,
    LibraryError,
    LibraryReadOnlyError,
    database_error,
    disk_error,
)
from imagineart_desktop.library.partial_files import partial_path
from imagineart_desktop.library.schema import MIGRATIONS
from imagineart_desktop.library.shape import damage_of, expected_shape, is_plausible_version, shape_of
from imagineart_desktop.library.sql_text import Connection

T = TypeVar("T")

_BUSY_SECONDS = 10.0
_STEPS_BETWEEN_QUESTIONS = 10_000
"""SQLite's own, between two looks whether the program ends."""

_LEAST_BYTES = 512
"""Of a database with anything in it: SQLite's smallest page."""


class Database:
    """One database file. Work is a function of a connection; each piece of writing is one transaction.

    on_damage: called on the event loop's thread when the file is seen to be damaged, once.
    """

    def __init__(self, path: Path, *, read_only: bool = False, create: bool = True) -> None:
        """Opens the file and brings it to the present schema. read_only: only what is there is read.

        create: whether it is made where it is missing or empty. Raises DatabaseEmptyError, DatabaseTooNewError,
        DatabaseDamagedError, LibraryError.
        """
        self.on_damage: Callable[[], None] = lambda: None
        self._path = path
        self._read_only = read_only
        self._damaged = False
        self._closed = False
        opened = partial(_open_to_read, path) if read_only else partial(_open, path, create=create)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="library writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="library reader")
        try:
            self._write_connection = self._writer.submit(opened).result()
            self._file = _identity(path)
            self._read_connection = self._reader.submit(opened).result()
        except BaseException:
            self._writer.shutdown()
            self._reader.shutdown()
            raise

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the work in one transaction; when this returns it is on the disk.

        The work must not return a cursor: one that dies in another thread resets a statement that the next piece of
        writing may be using, and SQLite answers that with “API misuse”. Raises LibraryReadOnlyError,
        DatabaseDamagedError, LibraryError.
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
        """Runs the work beside any writing. Raises DatabaseDamagedError, LibraryError."""
        return await self._run(self._reader, lambda: work(self._read_connection))

    async def overwrite(self, source: Path, keep: Callable[[sqlite3.Connection, sqlite3.Connection], None]) -> None:
        """Become what another database file holds, at the present schema, in one transaction.

        keep: called with (this database, a copy of the other one) to carry over what must stay; nothing else is written
        meanwhile. Raises LibraryReadOnlyError, LibraryError.
        """
        if self._read_only:
            raise LibraryReadOnlyError

        def copy() -> None:
            self._check_file()
            with partial_path(self._path) as beside:
                try:
                    with closing(_open(beside, create=True)) as made:
                        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as other:
                            other.backup(made)
                        _migrate(made, beside)
                        with made:
                            made.execute("BEGIN IMMEDIATE")
                            keep(self._write_connection, made)
                        made.backup(self._write_connection)
                finally:
                    for end in ("-wal", "-shm"):
                        beside.with_name(beside.name + end).unlink(missing_ok=True)

        await self._run(self._writer, copy)

    async def renew(self, prepare: Callable[[], object]) -> None:
        """Closes a damaged file, has it put elsewhere, and begins a new one. Raises OSError, LibraryError."""

        def begin() -> None:
            self._write_connection.close()
            self._reader.submit(self._read_connection.close).result()
            prepare()
            opened = partial(_open, self._path, create=True)
            self._write_connection = opened()
            self._read_connection = self._reader.submit(opened).result()
            self._file = _identity(self._path)
            self._damaged = False

        await self._run(self._writer, begin)

    async def verify(self) -> None:
        """Looks through the whole file, beside reading and writing. Raises DatabaseDamagedError, LibraryError."""

        def look() -> None:
            with closing(_connect_to_read(self._path)) as connection:
                connection.set_progress_handler(lambda: self._closed, _STEPS_BETWEEN_QUESTIONS)
                if damage_of(connection):
                    raise DatabaseDamagedError(self._path)

        # A thread of its own: writing and reading go on, and a cancelled caller does not wait for it.
        await self._run(None, look)

    def close(self) -> None:
        """Waits for work under way and closes the file."""
        self._closed = True
        self._writer.submit(self._write_connection.close).result()
        self._reader.submit(self._read_connection.close).result()
        self._writer.shutdown()
        self._reader.shutdown()

    def note_damage(self) -> None:
        """From now on nothing is written."""
        if not (self._damaged or self._closed):
            self._damaged = True
            self.on_damage()

    async def _run(self, executor: Executor | None, work: Callable[[], T]) -> T:
        if self._closed:
            raise LibraryClosedError
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, partial(self._guarded, work))
        except DatabaseDamagedError:
            self.note_damage()
            raise

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise LibraryClosedError from error
            raise database_error(error, self._path) from error

    def _check_file(self) -> None:
        """Raises DatabaseDamagedError where the file is not the one that was opened, or was seen to be damaged.

        SQLite would go on writing into a file that was deleted, and all of that would be gone at the end.
        """
        if self._damaged or self._file != _identity(self._path):
            raise DatabaseDamagedError(self._path)


def folded(text: str | None) -> str:
    """Without capitals and accents, for comparing names; SQL's NULL is an empty text."""
    plain = unicodedata.normalize("NFKD", (text or "").casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file has the name; None where none has it, or one that was emptied."""
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if state.st_size >= _LEAST_BYTES else None


def _open(path: Path, *, create: bool) -> sqlite3.Connection:
    doing = f"The library in {path.parent} cannot be opened"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise DatabaseDamagedError(path)
        size = path.stat().st_size if path.exists() else 0
        if size == 0 and not create:
            raise DatabaseEmptyError(path)
        if 0 < size < _LEAST_BYTES:
            raise DatabaseDamagedError(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
        )
    except sqlite3.Error as error:
        raise database_error(error, path) from error
    except OSError as error:
        raise disk_error(error, doing) from error
    try:
        _prepare(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        # What keeps from writing, a damaged header too, is to be known now and not when something was paid for.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA user_version = 0")
        connection.execute("ROLLBACK")
        _migrate(connection, path, create=create)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        connection.close()
        raise database_error(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    try:
        connection = _connect_to_read(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise database_error(error, path) from error
    if version != len(MIGRATIONS):
        raise LibraryError(f"The library in {path.parent} is open in another version of the program.")
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
    )
    _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    connection.create_function("folded", 1, folded, deterministic=True)


def _migrate(connection: sqlite3.Connection, path: Path, *, create: bool = True) -> None:
    """Brings the schema to the present version. Raises DatabaseEmptyError, DatabaseTooNewError, DatabaseDamagedError.

    What is no database of this program is not touched.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not is_plausible_version(version):
        raise DatabaseDamagedError(path)
    if version > len(MIGRATIONS):
        raise DatabaseTooNewError(path)
    shape = shape_of(connection)
    if not version and not shape:
        if not create:
            raise DatabaseEmptyError(path)
    elif not version or shape.is_foreign or not shape.parts >= expected_shape(version).parts:
        _use_if_present(connection, path)
        return
    try:
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
    except sqlite3.OperationalError as error:
        if connection.in_transaction:
            connection.rollback()
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        _use_if_present(connection, path)


def _use_if_present(connection: sqlite3.Connection, path: Path) -> None:
    """A file whose number was lowered has everything that the present version has. Raises DatabaseDamagedError."""
    shape = shape_of(connection)
    if shape.is_foreign or not shape.parts >= expected_shape(len(MIGRATIONS)).parts:
        raise DatabaseDamagedError(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
