"""The jobs that continue without the user, kept in the order in which they are sent.

Each change of a job costs a search in its line, and choosing the next ones looks at the beginnings of the lines only:
it takes the same time with ten waiting jobs and with ten thousand.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.states import UNSENT_STATES


class Line(NamedTuple):
    """What waits in one line: the jobs of a batch, or those of none, for one service.

    withheld: whether the user had to allow them.
    """

    batch: str | None
    service: ServiceKind
    withheld: bool


class _Place(NamedTuple):
    """A job's place in its line: the place that its batch gives it, then when it came."""

    place: int
    number: int
    job_id: str


class JobQueue:
    """Jobs by line."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._under_way: dict[str, Job] = {}
        self._lines: dict[Line, list[_Place]] = {}
        self._places: dict[str, tuple[Line, _Place]] = {}
        self._numbers: dict[str, int] = {}
        self._next_number = count()
        self._changing: set[str] = set()
        self._awaiting_consent: set[str] = set()

    def put(self, job: Job) -> None:
        """Add a job, or note its new state."""
        if job.id not in self._numbers:
            self._numbers[job.id] = next(self._next_number)
        self._jobs[job.id] = job
        self._arrange(job.id)

    def remove(self, job_id: str) -> None:
        """Forget a job."""
        self._jobs.pop(job_id, None)
        self._numbers.pop(job_id, None)
        self._awaiting_consent.discard(job_id)
        self._arrange(job_id)

    def hold(self, job_ids: Iterable[str]) -> None:
        """Let no job of these start: they are being changed."""
        self._changing.update(job_ids)

    def let_go(self, job_ids: Iterable[str]) -> None:
        """End `hold`."""
        self._changing.difference_update(job_ids)

    def await_consent(self, job_id: str) -> None:
        """Let a waiting job not start until `consent`."""
        self._awaiting_consent.add(job_id)
        self._arrange(job_id)

    def consent(self) -> None:
        """Let all jobs start that the user has to allow."""
        self._awaiting_consent.clear()

    @property
    def awaiting_consent(self) -> frozenset[str]:
        """Ids of jobs that the user has to allow."""
        return frozenset(self._awaiting_consent)

    def under_way(self) -> list[Job]:
        """Return the jobs that may continue and aren't waiting to be sent."""
        return [job for job in self._under_way.values() if job.id not in self._changing]

    def lines(self) -> list[Line]:
        """Return the lines in which jobs wait that the user doesn't have to allow."""
        return [line for line in self._lines if not (line.withheld and self._awaiting_consent)]

    def waiting(self, line: Line) -> Iterator[Job]:
        """Yield the jobs of a line that may start, in order."""
        return (self._jobs[place.job_id] for place in self._lines[line] if place.job_id not in self._changing)

    def find_waiting(self, job_id: str) -> tuple[Line, Job] | None:
        """Return the job, and its line, if it's in one and may start."""
        if job_id not in self._places or job_id in self._changing:
            return None
        return self._places[job_id][0], self._jobs[job_id]

    def number(self, job: Job) -> int:
        """Return a number that is higher for a job that came later."""
        return self._numbers[job.id]

    def _arrange(self, job_id: str) -> None:
        """Put a job where it belongs by now."""
        job = self._jobs.get(job_id)
        if job is not None and not job.can_proceed:
            job = None
        at = None if job is None or job.state not in UNSENT_STATES else self._place_of(job)
        if (before := self._places.get(job_id)) != at:
            if before is not None:
                self._take_out(*before)
            if at is not None:
                insort(self._lines.setdefault(at[0], []), at[1])
                self._places[job_id] = at
        if job is None or at is not None:
            self._under_way.pop(job_id, None)
        else:
            self._under_way[job_id] = job

    def _place_of(self, job: Job) -> tuple[Line, _Place]:
        place = 0 if job.batch is None else job.place or 0
        line = Line(job.batch, job.service, job.id in self._awaiting_consent)
        return line, _Place(place, self._numbers[job.id], job.id)

    def _take_out(self, line: Line, place: _Place) -> None:
        places = self._lines[line]
        del places[bisect_left(places, place)]
        if not places:
            del self._lines[line]
        del self._places[place.job_id]
