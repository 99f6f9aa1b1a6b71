"""Counts the jobs of a batch as they change, so that nobody has to look at a thousand of them again."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs.batch import BatchSummary
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.states import FINAL_STATES, JobState
from imagineart_desktop.library import BatchJob, to_ms, valid_cost

_MEASURED = 20
"""Number of the last jobs whose durations the remaining time is estimated from."""

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted of a job. is_over: whether another job took its place, or the user dismissed it."""

    state: JobState
    estimate: Decimal
    is_charged: bool
    is_free: bool
    is_over: bool
    seconds: float | None


class BatchTally:
    """The jobs of one batch, counted."""

    def __init__(self, jobs: Iterable[BatchJob] = ()) -> None:
        self._jobs: dict[str, _Counted] = {}
        self._counts: Counter[JobState] = Counter()
        self._spent = self._estimate = _NONE
        self._paid_jobs = 0
        self._durations: deque[float] = deque(maxlen=_MEASURED)
        for job in jobs:
            self._add(job.id, _of_row(job))

    def note(self, job: Job) -> bool:
        """Count a job as it is now; return whether anything changed."""
        now = _of_job(job)
        before = self._jobs.get(job.id)
        if before == now:
            return False
        if before is not None:
            self._count(before, -1)
        self._add(job.id, now, is_new_end=before is None or before.state is not now.state)
        return True

    def summary(self, at_once: int) -> BatchSummary:
        """Return the figures. at_once: how many jobs run at a time."""
        counts = {state: count for state, count in self._counts.items() if count}
        left = sum(count for state, count in counts.items() if state not in FINAL_STATES)
        seconds = None
        if left and self._durations:
            seconds = left * sum(self._durations) / len(self._durations) / max(1, min(at_once, left))
        return BatchSummary(counts, self._spent, self._estimate, seconds, is_free=not self._paid_jobs)

    def _add(self, job_id: str, job: _Counted, *, is_new_end: bool = True) -> None:
        self._jobs[job_id] = job
        self._count(job, 1)
        if job.state is JobState.DONE and job.seconds is not None and is_new_end:
            self._durations.append(job.seconds)

    def _count(self, job: _Counted, sign: int) -> None:
        self._paid_jobs += 0 if job.is_free else sign
        if job.is_charged:
            self._spent += sign * job.estimate
        if job.is_over:
            return
        self._counts[job.state] += sign
        if job.state is not JobState.CANCELLED:
            self._estimate += sign * job.estimate


def _of_job(job: Job) -> _Counted:
    charged = job.failure is not None and job.failure.charged is Charged.YES
    seconds = None
    if job.submitted_at is not None and job.finished_at is not None:
        seconds = (to_ms(job.finished_at) - to_ms(job.submitted_at)) / 1000
    return _counted(job.state, job.service, job.estimate, charged, job.dismissed, seconds)


def _of_row(row: BatchJob) -> _Counted:
    seconds = None
    if row.submitted_ms is not None and row.finished_ms is not None:
        seconds = (row.finished_ms - row.submitted_ms) / 1000
    try:
        state, service = JobState(row.state), ServiceKind(row.service)
    except ValueError:
        state, service = JobState.UNCONFIRMED, ServiceKind.LIVE
    charged = row.charged == Charged.YES.value
    return _counted(state, service, valid_cost(row.estimate), charged, bool(row.dismissed), seconds)


def _counted(
    state: JobState, service: ServiceKind, estimate: Decimal, charged: bool, dismissed: bool, seconds: float | None
) -> _Counted:
    is_charged = state is JobState.DONE or (state is JobState.FAILED and charged)
    return _Counted(
        state,
        estimate,
        is_charged,
        is_free=service is ServiceKind.DEMO,
        is_over=dismissed and state in (JobState.FAILED, JobState.UNCONFIRMED),
        seconds=seconds,
    )
