"""The batches: adding, pausing, canceling and ordering them, and their figures as their jobs change."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.admission import Admission, BatchTurn
from imagineart_desktop.jobs.batch import Batch, BatchRequest
from imagineart_desktop.jobs.batch_store import BatchStore
from imagineart_desktop.jobs.batch_tally import BatchTally
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.job_registry import JobEvent, JobRegistry
from imagineart_desktop.jobs.new_jobs import batch_jobs_of, copy_as_new, fetched_again
from imagineart_desktop.jobs.states import UNSENT_STATES, JobState
from imagineart_desktop.jobs.store import StaleJobError
from imagineart_desktop.library import BatchRow, Library, LibraryError, from_ms, to_ms
from imagineart_desktop.support import spawn
from imagineart_desktop.support.wording import ellipsize

_AT_SERVICE = (JobState.SUBMITTING, JobState.QUEUED, JobState.RUNNING)

_TOLD_EVERY = 0.1
"""Seconds between two reports of what changed: a thousand jobs may change in between."""

_LOST_NAME, _NO_NAME = "Recovered batch", "Batch"
_MAX_NAME = 200

Listener = Callable[[Sequence[Batch]], None]


@dataclass(frozen=True, slots=True)
class JobControl:
    """What the worker does for batches.

    admit: starts the jobs that may start now; interrupt: stops driving jobs, which stay in the states of their rows;
    cancel: cancels one job.
    """

    admit: Callable[[], None]
    interrupt: Callable[[Collection[str]], Coroutine[object, None, None]]
    cancel: Callable[[str], Awaitable[None]]


class BatchController:
    """All batches of a library, and what the user does with them. Methods raise LibraryError."""

    def __init__(self, library: Library, desk: JobRegistry, admission: Admission, control: JobControl) -> None:
        self._library = library
        self._store = BatchStore(library)
        self._desk = desk
        self._admission = admission
        self._control = control
        self._rows: dict[str, BatchRow] = {}
        self._tallies: dict[str, BatchTally] = {}
        """Batch id → its jobs, of batches that have jobs in memory, or had."""
        self._changed: set[str] = set()
        self._telling: asyncio.TimerHandle | None = None
        self._listeners: list[Listener] = []
        self._changing = asyncio.Lock()
        desk.subscribe(self._note)

    async def load(self) -> None:
        """Load the batches, and count the jobs of those that need attention."""
        self._rows = {row.id: row for row in await self._store.rows()}
        ids = {job.batch for job in self._desk.jobs.values() if job.batch is not None}
        if lost := [_lost_row(batch, len(self._rows)) for batch in sorted(ids - self._rows.keys())]:
            await self._save(lost)
        for batch in ids:
            self._tallies[batch] = BatchTally(await self._store.jobs(batch))
        self._update_turns()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the batches that changed, several times per second at most.

        Return a function that unsubscribes it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def current(self) -> list[Batch]:
        """Return the batches that are in progress or need attention, in the order in which they are sent."""
        batches = [self._batch(self._rows[batch]) for batch in self._tallies if batch in self._rows]
        return sorted((batch for batch in batches if batch.needs_attention), key=lambda batch: batch.position)

    def find(self, batch: str) -> Batch | None:
        """Return a batch that has had jobs in memory since the start, or None."""
        return self._batch(self._rows[batch]) if batch in self._tallies and batch in self._rows else None

    async def all(self) -> list[Batch]:
        """Return all batches, newest first."""
        # Others may be added meanwhile.
        for batch in list(self._rows):
            if batch not in self._tallies:
                self._tallies[batch] = BatchTally(await self._store.jobs(batch))
        return sorted(map(self._batch, self._rows.values()), key=lambda batch: batch.created_at, reverse=True)

    async def add(
        self,
        name: str,
        requests: Sequence[BatchRequest],
        service: ServiceKind,
        *,
        low_priority: bool = False,
        max_cost: Decimal | None = None,
        allowance: Decimal | None = None,
    ) -> Batch:
        """Add a batch with the jobs of its requests, which make one image per seed.

        low_priority: the service takes them after all requests of normal priority. max_cost: what its jobs may cost in
        all, retries included. allowance: the amount that it may cost in spite of a budget. Raises InvalidRequestError,
        PictureError, LibraryError, BudgetExceededError; nothing was added then.
        """
        limit = None if max_cost is None else f"{max_cost:f}"
        now, position = to_ms(datetime.now(UTC)), self._next_position()
        row = BatchRow(uuid.uuid4().hex, _clean(name), now, position, low_priority, max_cost=limit)
        jobs = await batch_jobs_of(self._library, requests, service, row.id, low_priority=low_priority)
        if not jobs:
            raise ValueError("a batch has jobs")
        # Known before the first event of its jobs.
        self._rows[row.id], self._tallies[row.id] = row, BatchTally()
        self._update_turns()
        try:
            await self._desk.save_all(jobs, allowance=allowance, batch=row)
        except BaseException:
            # A canceled caller may find that they were saved.
            if jobs[0].id not in self._desk.jobs:
                del self._rows[row.id], self._tallies[row.id]
            raise
        finally:
            self._control.admit()
        return self._batch(row)

    async def pause(self, batch: str) -> None:
        """Send nothing new from now on. What the service has already continues."""
        await self._change(batch, lambda row: replace(row, paused=True))
        await self._control.interrupt([job.id for job in self._jobs_in(batch, UNSENT_STATES)])

    async def resume(self, batch: str) -> None:
        """Continue sending."""
        await self._change(batch, lambda row: replace(row, paused=False))
        self._control.admit()

    async def rename(self, batch: str, name: str) -> None:
        """Change the name."""
        await self._change(batch, lambda row: replace(row, name=_clean(name)))

    async def dismiss(self, batch: str) -> None:
        """Stop showing a batch that is over, although some of its jobs failed."""
        await self._change(batch, lambda row: replace(row, dismissed=True))

    async def move_before(self, batch: str, other: str | None) -> None:
        """Send a batch before another one; None: after all others."""
        async with self._changing:
            order = [row for row in sorted(self._rows.values(), key=_order) if row.id != batch]
            place = next((place for place, row in enumerate(order) if row.id == other), len(order))
            if batch in self._rows:
                order.insert(place, self._rows[batch])
            moved = [(row, place) for place, row in enumerate(order) if row.position != place]
            await self._save([replace(row, position=place, step=row.step + 1) for row, place in moved])
        self._control.admit()

    async def move_to_front(self, batch: str) -> None:
        """Send a batch before all others."""
        first = min((row for row in self._rows.values() if row.id != batch), key=_order, default=None)
        if first is not None:
            await self.move_before(batch, first.id)

    async def cancel_rest(self, batch: str, *, but: str = "") -> None:
        """Cancel all jobs that haven't ended; results on their way are kept. but: the id of a job that continues."""
        waiting = [job.id for job in self._jobs_in(batch, UNSENT_STATES) if job.id != but]
        self._admission.queue.hold(waiting)
        try:
            await self._control.interrupt(waiting)
            unsent = [job for job in self._jobs_in(batch, UNSENT_STATES) if job.id != but]
            now = datetime.now(UTC)
            await self._step([job.moved(JobState.CANCELLED, finished_at=now, failure=None) for job in unsent])
            for job in unsent:
                if (left := self._desk.jobs.get(job.id)) is not None and left.state is JobState.CANCELLED:
                    self._desk.forget(job.id)
            for job in self._jobs_in(batch, _AT_SERVICE):
                if job.id != but:
                    await self._control.cancel(job.id)
        finally:
            self._admission.queue.let_go(waiting)
            self._control.admit()

    async def retry_failed(self, batch: str, allowance: Decimal | None = None) -> None:
        """Fetch known results again, and send the other failed requests as new jobs, all or none of them.

        Raises BudgetExceededError.
        """
        # One that is dismissed may have been repeated just now.
        failed = [job for job in self._jobs_in(batch, (JobState.FAILED,)) if not job.dismissed]
        fetched = [fetched_again(job) for job in failed if job.can_be_fetched]
        repeated = [job for job in failed if not job.can_be_fetched and job.can_be_repeated]
        new = [copy_as_new(job, self._library.models) for job in repeated]
        if await self._step([*fetched, *new, *(job.dismissed_copy() for job in repeated)], allowance):
            for job in repeated:
                self._desk.forget(job.id)
            self._control.admit()
            if (row := self._rows.get(batch)) is not None and row.dismissed:
                # What fails this time needs attention again.
                await self._change(batch, lambda row: replace(row, dismissed=False))

    async def _step(self, jobs: Sequence[Job], allowance: Decimal | None = None) -> bool:
        """Save a step of several jobs; return whether it took effect. Of two clicks, the second has none."""
        if not jobs:
            return False
        try:
            await self._desk.save_all(jobs, allowance=allowance)
        except StaleJobError:
            return False
        return True

    def _jobs_in(self, batch: str, states: Collection[JobState]) -> list[Job]:
        return [job for job in self._desk.jobs.values() if job.batch == batch and job.state in states]

    async def _change(self, batch: str, change: Callable[[BatchRow], BatchRow]) -> None:
        async with self._changing:
            if (row := self._rows.get(batch)) is not None:
                await self._save([replace(change(row), step=row.step + 1)])

    async def _save(self, rows: Sequence[BatchRow]) -> None:
        await self._store.save(rows)
        self._rows.update((row.id, row) for row in rows)
        self._update_turns()
        for row in rows:
            self._tell_soon(row.id)

    def _update_turns(self) -> None:
        self._admission.turns = {row.id: BatchTurn(row.position, row.paused) for row in self._rows.values()}

    def _next_position(self) -> int:
        return 1 + max((row.position for row in self._rows.values()), default=-1)

    def _note(self, event: JobEvent) -> None:
        batch = event.job.batch
        if batch is None:
            return
        if event.job.state is JobState.WAITING and self._admission.is_paused(event.job):
            # The service refused it for now, after the batch was paused.
            spawn(self._control.interrupt([event.job.id]))
        tally = self._tallies.get(batch)
        if tally is None:
            # A job of a batch that was over is fetched again.
            spawn(self._count(batch))
        elif tally.note(event.job):
            self._tell_soon(batch)

    async def _count(self, batch: str) -> None:
        with suppress(LibraryError):
            self._tallies[batch] = BatchTally(await self._store.jobs(batch))
            self._tell_soon(batch)

    def _tell_soon(self, batch: str) -> None:
        self._changed.add(batch)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(_TOLD_EVERY, self._tell)

    def _tell(self) -> None:
        self._telling = None
        changed = [batch for one in self._changed if (batch := self.find(one)) is not None]
        self._changed.clear()
        for listener in list(self._listeners):
            listener(changed)

    def _batch(self, row: BatchRow) -> Batch:
        tally = self._tallies.get(row.id)
        return Batch(
            row.id,
            row.name,
            from_ms(row.created_ms),
            row.position,
            row.paused,
            row.low_priority,
            None if row.max_cost is None else Decimal(row.max_cost),
            row.dismissed,
            (tally or BatchTally()).summary(self._admission.limit),
        )


def _clean(name: str) -> str:
    """Return a name on one line that a search for it can quote."""
    return ellipsize(name.replace('"', "”"), _MAX_NAME) or _NO_NAME


def _order(row: BatchRow) -> tuple[int, int, str]:
    return row.position, row.created_ms, row.id


def _lost_row(batch: str, position: int) -> BatchRow:
    """Return a row for jobs whose batch isn't known any more: paused, as it may have been."""
    return BatchRow(batch, _LOST_NAME, to_ms(datetime.now(UTC)), position, paused=True)
