"""Accepts requests, runs a limited number of jobs at once, and resumes unfinished jobs at startup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagineart_desktop.fal import RetryRules, Service, ServiceKind
from imagineart_desktop.jobs.admission import Admission
from imagineart_desktop.jobs.batch_controller import BatchController, JobControl
from imagineart_desktop.jobs.budget import Budget
from imagineart_desktop.jobs.budget_limits import BudgetLimits
from imagineart_desktop.jobs.composed_cache import CompositeCache
from imagineart_desktop.jobs.driver_loading import load_driver
from imagineart_desktop.jobs.inpainting import InpaintRequest
from imagineart_desktop.jobs.interrupted import interrupted_submit, stopped_fetching
from imagineart_desktop.jobs.job import InputImage, Job
from imagineart_desktop.jobs.job_registry import JobRegistry, Listener
from imagineart_desktop.jobs.new_jobs import copy_as_new, fetched_again, inpaint_jobs_of, jobs_of
from imagineart_desktop.jobs.request_lookup import LookupResult
from imagineart_desktop.jobs.states import FINAL_STATES, RESUME_STATE, UNSENT_STATES, JobState
from imagineart_desktop.jobs.store import JobStore, StaleJobError
from imagineart_desktop.jobs.unconfirmed import not_connected
from imagineart_desktop.library import Library, LibraryChange, LibraryError
from imagineart_desktop.models import ModelSpec

if TYPE_CHECKING:
    from imagineart_desktop.fal import NetworkSettings
    from imagineart_desktop.jobs.driver import Driver

_START_BATCH, _PAUSE = 4, 0.02
"""Number of jobs to start together, and seconds until the next batch."""


class Worker:
    """Drives jobs. limit: how many are sent at once; the rest wait here.

    composed: holds the last composited result for a window that shows it; None in a process without a window. limits:
    what may be spent. An `allowance` is the amount that the user allowed new jobs to cost in spite of it.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = 4,
        rules: RetryRules | None = None,
        composed: CompositeCache | None = None,
        limits: BudgetLimits | None = None,
    ) -> None:
        self.budget = Budget(library, limits or BudgetLimits())
        self.composed = composed
        self._library = library
        self.models = library.models
        """The models that the program offers."""
        self._desk = JobRegistry(JobStore(library, self.budget))
        self.admission = Admission(limit, self._desk.pace, self._desk.queue)
        """Which jobs are sent, and in which order."""
        control = JobControl(self._admit, self._interrupt, self.cancel)
        self.batches = BatchController(library, self._desk, self.admission, control)
        self._rules = rules or RetryRules()
        self._drivers: dict[ServiceKind, Driver] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()
        self._stopped = False
        self._refreshing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    # Connections and listeners

    @property
    def offline(self) -> bool:
        """Whether the last contact with the service failed."""
        return self._desk.offline

    async def connect(self, service: Service) -> NetworkSettings:
        """Connect to a service and resume waiting jobs of its kind.

        Return the parts of the environment that apply to it.
        """
        driver, environment = await asyncio.to_thread(load_driver, service)
        old = self._drivers.pop(service.kind, None)
        self._drivers[service.kind] = driver(
            service, environment, self._library, self._desk, self._rules, self.composed
        )
        if old is not None:
            theirs = self._tasks_of(service.kind)
            await _cancelled(theirs)
            await old.close()
        self._admit()
        return environment

    async def disconnect(self, kind: ServiceKind) -> None:
        """Disconnect from this service; its jobs keep their states until it's connected again."""
        driver = self._drivers.pop(kind, None)
        if driver is not None:
            theirs = self._tasks_of(kind)
            await _cancelled(theirs)
            await driver.close()

    def _tasks_of(self, kind: ServiceKind) -> list[asyncio.Task[None]]:
        return [task for job, task in self._driven() if job.service is kind]

    def _driven(self) -> list[tuple[Job, asyncio.Task[None]]]:
        """Return jobs with their tasks. A task may briefly outlive its job, whose row may have been deleted."""
        return [(job, task) for job_id, task in self._tasks.items() if (job := self._desk.jobs.get(job_id)) is not None]

    def is_connected(self, kind: ServiceKind) -> bool:
        """Return whether jobs of this kind can run."""
        return kind in self._drivers

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener on every change; return a function that unsubscribes it."""
        return self._desk.subscribe(listener)

    def on_offline(self, listener: Callable[[bool], None]) -> None:
        """Call the listener when the service becomes unreachable, and when it's reachable again."""
        self._desk.on_offline(listener)

    def jobs(self) -> list[Job]:
        """Return all jobs that are in progress or need attention, oldest first."""
        over = (JobState.DONE, JobState.CANCELLED)
        return [job for job in self._desk.jobs.values() if not job.dismissed and job.state not in over]

    def unfinished(self) -> list[Job]:
        """Return the jobs that continue without the user, also after a restart, oldest first."""
        return [job for job in self.jobs() if job.can_proceed and not self.admission.is_paused(job)]

    @property
    def limit(self) -> int:
        """How many jobs are sent at once."""
        return self.admission.limit

    @property
    def unreadable(self) -> int:
        """Number of further jobs in the library whose request is unknown."""
        return self._desk.unreadable

    @property
    def held(self) -> frozenset[str]:
        """Ids of jobs that aren't sent until `release`."""
        return self.admission.queue.awaiting_consent

    async def start(self, *, hold_unsent: bool = False) -> None:
        """Resume where the program ended last time.

        hold_unsent: don't send jobs that were never sent to the paid service until `release`.
        """
        self._unsubscribe = self._library.subscribe(self._library_changed)
        for job in await self._desk.load():
            self.models.recall(job.model)
            after = RESUME_STATE[job.state]
            is_unsent = after is JobState.WAITING and job.is_model_available
            if hold_unsent and is_unsent and job.service is ServiceKind.LIVE:
                self.admission.queue.await_consent(job.id)
                await asyncio.sleep(0)
            elif after is JobState.UNCONFIRMED and job.state is JobState.SUBMITTING:
                await self._desk.set(job.moved(after, failure=interrupted_submit()))
            elif after is not job.state:
                await self._desk.set(job.moved(after))
        await self.batches.load()
        self._admit()

    def release(self) -> None:
        """Resume the jobs that `start` held."""
        self.admission.queue.consent()
        self._admit()

    def _library_changed(self, change: LibraryChange) -> None:
        """Load the jobs that came with another database."""
        if change.reset and not self._stopped:
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())

    async def _refresh(self) -> None:
        with suppress(LibraryError):
            await self._desk.refresh()
            await self.batches.load()
            self._admit()

    async def left(self) -> int:
        """Return how many jobs of earlier runs `start` would resume, or offer to look up."""
        return sum(
            job.state is not JobState.FAILED and job.id not in self._desk.jobs for job in await self._desk.kept()
        )

    async def stop(self) -> None:
        """Stop driving; every job stays in the state its row has."""
        self._stopped = True
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if self._refreshing is not None:
            await _cancelled([self._refreshing])
        await _cancelled(list(self._tasks.values()))
        for driver in self._drivers.values():
            await driver.close()

    # User actions

    async def add(
        self,
        model: ModelSpec,
        service: ServiceKind,
        fields: Mapping[str, object],
        pictures: Mapping[str, Sequence[InputImage]] | None = None,
        seeds: Sequence[int | None] = (None,),
        picture_ids: Mapping[str, int] = MappingProxyType({}),
        allowance: Decimal | None = None,
    ) -> list[Job]:
        """Add jobs that make one image per seed. pictures: field → its images, copied into the library first.

        picture_ids: SHA-256 of a stored image that the fields refer to → its library id, if it has one. Raises
        InvalidRequestError, PictureError, LibraryError, BudgetExceededError; nothing was added then.
        """
        jobs = await jobs_of(self._library, model, service, fields, pictures or {}, seeds, picture_ids)
        return await self._begun(jobs, allowance)

    async def inpaint(
        self,
        model: ModelSpec,
        service: ServiceKind,
        fields: Mapping[str, object],
        prepared: Sequence[InpaintRequest],
        seeds: Sequence[int | None] = (None,),
        picture_ids: Mapping[str, int] = MappingProxyType({}),
        allowance: Decimal | None = None,
    ) -> list[Job]:
        """Add jobs that make one image per seed and prepared request, in this order, each with its plan.

        picture_ids: see `add`. Raises InvalidRequestError, PictureError, LibraryError, BudgetExceededError; nothing was
        added then.
        """
        jobs = await inpaint_jobs_of(self._library, model, service, fields, prepared, seeds, picture_ids)
        return await self._begun(jobs, allowance)

    async def _begun(self, jobs: Sequence[Job], allowance: Decimal | None = None) -> list[Job]:
        """Save new jobs or steps and start them, even if the caller is canceled meanwhile.

        Raises StaleStepError, LibraryError, BudgetExceededError.
        """
        try:
            return await self._desk.save_all(jobs, allowance=allowance)
        finally:
            self._admit()

    async def cancel(self, job_id: str) -> None:
        """Cancel a job as early as still possible. A result that's already paid for can be fetched later."""
        job = self._desk.jobs.get(job_id)
        if job is None or job.state in FINAL_STATES or job.state is JobState.CANCELLING:
            return
        if job.state is not JobState.FETCHING:
            self._desk.cancel_requested.add(job_id)
        if job.state is JobState.SUBMITTING:
            return
        self.admission.queue.hold([job_id])
        try:
            await self._interrupt([job_id])
            job = self._desk.jobs.get(job_id, job)
            if job.state in UNSENT_STATES:
                if await self._step(job.moved(JobState.CANCELLED, finished_at=datetime.now(UTC), failure=None)):
                    self._desk.forget(job_id)
            elif job.state in (JobState.QUEUED, JobState.RUNNING):
                await self._step(job.moved(JobState.CANCELLING))
            elif job.state is JobState.FETCHING:
                await self._step(job.moved(JobState.FAILED, failure=stopped_fetching(), finished_at=datetime.now(UTC)))
        finally:
            self.admission.queue.let_go([job_id])
            self._admit()

    async def send_again(self, job_id: str, *, unseen: bool = False) -> None:
        """Resend an unconfirmed job at the user's request, after looking it up in the service's list.

        A job found there isn't paid for twice. If the lookup fails, nothing is sent and the job says so. unseen: send
        even if the lookup failed; the user has confirmed it. A job that changed since the user asked isn't sent: an
        earlier click may have sent it, so that it's unconfirmed for another reason now.
        """
        asked = self._desk.jobs.get(job_id)
        looked = await self.look_for(job_id)
        job = self._desk.jobs.get(job_id)
        if asked is None or job is None or job.state is not JobState.UNCONFIRMED or job.step != asked.step:
            return
        if not job.is_model_available:
            return
        if looked is LookupResult.NOT_LISTED or (looked is LookupResult.FAILED and unseen):
            self._desk.cancel_requested.discard(job_id)
            await self._step(job.moved(JobState.WAITING, failure=None, submitted_at=None))

    async def look_for(self, job_id: str) -> LookupResult:
        """Look up an unconfirmed job in the service's request list; if it's listed, watch it."""
        async with self._looking:
            job = self._desk.jobs.get(job_id)
            if job is None or job.state is not JobState.UNCONFIRMED:
                return LookupResult.FAILED
            driver = self._drivers.get(job.service)
            if driver is None:
                self._desk.show(replace(job, failure=not_connected()))
                return LookupResult.FAILED
            looked = LookupResult.FAILED
            try:
                with suppress(StaleJobError):
                    looked = await driver.lookup.look_for(job)
            finally:
                self._admit()
        return looked

    async def retry(self, job_id: str, allowance: Decimal | None = None) -> None:
        """Fetch a known result again; otherwise send the same request as a new job, which a budget may refuse."""
        job = self._desk.jobs.get(job_id)
        # One that is dismissed may have been repeated just now.
        if job is None or job.state is not JobState.FAILED or job.dismissed:
            return
        await self._again(job, allowance)

    async def find(self, job_id: str) -> Job | None:
        """Return the current state of a job, including dismissed ones."""
        return await self._desk.find(job_id)

    async def ask_again(self, seen: Job) -> None:
        """Retry a job, dismissed or not, unless it changed since the user saw it: another click may have retried it."""
        if (current := self._desk.jobs.get(seen.id)) is not None:
            if current.step == seen.step:
                await self.retry(seen.id)
        elif (job := await self._desk.find(seen.id)) is not None and job.step == seen.step:
            await self._again(job)

    async def _again(self, job: Job, allowance: Decimal | None = None) -> None:
        """Fetch the result, or send the request again. The job's own step lets only one of two clicks succeed."""
        if job.can_be_fetched:
            await self._step(fetched_again(job))
        elif job.can_be_repeated:
            repeated = copy_as_new(job, self.models)
            if await self._step(repeated, job.dismissed_copy(), allowance=allowance):
                self._desk.forget(job.id)

    async def dismiss(self, job_id: str) -> None:
        """Dismiss a job that has ended."""
        job = self._desk.jobs.get(job_id)
        if job is not None and job.state in FINAL_STATES and await self._step(job.dismissed_copy()):
            self._desk.forget(job_id)

    async def _step(self, *jobs: Job, allowance: Decimal | None = None) -> bool:
        """Apply a user action; return whether it took effect. The second of two clicks on the same thing has none."""
        try:
            await self._begun(jobs, allowance)
        except StaleJobError:
            return False
        return True

    # Scheduling

    def _admit(self) -> None:
        """Start the jobs that can proceed: all that the service already has, and new ones up to the limit.

        Starts them in batches: many tasks beginning at once would freeze the window meanwhile.
        """
        if self._stopped:
            return
        busy = sum(job.state not in FINAL_STATES for job, _ in self._driven())
        ready = self.admission.ready(self._tasks.keys(), self._drivers.keys(), busy)
        for job in ready[:_START_BATCH]:
            self._begin(job)
        if len(ready) > _START_BATCH:
            asyncio.get_running_loop().call_later(_PAUSE, self._admit)

    async def _interrupt(self, job_ids: Collection[str]) -> None:
        """Stop driving these jobs; each stays in the state its row has."""
        await _cancelled([task for job_id in job_ids if (task := self._tasks.get(job_id)) is not None])

    def _begin(self, job: Job) -> None:
        self.models.recall(job.model)
        driver = self._drivers[job.service]
        task = asyncio.get_running_loop().create_task(driver.drive(job.id), name=f"job {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _task: self._ended(job.id))

    def _ended(self, job_id: str) -> None:
        self._tasks.pop(job_id, None)
        if not self._tasks:
            # No task is left that checks whether the service is reachable.
            self._desk.reached()
        job = self._desk.jobs.get(job_id)
        if job is not None and job.state in (JobState.DONE, JobState.CANCELLED):
            self._desk.forget(job_id)
        self._admit()

    def set_limit(self, limit: int) -> None:
        """Change how many jobs are sent at once."""
        self.admission.limit = limit
        self._admit()


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
