"""The tree of collections, with in-place naming, images dropped onto collections, and drag and drop to nest them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from imagineart_desktop.library import Collection
from imagineart_desktop.support import parse_int
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.mime import IMAGE_IDS_MIME, sources_from_mime

COLLECTION_MIME = "application/x-imagineart-collection"
"""MIME type for the id of a dragged collection."""

_NUMBER = Qt.ItemDataRole.UserRole
_NEW = "New collection"
_NAVIGATION_KEYS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Space}
)
_DROP_SPACE_HEIGHT = 18
"""Height in pixels of the space below the last collection, where dropping a collection moves it to the top level."""


@dataclass(frozen=True, slots=True)
class _DropTarget:
    """Where a dragged item would be dropped. item: None to move a collection out of its parent."""

    item: QTreeWidgetItem | None


class _NameDelegate(QStyledItemDelegate):
    """A delegate whose name editor fills the whole height of the row."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Make the editor as tall as the row, instead of only as tall as the text."""
        editor.setGeometry(option.rect)


class CollectionTree(QTreeWidget):
    """A tree of collections, at most one level deep inside others."""

    chosen = Signal()
    named = Signal(int, object, str)
    """Collection id (0 for a new one), parent id, name."""
    remove_wanted = Signal(int)
    dropped = Signal(list, int, str)
    """Image ids, collection id, collection name."""
    moved = Signal(int, object)
    """Id of a collection and of its new parent, or None for the top level."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("collections")
        self.setAccessibleName("Collections")
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.setIndentation(12)
        # Align the names with the rows above: no space for arrows, since all rows stay expanded.
        self.setRootIsDecorated(False)
        self.setAcceptDrops(True)
        self.setDragEnabled(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.customContextMenuRequested.connect(self._menu)
        self.itemClicked.connect(self.chosen)
        self.itemChanged.connect(self._changed)
        names = _NameDelegate(self)
        self.setItemDelegate(names)
        names.closeEditor.connect(self._named_new)
        self.chosen.connect(self._store_selection)
        self._shown: int | None = None
        """The chosen collection. Another row may be selected temporarily, while it's dragged or its menu is open."""
        self._is_populating = False
        self._later: list[Collection] | None = None
        self._rows = 0
        self._target: _DropTarget | None = None
        self.show_all([])

    def current(self) -> int | None:
        """Return the id of the chosen collection."""
        return self._shown

    def clear_choice(self) -> None:
        """Deselect all collections."""
        self._shown = None
        self.clearSelection()
        self.setCurrentIndex(self.rootIndex())

    def show_all(self, collections: Sequence[Collection]) -> None:
        """Show the collections, each listed after its parent. Deferred while a name is being edited."""
        if self.state() is QAbstractItemView.State.EditingState:
            self._later = list(collections)
            return
        self._is_populating = True
        self._target = None
        self.clear()
        items: dict[int, QTreeWidgetItem] = {}
        for collection in collections:
            item = self._item(collection.name, collection.id)
            item.setText(1, f"{collection.pictures:,}" if collection.pictures else "")
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            parent = items.get(collection.parent or 0)
            if parent is None:
                self.addTopLevelItem(item)
            else:
                parent.addChild(item)
            items[collection.id] = item
        self.expandAll()
        if self._shown in items:
            self.setCurrentItem(items[self._shown])
        self._is_populating = False
        self._fit(len(collections))

    def add_new(self, parent: QTreeWidgetItem | None) -> None:
        """Add a new collection and edit its name in place."""
        self._is_populating = True
        item = self._item(_NEW, 0)
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
            parent.setExpanded(True)
        self._is_populating = False
        self._fit(self._rows + 1)
        self.setCurrentItem(item)
        self.editItem(item, 0)

    # Keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the keyboard focus without selecting anything."""
        chosen = bool(self.selectedItems())
        super().focusInEvent(event)
        if not chosen:
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the collection that the arrow keys move to."""
        super().keyPressEvent(event)
        item = self.currentItem()
        if (
            event.key() in _NAVIGATION_KEYS
            and item is not None
            and self.state() is not QAbstractItemView.State.EditingState
        ):
            item.setSelected(True)
            self.chosen.emit()

    # Drag and drop

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Start dragging the current collection."""
        item = self.currentItem()
        if item is None or not _number(item):
            return
        mime = QMimeData()
        mime.setData(COLLECTION_MIME, str(_number(item)).encode())
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setPixmap(self.viewport().grab(self.visualItemRect(item)))
        drag.exec(Qt.DropAction.MoveAction)
        self._restore_selection()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept images of the library, and collections."""
        if event.mimeData().hasFormat(IMAGE_IDS_MIME) or event.mimeData().hasFormat(COLLECTION_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Highlight the drop target."""
        self._mark(self._target_of(event))
        event.setAccepted(self._target is not None)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Remove the highlight of the drop target."""
        self._mark(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add images to a collection, or move a collection into another or out of its parent."""
        target = self._target_of(event)
        self._mark(None)
        if target is None:
            return
        event.acceptProposedAction()
        if event.mimeData().hasFormat(IMAGE_IDS_MIME):
            numbers = [
                taken.picture_id for taken in sources_from_mime(event.mimeData()) if taken.picture_id is not None
            ]
            if target.item is not None and numbers:
                self.dropped.emit(numbers, _number(target.item), target.item.text(0))
        elif (item := self._dragged(event.mimeData())) is not None:
            self.moved.emit(_number(item), _number(target.item) if target.item is not None else None)

    def _target_of(self, event: QDropEvent) -> _DropTarget | None:
        """Return where the dragged item would go, or None if it can't be dropped here."""
        over = self.itemAt(event.position().toPoint())
        if event.mimeData().hasFormat(IMAGE_IDS_MIME):
            return _DropTarget(over) if over is not None and _number(over) else None
        item = self._dragged(event.mimeData())
        if item is None:
            return None
        if over is None:
            return _DropTarget(None) if _parent_item(item) is not None else None
        outer = _parent_item(over) or over
        may = outer is not item and outer is not _parent_item(item) and not item.childCount()
        return _DropTarget(outer) if may else None

    def _dragged(self, mime: QMimeData) -> QTreeWidgetItem | None:
        collection = parse_int(bytes(mime.data(COLLECTION_MIME).data()).decode("ascii", "replace"), 0)
        return None if collection is None else self._find(collection)

    def _store_selection(self) -> None:
        item = self.currentItem()
        self._shown = _number(item) if item is not None and item.isSelected() else None

    def _restore_selection(self) -> None:
        """Restore the selection to the chosen collection."""
        item = self._find(self._shown) if self._shown is not None else None
        if item is not None:
            self.setCurrentItem(item)
        else:
            self.clearSelection()

    def _find(self, number: int) -> QTreeWidgetItem | None:
        tops = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        items = [item for top in tops if top is not None for item in (top, *map(top.child, range(top.childCount())))]
        return next((item for item in items if _number(item) == number), None)

    def _mark(self, target: _DropTarget | None) -> None:
        if target != self._target:
            self._target = target
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the collections, and a ring around the one that is the drop target."""
        super().paintEvent(event)
        if self._target is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().accent), 2))
        width = self.viewport().width()
        if self._target.item is not None:
            row = self.visualItemRect(self._target.item)
            painter.drawRoundedRect(QRect(1, row.top() + 1, width - 2, row.height() - 2), 5, 5)
        else:
            below = self.viewport().height() - _DROP_SPACE_HEIGHT // 2
            painter.drawLine(1, below, width - 2, below)
        painter.end()

    # Naming

    def _item(self, name: str, number: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name, ""])
        item.setData(0, _NUMBER, number)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        return item

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        if not self._is_populating and column == 0:
            self._name(item, item.text(0))

    def _name(self, item: QTreeWidgetItem, name: str) -> None:
        """Report a new name. Collections waiting to be shown don't have it yet, so they're discarded."""
        self._later = None
        self.named.emit(_number(item), _parent_id(item), name)

    def _named_new(self, _editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Create a new collection even if its default name was left unchanged; Escape discards it."""
        item = self.currentItem()
        if item is not None and not _number(item) and item.text(0) == _NEW:
            given_up = hint is QAbstractItemDelegate.EndEditHint.RevertModelCache
            self._name(item, "" if given_up else _NEW)
        if self._later is not None:
            collections, self._later = self._later, None
            QTimer.singleShot(0, self, lambda: self.show_all(collections))

    def _menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        menu = QMenu(self)
        menu.addAction("New collection", lambda: self.add_new(None))
        if item is not None:
            number, around = _number(item), _parent_item(item)
            if around is None:
                menu.addAction("New collection inside", lambda: self.add_new(item))
            menu.addAction("Rename", lambda: self.editItem(item, 0))
            if around is not None:
                menu.addAction(f"Move out of “{around.text(0)}”", lambda: self.moved.emit(number, None))
            menu.addAction("Remove the collection", lambda: self.remove_wanted.emit(number))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.aboutToHide.connect(self._restore_selection)
        menu.popup(self.viewport().mapToGlobal(at))

    def _fit(self, rows: int) -> None:
        self._rows = rows
        height = self.sizeHintForRow(0) if rows else 0
        self.setFixedHeight(rows * max(height, 24) + _DROP_SPACE_HEIGHT if rows else 4)


def _number(item: QTreeWidgetItem) -> int:
    return int(item.data(0, _NUMBER))


def _parent_item(item: QTreeWidgetItem) -> QTreeWidgetItem | None:
    return item.parent()


def _parent_id(item: QTreeWidgetItem) -> int | None:
    parent = _parent_item(item)
    return _number(parent) if parent is not None else None
