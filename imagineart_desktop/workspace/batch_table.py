"""The rows of a batch as a table for a view, whatever their number."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from imagineart_desktop.batches.plan import MODEL
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support.plain_text import display_text
from imagineart_desktop.workspace.batch_draft import BatchDraft
from imagineart_desktop.workspace.tooltip import plain_tip

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_MAX_TIP = 2000
IMAGE_LABELS = ("image", "images")
"""What varies if images do, in lower case."""


class Column(IntEnum):
    """The columns, from the left."""

    ENABLED = 0
    NUMBER = 1
    PROMPT = 2
    MODEL = 3
    VARIED = 4
    SIZE = 5
    PRICE = 6


ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `RequestRow`."""

_HEADINGS = ("✓", "#", "Prompt", "Model", "Settings", "Size", "Price")


class BatchTable(QAbstractTableModel):
    """Shows the rows of a draft; the check boxes switch them on and off."""

    def __init__(self, draft: BatchDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._rows = draft.preview.rows
        draft.rows_changed.connect(self._take)
        draft.rows_switched.connect(self._rows_switched)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return "Switch all rows on or off" if section == Column.ENABLED else None
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that the first column can be checked, unless the row is wrong."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == Column.ENABLED and not self._rows[index.row()].problems:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        row, column = self._rows[index.row()], Column(index.column())
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.ENABLED and not row.problems:
            return Qt.CheckState.Checked if row.is_enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(_tip(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join([_text(row, column), *(row.problems if column is Column.PROMPT else ())])
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Switch a row on or off."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != Column.ENABLED:
            return False
        self._draft.set_enabled([index.row()], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _take(self) -> None:
        self.beginResetModel()
        self._rows = self._draft.preview.rows
        self.endResetModel()

    def _rows_switched(self, first: int, last: int) -> None:
        self._rows = self._draft.preview.rows
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (Column.PRICE, Column.NUMBER) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(row: RequestRow, column: Column) -> str:
    match column:
        case Column.NUMBER:
            return f"{row.index:,}"
        case Column.PROMPT:
            return row.prompt.text
        case Column.MODEL:
            return "" if row.model is None else row.model.short_label
        case Column.VARIED:
            return display_text(" · ".join(_settings(row)))
        case Column.SIZE:
            return "" if row.size is None else f"{row.size[0]} × {row.size[1]}"
        case Column.PRICE:
            return _price(row)
        case _:
            return "✕" if row.problems else ""


def _settings(row: RequestRow) -> list[str]:
    """Return what the row has differently, besides its model; its images by their names."""
    images = [image.name for held in row.images.values() for image in held if image.name]
    others = [text for label, text in row.varied.items() if label.casefold() not in (MODEL, *IMAGE_LABELS)]
    return [*others, *images[:1]]


def _price(row: RequestRow) -> str:
    if row.problems:
        return ""
    return format_dollars(row.price.amount) if row.price.is_known else "Unknown"


def _tip(row: RequestRow, column: Column) -> str:
    if column is Column.PRICE and not row.problems:
        return row.price.sentence
    if column is Column.MODEL and row.model is not None:
        return row.model.label
    images = [image.name for held in row.images.values() for image in held if image.name]
    line = [] if row.line is None else [f"Line {row.line:,}"]
    return "\n".join([row.prompt.text[:_MAX_TIP], *row.problems, *images, *line])
