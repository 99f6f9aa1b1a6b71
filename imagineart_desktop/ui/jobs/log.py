"""The job log: the service's messages about a job, during its run and afterwards."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from imagineart_desktop.jobs import Job
from imagineart_desktop.support.plain_text import display_text, single_line
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.widgets import combo_box, plain_label
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.ui.widgets.focus import insert_in_tab_order, previous_in_tab_order
from imagineart_desktop.workspace.job_texts import elapsed_words, state_text, unavailable_words

_MAX_JOBS, _MAX_NAME = 100, 90
_MIN_TEXT_HEIGHT, _TEXT_HEIGHT = 64, 130
"""Minimum and maximum height in pixels; it shrinks if the window is low."""


class _Content:
    """Content of the log: the list of the jobs, and the text of one of them."""

    def __init__(self, log: QWidget) -> None:
        column = QVBoxLayout(log)
        column.setContentsMargins(14, 8, 14, 0)
        column.setSpacing(6)
        self.choice = combo_box("Job")
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.addWidget(plain_label("Job", "muted"))
        row.addWidget(self.choice, 1)
        column.addLayout(row)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMinimumHeight(_MIN_TEXT_HEIGHT)
        self.text.setMaximumHeight(_TEXT_HEIGHT)
        self.text.setAccessibleName("Job log")
        self.text.setPlaceholderText("The jobs of this session are listed here.")
        column.addWidget(self.text)


class JobLog(QWidget):
    """Jobs of this session by state and prompt, newest first, and the log of one of them.

    Its content is built when it's first opened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._jobs: dict[str, Job] = {}
        self._is_open = False
        self._content = Lazy(self._build)

    def _build(self) -> _Content:
        before = previous_in_tab_order(self)
        content = _Content(self)
        content.choice.currentIndexChanged.connect(self._write)
        insert_in_tab_order(before, self)
        return content

    @property
    def choice(self) -> QComboBox:
        """The list of the jobs."""
        return self._content().choice

    @property
    def text(self) -> QPlainTextEdit:
        """The log of the chosen job."""
        return self._content().text

    @property
    def job_id(self) -> str | None:
        """The id of the job whose log is shown, or None."""
        content = self._content.built
        chosen = None if content is None else content.choice.currentData()
        return str(chosen) if chosen is not None else None

    def note(self, job: Job) -> None:
        """Add or update a job."""
        is_new = job.id not in self._jobs
        self._jobs[job.id] = job
        if len(self._jobs) > _MAX_JOBS:
            oldest = next(job_id for job_id in self._jobs if job_id != self.job_id)
            del self._jobs[oldest]
            if self._is_open:
                self.choice.removeItem(self.choice.findData(oldest))
        if not self._is_open:
            return
        if is_new:
            self.choice.insertItem(0, _name_of(job), job.id)
        else:
            self.choice.setItemText(self.choice.findData(job.id), _name_of(job))
        if job.id == self.job_id:
            self._write()

    def open(self, opened: bool) -> None:
        """Show or hide the log; a hidden one only keeps the jobs."""
        self._is_open = opened
        if opened:
            self._list()
            self._write()
        self.setVisible(opened)

    def show_job(self, job: Job) -> None:
        """Show the log of this job, which may be from an earlier session."""
        self.note(job)
        self.choice.setCurrentIndex(self.choice.findData(job.id))

    def show_newest(self) -> None:
        """Show the log of the most recently requested job."""
        self.choice.setCurrentIndex(0 if self.choice.count() else -1)

    def _list(self) -> None:
        """Offer all jobs, newest first; the choice stays."""
        chosen = self.job_id
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for job in reversed(self._jobs.values()):
                self.choice.addItem(_name_of(job), job.id)
            self.choice.setCurrentIndex(-1 if chosen is None else self.choice.findData(chosen))

    def _write(self) -> None:
        job = self._jobs.get(self.job_id or "")
        if job is None:
            self.text.clear()
            return
        bar = self.text.verticalScrollBar()
        follows = bar.value() == bar.maximum()
        self.text.setPlainText(display_text("\n".join(log_lines(job))))
        if follows:
            bar.setValue(bar.maximum())


def _name_of(job: Job) -> str:
    prompt = single_line(job.prompt) or job.model.label
    return f"{state_text(job)} · {ellipsize(prompt, _MAX_NAME)}"


def log_lines(job: Job) -> list[str]:
    """Return what is known about a job, then the service's messages about it."""
    lines = [f"{state_text(job)} · {elapsed_words(job)} · {job.model.label}"]
    if job.prompt:
        lines.append(f"Prompt: {single_line(job.prompt)}")
    lines.append(f"Request: {job.request_id or 'not sent yet'}")
    lines += [f"{entry.timestamp[11:19]}  {entry.level:<7} {entry.message}" for entry in job.logs]
    if job.failure is not None:
        lines.append(str(job.failure))
    if notice := unavailable_words(job):
        lines.append(notice)
    return lines
