"""Recovery of a lost or damaged database: sets it aside and rebuilds it from files and journals; resumes after a crash.

A marker file next to the database says that it must be rebuilt. It's written first and deleted last, so every start
in between resumes. It lists the files set aside, newest last.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.library.errors import DatabaseDamagedError, DatabaseEmptyError, disk_error
from imagineart_desktop.library.files.database_files import remove_database, with_companions
from imagineart_desktop.library.files.files import REBUILD_MARK, Files, write_atomic
from imagineart_desktop.library.store.batches import BATCH_COLUMNS
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.generation import mark_untrusted
from imagineart_desktop.library.store.id_journal import Ids, JournalContent
from imagineart_desktop.library.store.job_rows import repaired
from imagineart_desktop.library.store.json_lines import damaged_name
from imagineart_desktop.library.store.lock import LOCK_NAME
from imagineart_desktop.library.store.notices import NOTICES, NoticeCode, Notices
from imagineart_desktop.library.store.row_copy import insert_row
from imagineart_desktop.library.store.schema_check import shape_of
from imagineart_desktop.support.messages import Message

_HEADER = {
    0: b"SQLite format 3\0" + (4096).to_bytes(2, "big") + b"\2\2\0\x40\x20\x20",
    44: (4).to_bytes(4, "big"),
    56: (1).to_bytes(4, "big"),
}
"""Offset → bytes that are the same in all of this program's databases: page size, WAL, formats and UTF-8.

See https://www.sqlite.org/fileformat.html#the_database_header.
"""

_MAX_BYTES = 1 << 16
_MAX_FAULTS = 1000

_SAVED = {
    "batches": BATCH_COLUMNS,
    "drafts": ("name", "value"),
    "prompts": ("text", "used_ms", "uses"),
}
"""Table → columns that only the database has, or are newer there than in a journal; earlier versions have fewer."""

_JOBS = "jobs"
_JSON_COLUMNS = frozenset({"value"})


@dataclass(frozen=True, slots=True)
class _Mark:
    """Content of the marker.

    named: paths set aside, or about to be; is_begun: whether that was done; is_empty: whether the database had no
    bytes.
    """

    named: list[Path] = field(default_factory=list)
    is_begun: bool = True
    is_empty: bool = False


class Recovery:
    """The marker, and the rebuild it requests. The database must not be open for `begin`."""

    def __init__(self, files: Files, notices: Notices) -> None:
        self._files = files
        self._notices = notices
        self._mark = files.rebuild_mark
        self._database = files.database
        self.newest: Path | None = None
        """Path set aside last, if the database must be rebuilt now."""

    def open(self) -> tuple[Database, bool]:
        """Return (database, whether it must be filled). Sets a lost or damaged one aside and creates an empty one.

        Raises DatabaseTooNewError, LibraryError.
        """
        try:
            for path in self._files.single_files:
                self._notices.clear_way(path)
            if not self.is_wanted:
                try:
                    return self._opened(create=self._is_new()), False
                except (DatabaseEmptyError, DatabaseDamagedError):
                    self.request()
            self.begin()
            try:
                opened = self._opened()
            except DatabaseDamagedError:
                self.request()
                self.begin()
                opened = self._opened()
        except OSError as error:
            raise disk_error(error, Message("library.doing.open", folder=str(self._files.root))) from error
        return opened, True

    async def renew(self, database: Database) -> None:
        """Like `open`, for a database found to be damaged after it was opened. Raises LibraryError, OSError."""
        await database.renew(self.begin)

    @property
    def is_wanted(self) -> bool:
        """Whether the database must be rebuilt from the files."""
        return is_rebuild_pending(self._files.root)

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Databases set aside for the rebuild, oldest first."""
        return tuple(path for path in self._read().named if path.exists())

    @property
    def was_empty(self) -> bool:
        """Whether the database file existed but was empty. Raises OSError."""
        return self._read().is_empty

    def _opened(self, *, create: bool = True) -> Database:
        say = partial(self._notices.add, NoticeCode.VERSION)
        return Database(self._database, create=create, on_wrong_version=say)

    def _is_new(self) -> bool:
        """Return whether there is nothing to rebuild a database from."""
        files = (path for path in self._files.root.rglob("*") if not path.is_dir())
        return all(path.name.startswith((LOCK_NAME, NOTICES)) for path in files)

    def request(self) -> None:
        """Request a rebuild at the next start, or now if the database isn't open. Raises OSError."""
        named = self._read().named
        if any(path.exists() and path.stat().st_size for path in with_companions(self._database)):
            self._store(_Mark([*named, damaged_name(self._database)], is_begun=False))
        else:
            self._store(_Mark(named, is_begun=False, is_empty=self._database.exists()))

    def begin(self) -> None:
        """Set the damaged database aside, unless that was already done. Raises OSError."""
        mark = self._read()
        if not mark.is_begun:
            if mark.named:
                last = mark.named[-1]
                for source, target in zip(with_companions(self._database), with_companions(last), strict=True):
                    if source.exists() and not target.exists():
                        source.rename(target)
            self._store(replace(mark, is_begun=True))
        self.newest = next((path for path in reversed(mark.named) if path.exists()), None)

    def end(self) -> None:
        """Mark the rebuild as complete. Raises OSError."""
        self._mark.unlink(missing_ok=True)

    def _read(self) -> _Mark:
        """Return the marker's content; an invalid marker lists no files. Raises OSError."""
        try:
            if self._mark.stat().st_size > _MAX_BYTES:
                return _Mark()
            text = self._mark.read_bytes()
        except FileNotFoundError:
            return _Mark()
        try:
            row = json.loads(text)
            names = [Path(name).name for name in row["set_aside"] if isinstance(name, str)]
            named = [self._database.with_name(name) for name in names if name]
            return _Mark(named, is_begun=row["is_begun"] is True, is_empty=row.get("is_empty") is True)
        except (ValueError, KeyError, TypeError, RecursionError):
            return _Mark()

    def _store(self, mark: _Mark) -> None:
        row = {
            "set_aside": [path.name for path in mark.named],
            "is_begun": mark.is_begun,
            "is_empty": mark.is_empty,
        }
        write_atomic(self._mark, json.dumps(row).encode())


def is_rebuild_pending(root: Path) -> bool:
    """Return whether the next start will rebuild the library's database from its files."""
    return os.path.lexists(root / REBUILD_MARK)


def salvage(
    connection: sqlite3.Connection, databases: Sequence[Path], scratch: Path, known: JournalContent
) -> JournalContent:
    """Copy whatever is readable and in no file or journal from damaged databases: jobs, drafts, recent prompts.

    connection: to the new database. databases: damaged ones, oldest first; values of newer ones take precedence.
    scratch: path for a copy to read from. known: content of the journal of ids. Requests that weren't sent yet,
    according to these databases, become questions when the library is opened, as with any database that wasn't the
    last one in use here. Returns the ids that images had, and reserves them.
    """
    numbers: Ids = {}
    taken: set[int] = set()
    for path in reversed(databases):
        with suppress(sqlite3.Error, OSError, UnicodeDecodeError), _readable_copy(path, scratch) as old:
            there = shape_of(old).parts
            wanted = sorted(column for table, column in shape_of(connection).parts if table == _JOBS and column)
            for found in _rows(old, _JOBS, [column for column in wanted if (_JOBS, column) in there]):
                if job := repaired(found):
                    insert_row(connection, _JOBS, job)
            for table, columns in _SAVED.items():
                for row in _sound_rows(old, table, [name for name in columns if (table, name) in there]):
                    insert_row(connection, table, row)
            for row in _sound_rows(old, "pictures", ("id", "job_id", "position")):
                image = (str(row["job_id"]), row["position"])
                if image not in numbers and row["id"] not in taken:
                    numbers[image] = row["id"]
                    taken.add(row["id"])
    had = known.corrected_by(numbers)
    connection.execute("UPDATE numbers SET last = MAX(last, ?)", (max(had.ids.values(), default=0),))
    if databases:
        mark_untrusted(connection)
    return had


@contextmanager
def _readable_copy(path: Path, scratch: Path) -> Iterator[sqlite3.Connection]:
    """Yield a copy of a damaged database, as is or with its header repaired, whichever has fewer faults for SQLite."""
    try:
        _copy(path, scratch)
        as_it_is = _faults(scratch)
        if as_it_is:
            _mend_header(scratch)
            if _faults(scratch) > as_it_is:
                _copy(path, scratch)
        with closing(sqlite3.connect(scratch)) as connection:
            yield connection
    finally:
        remove_database(scratch)


def _copy(path: Path, scratch: Path) -> None:
    for source, target in zip(with_companions(path), with_companions(scratch), strict=True):
        target.unlink(missing_ok=True)
        if source.is_file():
            shutil.copyfile(source, target)


def _mend_header(path: Path) -> None:
    with path.open("r+b") as file:
        for offset, constant in _HEADER.items():
            file.seek(offset)
            file.write(constant)


def _faults(path: Path) -> int:
    """Return the number of faults SQLite finds, up to a limit; the limit if it can't open the file."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            said = connection.execute(f"PRAGMA quick_check({_MAX_FAULTS})").fetchall()
            return 0 if said == [("ok",)] else len(said)
    except (sqlite3.Error, UnicodeDecodeError):
        return _MAX_FAULTS


def _rows(old: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read each row by its rowid, so that a damaged page loses only its own rows."""
    read = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE rowid = ?"  # noqa: S608 - names of the schema
    for number in _rowids(old, table):
        found = None
        with suppress(sqlite3.Error, ValueError):
            found = old.execute(read, (number,)).fetchone()
        if found is not None:
            yield dict(zip(columns, found, strict=True))


def _sound_rows(old: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows in which every value has its column's type."""
    kinds = dict(old.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall())
    for row in _rows(old, table, columns):
        with suppress(ValueError, RecursionError):
            if all(_is_sound(kinds[column], column, value) for column, value in row.items()):
                yield row


def _is_sound(kind: str, column: str, value: object) -> bool:
    """Return whether a value has its column's type. Raises ValueError, RecursionError for invalid JSON."""
    if value is None:
        return True
    if column in _JSON_COLUMNS:
        json.loads(str(value))
    return isinstance(value, str if kind == "TEXT" else int | float)


def _rowids(old: sqlite3.Connection, table: str) -> list[int]:
    """Return the rowids reachable from either end of the table and through its index."""
    found: dict[int, None] = {}
    for way in ("NOT INDEXED ORDER BY rowid", "NOT INDEXED ORDER BY rowid DESC", ""):
        with suppress(sqlite3.Error, UnicodeDecodeError):
            for row in old.execute(f"SELECT rowid FROM {table} {way}"):  # noqa: S608 - names of the schema
                found[row[0]] = None
    return list(found)
