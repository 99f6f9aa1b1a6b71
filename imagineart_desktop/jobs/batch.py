"""A batch: one thing with a name, a state and a cost, made of many jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from imagineart_desktop.jobs.job import InputImage
from imagineart_desktop.jobs.states import FINAL_STATES, UNSENT_STATES, JobState
from imagineart_desktop.models import ModelSpec


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request of a batch, before it's a job; it makes one image per seed.

    fields: without images, seed and number of images. pictures: field → its images. picture_ids: SHA-256 of a stored
    image that the fields refer to → its library id, if it has one.
    """

    model: ModelSpec
    fields: Mapping[str, object]
    pictures: Mapping[str, Sequence[InputImage]] = field(default_factory=dict)
    seeds: Sequence[int | None] = (None,)
    picture_ids: Mapping[str, int] = field(default_factory=dict)


class BatchState(StrEnum):
    """State of a batch, which follows from those of its jobs. PAUSED: nothing new is sent."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELED = "canceled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """The jobs of a batch in figures. A failed job that was repeated or dismissed doesn't count.

    spent: US dollars of the jobs that were charged; estimate: of all that weren't canceled. seconds_left: None if
    nothing is left, or nothing has been measured yet.
    """

    counts: Mapping[JobState, int] = field(default_factory=dict)
    spent: Decimal = Decimal(0)
    estimate: Decimal = Decimal(0)
    seconds_left: float | None = None
    is_free: bool = False
    """Whether all its jobs are the demo's."""

    @property
    def total(self) -> int:
        """The number of jobs."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many jobs have their images."""
        return self.counts.get(JobState.DONE, 0)

    @property
    def waiting(self) -> int:
        """How many jobs haven't been sent."""
        return sum(self.counts.get(state, 0) for state in UNSENT_STATES)

    @property
    def failed(self) -> int:
        """How many jobs failed."""
        return self.counts.get(JobState.FAILED, 0)

    @property
    def unconfirmed(self) -> int:
        """How many jobs may or may not have been accepted."""
        return self.counts.get(JobState.UNCONFIRMED, 0)

    @property
    def unfinished(self) -> int:
        """How many jobs continue without the user, once the batch isn't paused."""
        return sum(count for state, count in self.counts.items() if state not in FINAL_STATES)

    @property
    def running(self) -> int:
        """How many jobs are at the service, or on their way there or back."""
        return self.unfinished - self.waiting


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands. position: batches with a lower one are sent first; max_cost: US dollars."""

    id: str
    name: str
    created_at: datetime
    position: int
    is_paused: bool
    low_priority: bool
    max_cost: Decimal | None
    is_dismissed: bool
    summary: BatchSummary

    @property
    def state(self) -> BatchState:
        """What the batch does now."""
        if self.summary.unfinished:
            return BatchState.PAUSED if self.is_paused else BatchState.RUNNING
        canceled = self.summary.counts.get(JobState.CANCELLED, 0)
        return BatchState.CANCELED if canceled else BatchState.FINISHED

    @property
    def needs_attention(self) -> bool:
        """Whether it's in progress, or has jobs that the user should look at."""
        summary = self.summary
        return bool(summary.unfinished) or (bool(summary.failed or summary.unconfirmed) and not self.is_dismissed)
