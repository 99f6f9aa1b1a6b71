"""Opening of the library's database: the file is checked, connected to, and migrated to the current schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    DatabaseEmptyError,
    DatabaseTooNewError,
    LibraryError,
    database_error,
    disk_error,
    foreign_database_error,
    primary_code,
    unusable_database,
)
from imagineart_desktop.library.files.database_files import create_if_missing, has_wrong_header
from imagineart_desktop.library.store.folding import register_functions
from imagineart_desktop.library.store.new_schema import creation_script
from imagineart_desktop.library.store.schema import MIGRATIONS
from imagineart_desktop.library.store.schema_check import (
    expected_shape,
    find_damage,
    is_plausible_version,
    is_unreadable,
    lacks_schema,
    shape_of,
)
from imagineart_desktop.library.store.sql_text import Connection
from imagineart_desktop.support.messages import Message

MIN_BYTES = 512
"""Minimum size of a database that isn't empty: SQLite's smallest page."""

_BUSY_SECONDS = 10.0


def open_file(path: Path, *, create: bool, on_wrong_version: Callable[[], object] = lambda: None) -> sqlite3.Connection:
    """Open a database that this process doesn't have open yet. Raises DatabaseEmptyError, LibraryError.

    on_wrong_version: called before a version number lower than the actual schema is corrected.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise DatabaseDamagedError(path)
        size = path.stat().st_size if path.exists() else 0
        if size == 0 and not create:
            raise DatabaseEmptyError(path)
        if 0 < size < MIN_BYTES:
            raise DatabaseDamagedError(path)
        create_if_missing(path)
        # Check now: once a connection is open, the file must not be opened in any other way.
        has_header = not has_wrong_header(path)
    except OSError as error:
        raise disk_error(error, Message("library.doing.open", folder=str(path.parent))) from error
    return connect_for_writing(path, create=create, has_header=has_header, on_wrong_version=on_wrong_version)


def connect_for_writing(
    path: Path,
    *,
    create: bool = True,
    has_header: bool = True,
    on_wrong_version: Callable[[], object] = lambda: None,
) -> sqlite3.Connection:
    """Connect for writing. Raises LibraryError.

    has_header: whether SQLite accepts the file's header; checked only if this process had no other connection yet.
    """
    with ExitStack() as on_error:
        connection = None
        try:
            connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
            )
            on_error.callback(connection.close)
            _prepare(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            # Detect anything that prevents writing, including a damaged header, now and not after something has been
            # paid for.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA user_version = 0")
            connection.execute("ROLLBACK")
            _migrate(connection, path, create=create, on_wrong_version=on_wrong_version)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # Before the connection is closed: the files it holds open may be the cause.
            raise _opening_error(error, path, connection, has_header=has_header) from error
        on_error.pop_all()
    return connection


def _opening_error(
    error: sqlite3.Error | UnicodeDecodeError,
    path: Path,
    connection: sqlite3.Connection | None,
    *,
    has_header: bool = True,
) -> LibraryError:
    """Like `database_error`, but recognizes a wrong header.

    It makes SQLite report that it can't write, or that a statement is wrong.
    """
    code = primary_code(error)
    if not has_header and code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_ERROR):
        return DatabaseDamagedError(path)
    if code == sqlite3.SQLITE_ERROR and connection is not None and is_unreadable(connection):
        return DatabaseDamagedError(path)
    return database_error(error, path)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Connect read-only to a database that another process has open. Raises LibraryError."""
    with ExitStack() as on_error:
        connection = None
        try:
            connection = connect_read_only(path)
            on_error.callback(connection.close)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise _opening_error(error, path, connection) from error
        if version != len(MIGRATIONS):
            raise LibraryError(Message("library.in_use_by_other_version", folder=str(path.parent)))
        on_error.pop_all()
    return connection


def build_from(source: Path, made: sqlite3.Connection, path: Path, keep: Callable[[sqlite3.Connection], None]) -> None:
    """Copy another database into a new one, migrate it to the current schema, and let `keep` carry rows over.

    path: path of the new database. Damage in the source, or an error caused by its rows, isn't damage to the
    library's own database: it raises a LibraryError that names the source. Other failures raise sqlite3.Error.
    """
    try:
        with closing(connect_without_trace(source)) as other:
            other.backup(made)
        _migrate(made, path)
    except DatabaseDamagedError as error:
        raise unusable_database(source) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if primary_code(error) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY):
            # Only the new database is written, and it's in the same folder as the library's own.
            raise
        raise foreign_database_error(error, source) from error
    if _is_broken(made):
        raise unusable_database(source)
    try:
        with made:
            made.execute("BEGIN IMMEDIATE")
            keep(made)
    except sqlite3.IntegrityError as error:
        raise unusable_database(source) from error


def _is_broken(connection: sqlite3.Connection) -> bool:
    try:
        return lacks_schema(connection) or bool(find_damage(connection))
    except (sqlite3.Error, UnicodeDecodeError):
        return True


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Connect read-only to a database that may be in use, without checking the version. Raises sqlite3.Error."""
    return _connect_by_uri(f"{path.resolve().as_uri()}?mode=ro")


def connect_without_trace(path: Path) -> sqlite3.Connection:
    """Connect read-only for a short look, without checking the version. Raises OSError, sqlite3.Error.

    A read-only connection to a closed database leaves an empty log and its index next to it, and can't be made on a
    read-only disk. So a database without a log is opened as one that nobody changes: while it's in use it has a log.
    """
    path = path.resolve()
    has_log = any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal"))
    return _connect_by_uri(f"{path.as_uri()}?mode=ro{'' if has_log else '&immutable=1'}")


def _connect_by_uri(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
    )
    _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    # Otherwise a full or unwritable temporary folder would count as a full disk of the library.
    connection.execute("PRAGMA temp_store = MEMORY")
    register_functions(connection)


def _migrate(
    connection: sqlite3.Connection,
    path: Path,
    *,
    create: bool = True,
    on_wrong_version: Callable[[], object] = lambda: None,
) -> None:
    """Migrate the schema to the current version. A file that isn't this program's database isn't changed.

    Raises DatabaseEmptyError, DatabaseTooNewError, DatabaseDamagedError.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not is_plausible_version(version):
        raise DatabaseDamagedError(path)
    if version > len(MIGRATIONS):
        raise DatabaseTooNewError(path)
    shape = shape_of(connection)
    steps = dict(enumerate(MIGRATIONS[version:], start=version + 1))
    if not version and not shape:
        if not create:
            raise DatabaseEmptyError(path)
        # One step instead of all: each waits for the disk.
        steps = {len(MIGRATIONS): creation_script()}
    elif not version or shape.is_foreign or not shape.parts >= expected_shape(version).parts:
        _fix_version_number(connection, path, on_wrong_version)
        return
    try:
        for number, script in steps.items():
            connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
    except sqlite3.OperationalError as error:
        if connection.in_transaction:
            connection.rollback()
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        _fix_version_number(connection, path, on_wrong_version)


def _fix_version_number(connection: sqlite3.Connection, path: Path, on_wrong_version: Callable[[], object]) -> None:
    """Correct a version number that is too low if the file has the full current schema.

    Raises DatabaseDamagedError if it hasn't.
    """
    if lacks_schema(connection):
        raise DatabaseDamagedError(path)
    on_wrong_version()
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
