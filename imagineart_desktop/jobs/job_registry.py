"""Registry of current jobs: persists every change before publishing it to listeners."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from imagineart_desktop.fal import FalError, OfflineError, RateLimitedError
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.job_queue import JobQueue
from imagineart_desktop.jobs.sending_pace import SendingPace
from imagineart_desktop.jobs.states import UNSENT_STATES, JobState
from imagineart_desktop.jobs.store import JobStore, StaleJobError
from imagineart_desktop.library import BatchRow, LibraryError
from imagineart_desktop.support.completion import run_to_end

log = logging.getLogger(__name__)

_TOLD_AT_ONCE = 4
"""Changes published before control returns to the event loop: hundreds of jobs may be added at once."""

_QUEUED_AT_ONCE = 100
"""Changes noted in the queue before control returns to the event loop."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A change of a job. pictures: ids of the pictures that it yielded, in order, once it ended.

    A job that failed may have some as well: the others are missing.
    """

    job: Job
    pictures: tuple[int, ...] = ()


Listener = Callable[[JobEvent], None]


class JobRegistry:
    """Jobs in memory, kept consistent with the database. offline: whether the last contact with the service failed."""

    def __init__(self, store: JobStore) -> None:
        self.jobs: dict[str, Job] = {}
        self.cancel_requested: set[str] = set()
        self.offline = False
        self.pace = SendingPace()
        self.queue = JobQueue()
        self._store = store
        self._listeners: list[Listener] = []
        self._offline_listeners: list[Callable[[bool], None]] = []

    async def load(self) -> list[Job]:
        """Load all visible jobs from the database."""
        jobs = await self.kept()
        self.jobs.update((job.id, job) for job in jobs)
        await self._queue_up(jobs)
        return jobs

    async def refresh(self) -> None:
        """Publish jobs that are newer in the database than in memory, as after the database was replaced."""
        for job in await self.kept():
            known = self.jobs.get(job.id)
            if known is None or known.step < job.step:
                self.show(job)

    @property
    def unreadable(self) -> int:
        """Number of stored jobs that aren't shown because nothing tells what was requested."""
        return self._store.unreadable

    async def kept(self) -> list[Job]:
        """Return all visible jobs as stored in the database."""
        return await self._store.shown()

    async def set(self, job: Job, pictures: tuple[int, ...] = ()) -> Job:
        """Save the job, then publish it. Return its updated state."""
        return (await self.save_all([job], pictures))[0]

    async def cancel_unsent(self, job_id: str) -> bool:
        """Cancel a job that isn't sent if the user asked for it while it was; return whether they did."""
        if job_id not in self.cancel_requested:
            return False
        await self.set(self.jobs[job_id].moved(JobState.CANCELLED, finished_at=datetime.now(UTC), failure=None))
        return True

    async def save_all(
        self,
        jobs: Sequence[Job],
        pictures: tuple[int, ...] = (),
        allowance: Decimal | None = None,
        batch: BatchRow | None = None,
    ) -> list[Job]:
        """Save jobs, all or none, then publish them. Raises StaleStepError, LibraryError, BudgetExceededError.

        allowance, batch: see `JobStore.write`.

        Runs to completion even if the caller is canceled, so memory and database stay consistent.
        """
        return await run_to_end(self._write(jobs, pictures, allowance, batch))

    async def _write(
        self, jobs: Sequence[Job], pictures: tuple[int, ...], allowance: Decimal | None, batch: BatchRow | None
    ) -> list[Job]:
        try:
            written = await self._store.write(jobs, allowance, batch)
        except StaleJobError:
            put_back = [await self._reconcile(job.id) for job in jobs]
            if not all(put_back):
                raise
            written = await self._store.write(jobs, allowance, batch)
        self.jobs.update((job.id, job) for job in written)
        await self._queue_up(written)
        for place, job in enumerate(written):
            if place and place % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)
            facts = {"job": job.id, "state": job.state.value, "model": job.model.endpoint, "request": job.request_id}
            log.info("a job moved on", extra=facts)
            came = pictures or await self._pictures_of_failed(job)
            now = self.jobs.get(job.id)
            if now is not None and now.step == job.step:
                # Else it took another step meanwhile, which was told.
                self._tell(now, came)
        return written

    async def _pictures_of_failed(self, job: Job) -> tuple[int, ...]:
        """Return the pictures that a job yielded before it failed."""
        if job.state is not JobState.FAILED or job.result is None or job.dismissed:
            return ()
        with suppress(LibraryError):
            return await self._store.pictures_of(job.id)
        return ()

    async def _reconcile(self, job_id: str) -> bool:
        """Reconcile memory and database; return whether the database was behind and has been updated from memory.

        The database may have been replaced by an older one, or the row deleted. A request that was sent is saved again;
        one that wasn't is dropped.
        """
        known, now = self.jobs.get(job_id), await self._store.find(job_id)
        if known is None:
            return False
        if (now is None or now.step < known.step) and known.state not in UNSENT_STATES:
            await self._store.put_back(known)
            return True
        if now is None:
            self.show(known.dismissed_copy())
            self.forget(job_id)
        else:
            self.show(now)
        return False

    async def known_requests(self, but: str) -> frozenset[str]:
        """Return the ids of all requests that belong to a job other than this one."""
        return await self._store.known_requests(but)

    async def find(self, job_id: str) -> Job | None:
        """Return a job as its row has it, including one that's no longer shown."""
        return await self._store.find(job_id)

    def show(self, job: Job, pictures: tuple[int, ...] = ()) -> None:
        """Publish a change without persisting it."""
        self.jobs[job.id] = job
        self.queue.put(job)
        self._tell(job, pictures)

    async def _queue_up(self, jobs: Sequence[Job]) -> None:
        """Note the new states of jobs in the queue."""
        for place, job in enumerate(jobs):
            if place and place % _QUEUED_AT_ONCE == 0:
                await asyncio.sleep(0)
            if (now := self.jobs.get(job.id)) is not None:
                self.queue.put(now)

    def _tell(self, job: Job, pictures: tuple[int, ...]) -> None:
        for listener in list(self._listeners):
            try:
                listener(JobEvent(job, pictures))
            except Exception as error:
                # A failing listener must not stop a job that's paid for.
                context = {"message": "a listener of the jobs failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

    def forget(self, job_id: str) -> None:
        """Drop a job that finished or was dismissed."""
        self.jobs.pop(job_id, None)
        self.queue.remove(job_id)
        self.cancel_requested.discard(job_id)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener on every change; return a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_offline(self, listener: Callable[[bool], None]) -> None:
        """Call the listener when the service becomes unreachable, and when it's reachable again."""
        self._offline_listeners.append(listener)

    def notice(self, error: FalError) -> None:
        """Report an error that's being waited out."""
        if isinstance(error, RateLimitedError):
            self.pace.slow_down()
        if isinstance(error, OfflineError):
            self._set_offline(True)

    def reached(self) -> None:
        """Report that the service answered."""
        self._set_offline(False)

    def _set_offline(self, offline: bool) -> None:
        if offline != self.offline:
            self.offline = offline
            for listener in self._offline_listeners:
                listener(offline)
