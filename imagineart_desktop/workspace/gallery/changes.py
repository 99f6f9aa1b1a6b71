"""Batched lookup of changed images: one query at a time; images that change meanwhile go into the next query."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from imagineart_desktop.library import Library, LibraryError, Query, SearchResult
from imagineart_desktop.workspace.background import spawn_owned


class ChangeBatcher(QObject):
    """Batches changed images and looks them up in the library.

    query: builds the query for the changed images; take: receives the changed images and the result.
    """

    def __init__(
        self,
        library: Library,
        query: Callable[[set[int]], Query],
        take: Callable[[set[int], SearchResult], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._query = query
        self._take = take
        self._pending: set[int] = set()
        self._asked: set[int] = set()
        self._turn = 0
        self._at_work = False

    def add(self, numbers: Iterable[int]) -> None:
        """Look up these images."""
        self._pending.update(numbers)
        if self._pending and not self._at_work:
            self._at_work = True
            spawn_owned(self, self._work())

    def forget(self) -> None:
        """Discard pending images; the result of a query in progress is ignored."""
        self._turn += 1
        self._pending.clear()

    def ask_again(self) -> None:
        """Discard the result of the query in progress, and query its images again."""
        self._turn += 1
        self._pending |= self._asked

    async def _work(self) -> None:
        try:
            while self._pending:
                self._asked, self._pending = self._pending, set()
                turn = self._turn
                found = await self._library.find(self._query(self._asked))
                asked, self._asked = self._asked, set()
                if turn == self._turn:
                    self._take(asked, found)
        except LibraryError:
            return
        finally:
            self._asked = set()
            self._at_work = False
