"""A database that is lost or damaged: set aside, and made from the files and journals, however often that is killed.

A mark beside the database says that it has to be made. It is written first and removed last, so every start in between
goes on. It names the files that were set aside; the newest comes last.
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
from imagineart_desktop.library.files.files import REBUILD_MARK, Files, write_whole
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.generation import distrust
from imagineart_desktop.library.store.id_journal import Ids, Reading
from imagineart_desktop.library.store.job_rows import mended
from imagineart_desktop.library.store.json_lines import name_for_damaged
from imagineart_desktop.library.store.lock import LOCK_NAME
from imagineart_desktop.library.store.notices import NOTICES, NoticeCode, Notices
from imagineart_desktop.library.store.row_copy import insert_row
from imagineart_desktop.library.store.schema_check import shape_of

_HEADER = {
    0: b"SQLite format 3\0" + (4096).to_bytes(2, "big") + b"\2\2\0\x40\x20\x20",
    44: (4).to_bytes(4, "big"),
    56: (1).to_bytes(4, "big"),
}
"""Offset → bytes that are the same in all databases of this program: the page size, WAL, the formats and UTF-8.

See https://www.sqlite.org/fileformat.html#the_database_header.
"""

_MAX_BYTES = 1 << 16
_MAX_FAULTS = 1000

_SAVED = {
    "drafts": ("name", "value"),
    "prompts": ("text", "used_ms"),
}
"""What stands in the database alone, by table."""

_JOBS = "jobs"
_JSON_COLUMNS = frozenset({"value"})


@dataclass(frozen=True, slots=True)
class _Mark:
    """named: what is or will be set aside; is_begun: whether that was done; is_empty: the database had no bytes."""

    named: list[Path] = field(default_factory=list)
    is_begun: bool = True
    is_empty: bool = False


class Recovery:
    """The mark, and what it says. Reads and writes files; the database must not be open for `begin`."""

    def __init__(self, files: Files, notices: Notices) -> None:
        self._files = files
        self._notices = notices
        self._mark = files.rebuild_mark
        self._database = files.database
        self.newest: Path | None = None
        """What was set aside last, if the database has to be made now."""

    def open(self) -> tuple[Database, bool]:
        """The database, and whether it has to be filled. A lost or damaged one is set aside and an empty one made.

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
            raise disk_error(error, f"The library in {self._files.root} cannot be opened") from error
        return opened, True

    async def renew(self, database: Database) -> None:
        """The same with a database that turned out to be damaged after it was opened. Raises LibraryError, OSError."""
        await database.renew(self.begin)

    @property
    def is_wanted(self) -> bool:
        """Whether the database has to be made from the files."""
        return is_to_be_rebuilt(self._files.root)

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Databases that were set aside for it, oldest first."""
        return tuple(path for path in self._read().named if path.exists())

    @property
    def was_empty(self) -> bool:
        """Whether the database file was there, with nothing in it. Raises OSError."""
        return self._read().is_empty

    def _opened(self, *, create: bool = True) -> Database:
        say = partial(self._notices.add, NoticeCode.VERSION)
        return Database(self._database, create=create, on_wrong_version=say)

    def _is_new(self) -> bool:
        """Whether there is nothing that a database could be made from."""
        files = (path for path in self._files.root.rglob("*") if not path.is_dir())
        return all(path.name.startswith((LOCK_NAME, NOTICES)) for path in files)

    def request(self) -> None:
        """From the next start on, or from now where the database is not open. Raises OSError."""
        named = self._read().named
        if any(path.exists() and path.stat().st_size for path in with_companions(self._database)):
            self._store(_Mark([*named, name_for_damaged(self._database)], is_begun=False))
        else:
            self._store(_Mark(named, is_begun=False, is_empty=self._database.exists()))

    def begin(self) -> None:
        """Sets the damaged database aside, unless that was done before. Raises OSError."""
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
        """All of it is there again. Raises OSError."""
        self._mark.unlink(missing_ok=True)

    def _read(self) -> _Mark:
        """Return what the mark says; one that makes no sense names nothing. Raises OSError."""
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
        write_whole(self._mark, json.dumps(row).encode())


def is_to_be_rebuilt(root: Path) -> bool:
    """Whether the next start makes the database of the library there from its files."""
    return os.path.lexists(root / REBUILD_MARK)


def salvage(connection: sqlite3.Connection, databases: Sequence[Path], scratch: Path, known: Reading) -> Reading:
    """Take over what no file and no journal has, as far as it can be read: jobs, unfinished forms, recent prompts.

    connection: of the new database. databases: damaged ones, oldest first; what a newer one has comes first. scratch: a
    name for a copy to read from. known: what the journal of ids says. What was not sent yet, as far as these know,
    becomes a question when the database is taken up, like all that comes with a database that was not in use here last.
    Returns the ids that images had, and leaves them free.
    """
    numbers: Ids = {}
    taken: set[int] = set()
    for path in reversed(databases):
        with suppress(sqlite3.Error, OSError, UnicodeDecodeError), _readable_copy(path, scratch) as old:
            there = shape_of(old).parts
            wanted = sorted(column for table, column in shape_of(connection).parts if table == _JOBS and column)
            for found in _rows(old, _JOBS, [column for column in wanted if (_JOBS, column) in there]):
                if job := mended(found):
                    insert_row(connection, _JOBS, job)
            for table, columns in _SAVED.items():
                for row in _sound_rows(old, table, columns):
                    insert_row(connection, table, row)
            for row in _sound_rows(old, "pictures", ("id", "job_id", "position")):
                image = (str(row["job_id"]), row["position"])
                if image not in numbers and row["id"] not in taken:
                    numbers[image] = row["id"]
                    taken.add(row["id"])
    had = known.corrected_by(numbers)
    connection.execute("UPDATE numbers SET last = MAX(last, ?)", (max(had.ids.values(), default=0),))
    if databases:
        distrust(connection)
    return had


@contextmanager
def _readable_copy(path: Path, scratch: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a damaged database, as it is or with the header put right, whichever SQLite finds less wrong with."""
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
    """How many SQLite finds, up to a limit; the limit where it does not open the file."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            said = connection.execute(f"PRAGMA quick_check({_MAX_FAULTS})").fetchall()
            return 0 if said == [("ok",)] else len(said)
    except (sqlite3.Error, UnicodeDecodeError):
        return _MAX_FAULTS


def _rows(old: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read each row by its rowid, so that a damaged page costs its own rows alone."""
    read = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE rowid = ?"  # noqa: S608 - names of the schema
    for number in _rowids(old, table):
        found = None
        with suppress(sqlite3.Error, ValueError):
            found = old.execute(read, (number,)).fetchone()
        if found is not None:
            yield dict(zip(columns, found, strict=True))


def _sound_rows(old: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows in which every value is of the kind that its column holds."""
    kinds = dict(old.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall())
    for row in _rows(old, table, columns):
        with suppress(ValueError, RecursionError):
            if all(_is_sound(kinds[column], column, value) for column, value in row.items()):
                yield row


def _is_sound(kind: str, column: str, value: object) -> bool:
    """Whether a value is of the kind that its column holds. Raises ValueError, RecursionError for what is no JSON."""
    if value is None:
        return True
    if column in _JSON_COLUMNS:
        json.loads(str(value))
    return isinstance(value, str if kind == "TEXT" else int | float)


def _rowids(old: sqlite3.Connection, table: str) -> list[int]:
    """Those that can be reached from either end of the table, and through its index."""
    found: dict[int, None] = {}
    for way in ("NOT INDEXED ORDER BY rowid", "NOT INDEXED ORDER BY rowid DESC", ""):
        with suppress(sqlite3.Error, UnicodeDecodeError):
            for row in old.execute(f"SELECT rowid FROM {table} {way}"):  # noqa: S608 - names of the schema
                found[row[0]] = None
    return list(found)
