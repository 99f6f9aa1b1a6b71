"""What a job reports while something on this machine, or on the way to the service, blocks it."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import Charged, FalError, ForbiddenError, OfflineError, ServiceFailedError, ServiceKind
from imagineart_desktop.jobs import LOCAL_ERRORS, JobEvent, JobState
from imagineart_desktop.jobs.waiting import RetryWaiter
from imagineart_desktop.library import LibraryError
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import HASTY, SMALL, at_work

pytestmark = pytest.mark.asyncio

CHARGED = {
    JobState.WAITING: Charged.NO,
    JobState.UPLOADING: Charged.NO,
    JobState.SUBMITTING: Charged.MAYBE,
    JobState.QUEUED: Charged.MAYBE,
    JobState.RUNNING: Charged.MAYBE,
    JobState.CANCELLING: Charged.MAYBE,
    JobState.FETCHING: Charged.YES,
}
OWN = (LibraryError("The disk is full."), OSError(errno.ENOSPC, "full"), KeyError("a bug"))


async def test_a_job_that_may_be_paid_for_is_never_said_to_be_free(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.disconnect(ServiceKind.DEMO)
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        waiting = RetryWaiter(worker._desk, replace(HASTY, max_wait=0.0))
        for state, charged in CHARGED.items():
            for error in (*OWN, ForbiddenError("Locked.")):
                worker._desk.jobs[job.id] = replace(job, state=state)
                await waiting.pause_for(job.id, error)
                (shown,) = worker.jobs()
                assert shown.state is state
                assert shown.failure is not None
                assert shown.failure.charged is charged
                assert (shown.failure.error_type in LOCAL_ERRORS) == (not isinstance(error, FalError))


async def test_a_job_that_is_gone_meanwhile_stays_gone(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        events: list[JobEvent] = []
        worker.subscribe(events.append)
        for error in OWN:
            await RetryWaiter(worker._desk, replace(HASTY, max_wait=0.0)).pause_for("gone", error)
        assert worker.jobs() == []
        assert events == []


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OfflineError("No way.", advice="Check HTTPS_PROXY."), "Check HTTPS_PROXY. Retrying automatically."),
        (ServiceFailedError("Down."), "Retrying automatically."),
    ],
)
async def test_an_error_that_goes_on_is_shown_with_what_the_user_can_do(
    tmp_path: Path, demo: DemoServer, error: FalError, advice: str
) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.disconnect(ServiceKind.DEMO)
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        note = RetryWaiter(worker._desk, HASTY).on_retry(job.id)
        note(error)
        note(error)
        assert worker.jobs()[0].failure is None
        note(error)
        failure = worker.jobs()[0].failure
        assert failure is not None
        assert (failure.message, str(failure.advice), failure.charged) == (error.message, advice, Charged.NO)
