"""The table of a batch's rows."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from imagineart_desktop.ui.batch.row_delegate import RowDelegate
from imagineart_desktop.workspace.batch_draft import BatchDraft
from imagineart_desktop.workspace.batch_table import BatchTable, Column

_ROW, _TALL_ROW = 30, 44
_WIDTHS = {
    Column.ENABLED: 32,
    Column.NUMBER: 52,
    Column.MODEL: 104,
    Column.VARIED: 130,
    Column.SIZE: 100,
    Column.PRICE: 70,
}


class RowTable(QTableView):
    """Shows rows of one height. The space bar switches the selected ones on or off, a click on ✓ all of them."""

    def __init__(self, model: BatchTable, draft: BatchDraft) -> None:
        super().__init__()
        self._draft = draft
        self.setModel(model)
        delegate = RowDelegate(self)
        self.setItemDelegate(delegate)
        delegate.thumbnails.ready.connect(self.viewport().update)
        self.setAccessibleName("Requests")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        # Fixed heights: measuring ten thousand rows would take seconds.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._heading_clicked)
        header.setMinimumSectionSize(30)
        header.setSectionResizeMode(Column.PROMPT, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)

    def set_tall(self, tall: bool) -> None:
        """Set whether the rows have room for a second line and for thumbnails."""
        self.verticalHeader().setDefaultSectionSize(_TALL_ROW if tall else _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Switch the selected rows on, or off if all are on."""
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
            return
        self._switch(index.row() for index in self.selectionModel().selectedRows())

    def _heading_clicked(self, column: int) -> None:
        if column == Column.ENABLED:
            self._switch(range(len(self._draft.preview.rows)))

    def _switch(self, places: Iterable[int]) -> None:
        rows = self._draft.preview.rows
        places = [place for place in places if not rows[place].problems]
        self._draft.set_enabled(places, not all(rows[place].is_enabled for place in places))
