"""The spending report: budgets, and the last month, the last year or all time, as bars, in tables, and as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.jobs import Budget, BudgetPeriod
from imagineart_desktop.library import Library, LibraryError, write_atomic
from imagineart_desktop.library.store.spending import (
    SpendingLine,
    SpendingTotal,
    as_csv,
    by_batch,
    by_collection,
    by_day,
    by_model,
)
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import spawn
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.spending.budget_row import BudgetRow
from imagineart_desktop.ui.spending.chart import SpendChart
from imagineart_desktop.ui.widgets import BaseDialog, EmptyState, InlineMessage, Segmented, button, plain_label
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.bill_texts import billed_text, known_bills_text

_DAYS = {"month": 30, "year": 365}
_WORDS = {"month": "30 days", "year": "A year", "all": "All time"}
_NOTHING = {
    "month": "No image was paid for in the last 30 days.",
    "year": "No image was paid for in the last year.",
    "all": "What live images cost is shown here, day by day.",
}


class SpendingDialog(BaseDialog):
    """The spending report. Estimates are labeled as such; units that the service reported are shown beside them."""

    budgets_wanted = Signal()
    """Emitted to set the budgets."""

    def __init__(self, parent: QWidget, library: Library, budget: Budget, files: FileDialogs) -> None:
        super().__init__(parent)
        self._library = library
        self._budget = budget
        self._files = files
        self._lines: list[SpendingLine] = []
        self.setWindowTitle("Spending")
        self.setModal(False)
        self.resize(720, 620)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addLayout(self._budget_rows())
        self.chart = SpendChart()
        self._nothing = EmptyState("images", "Nothing spent", "")
        self._nothing.setMinimumHeight(self.chart.minimumHeight())
        self._nothing.hide()
        column.addWidget(self.chart)
        column.addWidget(self._nothing)
        tabs = QTabWidget()
        self.models, self.collections, self.batches = _table("Model"), _table("Collection"), _table("Batch")
        tabs.addTab(self.models, "By model")
        tabs.addTab(self.collections, "By collection")
        tabs.addTab(self.batches, "By batch")
        column.addWidget(tabs, 1)
        self.message = InlineMessage()
        column.addWidget(self.message)
        column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.total = plain_label("", "title")
        self.billed = plain_label("", "muted")
        self.span = Segmented(_WORDS)
        self.span.changed.connect(self._reload)
        head.addWidget(self.total)
        head.addSpacing(12)
        head.addWidget(self.billed)
        head.addStretch(1)
        head.addWidget(self.span)
        return head

    def _budget_rows(self) -> QGridLayout:
        """Return a row per budget: how much is used, as words and as a bar, and what is left."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        self.budgets = [BudgetRow() for _ in BudgetPeriod]
        for row, budget in enumerate(self.budgets):
            for column, widget in enumerate(budget.widgets):
                grid.addWidget(widget, row, column)
        return grid

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.addWidget(plain_label("Demo images and imported ones cost nothing.", "faint"))
        foot.addStretch(1)
        foot.addWidget(button("Budgets…", self.budgets_wanted.emit))
        foot.addWidget(button("Save as CSV…", self._choose))
        close = button("Close", self.close)
        close.setDefault(True)
        foot.addWidget(close)
        return foot

    def showEvent(self, event: QShowEvent) -> None:
        """Load the current figures."""
        super().showEvent(event)
        self._reload()

    async def save_csv(self, path: Path) -> None:
        """Save what's shown, one line per image."""
        text = as_csv(self._lines)
        try:
            await asyncio.to_thread(lambda: write_atomic(path, text.encode(), private=False))
        except OSError as error:
            self.message.say(f"Can’t save the table: {error.strerror}.")
            return
        self.message.say(f"Saved to {path}.", "info")

    def _reload(self) -> None:
        spawn_owned(self, self._load())

    async def _load(self) -> None:
        days = _DAYS.get(self.span.value())
        since = datetime.now().astimezone() - timedelta(days=days) if days else None
        try:
            self._lines = await self._library.spending(since)
            uses = await self._budget.uses()
        except LibraryError as error:
            self.message.say(str(error))
            return
        for row, use in zip_longest(self.budgets, uses):
            row.show_use(use)
        cost = sum((line.cost for line in self._lines), Decimal(0))
        failed = sum(line.failed for line in self._lines)
        count = len(self._lines) - failed
        in_vain = f" · {failed} paid without an image" if failed else ""
        unknown = sum(not line.cost for line in self._lines)
        besides = f" · {unknown} at an unknown price" if unknown else ""
        self.billed.setVisible(bool(self._lines))
        self.total.setText(f"{format_dollars(cost)} estimated · {pluralize(count, 'image')}{in_vain}{besides}")
        self.billed.setText(billed_text(self._lines))
        self.chart.setVisible(bool(self._lines))
        self._nothing.setVisible(not self._lines)
        self._nothing.set_words("Nothing spent", _NOTHING[self.span.value()])
        today = datetime.now().astimezone().date()
        first = since.date() if since is not None else min((line.day for line in self._lines), default=today)
        self.chart.show_days(by_day(self._lines), first, max(today, *(line.day for line in self._lines), first))
        _fill(self.models, by_model(self._lines))
        _fill(self.collections, by_collection(self._lines))
        _fill(self.batches, by_batch(self._lines))

    def _choose(self) -> None:
        self._files.save(
            self,
            FolderPurpose.TABLE,
            "Save table",
            "spending.csv",
            {"csv": "CSV (*.csv)"},
            lambda path, _kind: spawn(self.save_csv(path)),
        )


def _table(name: str) -> QTreeWidget:
    table = QTreeWidget()
    table.setAccessibleName(f"Spent by {name.lower()}")
    table.setHeaderLabels([name, "Images", "Estimated", "Billed units", "Billed"])
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.header().setStretchLastSection(False)
    table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2, 3, 4):
        table.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return table


def _fill(table: QTreeWidget, sums: Sequence[SpendingTotal]) -> None:
    table.clear()
    for one in sums:
        billed = f"{one.billed.normalize():f}" if one.told else "—"
        bill = format_dollars(one.bill) if one.bills else "—"
        item = QTreeWidgetItem([one.name, str(one.pictures), format_dollars(one.cost), billed, bill])
        item.setToolTip(4, known_bills_text(one))
        for column in (1, 2, 3, 4):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        table.addTopLevelItem(item)
