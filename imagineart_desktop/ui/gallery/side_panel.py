"""The gallery's sidebar: the whole library, collections, saved searches, tags and models."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from imagineart_desktop.library import Collection, Counts, Library, LibraryError, SavedSearch
from imagineart_desktop.library.search.query_parser import set_field
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.gallery.collection_tree import CollectionTree
from imagineart_desktop.ui.gallery.sidebar_row import SidebarRow
from imagineart_desktop.ui.widgets import (
    InlineMessage,
    SectionLabel,
    TextInputDialog,
    icon_button,
    plain_label,
)
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

_LIBRARY_PARTS = (
    ("all", "All images"),
    ("favourites", "★ Favorites"),
    ("today", "Today"),
    ("last import", "Last import"),
    ("trash", "Trash"),
)
_MODEL = "model "
"""Prefix of a model's endpoint where it is used as a filter."""

_MAX_FOREIGN_MODELS = 20
"""Maximum number of models of other programs shown."""


_MAX_TAGS = 12
_NAMES_AT = 10
"""Distance from the left edge of a row to its name, in pixels."""


class Sidebar(QWidget):
    """A sidebar where one item is chosen: a part of the library, a collection or a model. message: shows errors."""

    chosen = Signal()
    """Emitted when the chosen item no longer exists and another one is chosen instead."""
    row_clicked = Signal()
    """The user chose another part of the library, to see all of it."""
    search_wanted = Signal(str)
    """The user chose a saved search or a tag."""

    def __init__(self, library: Library, marking: GalleryCommands, message: InlineMessage) -> None:
        super().__init__()
        self._library = library
        self._marking = marking
        self._known: dict[int, Collection] = {}
        self._arranging = 0
        self._message = message
        self._filters = QButtonGroup(self)
        self._counts: dict[str, SidebarRow] = {}
        self.collections = CollectionTree()
        self._saved: list[SavedSearch] = []
        self._search_rows: dict[str, SidebarRow] = {}
        self._searched = ""
        self._models: dict[str, SidebarRow] = {}
        self._foreign: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(SectionLabel("Library"))
        column.addSpacing(4)
        for key, word in _LIBRARY_PARTS:
            column.addWidget(self._filter(key, word))
        column.addSpacing(12)
        self._add_collections(column)
        column.addSpacing(12)
        self._searches_part, self._searches = _section("Saved searches")
        self._tags_part, self._tags = _section("Tags")
        self._models_part, self._model_column = _section("Models")
        for part in (self._searches_part, self._tags_part, self._models_part):
            column.addWidget(part)
        column.addStretch(1)
        self._filters.buttons()[0].setChecked(True)
        self._filters.buttonClicked.connect(self._filter_chosen)

    def _add_collections(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        head.addWidget(SectionLabel("Collections"))
        head.addStretch(1)
        head.addWidget(icon_button("plus", "New collection", self._add_collection, kind="mini", size=14))
        column.addLayout(head)
        self._no_collections = plain_label("Click + to create one.", "small", wrap=True)
        self._no_collections.setContentsMargins(_NAMES_AT, 4, 0, 0)
        column.addWidget(self._no_collections)
        column.addWidget(self.collections)
        self.collections.chosen.connect(self._collection_chosen)
        self.collections.named.connect(self._name)
        self.collections.remove_wanted.connect(self._remove)
        self.collections.moved.connect(self._move)
        self.collections.dropped.connect(self._marking.collect)

    def in_scroll_area(self) -> QScrollArea:
        """Return the panel in a scroll area, since it may be taller than the window."""
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self)
        return area

    def model(self) -> str | None:
        """Return the endpoint of the chosen model, or its name in another program."""
        chosen = self.filter()
        return chosen.removeprefix(_MODEL) if chosen.startswith(_MODEL) else None

    def other_program_models(self) -> list[str]:
        """Return the names of other programs' models that the library has images of."""
        return self._foreign

    def filter(self) -> str:
        """Return all, favourites, today, last import, trash, a model, or empty for a collection."""
        made = self._filters.checkedButton()
        if made is not None:
            return str(made.property("filter"))
        return "all" if self.collections.current() is None else ""

    def collection(self) -> int | None:
        """Return the id of the chosen collection."""
        return self.collections.current() if not self.filter() else None

    def shown_collection(self) -> Collection | None:
        """Return the chosen collection."""
        return self._known.get(self.collection() or 0)

    def collection_names(self) -> list[str]:
        """Return the names of all collections."""
        return [one.name for one in self._known.values()]

    def choose(self, part: str) -> None:
        """Choose a part of the library, as `filter` names it, without emitting signals."""
        self._counts[part].setChecked(True)
        self.collections.clear_choice()

    def show_search(self, text: str) -> None:
        """Highlight the saved search or the tag that equals the whole search. text: the current search."""
        self._searched = text.strip()
        chosen = self._filters.checkedButton()
        if self.filter() == "all" and (chosen is None or chosen.property("query") != self._searched):
            rows = (row for row in self._filters.buttons() if row.property("query") == self._searched)
            next(rows, self._counts["all"]).setChecked(True)

    def show_counts(self, counts: Counts) -> None:
        """Show the models that made any image, and how many images each part and each model has."""
        self._show_models(name for name, count in sorted(counts.by_model.items()) if count)
        parts = {
            "all": counts.all,
            "favourites": counts.favourites,
            "today": counts.today,
            "last import": counts.last_import,
            "trash": counts.trash,
        }
        for key, made in self._counts.items():
            made.show_count(parts[key] if key in parts else counts.by_model.get(key.removeprefix(_MODEL), 0))

    def _show_models(self, used: Iterable[str]) -> None:
        """Show these models and the chosen one: those that the program knows in the user's order, then the others."""
        known, shown, chosen = self._library.models, list(used), self.model()
        self._foreign = [name for name in shown if known.find(name) is None][:_MAX_FOREIGN_MODELS]
        wanted = {*shown, chosen}
        names = {model.endpoint: model.label for model in known if model.endpoint in wanted}
        names |= {name: name for name in self._foreign}
        if chosen is not None:
            names.setdefault(chosen, chosen)
        for endpoint in self._models.keys() - names.keys():
            self._drop_model_row(endpoint)
        for place, (endpoint, name) in enumerate(names.items()):
            row = self._models.get(endpoint)
            if row is None:
                self._models[endpoint] = row = self._filter(f"{_MODEL}{endpoint}", "")
            row.show_name(name)
            if self._model_column.indexOf(row) != place:
                self._model_column.removeWidget(row)
                self._model_column.insertWidget(place, row)
        self._models_part.setVisible(bool(names))

    def _drop_model_row(self, endpoint: str) -> None:
        gone = self._models.pop(endpoint)
        del self._counts[f"{_MODEL}{endpoint}"]
        self._filters.removeButton(gone)
        gone.deleteLater()

    def show_collections(self, collections: list[Collection]) -> None:
        """Show all collections. If the chosen one no longer exists, choose the whole library."""
        if self._arranging:
            return
        chosen = self.collection()
        self._known = {one.id: one for one in collections}
        self._no_collections.setVisible(not collections)
        self.collections.show_all(collections)
        if chosen and chosen not in self._known:
            self.choose("all")
            self.chosen.emit()

    def show_searches(self, searches: list[SavedSearch]) -> None:
        """Show all saved searches."""
        if searches == self._saved:
            return
        self._saved = list(searches)
        self._search_rows.clear()
        self._empty(self._searches)
        self._searches_part.setVisible(bool(searches))
        for search in searches:
            made = self._query_row(search.name, search.query)
            made.setToolTip(search.query.replace("<", "‹"))
            made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            made.customContextMenuRequested.connect(partial(self._show_menu, made, search))
            self._searches.addWidget(made)
            self._search_rows[search.name] = made
        self.show_search(self._searched)

    def show_search_count(self, name: str, count: int) -> None:
        """Show how many images a saved search finds."""
        if (row := self._search_rows.get(name)) is not None:
            row.show_count(count)

    def show_tags(self, tags: Sequence[tuple[str, int]]) -> None:
        """Show the tags that most images have. tags: with the number of images each, highest first."""
        self._empty(self._tags)
        self._tags_part.setVisible(bool(tags))
        for name, count in tags[:_MAX_TAGS]:
            made = self._query_row(name, set_field("", "tag", name))
            made.show_count(count)
            self._tags.addWidget(made)
        self.show_search(self._searched)

    def _query_row(self, name: str, query: str) -> SidebarRow:
        """Return a row that searches all images."""
        made = self._row("all", name.replace("&", "&&"))
        made.setProperty("query", query.strip())
        return made

    def _empty(self, rows: QVBoxLayout) -> None:
        while (item := rows.takeAt(0)) is not None:
            if isinstance(widget := item.widget(), SidebarRow):
                self._filters.removeButton(widget)
                widget.deleteLater()

    # Saved searches

    def _show_menu(self, made: QPushButton, search: SavedSearch, at: QPoint) -> None:
        menu = self.search_menu(search)
        menu.popup(made.mapToGlobal(at))

    def search_menu(self, search: SavedSearch) -> QMenu:
        """Return the menu of a saved search, which deletes itself when it's hidden."""
        organise, text = self._library.annotations, self._searched
        menu = QMenu(self)
        menu.addAction("Rename…", partial(self._ask_name, search))
        update = menu.addAction(
            "Update to current search", lambda: spawn(self._guarded(organise.save_search(search.name, text)))
        )
        update.setEnabled(bool(text) and text != search.query)
        menu.addAction("Delete this search", lambda: spawn(self._guarded(organise.delete_search(search.name))))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _ask_name(self, search: SavedSearch) -> None:
        rename = self._library.annotations.rename_search
        TextInputDialog(
            self,
            "Rename the search",
            "Name",
            lambda name: spawn(self._guarded(rename(search.name, name))),
            text=search.name,
        )

    async def _guarded(self, work: Coroutine[object, None, None]) -> None:
        try:
            await work
        except LibraryError as error:
            self._message.say(str(error))

    def _filter(self, key: str, word: str) -> SidebarRow:
        self._counts[key] = made = self._row(key, word)
        return made

    def _row(self, key: str, word: str) -> SidebarRow:
        made = SidebarRow(word)
        made.setProperty("filter", key)
        made.setCheckable(True)
        self._filters.addButton(made)
        return made

    def _filter_chosen(self, row: SidebarRow) -> None:
        self.collections.clear_choice()
        query = row.property("query")
        if query is None:
            self.row_clicked.emit()
        else:
            self.search_wanted.emit(query)

    def _collection_chosen(self) -> None:
        self._filters.setExclusive(False)
        for made in self._filters.buttons():
            made.setChecked(False)
        self._filters.setExclusive(True)
        self.row_clicked.emit()

    def _add_collection(self) -> None:
        self._no_collections.hide()
        self.collections.add_new(None)

    def _name(self, number: int, parent: int | None, name: str) -> None:
        if number:
            self._arrange(self._marking.rename_collection(number, name))
        elif name.strip():
            self._arrange(self._marking.make_collection(name, parent))
        else:
            self._arrange(None)

    def _remove(self, number: int) -> None:
        self._arrange(self._marking.remove_collection(number))

    def _move(self, number: int, parent: int | None) -> None:
        self._arrange(self._marking.move_collection(number, parent))

    def _arrange(self, work: Coroutine[object, None, None] | None) -> None:
        """Run a change of the collections. Lists read before it ends are ignored; the one read afterward is shown."""
        self._arranging += 1
        self._message.clear()
        spawn(self._arranged(work))

    async def _arranged(self, work: Coroutine[object, None, None] | None) -> None:
        try:
            if work is not None:
                await work
            collections = await self._library.annotations.collections()
        except LibraryError as error:
            self._message.say(str(error))
            collections = list(self._known.values())
        finally:
            self._arranging -= 1
        self.show_collections(collections)


def _section(title: str) -> tuple[QWidget, QVBoxLayout]:
    """Return a section that is hidden until it has rows, including the space below it, and the column of its rows."""
    part = QWidget()
    part.hide()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 12)
    column.setSpacing(2)
    column.addWidget(SectionLabel(title))
    column.addSpacing(2)
    rows = QVBoxLayout()
    rows.setSpacing(2)
    column.addLayout(rows)
    return part, rows
