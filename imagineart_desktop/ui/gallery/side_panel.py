"""The gallery's side: the whole library, collections, searches that were kept, models."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.library import Collection, Counts, Library, LibraryError, SavedSearch
from imagineart_desktop.models import CATALOGUE
from imagineart_desktop.ui.intake import PICTURE_MIME, take
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.widgets import SectionLabel, icon_button, plain_label

_NUMBER = Qt.ItemDataRole.UserRole
_NEW = "New collection"
_WHOLE = (("all", "All images"), ("favourites", "★ Favourites"), ("today", "Today"), ("trash", "Trash"))


class SidePanel(QWidget):
    """One thing is chosen: a part of the library, a collection or a model. say: where is said what goes wrong."""

    chosen = Signal()
    search_wanted = Signal(str)
    said = Signal(str, object)
    """A sentence for the status bar, and what undoes it."""
    dropped = Signal(list, int, str)
    """Numbers of pictures, number and name of the collection."""

    def __init__(self, library: Library, say: Callable[[str], None]) -> None:
        super().__init__()
        self._library = library
        self._say = say
        self._filters = QButtonGroup(self)
        self._counts: dict[str, QPushButton] = {}
        self.collections = CollectionTree()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(SectionLabel("Library"))
        column.addSpacing(4)
        for key, word in _WHOLE:
            column.addWidget(self._filter(key, word))
        column.addSpacing(12)
        head = QHBoxLayout()
        head.addWidget(SectionLabel("Collections"))
        head.addStretch(1)
        head.addWidget(
            icon_button("plus", "New collection", lambda: self.collections.add_new(None), kind="mini", size=14)
        )
        column.addLayout(head)
        column.addWidget(self.collections)
        column.addSpacing(12)
        self._searches_title = SectionLabel("Saved searches")
        column.addWidget(self._searches_title)
        self._searches = QVBoxLayout()
        self._searches.setSpacing(2)
        column.addLayout(self._searches)
        column.addSpacing(12)
        column.addWidget(SectionLabel("Models"))
        column.addSpacing(4)
        for model in CATALOGUE:
            column.addWidget(self._filter(model.endpoint, model.label.removesuffix(" Preview")))
        column.addStretch(1)
        self._filters.buttons()[0].setChecked(True)
        self._filters.buttonClicked.connect(self._filter_chosen)
        self.collections.chosen.connect(self._collection_chosen)
        self.collections.named.connect(lambda number, parent, name: spawn(self._name(number, parent, name)))
        self.collections.remove_wanted.connect(lambda number: spawn(self._remove(number)))
        self.collections.dropped.connect(self.dropped)

    def scrolled(self) -> QScrollArea:
        """The panel where it may be higher than the window."""
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self)
        return area

    def filter(self) -> str:
        """all, favourites, today, trash, a model's endpoint, or empty for a collection."""
        made = self._filters.checkedButton()
        return str(made.property("filter")) if made is not None else ""

    def collection(self) -> int | None:
        """The chosen collection."""
        return self.collections.current() if not self.filter() else None

    def choose_all(self) -> None:
        """The whole library, without telling."""
        self._filters.buttons()[0].setChecked(True)
        self.collections.clear_choice()

    def show_counts(self, counts: Counts) -> None:
        """How many pictures each part has."""
        for key, value in (("all", counts.all), ("favourites", counts.favourites), ("trash", counts.trash)):
            label = self._counts[key].property("count")
            label.setText(f"{value:,}".replace(",", " ") if value else "")

    def show_collections(self, collections: list[Collection]) -> None:
        """All collections."""
        self.collections.show_all(collections)

    def show_searches(self, searches: list[SavedSearch]) -> None:
        """All searches that were kept."""
        while (item := self._searches.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._searches_title.setVisible(bool(searches))
        for search in searches:
            made = QPushButton(search.name)
            made.setProperty("kind", "side")
            made.setToolTip(search.query.replace("<", "‹"))
            made.clicked.connect(partial(self.search_wanted.emit, search.query))
            made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            made.customContextMenuRequested.connect(partial(self._search_menu, made, search.name))
            self._searches.addWidget(made)

    def _search_menu(self, made: QPushButton, name: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Forget this search", lambda: spawn(self._forget(name)))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(made.mapToGlobal(at))

    async def _forget(self, name: str) -> None:
        try:
            await self._library.organise.forget_search(name)
        except LibraryError as error:
            self._say(str(error))

    def _filter(self, key: str, word: str) -> QPushButton:
        made = QPushButton(word)
        made.setProperty("kind", "side")
        made.setProperty("filter", key)
        made.setCheckable(True)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 10, 0)
        count = plain_label("", "faint")
        count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addStretch(1)
        row.addWidget(count)
        made.setProperty("count", count)
        self._filters.addButton(made)
        self._counts[key] = made
        return made

    def _filter_chosen(self) -> None:
        self.collections.clear_choice()
        self.chosen.emit()

    def _collection_chosen(self) -> None:
        self._filters.setExclusive(False)
        for made in self._filters.buttons():
            made.setChecked(False)
        self._filters.setExclusive(True)
        self.chosen.emit()

    async def _name(self, number: int, parent: int | None, name: str) -> None:
        try:
            if number:
                await self._library.organise.rename_collection(number, name)
            elif name.strip():
                await self._library.organise.create_collection(name, parent)
        except LibraryError as error:
            self._say(str(error))
        self.show_collections(await self._library.organise.collections())

    async def _remove(self, number: int) -> None:
        try:
            removed = await self._library.organise.remove_collection(number)
            name = removed.collections[0].name if removed.collections else ""
            again = partial(self._library.organise.bring_back, removed)
            self.said.emit(f"The collection “{name}” was removed; its pictures are all there.", lambda: spawn(again()))
        except LibraryError as error:
            self._say(str(error))
        self.choose_all()
        self.chosen.emit()
        self.show_collections(await self._library.organise.collections())


class CollectionTree(QTreeWidget):
    """Names are changed in place; pictures are dropped on one."""

    chosen = Signal()
    named = Signal(int, object, str)
    """Number (0 for a new one), number of the one it lies in, name."""
    remove_wanted = Signal(int)
    dropped = Signal(list, int, str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Collections")
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.setIndentation(12)
        self.setAcceptDrops(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.customContextMenuRequested.connect(self._menu)
        self.itemClicked.connect(lambda _item: self.chosen.emit())
        self.itemChanged.connect(self._changed)
        self.itemDelegate().closeEditor.connect(self._named_new)
        self._filling = False
        self._later: list[Collection] | None = None
        self._rows = 0
        self.show_all([])

    def current(self) -> int | None:
        """Number of the chosen collection."""
        item = self.currentItem()
        return int(item.data(0, _NUMBER)) if item is not None and item.isSelected() else None

    def clear_choice(self) -> None:
        """None is chosen."""
        self.clearSelection()
        self.setCurrentIndex(self.rootIndex())

    def show_all(self, collections: list[Collection]) -> None:
        """Collections, each after the one that it lies in; while a name is being typed, afterwards."""
        if self.state() is QAbstractItemView.State.EditingState:
            self._later = collections
            return
        kept = self.current()
        self._filling = True
        self.clear()
        items: dict[int, QTreeWidgetItem] = {}
        for collection in collections:
            item = self._item(collection.name, collection.id)
            item.setText(1, str(collection.pictures) if collection.pictures else "")
            parent = items.get(collection.parent or 0)
            if parent is None:
                self.addTopLevelItem(item)
            else:
                parent.addChild(item)
            items[collection.id] = item
        self.expandAll()
        if kept in items:
            self.setCurrentItem(items[kept])
        self._filling = False
        self._fit(len(collections))

    def add_new(self, parent: QTreeWidgetItem | None) -> None:
        """A new one, to be named in place."""
        self._filling = True
        item = self._item(_NEW, 0)
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
            parent.setExpanded(True)
        self._filling = False
        self._fit(self._rows + 1)
        self.setCurrentItem(item)
        self.editItem(item, 0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes pictures of the library."""
        if event.mimeData().hasFormat(PICTURE_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Only on a collection."""
        item = self.itemAt(event.position().toPoint())
        event.setAccepted(item is not None and event.mimeData().hasFormat(PICTURE_MIME))

    def dropEvent(self, event: QDropEvent) -> None:
        """Pictures go into the collection."""
        item = self.itemAt(event.position().toPoint())
        numbers = [taken.picture_id for taken in take(event.mimeData()) if taken.picture_id is not None]
        if item is not None and numbers and int(item.data(0, _NUMBER)):
            event.acceptProposedAction()
            self.dropped.emit(numbers, int(item.data(0, _NUMBER)), item.text(0))

    def _item(self, name: str, number: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name, ""])
        item.setData(0, _NUMBER, number)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        return item

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        if not self._filling and column == 0:
            parent = item.parent()
            inside = int(parent.data(0, _NUMBER)) if parent is not None else None
            self.named.emit(int(item.data(0, _NUMBER)), inside, item.text(0))

    def _named_new(self, _editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """A new one whose name was left as it stood is made, too; with Escape it is given up."""
        item = self.currentItem()
        if item is not None and not int(item.data(0, _NUMBER)) and item.text(0) == _NEW:
            parent = item.parent()
            inside = int(parent.data(0, _NUMBER)) if parent is not None else None
            given_up = hint is QAbstractItemDelegate.EndEditHint.RevertModelCache
            self.named.emit(0, inside, "" if given_up else _NEW)
        if self._later is not None:
            collections, self._later = self._later, None
            QTimer.singleShot(0, self, lambda: self.show_all(collections))

    def _menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        menu = QMenu(self)
        menu.addAction("New collection", lambda: self.add_new(None))
        if item is not None:
            number = int(item.data(0, _NUMBER))
            if item.parent() is None:
                menu.addAction("New collection inside", lambda: self.add_new(item))
            menu.addAction("Rename", lambda: self.editItem(item, 0))
            menu.addAction("Remove the collection", lambda: self.remove_wanted.emit(number))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.viewport().mapToGlobal(at))

    def _fit(self, rows: int) -> None:
        self._rows = rows
        height = self.sizeHintForRow(0) if rows else 0
        self.setFixedHeight(rows * max(height, 24) + 4 if rows else 4)
