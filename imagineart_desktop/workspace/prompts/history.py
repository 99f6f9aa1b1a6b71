"""The history of prompts as a Qt list model, searched as the user types."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.prompts import PAGE, UsedPrompt
from imagineart_desktop.support import spawn
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize, pluralize
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import ThumbnailCache
from imagineart_desktop.workspace.language import date_text

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_MAX_SHOWN = 400
"""Characters of a prompt that a row may show."""


class PromptHistory(QAbstractListModel):
    """Prompts, last used first. A page is read when the view needs it, off the window's thread."""

    loaded = Signal()
    """A search has its first page."""
    failed = Signal(str)
    """Why the history can't be read or changed, as a sentence."""

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prompts = library.prompts
        self.thumbnails = ThumbnailCache(library, self)
        self._rows: list[UsedPrompt] = []
        self._words = ""
        self._favorites = False
        self._turn = 0
        self._is_complete = True
        self._is_reading = False

    def search(self, words: str, *, favorites: bool) -> None:
        """Show the prompts that contain these words; only favorites, if wanted."""
        self._words, self._favorites = words, favorites
        self._turn += 1
        if not self._is_reading:
            self._is_reading = True
            spawn_owned(self, self._read(self._turn))

    def used(self, index: Index) -> UsedPrompt | None:
        """Return the prompt of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def toggle_favorite(self, index: Index) -> None:
        """Add a row's prompt to the favorites, or remove it. It stays in the list until the next search."""
        if (used := self.used(index)) is not None:
            spawn(self._toggle(used))

    # The list

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many prompts are loaded."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the prompt on one line, or what a screen reader says."""
        used = self.used(index)
        if used is None:
            return None
        line = ellipsize(single_line(used.text[: 2 * _MAX_SHOWN]), _MAX_SHOWN)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line}, {use_text(used)}{', favorite' if used.is_favorite else ''}"
        return line if role == Qt.ItemDataRole.DisplayRole else None

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Return whether there may be more prompts."""
        return not parent.isValid() and not self._is_complete and not self._is_reading

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Load the next page."""
        if self.canFetchMore(parent):
            self._is_reading = True
            spawn_owned(self, self._read(self._turn, add=True))

    async def _read(self, turn: int, *, add: bool = False) -> None:
        # While a search runs, others wait, and only the last of them is carried out.
        add, turn = add and turn == self._turn, self._turn
        after = self._rows[-1].key if add and self._rows else None
        try:
            found = await self._prompts.find(self._words, favorites=self._favorites, after=after)
        except LibraryError as error:
            self._is_reading, self._is_complete = False, True
            self.failed.emit(str(error))
            return
        if turn != self._turn:
            spawn_owned(self, self._read(self._turn))
            return
        self._is_reading, self._is_complete = False, len(found) < PAGE
        if add:
            if found:
                self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(found) - 1)
                self._rows += found
                self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = found
            self.endResetModel()
            self.loaded.emit()

    async def _toggle(self, used: UsedPrompt) -> None:
        try:
            await self._prompts.set_favorite(used.text, not used.is_favorite)
        except LibraryError as error:
            self.failed.emit(str(error))
            return
        for row, one in enumerate(self._rows):
            if one.text == used.text:
                self._rows[row] = one.marked(favorite=not used.is_favorite)
                self.dataChanged.emit(self.index(row), self.index(row))


def use_text(used: UsedPrompt) -> str:
    """Return how often a prompt was used, and when last."""
    return (
        f"{pluralize(used.uses, 'request')} · {date_text(used.used_at.astimezone())}" if used.uses else "Not used yet"
    )
