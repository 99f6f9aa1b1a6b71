"""Which jobs may start now, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.job_queue import JobQueue, Line
from imagineart_desktop.jobs.sending_pace import SendingPace
from imagineart_desktop.jobs.states import UNSENT_STATES


@dataclass(frozen=True, slots=True)
class BatchTurn:
    """When the jobs of a batch are sent. position: batches with a lower one come first."""

    position: int
    paused: bool


class Admission:
    """The rules for starting jobs. limit: how many are sent at once. queue: the jobs.

    All that are on their way to the service, or there already, continue. New ones start up to the limit: first those
    without a batch, so that a click never waits behind a thousand rows, then the batches one after another. Among each,
    a job that the user moved to the front is the next one.
    """

    def __init__(self, limit: int, pace: SendingPace, queue: JobQueue) -> None:
        self.limit = limit
        self.queue = queue
        self.turns: dict[str, BatchTurn] = {}
        """Batch id → when its jobs are sent."""
        self._pace = pace
        self._front: dict[str, int] = {}

    def ready(self, driven: Collection[str], connected: Collection[ServiceKind], busy: int) -> list[Job]:
        """Return the jobs that may start now, in order. driven: ids that run; busy: how many of them haven't ended."""
        underway = self.queue.under_way()
        continued = [job for job in underway if job.id not in driven and job.service in connected]
        lines = [line for line in self.queue.lines() if line.service in connected]
        single = [line for line in lines if line.batch is None]
        starting = self._first([single], self.limit - busy, driven)
        free = self._pace.limit(self.limit) - busy - len(starting)
        return [*continued, *starting, *self._first(self._by_batch(lines), free, driven)]

    def move_to_front(self, job_id: str) -> None:
        """Send a job next, until the program ends."""
        self._front[job_id] = -len(self._front) - 1

    def is_paused(self, job: Job) -> bool:
        """Return whether a job waits for its batch to be resumed."""
        return job.batch is not None and job.state in UNSENT_STATES and self._turn_of(job.batch).paused

    def _by_batch(self, lines: Sequence[Line]) -> list[list[Line]]:
        """Return the lines of each batch that isn't paused, in the order in which they are sent."""
        batches: dict[str, list[Line]] = {}
        for line in lines:
            if line.batch is not None and not self._turn_of(line.batch).paused:
                batches.setdefault(line.batch, []).append(line)
        return [batches[batch] for batch in sorted(batches, key=lambda batch: (self._turn_of(batch).position, batch))]

    def _first(self, groups: Sequence[Sequence[Line]], most: int, driven: Collection[str]) -> list[Job]:
        """Return the first jobs of groups of lines. All of a group are sent before the next one."""
        if most <= 0:
            return []
        allowed = {line for group in groups for line in group}
        front = [waiting for job_id in self._front if (waiting := self.queue.find_waiting(job_id)) is not None]
        found = {job.id: job for line, job in front if line in allowed and job.id not in driven}
        enough = len(found) + most
        for group in groups:
            for line in group:
                first = islice((job for job in self.queue.waiting(line) if job.id not in driven), most)
                found.update((job.id, job) for job in first)
            if len(found) >= enough:
                break
        return nsmallest(most, found.values(), key=self._rank)

    def _turn_of(self, batch: str | None) -> BatchTurn:
        return self.turns.get(batch or "", _UNKNOWN)

    def _rank(self, job: Job) -> tuple[int, int, str, int, int]:
        place = 0 if job.batch is None else job.place or 0
        position = self._turn_of(job.batch).position
        return self._front.get(job.id, 0), position, job.batch or "", place, self.queue.number(job)


_UNKNOWN = BatchTurn(0, paused=True)
"""Turn of a batch that nothing is known about yet: it may have been paused."""
