"""The list model of the images that match a query, in its order, with their groups."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QObject, Signal

from imagineart_desktop.library import (
    GROUP_KEY_STRIDE,
    Library,
    LibraryChange,
    LibraryError,
    Query,
    SearchResult,
    SortOrder,
)
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.changes import ChangeBatcher
from imagineart_desktop.workspace.gallery.grouping import Grouping, group_heading, group_starts
from imagineart_desktop.workspace.gallery.rows import PictureRows

_FIRST_BATCH = 200
"""Number of images fetched first for a new query: enough to fill any window, and quick to load."""

_LOAD_REST_DELAY_S = 0.1
"""Delay in seconds before the rest is fetched, unless another query follows: the user may still be typing."""

_MAX_INCREMENTAL_CHANGES = 500
"""Maximum number of changed images that are moved one by one; if more change at once, the whole query runs again."""


class PictureModel(PictureRows):
    """A list model whose rows are the images that match a query, in its order."""

    loaded = Signal()
    """Emitted after each result of a query."""
    rows_about_to_change = Signal()
    """Emitted before images are removed, inserted or moved."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(library, parent)
        self.query = Query()
        self._order = self.query.order
        """Order of the current rows; the query may be ahead of them."""
        self.revision = 0
        """Incremented whenever rows are removed, inserted or moved."""
        self.problems: tuple[str, ...] = ()
        """What of the query's text couldn't be understood, as sentences."""
        self._keys: dict[int, int] = {}
        self._groups: Mapping[int, str] = {}
        self.complete = True
        """Whether all matching images are loaded, and not only the first ones."""
        self.held: frozenset[int] = frozenset()
        """Images that stay listed although a change of their marks made them no longer match; see `hold`."""
        self._changes = ChangeBatcher(
            library, lambda changed: replace(self._held_query, among=tuple(changed)), self._take_changed, self
        )
        self._asked = 0

    def set_query(self, query: Query) -> None:
        """Show what matches another query: the first images at once, the rest if no other query follows."""
        if query != self.query:
            self.held = frozenset()
        self.query = query
        spawn_owned(self, self._answer())

    def hold(self, numbers: Iterable[int]) -> None:
        """Keep these images listed whatever their marks, until another query; no longer those held before."""
        released, self.held = self.held.difference(numbers), frozenset(numbers)
        self._changes.add(released)

    @property
    def _held_query(self) -> Query:
        return replace(self.query, also=tuple(self.held))

    def refresh(self) -> None:
        """Run the query again."""
        spawn_owned(self, self._ask(None))

    def group_starts(self, grouping: Grouping) -> list[int]:
        """Return the first row of each group; empty if images aren't sorted by time."""
        if self._order not in (SortOrder.NEWEST, SortOrder.OLDEST):
            return []
        if (grouping is Grouping.COLLECTION) != bool(self._groups):
            return []
        return group_starts(self._numbers, self._keys, grouping, falls=self._order.is_descending)

    def heading(self, row: int, grouping: Grouping) -> str:
        """Return the heading of the group that begins at a row."""
        key = self._keys[self._numbers[row]]
        return (
            self._groups[key // GROUP_KEY_STRIDE] if grouping is Grouping.COLLECTION else group_heading(key, grouping)
        )

    async def _answer(self) -> None:
        turn = await self._ask(_FIRST_BATCH)
        if turn is not None and not self.complete:
            await asyncio.sleep(_LOAD_REST_DELAY_S)
            if turn == self._asked:
                await self._ask(None)

    async def _ask(self, most: int | None) -> int | None:
        """Show the library's current result. Return None if the query failed or another one started meanwhile."""
        self._asked += 1
        turn = self._asked
        self._changes.forget()
        query = self._held_query
        try:
            found = await self._library.find(query, most)
        except LibraryError:
            return None
        if turn != self._asked:
            return None
        self.problems = found.problems
        self.complete = most is None or len(found.numbers) < most
        self._take(found, query.order)
        self.loaded.emit()
        return turn

    def _take(self, found: SearchResult, order: SortOrder) -> None:
        shown = len(self._numbers)
        alike = order is self._order and found.groups == self._groups
        if alike and found.numbers == self._numbers:
            return
        if alike and shown and found.numbers[:shown] == self._numbers:
            self.beginInsertRows(QModelIndex(), shown, len(found.numbers) - 1)
            end = self.endInsertRows
        else:
            self.rows_about_to_change.emit()
            self.beginResetModel()
            end = self.endResetModel
        self._order, self._groups = order, found.groups
        self._numbers, self._keys = found.numbers, found.keys
        self.revision += 1
        self._pages_asked.clear()
        end()

    def _take_changed(self, changed: set[int], found: SearchResult) -> None:
        """Move changed images to their new positions, without fetching all the others."""
        self._move(changed, found.keys)
        self.loaded.emit()

    def _move(self, changed: set[int], keys: dict[int, int]) -> None:
        """Update the rows of changed images. keys: sort keys of those that match."""
        self.rows_about_to_change.emit()
        self.revision += 1
        for number in changed:
            row = self._row_of(number)
            if row is not None and keys.get(number) != self._keys[number]:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._numbers[row], self._keys[number]
                self.endRemoveRows()
                row = None
            if row is None and number in keys:
                self._keys[number] = keys[number]
                row = bisect_left(self._numbers, self._key(number), key=self._key)
                self.beginInsertRows(QModelIndex(), row, row)
                self._numbers.insert(row, number)
                self.endInsertRows()
        self._pages_asked.clear()

    def _row_of(self, number: int) -> int | None:
        if number not in self._keys:
            return None
        row = bisect_left(self._numbers, self._key(number), key=self._key)
        return row if row < len(self._numbers) and self._numbers[row] == number else None

    def _key(self, number: int) -> tuple[int, int]:
        """Return the key by which the rows are sorted in ascending order."""
        sign = -1 if self._order.is_descending else 1
        return sign * self._keys[number], sign * number

    def _library_changed(self, change: LibraryChange) -> None:
        """Move changed images to their new positions, or run the query again if that is necessary."""
        super()._library_changed(change)
        if change.reset:
            self.held = frozenset()
            self._numbers, self._keys = [], {}
            self.revision += 1
            self.beginResetModel()
            self.endResetModel()
            self.refresh()
        elif change.reordered and (self._groups or len(change.pictures) > _MAX_INCREMENTAL_CHANGES):
            self.refresh()
        elif change.reordered:
            self._changes.add(change.pictures)
