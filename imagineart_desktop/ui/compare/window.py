"""A window that compares images of the library, with everything that made them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import Library, LibraryError, PictureDetails
from imagineart_desktop.support.wording import ellipsize, pluralize
from imagineart_desktop.ui.compare.pane import ComparedImage, ComparePane
from imagineart_desktop.ui.compare.settings import SettingRow, compare_settings
from imagineart_desktop.ui.compare.views import MAX_COMPARED
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, PendingWork, plain_label
from imagineart_desktop.ui.widgets.over import message_over
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.tooltip import plain_tip

_LONGEST_LABEL = 36


class CompareWindow(BaseDialog):
    """A dialog that compares images, non-modal beside the main window.

    Rows whose settings differ are highlighted, and can be shown alone.
    """

    def __init__(self, parent: QWidget, library: Library) -> None:
        super().__init__(parent)
        self._library = library
        self._asked = 0
        self._rows: list[SettingRow] = []
        self.setWindowTitle("Compare")
        self.setModal(False)
        self.resize(1120, 820)
        self.finished.connect(self._let_go)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        self.pane = ComparePane()
        self.message = InlineMessage(floats=True)
        self.waiting = PendingWork(self.message)
        self.only_different = QCheckBox("Differences only")
        self.only_different.toggled.connect(self._filter)
        self._count = plain_label("", "muted")
        self.table = self._table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._below_part = self._below()
        self._splitter = splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(message_over(self.pane, self.message))
        splitter.addWidget(self._below_part)
        splitter.setStretchFactor(0, 1)
        splitter.setChildrenCollapsible(False)
        self._is_divided = False
        splitter.splitterMoved.connect(self._splitter_moved)
        column.addWidget(splitter, 1)

    def open_for(self, numbers: Sequence[int]) -> None:
        """Compare the first four of these library images."""
        spawn_owned(self, self.compare(numbers))
        self.show()
        self.raise_()
        self.activateWindow()

    async def compare(self, numbers: Sequence[int]) -> None:
        """Read the images and show them."""
        self._asked += 1
        turn = self._asked
        self.message.clear()
        read = await self.waiting.on("Opening", lambda _show: self._read(numbers[:MAX_COMPARED]))
        if read is None or turn != self._asked:
            return
        pictures, shown, missing = read
        self.pane.show_pictures(pictures)
        self.pane.set_mode(self.pane.way)
        self._rows = compare_settings(shown)
        self._fill([picture.label for picture in pictures])
        if missing:
            which = "One image" if missing == 1 else f"{missing} images"
            self.message.say(f"{which} can’t be read and compared.", "caution")
        elif len(numbers) > MAX_COMPARED:
            self.message.say(
                f"You can compare up to {MAX_COMPARED} images; these are the first {MAX_COMPARED}.", "info"
            )

    async def _read(self, numbers: Sequence[int]) -> tuple[list[ComparedImage], list[PictureDetails], int]:
        """Return the images, their details, and how many are missing."""
        pictures: list[ComparedImage] = []
        shown: list[PictureDetails] = []
        for number in numbers:
            with suppress(LibraryError, PictureError):
                details = await self._library.details(number)
                if details is not None:
                    pictures.append(await asyncio.to_thread(_compared, details, len(pictures) + 1))
                    shown.append(details)
        return pictures, shown, len(numbers) - len(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the height again."""
        super().resizeEvent(event)
        self._divide()

    def _splitter_moved(self) -> None:
        """Note that the user has moved the divider."""
        self._is_divided = True

    def _divide(self) -> None:
        """Give the table the height its rows need, at most a quarter: the images are what is compared."""
        if self._is_divided:
            return
        table, height = self.table, self._splitter.height()
        rows = sum(table.rowHeight(row) for row in range(table.rowCount()) if not table.isRowHidden(row))
        around = self._below_part.sizeHint().height() - table.sizeHint().height()
        needed = rows + table.horizontalHeader().sizeHint().height() + around
        below = min(needed, height // 4)
        self._splitter.setSizes([height - below, below])

    def _let_go(self) -> None:
        """Release the images when the window is closed."""
        self._asked += 1
        self.pane.show_pictures([])

    def _below(self) -> QWidget:
        below = QWidget()
        below.setObjectName("panel")
        column = QVBoxLayout(below)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(plain_label("Settings", "strong"))
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.only_different)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        return below

    def _table(self) -> QTableWidget:
        table = QTableWidget()
        table.setAccessibleName("Settings of the images")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.verticalHeader().hide()
        table.setCornerButtonEnabled(False)
        return table

    def _fill(self, labels: Sequence[str]) -> None:
        table = self.table
        table.clear()
        table.setRowCount(len(self._rows))
        table.setColumnCount(1 + len(labels))
        table.setHorizontalHeaderLabels(["", *labels])
        head = table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for index, row in enumerate(self._rows):
            for place, text in enumerate((f"≠  {row.name}" if row.differs else f"    {row.name}", *row.values)):
                table.setItem(index, place, _cell(text, row))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        if labels:
            head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        table.resizeRowsToContents()
        different = sum(row.differs for row in self._rows)
        self._count.setText("" if not labels else pluralize(different, "difference"))
        self._filter()

    def _filter(self) -> None:
        for index, row in enumerate(self._rows):
            self.table.setRowHidden(index, self.only_different.isChecked() and not row.differs)
        self._divide()


def _cell(text: str, row: SettingRow) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(plain_tip(text.strip()))
    if row.differs:
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        item.setBackground(QBrush(QColor(tokens().accent_soft)))
        item.setForeground(QBrush(QColor(tokens().text)))
    return item


def _compared(details: PictureDetails, place: int) -> ComparedImage:
    """Load an image for the comparison. Raises PictureError."""
    pixels = load_picture(details.summary.path).pixels
    return ComparedImage(
        f"{place} · {ellipsize(details.summary.title, _LONGEST_LABEL)}", ImagePyramid.of(pixels), pixels
    )
