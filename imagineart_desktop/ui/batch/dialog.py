"""The batch preview: what varies on the left, every request with its price on the right, and the Run button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from imagineart_desktop.batches.plan import BatchPlan, read_recipe
from imagineart_desktop.batches.preview import BatchPreview
from imagineart_desktop.batches.row import RequestRow, RowTotals
from imagineart_desktop.jobs import BudgetExceededError
from imagineart_desktop.library import write_atomic
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import Progress, UserError, WorkCanceledError, spawn
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.batch.busy_bar import BusyBar
from imagineart_desktop.ui.batch.controls import BatchControls
from imagineart_desktop.ui.batch.row_table import RowTable
from imagineart_desktop.ui.forms.over_budget import show_over_budget
from imagineart_desktop.ui.widgets import (
    BaseDialog,
    ElidedLabel,
    EmptyState,
    InlineMessage,
    SubmitButton,
    button,
    plain_label,
)
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.batch_draft import BatchDraft
from imagineart_desktop.workspace.batch_sender import BatchSender, BudgetGap, PriceQuestionError, Terms
from imagineart_desktop.workspace.batch_table import BatchTable

_SIZE = (1320, 820)
_LEFT_WIDTH = 316
_ROW_FILES = "CSV or JSON Lines (*.csv *.tsv *.txt *.jsonl *.ndjson)"
_RECIPE_FILES = "Batch recipe (*.json)"


class BatchDialog(BaseDialog):
    """Shows a draft and its rows. raise_budget: opens the settings at a budget."""

    added = Signal(str)
    """A batch was added, in words."""

    def __init__(
        self,
        parent: QWidget,
        draft: BatchDraft,
        sender: BatchSender,
        files: FileDialogs,
        raise_budget: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self.draft = draft
        self._sender = sender
        self._files = files
        self._raise_budget = raise_budget
        self._gap: BudgetGap | None = None
        self._sending: Progress | None = None
        self._told_free = False
        self._is_asking = False
        """Whether the message asks about the rows as they are."""
        self.setWindowTitle("Batch")
        self.controls = BatchControls(draft, files)
        self.heading = ElidedLabel("", "muted")
        self.message = InlineMessage()
        self.table = RowTable(BatchTable(draft, self), draft)
        self.nothing = EmptyState("images", "", "")
        self._view = QStackedLayout()
        self.busy = BusyBar()
        self.busy.canceled.connect(self._cancel)
        self.total, self.amount = ElidedLabel("", "muted"), plain_label("", "title")
        self.gap_line = ElidedLabel(" ", "caution")
        self.run = SubmitButton("Run")
        self.run.clicked.connect(self._run)
        self.raise_button = button("Raise budget…", self._raise, kind="ghost")
        self._build()
        self.resize(QSize(*_SIZE).boundedTo(parent.size()))
        self._connect()
        self.show_rows()

    def _connect(self) -> None:
        draft = self.draft
        self.controls.failed.connect(self.message.say)
        for change in (draft.changed, draft.rows_changed, draft.rows_switched):
            change.connect(self._withdraw_question)
        draft.changed.connect(self._show_totals)
        draft.rows_changed.connect(self.show_rows)
        draft.rows_switched.connect(self._show_new_sums)

    def _build(self) -> None:
        side = QWidget()
        side.setObjectName("panel")
        side.setFixedWidth(_LEFT_WIDTH)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.controls, 1)
        left.addLayout(self._foot())
        right = QVBoxLayout()
        right.setContentsMargins(16, 12, 16, 12)
        right.setSpacing(8)
        right.addLayout(self._head())
        right.addWidget(self.message)
        self._view.addWidget(self.table)
        self._view.addWidget(self.nothing)
        right.addLayout(self._view, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(right, 1)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(plain_label("Preview", "title"))
        head.addWidget(self.heading, 1)
        head.addWidget(self.busy)
        head.addWidget(button("Import CSV or JSON Lines…", self._choose_rows))
        head.addWidget(button("Open recipe…", self._choose_recipe))
        head.addWidget(button("Save as recipe…", self._choose_target))
        return head

    def _foot(self) -> QVBoxLayout:
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.setSpacing(6)
        sums = QHBoxLayout()
        sums.addWidget(self.total, 1)
        sums.addWidget(self.amount)
        foot.addLayout(sums)
        foot.addWidget(self.gap_line)
        run = QHBoxLayout()
        run.addWidget(self.run, 1)
        run.addWidget(self.raise_button)
        foot.addLayout(run)
        return foot

    def follow(self, submit: QAction) -> None:
        """Run with the keys of the window's action, which apply to its pages alone."""
        self.run.follow(submit)
        keys = QShortcut(self)
        keys.setKeys(submit.shortcuts())
        keys.activated.connect(self.run.click)

    def take_keys(self) -> None:
        """Give the keyboard focus to the prompt, as in a form."""
        self.controls.prompt.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # The rows

    def show_rows(self) -> None:
        """Show the rows and their sums, or that they are being made."""
        preview, is_busy = self.draft.preview, self.draft.progress is not None
        self.busy.follow(self._sending or self.draft.progress)
        self.table.set_tall(any(row.problems or row.images for row in preview.rows))
        if not is_busy:
            words = empty_words(self.draft.plan, preview)
            self.nothing.set_words(*words)
            self._view.setCurrentWidget(self.nothing if any(words) else self.table)
        self._show_totals()
        if not is_busy:
            spawn_owned(self, self._read_budget())

    def _show_totals(self) -> None:
        rows = self.draft.preview.rows
        totals = self.draft.totals()
        count, wrong = pluralize(len(rows), "request"), totals.wrong
        attention = f"{wrong:,} need{'s' if wrong == 1 else ''} attention"
        if not rows or any(empty_words(self.draft.plan, self.draft.preview)):
            self.heading.setText("")
        elif wrong:
            self.heading.setText(f"{count}, {attention}", attention, f"{wrong:,} wrong")
        else:
            self.heading.setText(count)
        low = " · priority low" if self.draft.plan.low_priority else ""
        self.total.setText(f"{pluralize(totals.images, 'image')}{low}")
        self._told_free = self._sender.is_free
        self.amount.setText("Free (demo)" if self._told_free and totals.rows else price_words(totals))
        gap = self._gap
        self.gap_line.setText(gap.words if gap is not None else " ")
        self.raise_button.setVisible(gap is not None)
        self.run.set_words(_run_words(totals.rows, None if gap is None else gap.fit))
        is_ready = self.draft.is_current and self._sending is None
        self.run.setEnabled(bool(totals.rows) and is_ready and (gap is None or gap.fit > 0))

    def _show_new_sums(self) -> None:
        self._show_totals()
        spawn_owned(self, self._read_budget())

    async def _read_budget(self) -> None:
        try:
            self._gap = await self._sender.budget_gap(self.draft.preview.rows)
        except UserError as error:
            self.message.say(str(error))
            return
        self._show_totals()

    # Running

    def _run(self) -> None:
        rows = self.draft.sent_rows()
        self._start(rows if self._gap is None else rows[: self._gap.fit])

    def _start(self, rows: list[RequestRow], allowance: Decimal | None = None, *, agreed_unknown: bool = False) -> None:
        # At once: a second click must not send again.
        if self._sending is None and rows:
            self._sending = Progress()
            self._is_asking = False
            terms = Terms(self._told_free, agreed_unknown, allowance)
            self.busy.follow(self._sending)
            self._show_totals()
            spawn(self._send(rows, self._sending, terms))

    async def _send(self, rows: list[RequestRow], progress: Progress, terms: Terms) -> None:
        try:
            batch = await self._sender.send(self.draft, rows, progress, terms)
        except WorkCanceledError:
            self._end_sending("Nothing was sent.")
        except PriceQuestionError as error:
            self._end_sending()
            if isValid(self):
                agree = partial(self._start, rows, terms.allowance, agreed_unknown=True)
                self.message.say(str(error), "caution", {"Send": agree} if error.can_agree else None)
                self._is_asking = error.can_agree
        except BudgetExceededError as error:
            self._end_sending()
            if isValid(self):
                show_over_budget(self.message, error, lambda amount: self._start(rows, amount), self._raise_budget)
                self._is_asking = True
        except UserError as error:
            self._end_sending(str(error))
        except BaseException:
            self._end_sending()
            raise
        else:
            self._end_sending()
            if isValid(self):
                self.added.emit(f"{pluralize(len(rows), 'request')} added as “{batch.name}”.")
                self.accept()

    def _end_sending(self, problem: str = "") -> None:
        self._sending = None
        if isValid(self):
            self.show_rows()
            if problem:
                self.message.say(problem)

    def _withdraw_question(self) -> None:
        """Withdraw the question once the rows have changed: one may be switched off."""
        if self._is_asking:
            self._is_asking = False
            self.message.clear()

    def _cancel(self) -> None:
        self.draft.cancel()
        if self._sending is not None:
            self._sending.cancel()

    def _raise(self) -> None:
        if self._gap is not None:
            self._raise_budget(self._gap.period.value)

    # Files

    def _choose_rows(self) -> None:
        self._files.open_file(self, FolderPurpose.TABLE, "Import requests", self.draft.set_rows_file, _ROW_FILES)

    def _choose_recipe(self) -> None:
        self._files.open_file(self, FolderPurpose.TABLE, "Open batch recipe", self.open_recipe, _RECIPE_FILES)

    def _choose_target(self) -> None:
        self._files.save(
            self, FolderPurpose.TABLE, "Save batch recipe", "batch.json", {"json": _RECIPE_FILES}, self.save_recipe
        )

    def open_recipe(self, path: Path) -> None:
        """Take the plan of a recipe."""
        spawn_owned(self, self._open_recipe(path))

    async def _open_recipe(self, path: Path) -> None:
        try:
            self.draft.set_plan(await asyncio.to_thread(read_recipe, path))
        except UserError as error:
            self.message.say(str(error))
        except OSError as error:
            self.message.say(f"“{path.name}” can’t be read: {error.strerror}.")

    def save_recipe(self, path: Path, _kind: str = "json") -> None:
        """Save the plan, for `batch run` and for another time."""
        spawn(self._save_recipe(path))

    async def _save_recipe(self, path: Path) -> None:
        recipe = self.draft.plan.to_recipe()
        try:
            await asyncio.to_thread(lambda: write_atomic(path, recipe, private=False))
        except OSError as error:
            words, kind = f"Can’t save the recipe: {error.strerror}.", "error"
        else:
            words, kind = f"Saved to {path}.", "info"
        if isValid(self):
            self.message.say(words, kind)


def _run_words(rows: int, fit: int | None) -> str:
    """Return the label of the button. fit: how many rows are within the budget; None if all are."""
    if not rows:
        return "Run"
    return f"Run {pluralize(rows, 'request')}" if fit is None else f"Run the first {fit:,}" if fit else "Over budget"


def empty_words(plan: BatchPlan, preview: BatchPreview) -> tuple[str, str]:
    """Return (title, sentence) of a preview without anything to look at; empty if it has rows."""
    if preview.position is not None:
        return "No requests", "Correct the prompt on the left."
    if preview.problem:
        return "No requests", preview.problem
    is_blank = not (plan.prompt.strip() or plan.rows or plan.vary or plan.task.takes_image)
    if is_blank and preview.totals.wrong:
        return "No prompt yet", "Describe the image on the left. Alternatives such as {red|teal} make a row each."
    return "", ""


def price_words(totals: RowTotals) -> str:
    """Return “$4.86”, or “$4.86 + unknown” if some prices aren't known."""
    if not totals.rows:
        return ""
    parts = [format_dollars(totals.amount)] if totals.unknown < totals.rows else []
    return " + ".join([*parts, *(["unknown"] if totals.unknown else [])])
