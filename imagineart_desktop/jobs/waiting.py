"""Waits until a blocked job can continue; the job keeps its state and shows what blocks it and whether it's charged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from imagineart_desktop.fal import Charged, FalError, OfflineError, RetryRules
from imagineart_desktop.jobs.disk_problems import disk_failure
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.states import JobState
from imagineart_desktop.library import LibraryError
from imagineart_desktop.support.messages import Message

log = logging.getLogger(__name__)

LOCAL_ERRORS = frozenset({"library", "disk", "internal"})
"""Error types of problems on this machine, which the user has to resolve rather than the service."""

_CHARGED = {JobState.WAITING: Charged.NO, JobState.UPLOADING: Charged.NO, JobState.FETCHING: Charged.YES}
"""Whether a job in a state is charged. One that was sent but not yet fetched may be."""

_MIN_FAILURES_SHOWN = 3
"""Failed attempts after which the job shows what it's waiting for."""

_STALLED_AFTER = 5.0
"""Seconds without an accepted byte or an answered call after which an upload counts as stalled."""

UPLOAD_STALLED = "upload_stalled"
"""Error type of a stalled upload."""

_STALLED = Failure(
    UPLOAD_STALLED,
    Message("job.upload_stalled"),
    Message("job.advice.upload_continues"),
    Charged.NO,
)


class RetryWaiter:
    """Waits on behalf of the jobs of one service."""

    def __init__(self, desk: JobRegistry, rules: RetryRules) -> None:
        self._desk = desk
        self._rules = rules

    async def pause_for(self, job_id: str, error: Exception) -> None:
        """Show why the job isn't progressing, and pause until its step may be retried."""
        self._show(job_id, error)
        await asyncio.sleep(self._rules.max_wait)

    def on_retry(self, job_id: str) -> Callable[[FalError], None]:
        """Return a callback for errors that are waited out elsewhere; it shows one that persists."""
        seen = 0

        def note(error: FalError) -> None:
            nonlocal seen
            seen += 1
            self._desk.notice(error)
            if seen >= _MIN_FAILURES_SHOWN:
                # The user can only fix the connection; other advice applies only if nothing is retried.
                advice = Message("job.advice.retrying")
                if isinstance(error, OfflineError):
                    advice = Message("job.advice.retrying_after", advice=error.advice)
                self._show(job_id, error, advice)

        return note

    @contextmanager
    def showing_stall(self, job_id: str) -> Iterator[Callable[[bool], None]]:
        """Show on a job that its upload is stalled, for as long as it is.

        Yields a callback for when the upload starts and whenever it progresses; before its first call, the upload is
        queued behind others rather than stalled. The argument says whether a call was answered, which also clears any
        other problem of the upload.
        """
        loop = asyncio.get_running_loop()
        moved_at = loop.time()
        timer: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal timer
            rest = moved_at + _STALLED_AFTER - loop.time()
            if rest <= 0:
                self._show_failure(job_id, _STALLED)
            timer = loop.call_later(rest if rest > 0 else _STALLED_AFTER, look)

        def note(answered: bool) -> None:
            nonlocal moved_at, timer
            moved_at = loop.time()
            if timer is None:
                timer = loop.call_later(_STALLED_AFTER, look)
            job = self._desk.jobs.get(job_id)
            if job is not None and job.failure is not None and (answered or job.failure.error_type == UPLOAD_STALLED):
                self._show_failure(job_id, None)

        try:
            yield note
        finally:
            if timer is not None:
                timer.cancel()

    def _show(self, job_id: str, error: Exception, advice: Message | None = None) -> None:
        """Show an error on a job, unless the job no longer exists: its row may have been deleted meanwhile."""
        job = self._desk.jobs.get(job_id)
        if job is None:
            return
        failure = _failure_of(error, _CHARGED.get(job.state, Charged.MAYBE))
        self._show_failure(job_id, failure if advice is None else replace(failure, advice=advice))

    def _show_failure(self, job_id: str, failure: Failure | None) -> None:
        job = self._desk.jobs.get(job_id)
        if job is not None and job.failure != failure:
            self._desk.show(replace(job, failure=failure))


def _failure_of(error: Exception, charged: Charged) -> Failure:
    match error:
        case FalError():
            return replace(Failure.of(error), charged=charged)
        case LibraryError():
            return Failure("library", error.message, error.advice, charged)
        case OSError():
            log.warning("a job waits for the disk: %s", type(error).__name__, extra={"errno": error.errno})
            return disk_failure(error, charged)
        case _:
            return Failure("internal", Message("job.step_failed"), Message("job.advice.retrying_or_report"), charged)
