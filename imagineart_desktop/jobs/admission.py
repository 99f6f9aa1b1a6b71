"""Which jobs may start now, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from heapq import nsmallest

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.sending_pace import SendingPace
from imagineart_desktop.jobs.states import ACCEPTED_STATES, JobState

_NOT_SENT = (JobState.WAITING, JobState.UPLOADING)


@dataclass(frozen=True, slots=True)
class BatchTurn:
    """When the jobs of a batch are sent. position: batches with a lower one come first."""

    position: int
    paused: bool


class Admission:
    """The rules for starting jobs. limit: how many are sent at once.

    All that the service already has continue. New ones start up to the limit: first those without a batch, so that a
    click never waits behind a thousand rows, then the batches one after another. Among each, a job that the user moved
    to the front is the next one.
    """

    def __init__(self, limit: int, pace: SendingPace) -> None:
        self.limit = limit
        self.held: set[str] = set()
        """Ids of jobs that are being changed."""
        self.held_unsent: set[str] = set()
        """Ids of jobs that wait for the user's consent to be sent."""
        self.turns: dict[str, BatchTurn] = {}
        """Batch id → when its jobs are sent."""
        self._pace = pace
        self._front: dict[str, int] = {}

    def ready(
        self, jobs: Iterable[Job], driven: Collection[str], connected: Collection[ServiceKind], busy: int
    ) -> list[Job]:
        """Return the jobs that may start now, in order. driven: ids that run; busy: how many of them haven't ended."""
        accepted, single, batched = list[Job](), list[Job](), list[Job]()
        for job in jobs:
            if job.id in driven or job.service not in connected or not job.can_proceed:
                continue
            if job.id in self.held or job.id in self.held_unsent:
                continue
            if job.state in ACCEPTED_STATES:
                accepted.append(job)
            elif job.batch is None:
                single.append(job)
            elif not self.is_paused(job):
                batched.append(job)
        starting = sorted(single, key=self._front_rank)[: max(0, self.limit - busy)]
        free = self._pace.limit(self.limit) - busy - len(starting)
        return [*accepted, *starting, *nsmallest(max(0, free), batched, key=self._rank)]

    def move_to_front(self, job_id: str) -> None:
        """Send a job next, until the program ends."""
        self._front[job_id] = -len(self._front) - 1

    def is_paused(self, job: Job) -> bool:
        """Return whether a job waits for its batch to be resumed."""
        return job.batch is not None and job.state in _NOT_SENT and self._turn_of(job).paused

    def _turn_of(self, job: Job) -> BatchTurn:
        return self.turns.get(job.batch or "", _UNKNOWN)

    def _front_rank(self, job: Job) -> int:
        return self._front.get(job.id, 0)

    def _rank(self, job: Job) -> tuple[int, int, str, int]:
        return self._front_rank(job), self._turn_of(job).position, job.batch or "", job.place or 0


_UNKNOWN = BatchTurn(0, paused=True)
"""Turn of a batch that nothing is known about yet: it may have been paused."""
