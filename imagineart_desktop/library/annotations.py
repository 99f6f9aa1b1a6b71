"""The user's organization of the library: marks, collections, saved searches.

Every change of marks returns the previous values, and `put_back` undoes it. Each change is recorded in a journal
next to the database, so that a library rebuilt from its files keeps its organization.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.store import collections as kept
from imagineart_desktop.library.store.collections import Collection, SavedSearch
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.journal import AnnotationEntry, AnnotationJournal, CollectionsAndSearches
from imagineart_desktop.library.store.marks import (
    MAX_NOTE_LENGTH,
    MAX_RATING,
    Change,
    Label,
    Marked,
    Marks,
    change_marks,
    clean_name,
    read_marks,
    tag_counts,
    write_marks,
)
from imagineart_desktop.library.store.off_thread import OffThread


@dataclass(frozen=True, slots=True)
class MarksChange:
    """Marks of pictures before and after a change; empty if nothing changed."""

    changes: tuple[Change, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Ids of the pictures that changed."""
        return tuple(number for number, _, _ in self.changes)


@dataclass(frozen=True, slots=True)
class RemovedCollections:
    """Removed collections, and the previous marks of their pictures."""

    collections: tuple[Collection, ...]
    before: MarksChange


class AnnotationService:
    """The marks, collections and saved searches. tell: called with the ids of changed pictures."""

    def __init__(
        self,
        database: Database,
        journal: AnnotationJournal,
        off_thread: OffThread,
        tell: Callable[[tuple[int, ...]], None],
    ) -> None:
        self._database = database
        self.journal = journal
        self._off_thread = off_thread
        self._tell = tell

    # Marks

    async def change(self, numbers: Sequence[int], change: Callable[[Marks], Marks]) -> MarksChange:
        """Change the marks of pictures."""
        return await self._change(numbers, lambda _number, marks: change(marks))

    async def put_back(self, before: MarksChange) -> MarksChange:
        """Undo a change, keeping later ones. Passing the result back redoes it."""
        known = {number: (was, became) for number, was, became in before.changes}
        return await self._change(before.numbers, lambda number, marks: marks.back(*known[number]))

    async def _change(self, numbers: Sequence[int], change: Callable[[int, Marks], Marks]) -> MarksChange:
        moment = _now_ms()
        changes = await self._database.write(lambda c: change_marks(c, numbers, change, moment))
        await self._changed([number for number, _, _ in changes])
        return MarksChange(tuple(changes))

    async def rate(self, numbers: Sequence[int], rating: int) -> MarksChange:
        """Set the rating. rating: 0 to 5."""
        rating = min(max(rating, 0), MAX_RATING)
        return await self.change(numbers, lambda marks: replace(marks, rating=rating))

    async def set_label(self, numbers: Sequence[int], label: Label) -> MarksChange:
        """Set a color label, or clear it if all of the pictures already have it."""
        same = all(marks.label is label for _, marks in await self.marks(numbers))
        wanted = Label.NONE if same else label
        return await self.change(numbers, lambda marks: replace(marks, label=wanted))

    async def set_favourite(self, numbers: Sequence[int], value: bool) -> MarksChange:
        """Set or clear the favorite mark."""
        return await self.change(numbers, lambda marks: replace(marks, favourite=value))

    async def set_note(self, number: int, note: str) -> MarksChange:
        """Set a picture's note."""
        return await self.change([number], lambda marks: replace(marks, note=note[:MAX_NOTE_LENGTH]))

    async def tag(self, numbers: Sequence[int], names: Sequence[str]) -> MarksChange:
        """Add tags. Empty names are skipped."""
        clean = [name for name in map(clean_name, names) if name]
        return await self.change(numbers, lambda marks: replace(marks, tags=marks.tagged(clean)))

    async def untag(self, numbers: Sequence[int], names: Sequence[str]) -> MarksChange:
        """Remove tags."""
        return await self.change(numbers, lambda marks: replace(marks, tags=marks.untagged(names)))

    async def marks(self, numbers: Sequence[int]) -> list[Marked]:
        """Return the marks of pictures."""
        return await self._database.read(partial(read_marks, numbers=numbers))

    async def tags(self) -> list[tuple[str, int]]:
        """Return (tag, number of pictures with it) for all tags, most used first."""
        return await self._database.read(tag_counts)

    # Collections

    async def collections(self) -> list[Collection]:
        """Return all collections sorted by name, each child after its parent."""
        return await self._database.read(kept.collections)

    async def create_collection(self, name: str, parent: int | None = None) -> int:
        """Create a collection and return its id. Raises LibraryError if the name is taken."""
        number = await self._database.write(partial(kept.create_collection, name=clean_name(name), parent=parent))
        await self._listed()
        return number

    async def rename_collection(self, number: int, name: str) -> None:
        """Rename a collection. Raises LibraryError if the name is taken."""
        await self._database.write(partial(kept.rename_collection, number=number, name=clean_name(name)))
        await self._record_members(number)

    async def move_collection(self, number: int, parent: int | None) -> None:
        """Move a collection into another, or to the top level (None).

        Raises LibraryError if that would nest two levels deep.
        """
        await self._database.write(partial(kept.move_collection, number=number, parent=parent))
        await self._record_members(number)

    async def remove_collection(self, number: int) -> RemovedCollections:
        """Delete a collection; the pictures stay in the library. Pass the result to `restore_collection` to undo."""
        gone = [one for one in await self.collections() if number in (one.id, one.parent)]
        numbers = {one.id for one in gone}
        held = await self._database.read(partial(_members_of, number=number))
        before = await self.change(
            held, lambda marks: replace(marks, collections=tuple(c for c in marks.collections if c not in numbers))
        )
        await self._database.write(partial(kept.remove_collection, number=number))
        await self._listed()
        return RemovedCollections(tuple(gone), before)

    async def restore_collection(self, removed: RemovedCollections) -> None:
        """Restore a removed collection with its pictures."""
        await self._database.write(partial(kept.bring_back, gone=removed.collections))
        await self.put_back(removed.before)
        await self._listed()

    async def collect(self, numbers: Sequence[int], collection: int) -> MarksChange:
        """Add pictures to a collection."""
        return await self.change(
            numbers, lambda marks: replace(marks, collections=tuple(sorted({*marks.collections, collection})))
        )

    async def discard(self, numbers: Sequence[int], collection: int) -> MarksChange:
        """Remove pictures from a collection and from those inside it."""
        out_of = {one.id for one in await self.collections() if collection in (one.id, one.parent)}
        return await self.change(
            numbers, lambda marks: replace(marks, collections=tuple(c for c in marks.collections if c not in out_of))
        )

    # Searches

    async def saved_searches(self) -> list[SavedSearch]:
        """Return all saved searches sorted by name."""
        return await self._database.read(kept.saved_searches)

    async def save_search(self, name: str, query: str) -> None:
        """Save a search under a name."""
        if clean_name(name):
            await self._database.write(partial(kept.save_search, name=clean_name(name), query=query))
            await self._listed()

    async def rename_search(self, old: str, name: str) -> None:
        """Rename a saved search. Raises LibraryError if the name is taken."""
        if clean_name(name):
            await self._database.write(partial(kept.rename_search, old=old, name=clean_name(name)))
            await self._listed()

    async def delete_search(self, name: str) -> None:
        """Delete a saved search."""
        await self._database.write(partial(kept.forget_search, name=name))
        await self._listed()

    # After a rebuild

    async def remember(self, only: Sequence[int] | None = None) -> int:
        """Restore marks from the journal for pictures without any; return how many. Raises OSError.

        only: ids of the pictures; None for all pictures, and collections and searches as well.
        """
        lists = CollectionsAndSearches() if only is not None else await self._off_thread(self.journal.read_lists)
        noted = await self._off_thread(self.journal.read)

        def put_back(connection: sqlite3.Connection) -> int:
            _remember_lists(connection, lists)
            return _remember(connection, noted, _now_ms(), only)

        return await self._database.write(put_back)

    async def rewrite_journal(self) -> None:
        """Rewrite the journal from the database, for a journal that came from elsewhere."""
        numbers = await self._database.read(_all_numbers)
        noted = await self._database.read(partial(_noted, numbers=numbers))
        await self._off_thread(
            partial(self.journal.replace, [entry for entry in noted if entry.marks != Marks() or entry.collections])
        )
        await self._listed()

    async def _record_members(self, collection: int) -> None:
        await self._changed(await self._database.read(partial(_members_of, number=collection)))
        await self._listed()

    async def _listed(self) -> None:
        """Rewrite the journal of collections and saved searches, which is written as a whole."""
        lists = await self._database.read(_lists)
        await self._off_thread(partial(self.journal.write_lists, lists))
        self._tell(())

    def rewrite_marks(self, connection: sqlite3.Connection) -> None:
        """Rewrite the journal from its readable lines and the rows. Raises OSError."""
        said = {(entry.job_id, entry.position): entry for entry in self.journal.read()}
        for entry in _noted(connection, _all_numbers(connection)):
            said[entry.job_id, entry.position] = entry
        self.journal.replace([entry for entry in said.values() if entry.marks != Marks() or entry.collections])

    def rewrite_lists(self, connection: sqlite3.Connection) -> None:
        """Rewrite the journal of collections and searches. Raises OSError."""
        self.journal.write_lists(_lists(connection))

    async def _changed(self, numbers: Sequence[int]) -> None:
        if numbers:
            noted = await self._database.read(partial(_noted, numbers=numbers))
            await self._off_thread(partial(self.journal.note, noted))
        self._tell(tuple(numbers))


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _all_numbers(connection: sqlite3.Connection) -> list[int]:
    return [row["id"] for row in connection.execute("SELECT id FROM pictures")]


def _members_of(connection: sqlite3.Connection, number: int) -> list[int]:
    rows = connection.execute(
        "SELECT DISTINCT picture_id FROM collection_pictures JOIN collections ON collections.id = collection_id"
        " WHERE collections.id = ? OR parent_id = ?",
        (number, number),
    )
    return [row["picture_id"] for row in rows]


def _by_number(connection: sqlite3.Connection) -> dict[int, Collection]:
    return {collection.id: collection for collection in kept.collections(connection)}


def _lists(connection: sqlite3.Connection) -> CollectionsAndSearches:
    held = _by_number(connection)
    paths = tuple(_path(collection, held) for collection in held.values())
    searches = tuple((search.name, search.query) for search in kept.saved_searches(connection))
    return CollectionsAndSearches(paths, searches)


def _path(collection: Collection, held: dict[int, Collection]) -> tuple[str, ...]:
    """Return the collection's path of names, outermost first."""
    return (collection.name,) if collection.parent is None else (held[collection.parent].name, collection.name)


def _noted(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[AnnotationEntry]:
    names = _by_number(connection)
    found = []
    for number, marks in read_marks(connection, numbers):
        row = connection.execute("SELECT job_id, position FROM pictures WHERE id = ?", (number,)).fetchone()
        paths = tuple(_path(names[collection], names) for collection in marks.collections if collection in names)
        found.append(AnnotationEntry(row["job_id"], row["position"], replace(marks, collections=()), paths))
    return found


def _remember(
    connection: sqlite3.Connection, noted: Sequence[AnnotationEntry], moment: int, only: Sequence[int] | None
) -> int:
    remembered, meant = 0, None if only is None else frozenset(only)
    for entry in noted:
        row = connection.execute(
            "SELECT id FROM pictures WHERE job_id = ? AND position = ?", (entry.job_id, entry.position)
        ).fetchone()
        if row is None or (meant is not None and row["id"] not in meant):
            continue
        if dict(read_marks(connection, [row["id"]]))[row["id"]] != Marks():
            continue
        found = {_collection_at(connection, path) for path in entry.collections}
        collections = tuple(sorted(number for number in found if number is not None))
        write_marks(connection, row["id"], replace(entry.marks, collections=collections), moment)
        remembered += 1
    return remembered


def _remember_lists(connection: sqlite3.Connection, lists: CollectionsAndSearches) -> None:
    for path in lists.collections:
        _collection_at(connection, path)
    known = {search.name.casefold() for search in kept.saved_searches(connection)}
    for name, query in lists.searches:
        if name.casefold() not in known:
            kept.save_search(connection, name, query)


def _collection_at(connection: sqlite3.Connection, path: Sequence[str]) -> int | None:
    """Return the id of the collection with this path, creating it if it's missing; None if it can't be created."""
    parent: int | None = None
    for name in path:
        row = connection.execute(
            "SELECT id FROM collections WHERE name = ? AND parent_id IS ?", (name, parent)
        ).fetchone()
        try:
            parent = row["id"] if row is not None else kept.create_collection(connection, name, parent)
        except LibraryError:
            return None
    return parent
