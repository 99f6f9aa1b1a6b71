"""The table of models. A name is edited in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from imagineart_desktop.models.arrangement import MAX_LABEL
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.model_list import ModelRow
from imagineart_desktop.workspace.tooltip import plain_tip

_STAR, _NAME, _TASKS, _PRICE, _SOURCE, _ENDPOINT = range(6)
_HEADINGS = ("", "Model", "For", "Price", "Source", "Model ID")
_ROW_HEIGHT = 30
"""Height of a row in pixels."""

_ROW_KEY = Qt.ItemDataRole.UserRole


class ModelTable(QTreeWidget):
    """Shows models. F2 edits a name, Delete removes a model, a click on the first column stars it, a drag moves it."""

    chosen = Signal()
    renamed = Signal(str, str)
    """The user has given the model with this endpoint another name; empty for its own."""
    removal_wanted = Signal()
    star_wanted = Signal()
    dropped = Signal(str, int)
    """The user has dropped the model with this endpoint before the row with this index."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, ModelRow] = {}
        self.setAccessibleName("Models")
        self.setHeaderLabels(_HEADINGS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self._names = _NameDelegate(self)
        self.setItemDelegateForColumn(_NAME, self._names)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(24)
        for column in range(len(_HEADINGS)):
            stretches = column in (_NAME, _ENDPOINT)
            mode = QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(column, mode)
        self.currentItemChanged.connect(self.chosen)
        self.itemChanged.connect(self._edited)
        self.itemClicked.connect(self._clicked)

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these models. The current one stays the current one; if it's gone, its neighbor follows.

        What is typed into a name stays in its field.
        """
        typed = self._names.field.text() if self.state() is QAbstractItemView.State.EditingState else None
        before, place = self.current(), self.indexOfTopLevelItem(self.currentItem())
        self._rows = {row.model.endpoint: row for row in rows}
        with QSignalBlocker(self):
            self.clear()
            self.addTopLevelItems([_item(row) for row in rows])
        if before is not None and before.model.endpoint in self._rows:
            self.choose(before.model.endpoint)
            if typed is not None:
                self.rename()
                self._names.field.setText(typed)
        else:
            self._choose_row(min(max(place, 0), len(rows) - 1))

    def choose(self, endpoint: str) -> None:
        """Make a model the current one."""
        self._choose_row(list(self._rows).index(endpoint))

    def _choose_row(self, place: int) -> None:
        if (item := self.topLevelItem(place)) is not None:
            self.setCurrentItem(item)

    def current(self) -> ModelRow | None:
        """Return the current model."""
        item = self.currentItem()
        return None if item is None else self._rows.get(item.data(_STAR, _ROW_KEY))

    def rename(self) -> None:
        """Edit the name of the current model."""
        if (item := self.currentItem()) is not None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.editItem(item, _NAME)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit the name on F2 whatever column has the focus; remove the model on Delete."""
        if event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where the current model was dropped. The rows follow once the change is stored."""
        row = self.current()
        # Qt removes the row of a model that is moved.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if row is not None:
            self.dropped.emit(row.model.endpoint, self._place_at(event.position().toPoint()))

    def _place_at(self, point: QPoint) -> int:
        """Return the index of the row before which something is dropped."""
        item = self.itemAt(point)
        if item is None:
            return self.topLevelItemCount()
        return self.indexOfTopLevelItem(item) + (point.y() > self.visualItemRect(item).center().y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current model in sight if a message below takes some of the height."""
        super().resizeEvent(event)
        if (item := self.currentItem()) is not None:
            self.scrollToItem(item)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._rows:
            self.show_rows(list(self._rows.values()))

    def _edited(self, item: QTreeWidgetItem, column: int) -> None:
        row = self._rows.get(item.data(_STAR, _ROW_KEY))
        if column == _NAME and row is not None and item.text(_NAME) != row.model.label:
            self.renamed.emit(row.model.endpoint, item.text(_NAME))

    def _clicked(self, _item: QTreeWidgetItem, column: int) -> None:
        if column == _STAR:
            self.star_wanted.emit()


class _NameDelegate(QStyledItemDelegate):
    """Edits a name in a field with a limit, which the rows have room for."""

    field: QLineEdit
    """The last field, while a name is edited."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size of a name, in the height of a field."""
        return super().sizeHint(option, index).expandedTo(QSize(0, _ROW_HEIGHT))

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Return the field."""
        del option, index
        self.field = field = QLineEdit(parent)
        field.setMaxLength(MAX_LABEL)
        field.setPlaceholderText("Original name")
        field.setAccessibleName("Name")
        return field


def _item(row: ModelRow) -> QTreeWidgetItem:
    source = "Added" if row.is_added else "Built in"
    shown = f"{source}, hidden" if row.is_hidden else source
    model = row.model
    item = QTreeWidgetItem(["★" if row.is_starred else "☆", model.label, row.tasks, row.price, shown, model.endpoint])
    item.setData(_STAR, _ROW_KEY, model.endpoint)
    item.setToolTip(_PRICE, plain_tip(row.price_details))
    item.setData(_STAR, Qt.ItemDataRole.AccessibleTextRole, "Starred" if row.is_starred else "Not starred")
    item.setToolTip(_STAR, "Remove star" if row.is_starred else "Star")
    item.setToolTip(_NAME, plain_tip(f"{model.label}\n{model.note}" if model.note else model.label))
    item.setToolTip(_ENDPOINT, model.endpoint)
    # Nothing is dropped on a row, only between two.
    item.setFlags((item.flags() | Qt.ItemFlag.ItemIsEditable) & ~Qt.ItemFlag.ItemIsDropEnabled)
    t = tokens()
    for column in range(len(_HEADINGS)):
        quiet = row.is_hidden or column > _NAME
        item.setForeground(column, QColor(t.text_faint if row.is_hidden else t.text_muted if quiet else t.text))
    if not row.is_starred:
        item.setForeground(_STAR, QColor(t.text_faint))
    return item
