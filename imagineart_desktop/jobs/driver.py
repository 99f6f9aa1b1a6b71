"""Drives one job on one service through its states, persisting each step before taking it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, TypeVar

from imagineart_desktop.fal import (
    BadDownloadError,
    CallSafety,
    Charged,
    DeliveryStatus,
    Downloader,
    FalClient,
    FalError,
    ForbiddenError,
    InvalidInputError,
    InvalidKeyError,
    NetworkSettings,
    NotFoundError,
    Output,
    RetryLimit,
    RetryRules,
    Service,
    ServiceFailedError,
    Status,
    Uploader,
    from_completed_status,
)
from imagineart_desktop.imaging import PictureError
from imagineart_desktop.jobs.composed_cache import CompositeCache
from imagineart_desktop.jobs.download_progress import DownloadProgress
from imagineart_desktop.jobs.interrupted import interrupted_submit
from imagineart_desktop.jobs.job import Failure, Job, RequestUrls
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.request_lookup import stored_url
from imagineart_desktop.jobs.result_importer import MissingImagesError, ResultImporter
from imagineart_desktop.jobs.states import ACCEPTED_STATES, JobState
from imagineart_desktop.jobs.store import StaleJobError
from imagineart_desktop.jobs.unconfirmed import RequestLookup
from imagineart_desktop.jobs.waiting import RetryWaiter
from imagineart_desktop.jobs.watcher import Watcher
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import referenced_sha256
from imagineart_desktop.support.messages import Message

log = logging.getLogger(__name__)

T = TypeVar("T")

_SHUTDOWN_TIMEOUT = 10.0
"""Maximum time to wait for the answer to a submit when the program quits."""

_REFUSED_ERRORS: tuple[type[FalError], ...] = (InvalidKeyError, ForbiddenError)

_FETCH_AGAIN = Message("job.advice.fetch_maybe_charged")

_CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
}


class Driver:
    """Communicates with one service for all its jobs. environment: what `fal.prepare` returned for the service."""

    def __init__(
        self,
        service: Service,
        environment: NetworkSettings,
        library: Library,
        desk: JobRegistry,
        rules: RetryRules,
        composed: CompositeCache | None = None,
    ) -> None:
        self._service = service
        self._library = library
        self._desk = desk
        self._rules = rules
        self._client = FalClient(service, rules, environment)
        self._storage = Uploader(self._client)
        self._downloader = Downloader(service, rules, environment)
        self._watcher = Watcher(self._client, rules, desk.notice)
        self._keeper = ResultImporter(service, self._downloader, library, rules, composed)
        self._waiting = RetryWaiter(desk, rules)
        self.lookup = RequestLookup(self._client, desk)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
        await self._storage.aclose()
        await self._downloader.aclose()

    async def drive(self, job_id: str) -> None:
        """Drive the job from its current state to its end. If canceled, the job stays in the state its row has."""
        while (job := self._desk.jobs.get(job_id)) is not None and job.can_proceed:
            try:
                await self._try_step(job)
            except StaleJobError:
                log.info("job %s was moved meanwhile", job_id)

    async def _try_step(self, job: Job) -> None:
        """Take one step; record errors or wait them out. Raises StaleStepError."""
        try:
            await self._step(job)
        except FalError as error:
            await self._fail(job.id, self._failure_of(self._desk.jobs.get(job.id, job), error))
        except PictureError as error:
            await self._fail(job.id, _bad_picture(error))
        except MissingImagesError as missing:
            await self._fail_partly(job, missing)
        except (LibraryError, OSError) as error:
            await self._waiting.pause_for(job.id, error)
        except StaleJobError:
            raise
        except Exception as error:
            # A bug in this program must not lose a request that may be paid for, so retry later.
            log.exception("a step of job %s failed", job.id)
            await self._waiting.pause_for(job.id, error)

    async def _step(self, job: Job) -> None:
        match job.state:
            case JobState.WAITING | JobState.UPLOADING:
                await self._send(job)
            case JobState.SUBMITTING:
                await self._desk.set(job.moved(JobState.UNCONFIRMED, failure=interrupted_submit()))
            case JobState.CANCELLING:
                await self._cancel(job)
            case JobState.FETCHING:
                await self._fetch(job)
            case _:
                await self._watch(job)

    async def _send(self, job: Job) -> None:
        job = await self._desk.set(job.moved(JobState.UPLOADING))
        urls = {}
        for reference in job.request.input_references():
            upload = partial(self._upload, job.id, reference)
            urls[reference] = await self._rules.run(upload, on_wait=self._waiting.on_retry(job.id))
        try:
            submit = partial(self._submit, job.id, urls)
            await self._rules.run(submit, call=CallSafety.SUBMIT, on_wait=self._waiting.on_retry(job.id))
        except FalError as error:
            if error.fate is not DeliveryStatus.UNKNOWN:
                raise
            await self._save_until_done(self._desk.jobs[job.id].moved(JobState.UNCONFIRMED, failure=Failure.of(error)))

    async def _upload(self, job_id: str, reference: str) -> str:
        kept = await self._library.inputs.find(referenced_sha256(reference))
        if kept is None:
            raise NotFoundError(Message("job.input_missing"), advice=Message("job.advice.choose_again"))
        data = await asyncio.to_thread(kept.path.read_bytes)
        content_type = _CONTENT_TYPES.get(kept.path.suffix, "application/octet-stream")
        with self._waiting.showing_stall(job_id) as on_progress:
            return await self._storage.upload(data, content_type, on_progress)

    async def _submit(self, job_id: str, urls: Mapping[str, str]) -> None:
        """Send one POST.

        The row says `submitting` before it, and `waiting` again if the request certainly didn't arrive.
        """
        if await self._desk.cancel_unsent(job_id):
            return
        job = self._desk.jobs[job_id]
        if job.state is JobState.WAITING:
            job = await self._desk.set(job.moved(JobState.UPLOADING))
        uploads = {reference: stored_url(url) for reference, url in urls.items()}
        try:
            sent = job.moved(JobState.SUBMITTING, submitted_at=datetime.now(UTC), uploads=uploads, failure=None)
            job = await self._desk.set(sent)
        except asyncio.CancelledError:
            await self._reset_unsent(job_id)
            raise
        answered = asyncio.ensure_future(self._post(job, job.request.to_wire(urls)))
        # A task canceled while the request is in flight must still record the answer.
        try:
            await asyncio.shield(answered)
        except asyncio.CancelledError:
            await asyncio.wait([answered], timeout=_SHUTDOWN_TIMEOUT)
            raise

    async def _reset_unsent(self, job_id: str) -> None:
        """Reset the row, which may already say `submitting`, to `waiting`: the request certainly wasn't sent."""
        job = self._desk.jobs[job_id]
        if job.state is JobState.SUBMITTING:
            await self._desk.set(job.moved(JobState.WAITING, submitted_at=None))

    async def _post(self, job: Job, body: dict[str, Any]) -> None:
        try:
            answer = await self._client.submit(job.model.endpoint, body, low_priority=job.low_priority)
        except FalError as error:
            if error.fate is DeliveryStatus.NOT_ARRIVED:
                await self._desk.set(job.moved(JobState.WAITING, submitted_at=None))
                if await self._desk.cancel_unsent(job.id):
                    return
            raise
        self._desk.reached()
        queued = job.moved(
            JobState.QUEUED,
            request_id=answer.request_id,
            urls=RequestUrls(answer.status_url, answer.response_url, answer.cancel_url),
            queue_position=answer.queue_position,
        )
        await self._save_until_done(queued)

    async def _save_until_done(self, job: Job) -> None:
        """Save the job, retrying until it succeeds: the data exists nowhere else, and it's paid for."""
        while True:
            try:
                await self._desk.set(job)
                return
            except LibraryError as error:
                await self._waiting.pause_for(job.id, error)

    def _failure_of(self, job: Job, error: FalError) -> Failure:
        """Return the failure.

        A request that may have been charged is never reported as free, and can be fetched later.
        """
        failure = Failure.of(error)
        if job.state is JobState.FETCHING:
            return replace(failure, charged=Charged.YES, advice=_FETCH_AGAIN)
        told = isinstance(error, ServiceFailedError) or (isinstance(error, InvalidInputError) and error.status != 400)
        if job.state in ACCEPTED_STATES and not told:
            return replace(failure, charged=Charged.MAYBE, advice=_FETCH_AGAIN)
        return failure

    async def _watch(self, job: Job) -> None:
        if job.id in self._desk.cancel_requested:
            await self._desk.set(job.moved(JobState.CANCELLING))
            return
        status = await self._completed(job)
        await self._store_result(self._desk.jobs[job.id], status)

    async def _store_result(self, job: Job, status: Status) -> None:
        """Fetch the result of a COMPLETED request, whose response tells whether it succeeded; store its JSON first."""
        try:
            url = self._service.update_stored_url(_urls(job).response)
            asking = partial(
                self._rules.run,
                lambda: self._client.result(url),
                patience=RetryLimit.ONCE if status.error is not None else RetryLimit.UNLIMITED,
                on_wait=self._waiting.on_retry(job.id),
            )
            result = await self._retry_not_found(lambda: self._retry_refused(job.id, asking))
        except FalError as error:
            if status.error is not None and not isinstance(error, InvalidInputError):
                raise from_completed_status(status.error, status.error_type) from error
            raise
        job = self._desk.jobs[job.id]
        await self._desk.set(
            job.moved(
                JobState.FETCHING,
                result=result.raw,
                billed_units=result.billable_units,
                finished_at=datetime.now(UTC),
                queue_position=None,
                failure=None,
            )
        )

    async def _completed(self, job: Job) -> Status:
        url = self._service.update_stored_url(_urls(job).status)

        async def note(status: Status) -> None:
            self._desk.reached()
            await self._note_status(job.id, status)

        watching = partial(self._watcher.completed, url, job.model, note)
        return await self._retry_not_found(
            lambda: self._retry_refused(job.id, watching, (*_REFUSED_ERRORS, InvalidInputError))
        )

    async def _retry_not_found(self, work: Callable[[], Awaitable[T]]) -> T:
        """Retry 404s for an accepted request a few times; the service may be lagging."""
        for doubt in count(1):
            try:
                return await work()
            except NotFoundError:
                if doubt > self._rules.not_found_retries:
                    raise
                await asyncio.sleep(min(2.0**doubt, self._rules.max_wait))
        raise AssertionError("a count has no end")

    async def _retry_refused(
        self, job_id: str, work: Callable[[], Awaitable[T]], refused: tuple[type[FalError], ...] = _REFUSED_ERRORS
    ) -> T:
        """Wait and retry while refused: a refused key or query is no reason to give up an accepted request."""
        while True:
            try:
                return await work()
            except refused as error:
                await self._waiting.pause_for(job_id, error)

    async def _note_status(self, job_id: str, status: Status) -> None:
        job = self._desk.jobs[job_id]
        if job.state is JobState.CANCELLING or status.status == "COMPLETED":
            self._desk.show(replace(job, logs=status.logs or job.logs))
            return
        state = JobState.RUNNING if status.status == "IN_PROGRESS" else JobState.QUEUED
        started = job.started_at or (datetime.now(UTC) if state is JobState.RUNNING else None)
        changed = job.moved(
            state,
            queue_position=status.queue_position,
            logs=status.logs or job.logs,
            started_at=started,
            failure=None,
        )
        if changed.state is not job.state:
            await self._desk.set(changed)
        elif changed != job:
            self._desk.show(changed)

    async def _cancel(self, job: Job) -> None:
        """Cancel the request at the service, then check how it ended: a result that was billed anyway is kept."""
        url = self._service.update_stored_url(_urls(job).cancel)
        cancel = partial(self._rules.run, lambda: self._client.cancel(url), on_wait=self._waiting.on_retry(job.id))
        try:
            await self._retry_refused(job.id, cancel)
        except FalError as error:
            log.info("the cancelling of job %s was refused: %s", job.id, type(error).__name__)
        try:
            status = await self._completed(job)
            if status.error is None:
                await self._store_result(self._desk.jobs[job.id], status)
                return
        except (InvalidInputError, ServiceFailedError, NotFoundError) as error:
            log.info("job %s ended after its cancellation: %s", job.id, type(error).__name__)
        await self._desk.set(
            self._desk.jobs[job.id].moved(JobState.CANCELLED, finished_at=datetime.now(UTC), failure=None)
        )

    async def _fetch(self, job: Job) -> None:
        progress = DownloadProgress(self._desk, job.id)
        for _ in range(self._rules.result_refetches):
            try:
                pictures = await self._keeper.keep(job, self._waiting.on_retry(job.id), progress)
                break
            except (FalError, PictureError, MissingImagesError) as error:
                job = await self._refetch_result(job, error)
        else:
            pictures = await self._keeper.keep(job, self._waiting.on_retry(job.id), progress)
        done = job.moved(JobState.DONE, failure=None, finished_at=job.finished_at or datetime.now(UTC))
        await self._desk.set(done, tuple(picture.id for picture in pictures))

    async def _refetch_result(self, job: Job, error: FalError | PictureError | MissingImagesError) -> Job:
        """Return the job with its result requested again: it may have been corrupted in transit.

        A response with fewer images doesn't replace the known one: they are paid for.
        """
        log.info("job %s could not be fetched: %s", job.id, type(error).__name__)
        url = self._service.update_stored_url(_urls(job).response)
        try:
            result = await self._rules.run(lambda: self._client.result(url), patience=RetryLimit.LIMITED)
        except FalError:
            if isinstance(error, MissingImagesError):
                raise error from None
            raise
        has_fewer = await asyncio.to_thread(lambda: _images_in(result.raw) < _images_in(job.result))
        return job if has_fewer else await self._desk.set(job.moved(JobState.FETCHING, result=result.raw))

    async def _fail_partly(self, job: Job, missing: MissingImagesError) -> None:
        """Record that some images can't be fetched."""
        problem = missing.problems[0]
        now = self._desk.jobs.get(job.id, job)
        failure = _bad_picture(problem) if isinstance(problem, PictureError) else self._failure_of(now, problem)
        await self._fail(job.id, replace(failure, message=missing.message))

    async def _fail(self, job_id: str, failure: Failure) -> None:
        job = self._desk.jobs.get(job_id)
        if job is not None:
            await self._save_until_done(job.moved(JobState.FAILED, failure=failure, finished_at=datetime.now(UTC)))


def _bad_picture(error: PictureError) -> Failure:
    return Failure("bad_picture", error.message, Message("job.advice.fetch_or_report"), Charged.YES)


def _images_in(raw: str | None) -> tuple[int, int]:
    """Return how many images a result has that can be fetched, and how many in all."""
    try:
        images = Output.parse(raw or "").images
    except BadDownloadError:
        return 0, 0
    return sum(bool(image.url) for image in images), len(images)


def _urls(job: Job) -> RequestUrls:
    if job.urls is None:
        raise NotFoundError(Message("job.url_unknown"))
    return job.urls
