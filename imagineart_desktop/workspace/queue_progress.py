"""How many of the requests added since the queue was last empty are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.jobs import Batch, BatchSummary, JobEvent, JobState, Worker
from imagineart_desktop.workspace.coalesced import single_shot

_TOLD_EVERY_MS = 100
"""Milliseconds between two reports: hundreds of requests may be added at once."""

_ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
"""States that count as done. An unconfirmed request counts once it's sent again."""


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many requests are done, of how many. 0 of 0 if nothing runs or waits."""

    done: int = 0
    total: int = 0


class QueueProgress(QObject):
    """Counts single requests as their jobs change, and those of batches from the figures of the batches.

    What waits for the user isn't counted: unconfirmed requests, and those that a paused batch hasn't sent.
    """

    changed = Signal(QueueCount)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._open: set[str] = set()
        self._ended: set[str] = set()
        self._batches: dict[str, BatchSummary] = {}
        self._open_in: dict[str, int] = {}
        """Batch id → how many of its requests run or wait."""
        self._before: dict[str, int] = {}
        """Batch id → how many of its requests were done when the queue was last empty."""
        self._told = QueueCount()
        self._telling = single_shot(self, _TOLD_EVERY_MS, self._tell)
        ends = worker.subscribe(self._job_event), worker.batches.subscribe(self._batches_changed)
        self.destroyed.connect(lambda: [end() for end in ends])
        self._open.update(job.id for job in worker.jobs() if job.batch is None and job.can_proceed)
        self._batches_changed(worker.batches.current())

    @property
    def count(self) -> QueueCount:
        """The requests as they stand."""
        unfinished = len(self._open) + sum(self._open_in.values())
        if not unfinished:
            return QueueCount()
        done = len(self._ended) + sum(_ended(summary) - self._before[batch] for batch, summary in self._batches.items())
        return QueueCount(done, done + unfinished)

    def _job_event(self, event: JobEvent) -> None:
        job = event.job
        if job.batch is not None:
            # The figures follow; only what they were before its first request matters here.
            if job.batch not in self._batches and (batch := self._worker.batches.find(job.batch)) is not None:
                self._batches_changed([batch])
            return
        was_open = job.id in self._open
        if job.can_proceed:
            self._open.add(job.id)
            self._ended.discard(job.id)
        else:
            self._open.discard(job.id)
            if was_open and job.state in _ENDED:
                self._ended.add(job.id)
        if was_open != job.can_proceed:
            self._recounted()

    def _batches_changed(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            summary = batch.summary
            self._batches[batch.id] = summary
            self._open_in[batch.id] = summary.running if batch.is_paused else summary.unfinished
            # Fewer are done than before if results are fetched again, or failures dismissed.
            self._before[batch.id] = min(self._before.get(batch.id, _ended(summary)), _ended(summary))
        self._recounted()

    def _recounted(self) -> None:
        if not self._open and not any(self._open_in.values()):
            for counted in (self._ended, self._batches, self._open_in, self._before):
                counted.clear()
        if not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        if (count := self.count) != self._told:
            self._told = count
            self.changed.emit(count)


def _ended(summary: BatchSummary) -> int:
    return sum(summary.counts.get(state, 0) for state in _ENDED)
