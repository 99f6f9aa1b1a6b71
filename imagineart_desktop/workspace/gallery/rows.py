"""A Qt list model of images: ids are available at once, everything else loads when it's viewed."""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl
from PySide6.QtGui import QPixmap

from imagineart_desktop.library import FileState, Library, LibraryChange, LibraryError, PictureSummary
from imagineart_desktop.support.plain_text import display_text
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import ThumbnailCache
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME
from imagineart_desktop.workspace.tooltip import plain_tip

Index = QModelIndex | QPersistentModelIndex

SUMMARY = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.UserRole + 1
MISSING = Qt.ItemDataRole.UserRole + 2
TRANSPARENT = Qt.ItemDataRole.UserRole + 3

_PAGE = 100

_MAX_DRAG_FILES = 20_000
"""Maximum number of images whose files a drag carries to other programs."""

_MAX_ROW_UPDATES = 500
"""If more images than this change, all rows count as changed, since finding the row of each would take longer."""

_ROOT = QModelIndex()


_UNAVAILABLE_STATES = frozenset((FileState.MISSING, FileState.DAMAGED))


class CellState(NamedTuple):
    """What a cell draws; empty until its summary and its thumbnail have loaded.

    current: whether the cell has keyboard focus, which only shows if it isn't the only selected image.
    """

    summary: PictureSummary | None
    pixmap: QPixmap | None
    missing: bool = False
    transparent: bool = False
    chosen: bool = False
    hovered: bool = False
    current: bool = False


class PictureRows(QAbstractListModel):
    """A list of image ids. Summaries load in pages, thumbnails one by one, both when a view asks for them."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._numbers: list[int] = []
        self._summaries: dict[int, PictureSummary] = {}
        self._pages_asked: set[int] = set()
        self.thumbnails = ThumbnailCache(library, self)
        self.thumbnails.ready.connect(self._thumbnail_ready)
        self._unsubscribe = library.subscribe(self._library_changed)

    # The model interface of Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of images."""
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return SUMMARY, THUMBNAIL, MISSING or TRANSPARENT, and the prompt as text."""
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
        if role == TRANSPARENT:
            return self.thumbnails.is_transparent(number)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(summary.title[:300])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return display_text(summary.title[:300])
        return None

    def look(self, row: int, *, chosen: bool = False, hovered: bool = False, current: bool = False) -> CellState:
        """Return how to draw a row now; missing data is requested."""
        number = self._numbers[row]
        summary = self._summaries.get(number)
        if summary is None:
            self._ask_page(row // _PAGE)
            return CellState(None, None, chosen=chosen, hovered=hovered, current=current)
        return CellState(
            summary,
            self.thumbnails.get(summary),
            missing=self._is_missing(summary),
            transparent=self.thumbnails.is_transparent(summary.id),
            chosen=chosen,
            hovered=hovered,
            current=current,
        )

    def _is_missing(self, summary: PictureSummary) -> bool:
        """Return whether there's no image to show because its file is missing or damaged."""
        return summary.state in _UNAVAILABLE_STATES or self.thumbnails.is_missing(summary.id)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make rows selectable and draggable."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Return the types of a drag: ids for this window, files for other programs."""
        return [IMAGE_IDS_MIME, "text/uri-list"]

    def mimeData(self, indexes: Any) -> QMimeData:
        """Return the data that a drag carries."""
        numbers = [self._numbers[index.row()] for index in indexes]
        mime = mime_for_pictures([self._summaries[number] for number in numbers if number in self._summaries])
        mime.setData(IMAGE_IDS_MIME, ",".join(map(str, numbers)).encode())
        return mime

    # The interface for the window

    def number_at(self, index: Index) -> int:
        """Return the id of an image."""
        return self._numbers[index.row()]

    def numbers_between(self, first: int, last: int) -> list[int]:
        """Return the ids of the images from one row to another, both included."""
        return self._numbers[first : last + 1]

    def index_of(self, number: int) -> QModelIndex:
        """Return the index of an image; invalid if it isn't in the list."""
        row = self._row_of(number)
        return self.index(row) if row is not None else QModelIndex()

    def prefetch(self, first: int, last: int) -> None:
        """Load thumbnails of rows that aren't visible yet, after those that are."""
        for number in self._numbers[first : last + 1]:
            summary = self._summaries.get(number)
            if summary is None:
                self._ask_page(first // _PAGE)
            else:
                self.thumbnails.prefetch(summary)

    def know(self, numbers: list[int]) -> None:
        """Load the summaries of these images, since a selection can be dragged at any moment."""
        unknown = [number for number in numbers[:_MAX_DRAG_FILES] if number not in self._summaries]
        if unknown:
            spawn_owned(self, self._load(unknown))

    def close(self) -> None:
        """Stop listening to the library."""
        self._unsubscribe()

    def summary_of(self, number: int) -> PictureSummary | None:
        """Return the summary of an image if it's loaded, or None."""
        return self._summaries.get(number)

    def _row_of(self, number: int) -> int | None:
        """Return the row of an image, or None if it isn't in the list."""
        try:
            return self._numbers.index(number)
        except ValueError:
            return None

    def _library_changed(self, change: LibraryChange) -> None:
        """Reload the data of changed images."""
        for number in change.pictures:
            self._summaries.pop(number, None)
        if change.pixels_changed:
            self.thumbnails.forget(change.pictures)
        if change.reset:
            self._summaries.clear()
            self.thumbnails.forget_all()
        self._pages_asked.clear()
        self._touch(list(change.pictures))

    def _ask_page(self, page: int) -> None:
        if page not in self._pages_asked:
            self._pages_asked.add(page)
            spawn_owned(self, self._load(self._numbers[page * _PAGE : (page + 1) * _PAGE]))

    async def _load(self, numbers: list[int]) -> None:
        try:
            for summary in await self._library.summaries(numbers):
                self._summaries[summary.id] = summary
        except LibraryError:
            return
        self._touch(numbers)

    def _thumbnail_ready(self, number: int) -> None:
        self._touch([number])

    def _touch(self, numbers: list[int]) -> None:
        if len(numbers) > _MAX_ROW_UPDATES:
            rows = [0, len(self._numbers) - 1] if self._numbers else []
        else:
            rows = [row for number in numbers if (row := self._row_of(number)) is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))


def mime_for_pictures(pictures: list[PictureSummary]) -> QMimeData:
    """Return the MIME data of images for a drag or the clipboard: ids for this window, files for other programs."""
    mime = QMimeData()
    mime.setData(IMAGE_IDS_MIME, ",".join(str(picture.id) for picture in pictures).encode())
    mime.setUrls([QUrl.fromLocalFile(str(picture.path)) for picture in pictures])
    return mime
