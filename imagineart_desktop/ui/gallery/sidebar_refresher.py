"""Keeps the gallery's sidebar up to date: rereads its lists and counts after each change of the library."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.library import Library, LibraryError, Query
from imagineart_desktop.ui.gallery.library_panel import local_midnight
from imagineart_desktop.ui.gallery.side_panel import Sidebar
from imagineart_desktop.workspace.background import spawn_owned


class SidebarRefresher(QObject):
    """Refreshes the sidebar, one run at a time; changes during a run, as in an import, cause one more."""

    refreshed = Signal(object, list, list)
    """`Counts`, and the names of the tags and of the collections."""

    def __init__(self, library: Library, side: Sidebar, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._side = side
        self._is_stale = False
        self._at_work = False

    def refresh(self) -> None:
        """Reread everything, since something changed."""
        self._is_stale = True
        if not self._at_work:
            self._at_work = True
            spawn_owned(self, self._work())

    async def _work(self) -> None:
        try:
            while self._is_stale:
                self._is_stale = False
                await self._read()
        except LibraryError:
            return
        finally:
            self._at_work = False

    async def _read(self) -> None:
        organise, side = self._library.annotations, self._side
        counts = await self._library.counts(local_midnight())
        collections, tags = await organise.collections(), await organise.tags()
        searches = await organise.saved_searches()
        side.show_collections(collections)
        side.show_tags(tags)
        side.show_searches(searches)
        side.show_counts(counts)
        self.refreshed.emit(counts, [name for name, _ in tags], [collection.name for collection in collections])
        # Searches come last: they may take longer than all of the above, and each lets other queries go first.
        for search in searches:
            side.show_search_count(search.name, await self._library.count(Query(text=search.query)))
