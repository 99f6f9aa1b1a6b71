"""The list that a loupe walks through, and the current position in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

from PySide6.QtCore import QModelIndex, QObject, Signal

from imagineart_desktop.library import Library, LibraryChange, PictureSummary, Query, SearchResult
from imagineart_desktop.workspace.gallery.changes import ChangeBatcher
from imagineart_desktop.workspace.gallery.rows import PictureRows


class ImageList(PictureRows):
    """A list as it was when the loupe was opened: filters, new images and marks don't change its order or position.

    Images moved to the trash leave the list, and return to their place when that is undone.
    """

    moved = Signal()
    """The user went to another image."""
    resized = Signal()
    """Images left the list or returned."""
    invalidated = Signal()
    """Ids refer to other images from now on, so nothing in the list is valid."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(library, parent)
        self.current: int | None = None
        self._ranks: dict[int, int] = {}
        """Position of each image in the list as it was opened."""
        self._in_trash = False
        self._forward = True
        self._changes = ChangeBatcher(
            library, lambda changed: Query(among=tuple(changed), trash=self._in_trash), self._update, self
        )
        self._pending_trash: set[int] = set()
        """Images that are being moved to the trash."""

    @property
    def position(self) -> tuple[int, int]:
        """The position of the current image, counted from 1 (0 if it has left the list), and the number of images."""
        row = self._row_of(self.current) if self.current is not None else None
        return (0 if row is None else row + 1), len(self._numbers)

    @property
    def in_trash(self) -> bool:
        """Whether the list is the content of the trash."""
        return self._in_trash

    def set_list(self, numbers: list[int], current: int, *, in_trash: bool = False) -> None:
        """Walk through these ids from now on. in_trash: whether the list is the content of the trash."""
        if numbers != self._numbers or in_trash != self._in_trash:
            self._in_trash = in_trash
            self._pending_trash.clear()
            self._fill(numbers)
        self.current, self._forward = current, True
        self.moved.emit()

    def extend(self, numbers: list[int]) -> None:
        """Update the list to a batch that has more images now, keeping the position."""
        self._fill(numbers)
        self.resized.emit()

    def _fill(self, numbers: list[int]) -> None:
        self.beginResetModel()
        self._numbers = list(numbers)
        self._ranks = {number: rank for rank, number in enumerate(numbers)}
        self._changes.ask_again()
        self._pages_asked.clear()
        self.endResetModel()

    def clear(self) -> None:
        """Release the list and everything loaded for it."""
        self.beginResetModel()
        self.current, self._numbers, self._ranks = None, [], {}
        self._pending_trash.clear()
        self._changes.forget()
        self._summaries.clear()
        self._pages_asked.clear()
        self.thumbnails.forget_all()
        self.endResetModel()

    def store_summary(self, summary: PictureSummary) -> None:
        """Store a summary that was read elsewhere."""
        self._summaries[summary.id] = summary

    def go_to(self, number: int) -> None:
        """Go to an image of the list."""
        if number != self.current and self._row_of(number) is not None:
            self._forward = self._rank(number) > self._rank(self.current)
            self.current = number
            self.moved.emit()

    def step(self, by: int) -> bool:
        """Move by a number of images, at most to the end of the list. Return whether the image changed."""
        if self.current is None or not self._numbers:
            return False
        row = self._row_of(self.current)
        if row is None:
            row = self._place_of(self.current) - (1 if by > 0 else 0)
        before = self.current
        self.go_to(self._numbers[min(max(row + by, 0), len(self._numbers) - 1)])
        return self.current != before

    def leave(self, numbers: Collection[int]) -> bool:
        """Go to the next image that isn't one of these, or else to the previous one. Return False if there is none."""
        if self.current is None:
            return False
        # Keys can be faster than the library: images trashed just before are still in the list.
        self._pending_trash.update(numbers)
        row = self._place_of(self.current)
        after = (one for one in self._numbers[row:] if one not in self._pending_trash)
        before = (one for one in reversed(self._numbers[:row]) if one not in self._pending_trash)
        target = next(after, None) or next(before, None)
        if target is not None:
            self.go_to(target)
        return target is not None

    def neighbors(self, ahead: int, behind: int) -> list[int]:
        """Return the images that are likely to be shown next, likeliest first."""
        if self.current is None:
            return []
        row = self._place_of(self.current)
        there = self._row_of(self.current) is not None
        after = self._numbers[row + there : row + there + (ahead if self._forward else behind)]
        before = self._numbers[max(0, row - (behind if self._forward else ahead)) : row][::-1]
        first, then = (after, before) if self._forward else (before, after)
        return [*first[:1], *then[:1], *first[1:], *then[1:]]

    def _rank(self, number: int | None) -> int:
        return self._ranks.get(number, -1) if number is not None else -1

    def _place_of(self, number: int) -> int:
        """Return the row of an image, or where it would be if it hadn't left."""
        return bisect_left(self._numbers, self._rank(number), key=self._rank)

    def _row_of(self, number: int) -> int | None:
        row = self._place_of(number)
        return row if row < len(self._numbers) and self._numbers[row] == number else None

    # Library changes

    def _library_changed(self, change: LibraryChange) -> None:
        super()._library_changed(change)
        if change.reset and self._numbers:
            self.invalidated.emit()
        elif change.reordered and self._numbers:
            self._changes.add(number for number in change.pictures if number in self._ranks)

    def _update(self, changed: set[int], found: SearchResult) -> None:
        """Remove images that are in the trash now, and put back those that aren't."""
        there = set(found.numbers)
        self._pending_trash -= changed
        for number in changed:
            if number not in self._ranks:
                continue
            row, place = self._row_of(number), self._place_of(number)
            if row is not None and number not in there:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._numbers[row]
                self.endRemoveRows()
            elif row is None and number in there:
                self.beginInsertRows(QModelIndex(), place, place)
                self._numbers.insert(place, number)
                self.endInsertRows()
        self._pages_asked.clear()
        self.resized.emit()
