"""The worker: takes wishes, lets jobs in a few at a time, and takes up at the start what was left."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from imagineart_desktop.fal import RetryRules, Service, ServiceKind
from imagineart_desktop.jobs.composed_cache import LastComposed
from imagineart_desktop.jobs.inpainting import Prepared
from imagineart_desktop.jobs.interrupted import interrupted_submit, stopped_fetching
from imagineart_desktop.jobs.job import Ingredient, Job
from imagineart_desktop.jobs.job_registry import Desk, Listener
from imagineart_desktop.jobs.request_lookup import Looked
from imagineart_desktop.jobs.states import ACCEPTED, AFTER_RESTART, ENDED, State
from imagineart_desktop.jobs.store import JobStore, StaleStepError
from imagineart_desktop.jobs.unconfirmed import not_connected
from imagineart_desktop.library import Library, LibraryChange, LibraryError
from imagineart_desktop.models import FieldKind, Model, input_reference

if TYPE_CHECKING:
    from imagineart_desktop.fal import Environment
    from imagineart_desktop.jobs.driver import Driver

_BEGUN_AT_ONCE, _PAUSE = 4, 0.02
"""How many jobs begin together, and seconds until the next ones do."""


class Worker:
    """Drives jobs. limit: how many are sent at once; more wait here.

    composed: holds the last composed result for a window that shows it; None in a process without a window.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = 4,
        rules: RetryRules | None = None,
        composed: LastComposed | None = None,
    ) -> None:
        self.limit = limit
        self.composed = composed
        self._library = library
        self._desk = Desk(JobStore(library))
        self._rules = rules or RetryRules()
        self._drivers: dict[ServiceKind, Driver] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._held: set[str] = set()
        self._unsent: set[str] = set()
        self._looking = asyncio.Lock()
        self._stopped = False
        self._refreshing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    # Whom to speak to, and who listens

    @property
    def offline(self) -> bool:
        """Whether the service could not be reached last time."""
        return self._desk.offline

    async def connect(self, service: Service) -> Environment:
        """Connect to a service; waiting jobs of its kind go on. Returns what counts of the environment for it."""
        driver, environment = await asyncio.to_thread(_load, service)
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
        """Speaks to this service no longer; its jobs stay where they are until it is connected again."""
        driver = self._drivers.pop(kind, None)
        if driver is not None:
            theirs = self._tasks_of(kind)
            await _cancelled(theirs)
            await driver.close()

    def _tasks_of(self, kind: ServiceKind) -> list[asyncio.Task[None]]:
        return [task for job, task in self._driven() if job.service is kind]

    def _driven(self) -> list[tuple[Job, asyncio.Task[None]]]:
        """Jobs with their tasks. A task may outlive its job for a moment: the job's row may be gone."""
        return [(job, task) for job_id, task in self._tasks.items() if (job := self._desk.jobs.get(job_id)) is not None]

    def reaches(self, kind: ServiceKind) -> bool:
        """Whether jobs of this kind go on."""
        return kind in self._drivers

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tells the listener of every change; returns what ends that."""
        return self._desk.subscribe(listener)

    def on_offline(self, listener: Callable[[bool], None]) -> None:
        """Tells the listener when the service cannot be reached, and when it can again."""
        self._desk.on_offline(listener)

    def jobs(self) -> list[Job]:
        """All jobs that are under way or want attention, oldest first."""
        over = (State.DONE, State.CANCELLED)
        return [job for job in self._desk.jobs.values() if not job.dismissed and job.state not in over]

    def unfinished(self) -> list[Job]:
        """List the jobs that go on without the user, also after a restart, oldest first."""
        return [job for job in self.jobs() if job.state not in ENDED]

    @property
    def unreadable(self) -> int:
        """How many more jobs the library keeps, whose model or request this program does not know."""
        return self._desk.unreadable

    @property
    def held(self) -> frozenset[str]:
        """Ids of jobs that stay where they are until `release`."""
        return frozenset(self._unsent)

    async def start(self, *, hold_unsent: bool = False) -> None:
        """Resume where the program ended last time.

        hold_unsent: jobs that were never sent to the paid service are not sent until `release`.
        """
        self._unsubscribe = self._library.subscribe(self._library_changed)
        for job in await self._desk.load():
            after = AFTER_RESTART[job.state]
            if hold_unsent and after is State.WAITING and job.service is ServiceKind.LIVE:
                self._unsent.add(job.id)
            elif after is State.UNCONFIRMED and job.state is State.SUBMITTING:
                await self._desk.set(job.moved(after, failure=interrupted_submit()))
            elif after is not job.state:
                await self._desk.set(job.moved(after))
        self._admit()

    def release(self) -> None:
        """Let the jobs go on that `start` held."""
        self._unsent.clear()
        self._admit()

    def _library_changed(self, change: LibraryChange) -> None:
        """Take up the jobs that came with another database."""
        if change.anew and not self._stopped:
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())

    async def _refresh(self) -> None:
        with suppress(LibraryError):
            await self._desk.refresh()
            self._admit()

    async def left(self) -> int:
        """How many jobs of earlier runs would go on, or may be looked for, if `start` took them up."""
        return sum(job.state is not State.FAILED and job.id not in self._desk.jobs for job in await self._desk.kept())

    async def stop(self) -> None:
        """Stops driving; every job stays where its row says."""
        self._stopped = True
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if self._refreshing is not None:
            await _cancelled([self._refreshing])
        await _cancelled(list(self._tasks.values()))
        for driver in self._drivers.values():
            await driver.close()

    # What the user wishes

    async def add(
        self,
        model: Model,
        service: ServiceKind,
        fields: Mapping[str, Any],
        pictures: Mapping[str, Sequence[Ingredient]] | None = None,
        seeds: Sequence[int | None] = (None,),
    ) -> list[Job]:
        """One job a seed. pictures: field → its pictures, which are copied into the library first.

        Raises InvalidRequestError, PictureError, LibraryError; then nothing was added.
        """
        filled, parents = await self._filled(model, fields, pictures or {})
        return await self._begun([_new_job(model, service, filled, parents, seed) for seed in seeds])

    async def inpaint(
        self,
        model: Model,
        service: ServiceKind,
        fields: Mapping[str, Any],
        prepared: Sequence[Prepared],
        seeds: Sequence[int | None] = (None,),
    ) -> list[Job]:
        """For each seed one job for each prepared request, in this order; their plans travel with them.

        Raises InvalidRequestError, PictureError, LibraryError; then nothing was added.
        """
        requests = []
        for part in prepared:
            filled, parents = await self._filled(model, fields, part.pictures)
            for data in part.kept:
                await self._library.keep_input(data)
            requests.append((part.plan, filled, parents))
        jobs = []
        for seed in seeds:
            together = uuid.uuid4().hex if len(prepared) > 1 else None
            for plan, filled, parents in requests:
                job = _new_job(model, service, filled, parents, seed)
                jobs.append(replace(job, plan=plan.model_copy(update={"together": together})))
        return await self._begun(jobs)

    async def _filled(
        self, model: Model, fields: Mapping[str, Any], pictures: Mapping[str, Sequence[Ingredient]]
    ) -> tuple[dict[str, Any], dict[str, int]]:
        """(the fields with references to their pictures, which the library keeps now, and the job's parents)."""
        parents: dict[str, int] = {}
        filled = dict(fields)
        for name, ingredients in pictures.items():
            references = []
            for ingredient in ingredients:
                source = ingredient.source
                data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
                kept = await self._library.keep_input(data)
                references.append(input_reference(kept.sha256))
                if ingredient.picture_id is not None:
                    parents[kept.sha256] = ingredient.picture_id
            many = model.request_type.shown_fields()[name].kind is FieldKind.PICTURES
            filled[name] = tuple(references) if many else references[0]
        return filled, parents

    async def _begun(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs or steps down and let them go on: also when the caller is cancelled meanwhile.

        Raises StaleStepError, LibraryError.
        """
        try:
            return await self._desk.set_all(jobs)
        finally:
            self._admit()

    async def cancel(self, job_id: str) -> None:
        """Stops a job as early as that is still possible. What is paid for already can be fetched later."""
        job = self._desk.jobs.get(job_id)
        if job is None or job.state in ENDED or job.state is State.CANCELLING:
            return
        if job.state is not State.FETCHING:
            self._desk.cancel_wishes.add(job_id)
        if job.state is State.SUBMITTING:
            return
        self._held.add(job_id)
        try:
            if (task := self._tasks.get(job_id)) is not None:
                await _cancelled([task])
            job = self._desk.jobs.get(job_id, job)
            if job.state in (State.WAITING, State.UPLOADING):
                if await self._step(job.moved(State.CANCELLED, finished_at=datetime.now(UTC), failure=None)):
                    self._desk.forget(job_id)
            elif job.state in (State.QUEUED, State.RUNNING):
                await self._step(job.moved(State.CANCELLING))
            elif job.state is State.FETCHING:
                await self._step(job.moved(State.FAILED, failure=stopped_fetching(), finished_at=datetime.now(UTC)))
        finally:
            self._held.discard(job_id)
            self._admit()

    async def send_again(self, job_id: str, *, unseen: bool = False) -> None:
        """Send an unconfirmed job once more, because the user says so, after a look into the service's list.

        One that is found there is not paid for twice. Where the look fails nothing is sent and the job says so.
        unseen: send even though the look failed; the user has confirmed it. A job that took a step since the user asked
        is not sent: it may be unconfirmed for another reason now, sent by an earlier click.
        """
        asked = self._desk.jobs.get(job_id)
        looked = await self.look_for(job_id)
        job = self._desk.jobs.get(job_id)
        if asked is None or job is None or job.state is not State.UNCONFIRMED or job.step != asked.step:
            return
        if looked is Looked.NOT_LISTED or (looked is Looked.FAILED and unseen):
            self._desk.cancel_wishes.discard(job_id)
            await self._step(job.moved(State.WAITING, failure=None, submitted_at=None))

    async def look_for(self, job_id: str) -> Looked:
        """Ask the service for its list of requests; an unconfirmed one that is in it is watched."""
        async with self._looking:
            job = self._desk.jobs.get(job_id)
            if job is None or job.state is not State.UNCONFIRMED:
                return Looked.FAILED
            driver = self._drivers.get(job.service)
            if driver is None:
                self._desk.show(replace(job, failure=not_connected()))
                return Looked.FAILED
            looked = Looked.FAILED
            try:
                with suppress(StaleStepError):
                    looked = await driver.lookup.look_for(job)
            finally:
                self._admit()
        return looked

    async def retry(self, job_id: str) -> None:
        """Fetches a known result again; else sends the same request as a new job and puts the old one away."""
        job = self._desk.jobs.get(job_id)
        if job is None or job.state is not State.FAILED:
            return
        if job.can_be_fetched:
            if job.result is None:
                await self._step(job.moved(State.QUEUED, failure=None, finished_at=None))
            else:
                await self._step(job.moved(State.FETCHING, failure=None))
        elif await self._step(_repeated(job), job.put_away()):
            self._desk.forget(job_id)

    async def find(self, job_id: str) -> Job | None:
        """A job as it stands, also one that was put away."""
        return await self._desk.find(job_id)

    async def ask_again(self, job_id: str) -> None:
        """The same as `retry`, also of a job that was put away or cancelled."""
        if job_id in self._desk.jobs:
            await self.retry(job_id)
            return
        job = await self._desk.find(job_id)
        if job is not None and job.can_be_repeated:
            await self._step(_repeated(job))

    async def dismiss(self, job_id: str) -> None:
        """Puts away a job that has ended."""
        job = self._desk.jobs.get(job_id)
        if job is not None and job.state in ENDED and await self._step(job.put_away()):
            self._desk.forget(job_id)

    async def _step(self, *jobs: Job) -> bool:
        """What the user wished. Whether it was done: of two clicks on the same thing the second does nothing."""
        try:
            await self._begun(jobs)
        except StaleStepError:
            return False
        return True

    # How it goes on

    def _admit(self) -> None:
        """Starts what may go on: everything the service has already, and new ones up to the limit.

        Some at a time: many tasks that begin at once would stop the window for as long.
        """
        if self._stopped:
            return
        busy = sum(job.state not in ENDED for job, _ in self._driven())
        begun = 0
        for job in list(self._desk.jobs.values()):
            if begun == _BEGUN_AT_ONCE:
                asyncio.get_running_loop().call_later(_PAUSE, self._admit)
                return
            if job.id in self._tasks or job.id in self._held or job.id in self._unsent:
                continue
            if job.state in ENDED or job.service not in self._drivers:
                continue
            if job.state in ACCEPTED or busy < self.limit:
                self._begin(job)
                begun += 1
                busy += job.state not in ACCEPTED

    def _begin(self, job: Job) -> None:
        driver = self._drivers[job.service]
        task = asyncio.get_running_loop().create_task(driver.drive(job.id), name=f"job {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _task: self._ended(job.id))

    def _ended(self, job_id: str) -> None:
        self._tasks.pop(job_id, None)
        if not self._tasks:
            # Nobody asks any more whether the service can be reached.
            self._desk.reached()
        job = self._desk.jobs.get(job_id)
        if job is not None and job.state in (State.DONE, State.CANCELLED):
            self._desk.forget(job_id)
        self._admit()

    def set_limit(self, limit: int) -> None:
        """How many jobs are sent at once from now on."""
        self.limit = limit
        self._admit()


def _load(service: Service) -> tuple[type[Driver], Environment]:
    """Load what speaks HTTP, and read the environment for a service. Blocks: call it in a thread.

    Here, as neither the window nor most commands need it before they connect.
    """
    from imagineart_desktop.fal import prepare
    from imagineart_desktop.jobs.driver import Driver

    return Driver, prepare(service)


def _new_job(
    model: Model, service: ServiceKind, fields: Mapping[str, Any], parents: Mapping[str, int], seed: int | None
) -> Job:
    request = model.parse({**fields, "seed": seed} if model.has_seed else dict(fields))
    estimate = model.price(request).amount
    return Job(uuid.uuid4().hex, model, request, service, State.WAITING, datetime.now(UTC), estimate, parents)


def _repeated(job: Job) -> Job:
    """The same request as a new job."""
    return Job(
        uuid.uuid4().hex,
        job.model,
        job.request,
        job.service,
        State.WAITING,
        datetime.now(UTC),
        job.estimate,
        job.parents,
        plan=job.plan,
    )


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
