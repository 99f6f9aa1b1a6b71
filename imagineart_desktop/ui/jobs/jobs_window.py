"""The window of jobs: all of the last 30 days, or those of one batch, with filter, search and log."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.jobs import Batch, Job, JobState, Worker
from imagineart_desktop.library import JobQuery, Library, LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.support.plain_text import display_text
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.jobs.log import log_lines
from imagineart_desktop.ui.jobs.menu import NOT_CANCELABLE
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, combo_box, plain_label
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.coalesced import single_shot
from imagineart_desktop.workspace.job_table import COLUMNS, JobTableModel

_SIZE = (1100, 600)
_DAYS = 30
_TYPING_MS = 200

_S = JobState
_FILTERS: tuple[tuple[str, tuple[JobState, ...]], ...] = (
    ("All states", ()),
    ("In progress", (_S.UPLOADING, _S.SUBMITTING, _S.QUEUED, _S.RUNNING, _S.FETCHING, _S.CANCELLING)),
    ("Waiting", (_S.WAITING,)),
    ("Done", (_S.DONE,)),
    ("Failed", (_S.FAILED,)),
    ("Unconfirmed", (_S.UNCONFIRMED,)),
    ("Canceled", (_S.CANCELLED,)),
)

_WIDTHS = (110, 340, 110, 170, 60, 70)
"""Of the columns in pixels; the last one takes the rest."""


class JobsWindow(BaseDialog):
    """The window. opened: the id of an image to show in the main window."""

    opened = Signal(int)

    def __init__(self, parent: QWidget, library: Library, worker: Worker) -> None:
        super().__init__(parent)
        self._library, self._worker = library, worker
        self._batch: Batch | None = None
        self.setModal(False)
        self.resize(QSize(*_SIZE).boundedTo(parent.size()))
        self.model = JobTableModel(library, worker, self)
        self.model.listed.connect(self._show_count)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(self._head())
        self.table = self._table()
        column.addWidget(self.table, 1)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Job log")
        self.log.setFixedHeight(150)
        self.log.hide()
        column.addWidget(self.log)
        self.message = InlineMessage()
        self.model.failed.connect(self.message.say)
        column.addWidget(self.message)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search prompts and request IDs")
        self.search.setAccessibleName("Search jobs")
        self.search.setClearButtonEnabled(True)
        self.state = combo_box("State")
        self.state.addItems([label for label, _ in _FILTERS])
        self._count = plain_label("", "muted")
        self._typing = single_shot(self, _TYPING_MS, self._show)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.state.currentIndexChanged.connect(lambda _index: self._show())
        head.addWidget(self.search, 1)
        head.addWidget(self.state)
        head.addWidget(self._count)
        return head

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Jobs")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        for place, width in enumerate(_WIDTHS[: len(COLUMNS) - 1]):
            table.setColumnWidth(place, width)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._menu_at)
        table.doubleClicked.connect(lambda index: self._open(self.model.job_id(index.row())))
        table.selectionModel().currentRowChanged.connect(lambda now, _before: self._selected(now.row()))
        return table

    def open_for(self, batch: Batch | None) -> None:
        """Show the jobs of a batch; None for all of the last days. Filter and search are for one list of jobs only."""
        if (None if batch is None else batch.id) != (None if self._batch is None else self._batch.id):
            self.search.clear()
            self.state.setCurrentIndex(0)
        self._batch = batch
        self.setWindowTitle("Jobs" if batch is None else f"Jobs: {batch.name}")
        self._show()
        self.show()
        self.raise_()

    def _show(self) -> None:
        batch = None if self._batch is None else self._batch.id
        states = tuple(state.value for state in _FILTERS[self.state.currentIndex()][1])
        since = round((time.time() - _DAYS * 24 * 3600) * 1000)
        self.model.show_jobs(JobQuery(batch, states, self.search.text().strip(), since))

    def _show_count(self) -> None:
        self._count.setText(pluralize(self.model.rowCount(), "job"))

    # One job

    def _menu_at(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            spawn_owned(self, self._show_menu(self.model.job_id(index.row()), self.table.viewport().mapToGlobal(at)))

    async def _show_menu(self, job_id: str, at: QPoint) -> None:
        if (job := await self._find(job_id)) is not None:
            self.menu(job).popup(at)

    def menu(self, job: Job) -> QMenu:
        """Return the context menu of a job."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Open result", lambda: self._open(job.id)).setEnabled(job.state is JobState.DONE)
        menu.addAction("Show log", lambda: self._show_log(job.id))
        menu.addSeparator()
        self._add_copies(menu, job)
        menu.addSeparator()
        worker = self._worker
        if job.state is JobState.UNCONFIRMED:
            menu.addAction("Look for it", lambda: self._run(worker.look_for(job.id)))
            menu.addAction("Send again", lambda: self._run(worker.send_again(job.id)))
        if job.can_be_fetched or job.can_be_repeated:
            words = "Fetch again" if job.can_be_fetched else "Retry"
            menu.addAction(words, lambda: self._run(worker.ask_again(job)))
        is_active = job.state not in (*NOT_CANCELABLE, JobState.DONE, JobState.CANCELLED)
        menu.addAction("Cancel", lambda: self._run(worker.cancel(job.id))).setEnabled(is_active)
        menu.addAction("Cancel all but this", lambda: self._run(self._cancel_others(job))).setEnabled(is_active)
        is_waiting = job.state is JobState.WAITING
        menu.addAction("Move to front", lambda: worker.admission.move_to_front(job.id)).setEnabled(is_waiting)
        if (batch := job.batch) is not None:
            menu.addAction("Move batch to front", lambda: self._run(worker.batches.move_to_front(batch)))
        return menu

    def _add_copies(self, menu: QMenu, job: Job) -> None:
        clipboard = QGuiApplication.clipboard()
        for words, text in (
            ("Copy prompt", job.prompt),
            ("Copy seed", "" if job.seed is None else str(job.seed)),
            ("Copy request ID", job.request_id or ""),
        ):
            menu.addAction(words, lambda text=text: clipboard.setText(text)).setEnabled(bool(text))

    async def _cancel_others(self, kept: Job) -> None:
        """Cancel all other jobs that are listed here and haven't ended."""
        worker = self._worker
        for batch in worker.batches.current():
            if self._batch is None or self._batch.id == batch.id:
                await worker.batches.cancel_rest(batch.id, but=kept.id)
        for job in worker.jobs():
            if self._batch is None and job.batch is None and job.id != kept.id and job.state not in NOT_CANCELABLE:
                await worker.cancel(job.id)

    def _open(self, job_id: str) -> None:
        spawn_owned(self, self._open_result(job_id))

    async def _open_result(self, job_id: str) -> None:
        try:
            images = await self._library.results_of([job_id])
        except LibraryError as error:
            self.message.say(str(error))
            return
        if images:
            self.opened.emit(min(images.values()))

    def _selected(self, row: int) -> None:
        if row >= 0 and not self.log.isHidden():
            self._show_log(self.model.job_id(row))

    def _show_log(self, job_id: str) -> None:
        spawn_owned(self, self._load_log(job_id))

    async def _load_log(self, job_id: str) -> None:
        if (job := await self._find(job_id)) is not None:
            self.log.setPlainText(display_text("\n".join(log_lines(job))))
            self.log.show()

    async def _find(self, job_id: str) -> Job | None:
        try:
            found = await self._worker.find(job_id)
        except LibraryError as error:
            self.message.say(str(error))
            return None
        # What only memory has: the queue position, and the log of a job that runs.
        now = next((job for job in self._worker.jobs() if job.id == job_id), None)
        return found if now is None or found is None else replace(now, step=found.step)

    def _run(self, work: Coroutine[object, None, object]) -> None:
        spawn(self._try(work))

    async def _try(self, work: Coroutine[object, None, object]) -> None:
        try:
            await work
        except LibraryError as error:
            self.message.say(str(error))
