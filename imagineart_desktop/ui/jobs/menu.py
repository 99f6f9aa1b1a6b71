"""Context menus of a job and of all jobs in the strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.workspace.job_texts import shown_state

NOT_CANCELABLE = (JobState.FAILED, JobState.UNCONFIRMED, JobState.CANCELLING)
"""States in which a job can't be canceled."""


def same_requests(job: Job, jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs with the same request as this one, apart from the seed, including the job itself."""
    wanted = _without_seed(job)
    return [one for one in jobs if one.model.endpoint == job.model.endpoint and _without_seed(one) == wanted]


def _without_seed(job: Job) -> JsonObject:
    return {name: value for name, value in job.request.to_fields().items() if name != "seed"}


class JobMenu(QMenu):
    """Context menu of the job strip.

    do: runs a card's command for the jobs with these ids; job: the one under the pointer, None for the strip itself;
    jobs: all that are shown.
    """

    def __init__(
        self, parent: QWidget, job: Job | None, jobs: Sequence[Job], do: Callable[[str, Sequence[str]], object]
    ) -> None:
        super().__init__(parent)
        self._do = do
        if job is not None:
            self._add_job_actions(job)
            self._add_batch_action("cancel", "Cancel these variations", _cancelable(same_requests(job, jobs)), least=2)
            others = [one for one in jobs if one.id != job.id]
            self._add_batch_action("cancel", "Cancel all but this", _cancelable(others))
        self._add_batch_action("cancel", "Cancel all jobs", _cancelable(jobs))
        # A canceled download isn't a failure: its image can still be fetched.
        failed = [one for one in jobs if shown_state(one) is JobState.FAILED]
        self._add_batch_action("dismiss", "Dismiss all failed jobs", failed)
        self.aboutToHide.connect(self.deleteLater)

    def _add_job_actions(self, job: Job) -> None:
        ids = [job.id]
        self.addAction("Show log", lambda: self._do("log", ids))
        if job.prompt:
            self.addAction("Copy prompt", lambda: QGuiApplication.clipboard().setText(job.prompt))
        if (seed := job.seed) is not None:
            self.addAction("Copy seed", lambda: QGuiApplication.clipboard().setText(str(seed)))
        if job.request_id:
            self.addAction("Copy request ID", lambda: QGuiApplication.clipboard().setText(job.request_id or ""))
        self.addSeparator()
        if job.state is JobState.FAILED:
            if not job.can_be_fetched:
                self.addAction("Edit && retry", lambda: self._do("edit", ids))
            if job.can_be_fetched or job.can_be_repeated:
                self.addAction("Fetch again" if job.can_be_fetched else "Retry", lambda: self._do("retry", ids))
        if job.state in (JobState.FAILED, JobState.UNCONFIRMED):
            self.addAction("Dismiss", lambda: self._do("dismiss", ids))
        elif job.state is not JobState.CANCELLING:
            if job.state is JobState.WAITING:
                self.addAction("Move to front", lambda: self._do("front", ids))
            self.addAction("Cancel", lambda: self._do("cancel", ids))
        self.addSeparator()

    def _add_batch_action(self, command: str, words: str, jobs: Sequence[Job], least: int = 1) -> None:
        ids = [job.id for job in jobs]
        made = self.addAction(f"{words} ({len(ids)})" if ids else words, lambda: self._do(command, ids))
        made.setEnabled(len(ids) >= least)


def _cancelable(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.state not in NOT_CANCELABLE]
