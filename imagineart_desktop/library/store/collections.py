"""Collections of pictures, nested one level deep, and saved searches. All functions take a connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.support.messages import Message


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection. parent: id of the collection that contains it, or None; pictures: number of pictures in it."""

    id: int
    parent: int | None
    name: str
    pictures: int


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search. query: as the user typed it."""

    name: str
    query: str


def collections(connection: sqlite3.Connection) -> list[Collection]:
    """Return all collections sorted by name, each child after its parent."""
    rows = connection.execute(
        "SELECT collections.id, parent_id, name, COUNT(pictures.id) AS held FROM collections"
        " LEFT JOIN collection_pictures ON collection_id = collections.id"
        " LEFT JOIN pictures ON pictures.id = picture_id AND trashed_ms IS NULL"
        " GROUP BY collections.id ORDER BY name COLLATE NOCASE"
    ).fetchall()
    found = [Collection(row["id"], row["parent_id"], row["name"], row["held"]) for row in rows]
    ordered = []
    for top in found:
        if top.parent is None:
            ordered += [top, *(inner for inner in found if inner.parent == top.id)]
    return ordered


def create_collection(connection: sqlite3.Connection, name: str, parent: int | None) -> int:
    """Create a collection and return its id. Raises LibraryError if the name is taken or `parent` is itself nested."""
    if not name:
        raise LibraryError(Message("library.collection_unnamed"))
    if parent is not None:
        _check_outer(connection, parent)
    _check_free(connection, name, parent)
    cursor = connection.execute("INSERT INTO collections (name, parent_id) VALUES (?, ?)", (name, parent))
    return int(cursor.lastrowid or 0)


def rename_collection(connection: sqlite3.Connection, number: int, name: str) -> None:
    """Rename a collection. Raises LibraryError if the name is taken."""
    row = connection.execute("SELECT parent_id, name FROM collections WHERE id = ?", (number,)).fetchone()
    if row is None or row["name"] == name:
        return
    if not name:
        raise LibraryError(Message("library.collection_unnamed"))
    if row["name"].casefold() != name.casefold():
        _check_free(connection, name, row["parent_id"])
    connection.execute("UPDATE collections SET name = ? WHERE id = ?", (name, number))


def move_collection(connection: sqlite3.Connection, number: int, parent: int | None) -> None:
    """Move a collection into another, or to the top level (None).

    Raises LibraryError if that would nest two levels deep, or if the name is taken there.
    """
    row = connection.execute("SELECT name FROM collections WHERE id = ?", (number,)).fetchone()
    if row is None:
        return
    if parent is not None:
        _check_outer(connection, parent)
        if (
            parent == number
            or connection.execute("SELECT 1 FROM collections WHERE parent_id = ?", (number,)).fetchone()
        ):
            raise LibraryError(Message("library.collection_not_empty"))
    _check_free(connection, row["name"], parent)
    connection.execute("UPDATE collections SET parent_id = ? WHERE id = ?", (parent, number))


def remove_collection(connection: sqlite3.Connection, number: int) -> None:
    """Delete a collection and those inside it; the pictures stay in the library."""
    connection.execute("DELETE FROM collections WHERE id = ?", (number,))


def bring_back(connection: sqlite3.Connection, gone: Sequence[Collection]) -> None:
    """Recreate deleted collections with their old ids."""
    connection.executemany(
        "INSERT OR IGNORE INTO collections (id, parent_id, name) VALUES (?, ?, ?)",
        [(one.id, one.parent, one.name) for one in gone],
    )


def saved_searches(connection: sqlite3.Connection) -> list[SavedSearch]:
    """Return all saved searches sorted by name."""
    rows = connection.execute("SELECT name, query FROM saved_searches ORDER BY name COLLATE NOCASE")
    return [SavedSearch(row["name"], row["query"]) for row in rows]


def save_search(connection: sqlite3.Connection, name: str, query: str) -> None:
    """Save a search, replacing one of the same name."""
    connection.execute("INSERT OR REPLACE INTO saved_searches (name, query) VALUES (?, ?)", (name, query))


def rename_search(connection: sqlite3.Connection, old: str, name: str) -> None:
    """Rename a saved search. Raises LibraryError if another one has that name."""
    try:
        connection.execute("UPDATE saved_searches SET name = ? WHERE name = ?", (name, old))
    except sqlite3.IntegrityError as error:
        raise LibraryError(Message("library.search_exists", name=name)) from error


def forget_search(connection: sqlite3.Connection, name: str) -> None:
    """Delete a saved search."""
    connection.execute("DELETE FROM saved_searches WHERE name = ?", (name,))


def _check_outer(connection: sqlite3.Connection, number: int) -> None:
    row = connection.execute("SELECT parent_id FROM collections WHERE id = ?", (number,)).fetchone()
    if row is None or row["parent_id"] is not None:
        raise LibraryError(Message("library.collection_too_deep"))


def _check_free(connection: sqlite3.Connection, name: str, parent: int | None) -> None:
    taken = connection.execute(
        "SELECT 1 FROM collections WHERE name = ? COLLATE NOCASE AND parent_id IS ?", (name, parent)
    ).fetchone()
    if taken is not None:
        raise LibraryError(Message("library.collection_exists", name=name))
