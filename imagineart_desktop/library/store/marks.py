"""The user's annotations of pictures: rating, color label, note, favorite, tags, collections.

They form one value per picture, so any change to any number of pictures is undone by writing back the previous
values. Functions that take a connection are run by `Database`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from imagineart_desktop.library.store.word_index import index_picture
from imagineart_desktop.support.plain_text import single_line

MAX_RATING = 5
MAX_TAG_LENGTH = 100
"""Maximum length of a tag or collection name, in characters."""

MAX_NOTE_LENGTH = 20_000
"""Maximum length of a note, in characters."""


class Label(StrEnum):
    """Color labels, in the order of their shortcut keys."""

    NONE = ""
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"


@dataclass(frozen=True, slots=True)
class Marks:
    """One picture's annotations. rating: 0 to 5; tags: sorted names; collections: ids."""

    rating: int = 0
    label: Label = Label.NONE
    note: str = ""
    favourite: bool = False
    tags: tuple[str, ...] = ()
    collections: tuple[int, ...] = ()

    def tagged(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the tags with these added. Of names that differ only in case, the existing one is kept."""
        found = {tag.casefold(): tag for tag in self.tags}
        for name in names:
            found.setdefault(name.casefold(), name)
        return tuple(sorted(found.values(), key=str.casefold))

    def untagged(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the tags with these removed."""
        gone = {name.casefold() for name in names}
        return tuple(tag for tag in self.tags if tag.casefold() not in gone)

    def back(self, before: Marks, after: Marks) -> Marks:
        """Return these marks with the change from `before` to `after` undone, keeping all other changes."""
        tags = Marks(tags=self.untagged(set(after.tags) - set(before.tags))).tagged(set(before.tags) - set(after.tags))
        held = set(self.collections) - (set(after.collections) - set(before.collections))
        return Marks(
            before.rating if before.rating != after.rating else self.rating,
            before.label if before.label is not after.label else self.label,
            before.note if before.note != after.note else self.note,
            before.favourite if before.favourite != after.favourite else self.favourite,
            tags,
            tuple(sorted(held | (set(before.collections) - set(after.collections)))),
        )


Marked = tuple[int, Marks]
"""(picture id, its marks)."""

Change = tuple[int, Marks, Marks]
"""(picture id, marks before, marks after)."""


def clean_name(name: str) -> str:
    """Normalize a tag or collection name: one line, without the quotation marks that searches need. May return ""."""
    return single_line(name.replace('"', "")).replace("\ufffd", "")[:MAX_TAG_LENGTH].strip()


def read_marks(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Marked]:
    """Return the marks of these pictures; ids that don't exist are skipped."""
    found = []
    for number in numbers:
        row = connection.execute(
            "SELECT rating, label, note, favourite FROM pictures WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            continue
        tags = connection.execute(
            "SELECT name FROM tags JOIN picture_tags ON tag_id = id WHERE picture_id = ?", (number,)
        )
        collections = connection.execute(
            "SELECT collection_id FROM collection_pictures WHERE picture_id = ? ORDER BY collection_id", (number,)
        )
        marks = Marks(
            row["rating"],
            Label(row["label"]) if row["label"] in list(Label) else Label.NONE,
            row["note"],
            bool(row["favourite"]),
            tuple(sorted((tag["name"] for tag in tags), key=str.casefold)),
            tuple(entry["collection_id"] for entry in collections),
        )
        found.append((number, marks))
    return found


def change_marks(
    connection: sqlite3.Connection, numbers: Sequence[int], change: Callable[[int, Marks], Marks], moment_ms: int
) -> list[Change]:
    """Apply a change to the marks of pictures; return those that differ."""
    changes = []
    for number, marks in read_marks(connection, numbers):
        changed = change(number, marks)
        if changed != marks:
            changes.append((number, marks, changed))
            write_marks(connection, number, changed, moment_ms)
    return changes


def write_marks(connection: sqlite3.Connection, number: int, marks: Marks, moment_ms: int) -> None:
    """Replace the marks of a picture. Collections that don't exist are skipped."""
    connection.execute(
        "UPDATE pictures SET rating = ?, label = ?, note = ?, favourite = ? WHERE id = ?",
        (marks.rating, marks.label.value, marks.note, marks.favourite, number),
    )
    connection.execute("DELETE FROM picture_tags WHERE picture_id = ?", (number,))
    for name in marks.tags:
        connection.execute("INSERT OR IGNORE INTO tags (name) VALUES (?)", (name,))
        connection.execute(
            "INSERT OR IGNORE INTO picture_tags (picture_id, tag_id) SELECT ?, id FROM tags WHERE name = ?",
            (number, name),
        )
    connection.execute("DELETE FROM collection_pictures WHERE picture_id = ?", (number,))
    connection.executemany(
        "INSERT OR IGNORE INTO collection_pictures (collection_id, picture_id, added_ms)"
        " SELECT id, ?, ? FROM collections WHERE id = ?",
        [(number, moment_ms, collection) for collection in marks.collections],
    )
    index_picture(connection, number)


def tag_counts(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return (tag, number of pictures with it) for all tags in use, most used first."""
    rows = connection.execute(
        "SELECT name, COUNT(*) AS uses FROM tags JOIN picture_tags ON tag_id = tags.id"
        " JOIN pictures ON pictures.id = picture_id WHERE trashed_ms IS NULL"
        " GROUP BY tags.id ORDER BY uses DESC, name COLLATE NOCASE"
    )
    return [(row["name"], row["uses"]) for row in rows]
