"""Validation of a database: whether its schema is this program's, and whether SQLite and our rules find it sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

from imagineart_desktop.library.errors import primary_code
from imagineart_desktop.library.store.records import FileState
from imagineart_desktop.library.store.schema import MIGRATIONS

_MAX_VERSION = 100_000
"""No version of this program writes a higher version number."""

_STATES = ", ".join(f"'{state.value}'" for state in FileState)
_RULES = (
    f"SELECT 1 FROM pictures WHERE NOT json_valid(recipe) OR file_state NOT IN ({_STATES}) LIMIT 1",  # noqa: S608
    "SELECT 1 FROM jobs WHERE NOT (json_valid(request) AND json_valid(parents) AND json_valid(logs)"
    " AND json_valid(uploads) AND json_valid(COALESCE(plan, '{}'))) LIMIT 1",
    "SELECT 1 FROM drafts WHERE NOT json_valid(value) LIMIT 1",
)
"""Each must return no row. SQLite doesn't detect damage inside a text."""

_TABLES = (
    "pictures", "paid", "inputs", "parents", "tags", "collections", "saved_searches", "drafts", "prompts", "jobs",
    "batches",
)  # fmt: skip

_AT_START = (
    "SELECT * FROM jobs WHERE dismissed = 0 AND state NOT IN ('done', 'cancelled')",
    "SELECT * FROM drafts",
    "SELECT * FROM prompts",
    "SELECT * FROM collections",
    "SELECT * FROM saved_searches",
)


@dataclass(frozen=True, slots=True)
class SchemaShape:
    """A database's schema.

    parts: (table, column) and (index, ""); is_foreign: whether it has objects that no version of this program
    creates.
    """

    parts: frozenset[tuple[str, str]]
    is_foreign: bool

    def __bool__(self) -> bool:
        return bool(self.parts) or self.is_foreign


def shape_of(connection: sqlite3.Connection) -> SchemaShape:
    """Return the tables, columns and indexes of a database. Raises sqlite3.Error if it can't be read."""
    found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    tables = [name for kind, name in found if kind == "table" and not name.startswith("sqlite_")]
    parts = {(str(name), "") for kind, name in found if kind == "index"}
    for table in tables:
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
        parts.update((str(table), str(column[0])) for column in columns)
    return SchemaShape(frozenset(parts), any(kind in ("trigger", "view") for kind, _ in found))


@lru_cache
def expected_shape(version: int) -> SchemaShape:
    """Return the shape of a new database of this version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for script in MIGRATIONS[:version]:
            connection.executescript(script)
        return shape_of(connection)


def is_unreadable(connection: sqlite3.Connection) -> bool:
    """Return whether not even the tables can be listed, although this SQLite supports everything in our schema."""
    expected_shape(len(MIGRATIONS))
    try:
        shape_of(connection)
    except sqlite3.Error as error:
        return primary_code(error) in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return False


def lacks_schema(connection: sqlite3.Connection) -> bool:
    """Return whether a database lacks the current version's schema. Raises sqlite3.Error."""
    if is_unreadable(connection):
        return True
    shape = shape_of(connection)
    return shape.is_foreign or not shape.parts >= expected_shape(len(MIGRATIONS)).parts


def is_plausible_version(version: int) -> bool:
    """Return whether any version of this program, including later ones, may have written this number."""
    return 0 <= version <= _MAX_VERSION


def read_startup_tables(connection: sqlite3.Connection) -> None:
    """Read what every start needs. Raises sqlite3.Error if it's damaged."""
    for query in _AT_START:
        connection.execute(query).fetchall()


def find_damage(connection: sqlite3.Connection) -> str:
    """Return what is wrong with a database, or an empty string. Checks every page, index and row.

    Raises sqlite3.Error if it can't be read.
    """
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    if said != ["ok"]:
        return "; ".join(said)
    if any(connection.execute(rule).fetchone() is not None for rule in _RULES):
        return "some rows cannot be read"
    for table in _TABLES:
        # Checks that every text is UTF-8; one row at a time, so that other threads can run.
        for _ in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names of this file
            pass
    return ""
