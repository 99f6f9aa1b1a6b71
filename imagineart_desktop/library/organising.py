"""What the user does to bring order into the library: marks, collections, searches that are kept.

Every change of marks gives back what was there before; `put_back` undoes it. Each is noted in a journal beside the
database, so that a library that is rebuilt from its files has its order back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from imagineart_desktop.library import collections as kept
from imagineart_desktop.library.collections import Collection, SavedSearch
from imagineart_desktop.library.database import Database
from imagineart_desktop.library.journal import Journal, Noted
from imagineart_desktop.library.marks import (
    MOST_NOTE,
    MOST_RATING,
    Label,
    Marked,
    Marks,
    change_marks,
    clean_name,
    read_marks,
    tag_counts,
    write_marks,
)

OffThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Before:
    """What was said of pictures before a change; empty when nothing was made different."""

    marked: tuple[Marked, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pictures that were made different."""
        return tuple(number for number, _ in self.marked)


class Organising:
    """tell: told the numbers of the pictures that became different."""

    def __init__(
        self, database: Database, journal: Journal, off_thread: OffThread, tell: Callable[[tuple[int, ...]], None]
    ) -> None:
        self._database = database
        self._journal = journal
        self._off_thread = off_thread
        self._tell = tell

    # Marks

    async def change(self, numbers: Sequence[int], change: Callable[[Marks], Marks]) -> Before:
        """Changes what is said of pictures."""
        moment = _now_ms()
        before = await self._database.write(lambda c: change_marks(c, numbers, change, moment))
        await self._changed([number for number, _ in before])
        return Before(tuple(before))

    async def put_back(self, before: Before) -> Before:
        """Undoes a change; what this gives back does it again."""
        moment = _now_ms()

        def put(connection: sqlite3.Connection) -> list[Marked]:
            now = read_marks(connection, before.numbers)
            for number, marks in before.marked:
                write_marks(connection, number, marks, moment)
            return now

        now = await self._database.write(put)
        await self._changed(before.numbers)
        return Before(tuple(now))

    async def rate(self, numbers: Sequence[int], rating: int) -> Before:
        """rating: 0 to 5."""
        rating = min(max(rating, 0), MOST_RATING)
        return await self.change(numbers, lambda marks: replace(marks, rating=rating))

    async def set_label(self, numbers: Sequence[int], label: Label) -> Before:
        """A colour label; none where all have this one already."""
        same = all(marks.label is label for _, marks in await self.marks(numbers))
        wanted = Label.NONE if same else label
        return await self.change(numbers, lambda marks: replace(marks, label=wanted))

    async def set_favourite(self, numbers: Sequence[int], value: bool) -> Before:
        """Favourites or no longer."""
        return await self.change(numbers, lambda marks: replace(marks, favourite=value))

    async def set_note(self, number: int, note: str) -> Before:
        """What the user wrote down about a picture."""
        return await self.change([number], lambda marks: replace(marks, note=note[:MOST_NOTE]))

    async def tag(self, numbers: Sequence[int], names: Sequence[str]) -> Before:
        """Adds tags. Empty names are left out."""
        clean = [name for name in map(clean_name, names) if name]
        return await self.change(numbers, lambda marks: replace(marks, tags=marks.tagged(clean)))

    async def untag(self, numbers: Sequence[int], names: Sequence[str]) -> Before:
        """Takes tags away."""
        return await self.change(numbers, lambda marks: replace(marks, tags=marks.untagged(names)))

    async def marks(self, numbers: Sequence[int]) -> list[Marked]:
        """What is said of pictures."""
        return await self._database.read(partial(read_marks, numbers=numbers))

    async def tags(self) -> list[tuple[str, int]]:
        """All tags, the most used first, with how many pictures have them."""
        return await self._database.read(tag_counts)

    # Collections

    async def collections(self) -> list[Collection]:
        """All of them by name, each after the one that it lies in."""
        return await self._database.read(kept.collections)

    async def create_collection(self, name: str, parent: int | None = None) -> int:
        """A new one; its number. Raises LibraryError where the name is taken."""
        number = await self._database.write(partial(kept.create_collection, name=clean_name(name), parent=parent))
        self._tell(())
        return number

    async def rename_collection(self, number: int, name: str) -> None:
        """Another name. Raises LibraryError where it is taken."""
        await self._database.write(partial(kept.rename_collection, number=number, name=clean_name(name)))
        await self._held_by(number)

    async def remove_collection(self, number: int) -> None:
        """Removes it; the pictures stay in the library."""
        held = await self._database.read(partial(_held, number=number))
        await self._database.write(partial(kept.remove_collection, number=number))
        await self._changed(held)

    async def collect(self, numbers: Sequence[int], collection: int) -> Before:
        """Puts pictures into a collection."""
        return await self.change(
            numbers, lambda marks: replace(marks, collections=tuple(sorted({*marks.collections, collection})))
        )

    async def discard(self, numbers: Sequence[int], collection: int) -> Before:
        """Takes pictures out of a collection."""
        return await self.change(
            numbers,
            lambda marks: replace(marks, collections=tuple(c for c in marks.collections if c != collection)),
        )

    # Searches

    async def saved_searches(self) -> list[SavedSearch]:
        """All of them by name."""
        return await self._database.read(kept.saved_searches)

    async def save_search(self, name: str, query: str) -> None:
        """Keeps a search under a name."""
        await self._database.write(partial(kept.save_search, name=clean_name(name), query=query))
        self._tell(())

    async def forget_search(self, name: str) -> None:
        """Keeps it no longer."""
        await self._database.write(partial(kept.forget_search, name=name))
        self._tell(())

    # After a rebuild

    async def remember(self) -> int:
        """Puts back what the journal says of pictures that nothing is said of; of how many."""
        noted = await self._off_thread(self._journal.read)
        return await self._database.write(partial(_remember, noted=noted, moment=_now_ms())) if noted else 0

    async def note_all(self) -> None:
        """Notes what is said of every picture in the journal, for a database that came from elsewhere."""
        numbers = await self._database.read(_all_numbers)
        noted = await self._database.read(partial(_noted, numbers=numbers))
        await self._off_thread(partial(self._journal.note, noted))

    async def _held_by(self, collection: int) -> None:
        await self._changed(await self._database.read(partial(_held, number=collection)))

    async def _changed(self, numbers: Sequence[int]) -> None:
        if numbers:
            noted = await self._database.read(partial(_noted, numbers=numbers))
            await self._off_thread(partial(self._journal.note, noted))
        self._tell(tuple(numbers))


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _all_numbers(connection: sqlite3.Connection) -> list[int]:
    return [row["id"] for row in connection.execute("SELECT id FROM pictures")]


def _held(connection: sqlite3.Connection, number: int) -> list[int]:
    rows = connection.execute("SELECT picture_id FROM collection_pictures WHERE collection_id = ?", (number,))
    return [row["picture_id"] for row in rows]


def _noted(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Noted]:
    names = {collection.id: collection for collection in kept.collections(connection)}

    def path(number: int) -> tuple[str, ...]:
        held = names[number]
        return (held.name,) if held.parent is None else (names[held.parent].name, held.name)

    found = []
    for number, marks in read_marks(connection, numbers):
        row = connection.execute("SELECT job_id, position FROM pictures WHERE id = ?", (number,)).fetchone()
        paths = tuple(path(collection) for collection in marks.collections if collection in names)
        found.append(Noted(row["job_id"], row["position"], replace(marks, collections=()), paths))
    return found


def _remember(connection: sqlite3.Connection, noted: Sequence[Noted], moment: int) -> int:
    remembered = 0
    for entry in noted:
        row = connection.execute(
            "SELECT id FROM pictures WHERE job_id = ? AND position = ?", (entry.job_id, entry.position)
        ).fetchone()
        if row is None or dict(read_marks(connection, [row["id"]]))[row["id"]] != Marks():
            continue
        collections = tuple(sorted(_collection_at(connection, path) for path in entry.collections))
        write_marks(connection, row["id"], replace(entry.marks, collections=collections), moment)
        remembered += 1
    return remembered


def _collection_at(connection: sqlite3.Connection, path: Sequence[str]) -> int:
    parent: int | None = None
    for name in path:
        row = connection.execute(
            "SELECT id FROM collections WHERE name = ? AND parent_id IS ?", (name, parent)
        ).fetchone()
        parent = row["id"] if row is not None else kept.create_collection(connection, name, parent)
    return parent or 0
