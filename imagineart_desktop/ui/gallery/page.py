"""The Gallery tab: filters on the left, the grid in the middle, details on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.library import Counts, Library, LibraryChange, LibraryError, Query
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.gallery.details import DetailsPanel
from imagineart_desktop.ui.gallery.empty_texts import empty_state_text, is_unfiltered
from imagineart_desktop.ui.gallery.filter_menu import FilterMenu
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.gallery.grid_bar import DEFAULT_SIZE, GridBar
from imagineart_desktop.ui.gallery.held_images import HeldImages
from imagineart_desktop.ui.gallery.library_panel import local_midnight
from imagineart_desktop.ui.gallery.search_field import SearchField
from imagineart_desktop.ui.gallery.side_panel import Sidebar
from imagineart_desktop.ui.gallery.sidebar_refresher import SidebarRefresher
from imagineart_desktop.ui.gallery.trash_bar import TrashBar
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.widgets import (
    EmptyState,
    InlineMessage,
    PendingWork,
    TextInputDialog,
)
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.model import PictureModel
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

_MARGIN = 12
_SIDES, _NARROW_SIDES = (206, 314), (196, 280)
"""Widths of the sidebar and the details panel, in pixels; the second pair for windows narrower than `_NARROW`."""
_NARROW = 1100


class GalleryPage(QWidget):
    """The page that shows all images."""

    command = Signal(str, list)
    loupe_closed = Signal()
    tags_known = Signal(list)
    """All existing tags."""

    def __init__(self, library: Library, marking: GalleryCommands) -> None:
        super().__init__()
        self._library = library
        self.model = PictureModel(library, self)
        self.grid = PictureGrid(self.model, wanted=DEFAULT_SIZE, shape=0.82, margin=_MARGIN)
        self.marking = marking
        self.details = DetailsPanel(library, marking)
        self.search = SearchField("Search…", self._ask, library.models)
        self.message = InlineMessage()
        self.waiting = PendingWork(self.message)
        self.trash_bar = TrashBar(library, self.message, self.waiting)
        self._user_moved_splitter = False
        self._wanted: int | None = None
        """An image to select once it's loaded."""
        self._opened: int | None = None
        """The image that the loupe was opened with."""
        self.side = Sidebar(library, marking, self.message)
        self._sidebar = SidebarRefresher(library, self.side, self)
        self._sidebar.refreshed.connect(self._take_counts)
        self.bar = GridBar(self._filter_menu())
        self.deferred_loupe = Lazy(self._build_loupe)
        HeldImages(marking, self.model, self.grid, self.deferred_loupe)
        self._pages = QStackedLayout(self)
        self._splitter = splitter = QSplitter()
        splitter.addWidget(self._side())
        splitter.addWidget(self._middle())
        splitter.addWidget(self.details)
        self.details.setMinimumWidth(_NARROW_SIDES[1])
        splitter.setStretchFactor(1, 1)
        splitter.splitterMoved.connect(self._splitter_moved)
        splitter.setChildrenCollapsible(False)
        self._pages.addWidget(splitter)
        self._connect()
        library.subscribe(self._library_changed)
        self.model.set_query(self.model.query)
        self._sidebar.refresh()

    def _connect(self) -> None:
        self.bar.order_changed.connect(self._ask)
        self.bar.grouping_changed.connect(self._regroup)
        self.bar.size_changed.connect(self.grid.set_wanted)
        self.bar.save_wanted.connect(self.save_search)
        self.side.chosen.connect(self._ask)
        self.side.row_clicked.connect(self._show_library_part)
        self.side.search_wanted.connect(self._use_search)
        self.grid.selection_changed.connect(self._chosen)
        self.grid.opened.connect(self.open_loupe)
        self.details.command.connect(self.command)
        self.details.walk.connect(self.show_picture)
        self.details.left.connect(self.take_keys)
        self.model.loaded.connect(self._answered)
        self.search.completed.connect(self._show_state)
        self.trash_bar.emptied.connect(self._say)

    def _say(self, sentence: str) -> None:
        self.marking.said.emit(sentence, None)

    async def restore(self) -> None:
        """Restore the note that was being typed in the last session."""
        await self.details.restore()

    async def begin(self) -> None:
        """Start without a note to restore."""
        self.details.begin()

    async def save(self) -> None:
        """Save the note being typed."""
        await self.details.save()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the grid more room in a small window, unless the user has moved the splitter handles."""
        super().resizeEvent(event)
        if not self._user_moved_splitter:
            side, details = _NARROW_SIDES if event.size().width() < _NARROW else _SIDES
            self._splitter.setSizes([side, event.size().width() - side - details, details])

    def _splitter_moved(self) -> None:
        self._user_moved_splitter = True

    # The loupe

    @property
    def loupe(self) -> Loupe:
        """The loupe, which shows one image large over the grid."""
        return self.deferred_loupe()

    def _build_loupe(self) -> Loupe:
        loupe = Loupe(self._library)
        self._pages.addWidget(loupe)
        loupe.command.connect(self.command)
        loupe.left.connect(self.close_loupe)
        return loupe

    def open_loupe(self, number: int) -> None:
        """Show an image large, within the images of the grid; on its own if the grid doesn't show it."""
        there = self.model.index_of(number).isValid()
        numbers = self.model.numbers_between(0, self.model.rowCount()) if there else [number]
        self._opened = number
        self._pages.setCurrentWidget(self.loupe)
        self.loupe.open(
            numbers, number, title=self._list_name() if there else "", in_trash=there and self.model.query.trash
        )
        self.loupe.take_keys()

    def close_loupe(self) -> None:
        """Return to the grid as the user left it; if the user went to another image, select that one."""
        seen = self.loupe.images.current
        self._pages.setCurrentIndex(0)
        self.loupe.close_image()
        if seen is not None and (seen != self._opened or seen not in self.grid.chosen()):
            self.grid.choose(seen)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.loupe_closed.emit()

    @property
    def is_loupe_open(self) -> bool:
        """Return whether an image is shown large over the grid."""
        return self._pages.currentWidget() is self.deferred_loupe.built

    def take_keys(self) -> None:
        """Give the keyboard focus to the loupe or the grid."""
        if self.is_loupe_open:
            self.loupe.take_keys()
        else:
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _list_name(self) -> str:
        collection = self.side.shown_collection()
        return collection.name if collection is not None else self.search.text().strip()

    def show_picture(self, number: int) -> None:
        """Select an image; if the filters hide it, show all images first."""
        if not self.model.index_of(number).isValid():
            self.side.choose("all")
            self.search.clear()
            self._wanted = number
            self._ask()
            return
        self.grid.choose(number)

    def clear_filters(self) -> None:
        """Show all images again."""
        self.side.choose("all")
        self.search.clear()
        self._ask()

    def show_found(self, text: str) -> None:
        """Show what a whole search finds among all images, with the keyboard focus in the grid."""
        if self.is_loupe_open:
            self.close_loupe()
        self.side.choose("all")
        self.search.setText(text)
        # What is searched for is at the beginning, even where not all of it has room.
        self.search.setCursorPosition(0)
        self._ask()
        self.take_keys()

    def save_search(self) -> None:
        """Ask for a name and save the current search."""
        text = self.search.text().strip()
        if not text:
            self.message.say("Type a search to save it.", "info", holds=lambda: not self.search.text().strip())
            return
        TextInputDialog(
            self, "Save the search", "Name", lambda name: spawn(self._save_search(name, text)), text=text[:40]
        )

    async def _save_search(self, name: str, text: str) -> None:
        try:
            await self._library.annotations.save_search(name, text)
        except LibraryError as error:
            self.message.say(str(error))

    def _use_search(self, text: str) -> None:
        """Search all images, whatever the sidebar shows."""
        self.search.setText(text)
        self._ask()

    def _show_library_part(self) -> None:
        """Show everything in the part of the library chosen in the sidebar."""
        self.search.clear()
        self._ask()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setObjectName("panel")
        side.setMinimumWidth(_NARROW_SIDES[0])
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 16, 8, 8)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 6, 0)
        row.addWidget(self.search)
        column.addLayout(row)
        column.addWidget(self.side.in_scroll_area(), 1)
        return side

    def _middle(self) -> QWidget:
        middle = QWidget()
        middle.setObjectName("ground")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.trash_bar)
        column.addWidget(self.message)
        holder = QWidget()
        inset = QVBoxLayout(holder)
        inset.setContentsMargins(0, 12, 2, 0)
        self._stack = QStackedLayout()
        inset.addLayout(self._stack)
        self._build_empty_state()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        column.addWidget(holder, 1)
        return middle

    def _filter_menu(self) -> FilterMenu:
        return FilterMenu(
            self,
            self.search.text,
            self.search.setText,
            self.side.collection_names,
            lambda: [*(model.label for model in self._library.models), *self.side.other_program_models()],
        )

    def _build_empty_state(self) -> None:
        self._empty = EmptyState("images", *empty_state_text(Query()))
        self._generate = self._empty.add_action("Generate an image", lambda: self.command.emit("generate", []))
        self._import = self._empty.add_action("Import images…", lambda: self.command.emit("import", []))
        self._clear = self._empty.add_action("Show all images", self.clear_filters)

    def _regroup(self) -> None:
        self.grid.set_grouping(self.bar.grouping)
        if self.model.query.group_by_collection != self.bar.groups_by_collection:
            self._ask()

    def _ask(self) -> None:
        chosen = self.side.filter()
        self.side.show_search(self.search.text())
        self.grid.verticalScrollBar().setValue(0)
        self.trash_bar.setVisible(chosen == "trash")
        query = Query(
            text=self.search.text(),
            endpoint=self.side.model(),
            favourite=chosen == "favourites",
            trash=chosen == "trash",
            since=local_midnight() if chosen == "today" else None,
            last_import=chosen == "last import",
            collection=self.side.collection(),
            order=self.bar.order,
            group_by_collection=self.bar.groups_by_collection,
        )
        if query != self.model.query:
            # Another view, so messages about this one no longer apply.
            self.message.life.leave_view()
        self.model.set_query(query)

    def _answered(self) -> None:
        """Update the details to the selection among the images shown now."""
        self._show_state()
        if (wanted := self._wanted) is not None:
            self.grid.choose(wanted)
            found = self.model.index_of(wanted).isValid()
            if found or self.model.complete:
                self._wanted = None
            if not found and self.model.complete and not self.model.query.trash:
                spawn_owned(self, self._show_in_trash(wanted))
        chosen = self.grid.chosen()
        if chosen != self.details.chosen:
            self._chosen(chosen)

    async def _show_in_trash(self, number: int) -> None:
        try:
            details = await self._library.details(number)
        except LibraryError as error:
            self.message.say(str(error))
            return
        if details is not None and details.trashed:
            self.side.choose("trash")
            self._wanted = number
            self._ask()

    def _show_state(self) -> None:
        count = self.model.rowCount()
        if self.model.complete:
            self._show_count()
        self._stack.setCurrentIndex(0 if count else 1)
        query = self.model.query
        everything = is_unfiltered(query)
        for way_on in (self._generate, self._import):
            way_on.setVisible(everything)
        self._clear.setVisible(not everything)
        self._empty.set_words(*empty_state_text(query))
        # While a word is being completed, the list of completions would cover the message about the search.
        if self._has_problems():
            self.message.say(" ".join(self.model.problems), "caution", holds=self._has_problems)
        else:
            self.message.review()

    def _has_problems(self) -> bool:
        return bool(self.model.problems) and not self.search.is_popup_visible

    def _show_count(self) -> None:
        self.bar.show_count(self.model.rowCount(), len(self.grid.chosen()))

    def _chosen(self, numbers: list[int]) -> None:
        self._show_count()
        self.model.know(numbers)
        self.details.show_picture(numbers[-1] if numbers else None, numbers)

    def follow_models(self) -> None:
        """Show the models that there are now."""
        self._sidebar.refresh()

    def _library_changed(self, change: LibraryChange) -> None:
        self._sidebar.refresh()
        chosen = self.grid.chosen()
        if chosen and chosen[-1] in change.pictures:
            self.details.show_picture(chosen[-1], chosen)

    def _take_counts(self, counts: Counts, tags: list[str], collections: list[str]) -> None:
        self.trash_bar.show_count(counts.trash)
        self.search.set_completions(tags, collections)
        self.details.set_tags(tags)
        self.tags_known.emit(tags)
