"""The pictures that match, as Qt's views want them: numbers at once, everything else when it is looked at."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QPixmap

from imagineart_desktop.library import (
    GROUP_SPAN,
    FileState,
    Found,
    Library,
    LibraryChange,
    LibraryError,
    Order,
    PictureSummary,
    Query,
)
from imagineart_desktop.support import spawn
from imagineart_desktop.support.plain_text import shown
from imagineart_desktop.ui.gallery.grouping import Grouping, group_starts, heading_of
from imagineart_desktop.ui.gallery.thumbnails import Thumbnails
from imagineart_desktop.ui.intake import PICTURE_MIME
from imagineart_desktop.ui.widgets import plain_tip

Index = QModelIndex | QPersistentModelIndex

SUMMARY = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1
MISSING = Qt.ItemDataRole.UserRole + 2

_PAGE = 100

_FIRST = 200
"""Pictures that are asked for first after another query: they fill any window, and come at once."""

_REST_SECONDS = 0.1
"""After these, without another query, all others are asked for; until then one may still be typing."""

_MOST_ONE_BY_ONE = 500
"""Pictures; of more changes at once the whole answer is asked for anew."""

_MOST_KNOWN = 20_000
"""Pictures of which a drag carries the files to other programs."""

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be seen of a picture; nothing of it before its summary and its small picture have come."""

    summary: PictureSummary | None
    pixmap: QPixmap | None
    missing: bool = False
    chosen: bool = False
    hovered: bool = False


class PictureModel(QAbstractListModel):
    """Rows are numbers of pictures in the query's order; summaries come in pages."""

    loaded = Signal()
    """After each answer to a query."""
    shifting = Signal()
    """Before some pictures go, come, or change their places."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = Query()
        self._order = self.query.order
        """Of the rows as they are; the query may be ahead of them."""
        self.revision = 0
        """Rises whenever rows come, go or change their places."""
        self.problems: tuple[str, ...] = ()
        """What of the query's text was not understood, in sentences."""
        self._library = library
        self._numbers: list[int] = []
        self._keys: dict[int, int] = {}
        self._groups: Mapping[int, str] = {}
        self.complete = True
        """Whether all that match are here, and not only the first."""
        self._changed: set[int] = set()
        self._following = False
        self._summaries: dict[int, PictureSummary] = {}
        self._pages_asked: set[int] = set()
        self._asked = 0
        self.thumbnails = Thumbnails(library, self)
        self.thumbnails.ready.connect(self._thumbnail_ready)
        self._unsubscribe = library.subscribe(self._library_changed)

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many match."""
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """SUMMARY, THUMBNAIL and MISSING, and the prompt as text."""
        number = self._numbers[index.row()]
        summary = self._summaries.get(number)
        if summary is None:
            self._ask_page(index.row() // _PAGE)
            return None
        if role == SUMMARY:
            return summary
        if role == THUMBNAIL:
            return self.thumbnails.get(summary)
        if role == MISSING:
            return self._is_missing(summary)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(summary.title[:300])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return shown(summary.title[:300])
        return None

    def look(self, row: int, *, chosen: bool, hovered: bool) -> Look:
        """How a row is drawn now; what it lacks is asked for."""
        number = self._numbers[row]
        summary = self._summaries.get(number)
        if summary is None:
            self._ask_page(row // _PAGE)
            return Look(None, None, chosen=chosen, hovered=hovered)
        return Look(
            summary,
            self.thumbnails.get(summary),
            missing=self._is_missing(summary),
            chosen=chosen,
            hovered=hovered,
        )

    def _is_missing(self, summary: PictureSummary) -> bool:
        """Whether there is no picture to show, because its file is gone or damaged."""
        gone = summary.state in (FileState.MISSING, FileState.DAMAGED)
        return gone or self.thumbnails.is_missing(summary.id)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Can be chosen and dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Numbers for this window, files for other programs."""
        return [PICTURE_MIME, "text/uri-list"]

    def mimeData(self, indexes: Any) -> QMimeData:
        """What a drag carries."""
        numbers = [self._numbers[index.row()] for index in indexes]
        mime = mime_of([self._summaries[number] for number in numbers if number in self._summaries])
        mime.setData(PICTURE_MIME, ",".join(map(str, numbers)).encode())
        return mime

    # What the window asks

    def number_at(self, index: Index) -> int:
        """The picture's number."""
        return self._numbers[index.row()]

    def summary_of(self, number: int) -> PictureSummary | None:
        """Return what is known of a picture; None while it has not been loaded."""
        return self._summaries.get(number)

    def numbers_between(self, first: int, last: int) -> list[int]:
        """The pictures from one row to another."""
        return self._numbers[first : last + 1]

    def index_of(self, number: int) -> QModelIndex:
        """Where a picture is; invalid when it does not match."""
        row = self._row_of(number)
        return self.index(row) if row is not None else QModelIndex()

    def set_query(self, query: Query) -> None:
        """Shows what matches another query: the first at once, the others when nothing else is asked."""
        self.query = query
        spawn(self._answer())

    def refresh(self) -> None:
        """Asks the library again."""
        spawn(self._ask(None))

    def starts(self, grouping: Grouping) -> list[int]:
        """The first row of each group; none where pictures are not sorted by time."""
        if self._order not in (Order.NEWEST, Order.OLDEST):
            return []
        if (grouping is Grouping.COLLECTION) != bool(self._groups):
            return []
        return group_starts(self._numbers, self._keys, grouping, falls=self._order.falls)

    def heading(self, row: int, grouping: Grouping) -> str:
        """What stands over the group that begins there."""
        key = self._keys[self._numbers[row]]
        return self._groups[key // GROUP_SPAN] if grouping is Grouping.COLLECTION else heading_of(key, grouping)

    def prefetch(self, first: int, last: int) -> None:
        """Has the small pictures of rows loaded that are not in sight yet, after those that are."""
        for number in self._numbers[first : last + 1]:
            summary = self._summaries.get(number)
            if summary is None:
                self._ask_page(first // _PAGE)
            else:
                self.thumbnails.prefetch(summary)

    def know(self, numbers: list[int]) -> None:
        """Has the summaries of these pictures at hand, for what is chosen may be dragged away."""
        unknown = [number for number in numbers[:_MOST_KNOWN] if number not in self._summaries]
        if unknown:
            spawn(self._load(unknown))

    def close(self) -> None:
        """Listens to the library no longer."""
        self._unsubscribe()

    async def _answer(self) -> None:
        turn = await self._ask(_FIRST)
        if turn is not None and not self.complete:
            await asyncio.sleep(_REST_SECONDS)
            if turn == self._asked:
                await self._ask(None)

    async def _ask(self, most: int | None) -> int | None:
        """Shows what the library finds now; None where it could not, or something else was asked meanwhile."""
        self._asked += 1
        turn = self._asked
        self._changed.clear()
        query = self.query
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

    def _take(self, found: Found, order: Order) -> None:
        shown = len(self._numbers)
        alike = order is self._order and found.groups == self._groups
        if alike and found.numbers == self._numbers:
            return
        if alike and shown and found.numbers[:shown] == self._numbers:
            self.beginInsertRows(QModelIndex(), shown, len(found.numbers) - 1)
            end = self.endInsertRows
        else:
            self.shifting.emit()
            self.beginResetModel()
            end = self.endResetModel
        self._order, self._groups = order, found.groups
        self._numbers, self._keys = found.numbers, found.keys
        self.revision += 1
        self._pages_asked.clear()
        end()

    async def _follow(self) -> None:
        """Puts changed pictures where they belong now, some at a time, without asking for all the others."""
        self._following = True
        try:
            while self._changed:
                changed, self._changed = self._changed, set()
                turn = self._asked
                found = await self._library.find(replace(self.query, among=tuple(changed)))
                if turn == self._asked:
                    self._move(changed, found.keys)
                    self.loaded.emit()
        except LibraryError:
            return
        finally:
            self._following = False

    def _move(self, changed: set[int], keys: dict[int, int]) -> None:
        """keys: of those among the changed that match."""
        self.shifting.emit()
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
        """By which the rows are in rising order."""
        sign = -1 if self._order.falls else 1
        return sign * self._keys[number], sign * number

    def _ask_page(self, page: int) -> None:
        if page not in self._pages_asked:
            self._pages_asked.add(page)
            spawn(self._load(self._numbers[page * _PAGE : (page + 1) * _PAGE]))

    async def _load(self, numbers: list[int]) -> None:
        try:
            for summary in await self._library.summaries(numbers):
                self._summaries[summary.id] = summary
        except LibraryError:
            return
        self._touch(numbers)

    def _library_changed(self, change: LibraryChange) -> None:
        for number in change.pictures:
            self._summaries.pop(number, None)
        if change.redrawn:
            self.thumbnails.forget(change.pictures)
        if change.anew:
            self._summaries.clear()
            self.thumbnails.forget_all()
            self._numbers, self._keys = [], {}
            self.revision += 1
            self.beginResetModel()
            self.endResetModel()
            self.refresh()
        elif change.structure and (self._groups or len(change.pictures) > _MOST_ONE_BY_ONE):
            self.refresh()
        elif change.structure:
            self._changed.update(change.pictures)
            if not self._following:
                spawn(self._follow())
        self._pages_asked.clear()
        self._touch(list(change.pictures))

    def _thumbnail_ready(self, number: int) -> None:
        self._touch([number])

    def _touch(self, numbers: list[int]) -> None:
        rows = [row for number in numbers if (row := self._row_of(number)) is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))


def mime_of(pictures: list[PictureSummary]) -> QMimeData:
    """Pictures for a drag or the clipboard: numbers for this window, files for other programs."""
    mime = QMimeData()
    mime.setData(PICTURE_MIME, ",".join(str(picture.id) for picture in pictures).encode())
    mime.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
    return mime
