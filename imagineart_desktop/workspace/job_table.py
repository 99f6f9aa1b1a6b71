"""The table of jobs: of one batch, or of the last days. Rows are read in pages, off the window's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import JobEvent, JobState, Worker
from imagineart_desktop.library import (
    JobLine,
    JobQuery,
    Library,
    LibraryError,
    from_ms,
    job_lines,
    matching_jobs,
    valid_cost,
)
from imagineart_desktop.models import ModelRegistry, format_dollars
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.coalesced import single_shot
from imagineart_desktop.workspace.job_texts import minutes_text, state_name
from imagineart_desktop.workspace.language import datetime_text
from imagineart_desktop.workspace.tooltip import plain_tip

_PAGE = 100
_MAX_PAGES = 40
"""Number of pages kept; the table shows one or two at a time."""

_REFRESH_MS = 150
_RELOAD_MS = 1000
"""Time within which new jobs are listed together."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Column:
    """A column. text: what it shows of a job; numbers are aligned to the right."""

    title: str
    text: Callable[[JobLine, ModelRegistry], str]
    is_number: bool = False

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def _model(line: JobLine, models: ModelRegistry) -> str:
    model = models.find(line.endpoint)
    return line.endpoint if model is None else model.short_label


def _time(line: JobLine, _models: ModelRegistry) -> str:
    if line.submitted_ms is None or line.finished_ms is None:
        return ""
    return minutes_text(max(0, line.finished_ms - line.submitted_ms) // 1000)


def _cost(line: JobLine, _models: ModelRegistry) -> str:
    return "Free" if line.service == ServiceKind.DEMO.value else format_dollars(valid_cost(line.estimate))


def _problem(line: JobLine, _models: ModelRegistry) -> str:
    return "" if line.error_message is None else str(Message.parse(line.error_message))


COLUMNS = (
    _Column("State", lambda line, _models: state_name(line.state)),
    _Column("Prompt", lambda line, _models: single_line(line.prompt)),
    _Column("Model", _model),
    _Column("Requested", lambda line, _models: datetime_text(from_ms(line.created_ms).astimezone())),
    _Column("Time", _time, is_number=True),
    _Column("Cost", _cost, is_number=True),
    _Column("Problem", _problem),
)


class JobTableModel(QAbstractTableModel):
    """Jobs that match a query. listed: their number changed; failed: an error message."""

    listed = Signal()
    failed = Signal(str)

    def __init__(self, library: Library, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self.query = JobQuery()
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        self._pages: OrderedDict[int, dict[str, JobLine]] = OrderedDict()
        self._wanted: set[int] = set()
        self._asked = 0
        self._stale: set[int] = set()
        self._refreshing = single_shot(self, _REFRESH_MS, self._refresh)
        self._reloading = single_shot(self, _RELOAD_MS, lambda: self.show_jobs(self.query))
        unsubscribe = worker.subscribe(self._job_event)
        self.destroyed.connect(lambda: unsubscribe())

    def show_jobs(self, query: JobQuery) -> None:
        """List the jobs that match a query."""
        self.query = query
        self._asked += 1
        spawn_owned(self, self._list(query, self._asked))

    def job_id(self, row: int) -> str:
        """Return the id of the job in a row."""
        return self._ids[row]

    def line(self, row: int) -> JobLine | None:
        """Return what is known of the job in a row; None until its page is read."""
        number, job_id = row // _PAGE, self._ids[row]
        page = self._pages.get(number)
        if page is None:
            if number not in self._wanted:
                self._wanted.add(number)
                spawn_owned(self, self._read(number, self._asked))
            return None
        self._pages.move_to_end(number)
        return page.get(job_id)

    # The model

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of jobs."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """Return the title of a column, or its alignment."""
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return COLUMNS[section].alignment
        return COLUMNS[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | Qt.AlignmentFlag | None:
        """Return the text of a cell, its tooltip or its alignment."""
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        line = self.line(index.row())
        text = "" if line is None else column.text(line, self._library.models)
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole and text else text

    # Reading

    async def _list(self, query: JobQuery, asked: int) -> None:
        database = self._library.database
        try:
            ids, places = await database.read(lambda connection: _with_places(matching_jobs(connection, query)))
        except LibraryError as error:
            self.failed.emit(str(error))
            return
        if asked != self._asked:
            return
        if ids != self._ids:
            self.beginResetModel()
            self._ids, self._places = ids, places
            self._pages.clear()
            self._wanted.clear()
            self.endResetModel()
        self.listed.emit()

    async def _read(self, number: int, asked: int) -> None:
        ids = self._ids[number * _PAGE : (number + 1) * _PAGE]
        try:
            lines = await self._library.database.read(partial(job_lines, ids=ids))
        except LibraryError as error:
            self.failed.emit(str(error))
            return
        finally:
            self._wanted.discard(number)
        if asked != self._asked and ids != self._ids[number * _PAGE : (number + 1) * _PAGE]:
            return
        self._pages[number] = lines
        while len(self._pages) > _MAX_PAGES:
            self._pages.popitem(last=False)
        first, last = number * _PAGE, number * _PAGE + len(ids) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _job_event(self, event: JobEvent) -> None:
        """Read the page of a changed job again, soon; list new jobs."""
        job, query = event.job, self.query
        if query.batch is not None and job.batch != query.batch:
            return
        place = self._places.get(job.id)
        if place is not None:
            self._stale.add(place // _PAGE)
            if not self._refreshing.isActive():
                self._refreshing.start()
        elif job.state is JobState.WAITING and not self._reloading.isActive():
            self._reloading.start()

    def _refresh(self) -> None:
        for number in self._stale & self._pages.keys():
            spawn_owned(self, self._read(number, self._asked))
        self._stale.clear()


def _with_places(ids: list[str]) -> tuple[list[str], dict[str, int]]:
    return ids, {job_id: place for place, job_id in enumerate(ids)}
