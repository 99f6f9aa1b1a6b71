"""The pictures that match, as Qt's views want them: numbers at once, everything else when it is looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl, Signal

from imagineart_desktop.library import Library, LibraryChange, LibraryError, PictureSummary, Query
from imagineart_desktop.ui.gallery.thumbnails import Thumbnails
from imagineart_desktop.ui.intake import PICTURE_MIME
from imagineart_desktop.ui.loop import spawn

Index = QModelIndex | QPersistentModelIndex

SUMMARY = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1
MISSING = Qt.ItemDataRole.UserRole + 2

_PAGE = 100
_ROOT = QModelIndex()


class PictureModel(QAbstractListModel):
    """Rows are numbers of pictures in the query's order; summaries come in pages."""

    loaded = Signal()
    """After each answer to a query."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = Query()
        self._library = library
        self._numbers: list[int] = []
        self._rows: dict[int, int] = {}
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
            return self.thumbnails.is_missing(number)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return summary.prompt[:300].replace("<", "‹")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Can be chosen and dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Numbers for this window, files for other programs."""
        return [PICTURE_MIME, "text/uri-list"]

    def mimeData(self, indexes: Any) -> QMimeData:
        """What a drag carries."""
        numbers = [self._numbers[index.row()] for index in indexes]
        return mime_of([self._summaries[number] for number in numbers if number in self._summaries])

    # What the window asks

    def number_at(self, index: Index) -> int:
        """The picture's number."""
        return self._numbers[index.row()]

    def index_of(self, number: int) -> QModelIndex:
        """Where a picture is; invalid when it does not match."""
        row = self._rows.get(number)
        return self.index(row) if row is not None else QModelIndex()

    def set_query(self, query: Query) -> None:
        """Shows what matches another query."""
        self.query = query
        self.refresh()

    def refresh(self) -> None:
        """Asks the library again."""
        spawn(self._refresh())

    def close(self) -> None:
        """Listens to the library no longer."""
        self._unsubscribe()

    async def _refresh(self) -> None:
        self._asked += 1
        turn = self._asked
        try:
            numbers = await self._library.search(self.query)
        except LibraryError:
            return
        if turn == self._asked:
            self._put(numbers)
            self.loaded.emit()

    def _put(self, numbers: list[int]) -> None:
        """New rows with as little disturbance as possible: what came first is inserted, what went is removed."""
        old = self._numbers
        added = len(numbers) - len(old)
        if added > 0 and numbers[added:] == old:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._set_numbers(numbers)
            self.endInsertRows()
        elif added < 0 and (gone := _one_run_gone(old, numbers)) is not None:
            self.beginRemoveRows(QModelIndex(), gone, gone - added - 1)
            self._set_numbers(numbers)
            self.endRemoveRows()
        elif numbers != old:
            self.beginResetModel()
            self._set_numbers(numbers)
            self.endResetModel()

    def _set_numbers(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._rows = {number: row for row, number in enumerate(numbers)}
        self._pages_asked.clear()

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
        if change.structure:
            self.refresh()
        self._pages_asked.clear()
        self._touch(list(change.pictures))

    def _thumbnail_ready(self, number: int) -> None:
        self._touch([number])

    def _touch(self, numbers: list[int]) -> None:
        rows = [self._rows[number] for number in numbers if number in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))


def mime_of(pictures: list[PictureSummary]) -> QMimeData:
    """Pictures for a drag or the clipboard: numbers for this window, files for other programs."""
    mime = QMimeData()
    mime.setData(PICTURE_MIME, ",".join(str(picture.id) for picture in pictures).encode())
    mime.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
    return mime


def _one_run_gone(old: list[int], new: list[int]) -> int | None:
    """Where one run of rows was taken out of `old` to make `new`, if that is all that happened."""
    length = len(old) - len(new)
    start = next((row for row, number in enumerate(new) if number != old[row]), len(new))
    return start if old[:start] == new[:start] and old[start + length :] == new[start:] else None
