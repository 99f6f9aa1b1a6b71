"""A request without an answer is looked for by the service's clock, and a look that fails sends nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import NOT_LOOKED, Looked, State
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.working import SMALL, at_work, books, outcome

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("trouble", ["status:code=503", "status:code=403", "malformed", "cut_before", "wrong_type"])
async def test_a_look_that_fails_sends_nothing_without_a_second_yes(
    tmp_path: Path, demo: DemoServer, trouble: str
) -> None:
    demo.order(Fault.parse("submit:cut_before:nth=1"), Fault.parse(f"list:{trouble}"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is State.UNCONFIRMED
        for _ in range(3):
            await worker.send_again(job.id)
            (shown,) = worker.jobs()
            assert shown.state is State.UNCONFIRMED
            assert shown.failure is not None
            assert shown.failure.error_type == NOT_LOOKED
        assert books(demo)["submissions"] == 1
        await worker.send_again(job.id, unseen=True)
        assert (await outcome(worker, job)).job.state is State.DONE
    assert books(demo)["submissions"] == 2


async def test_without_a_connection_nothing_is_sent_later(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        await worker.disconnect(ServiceKind.DEMO)
        await worker.send_again(job.id)
        (shown,) = worker.jobs()
        assert shown.state is State.UNCONFIRMED
        assert await worker.look_for(job.id) is Looked.FAILED


@pytest.mark.parametrize(
    "off",
    [timedelta(days=-365 * 30), timedelta(days=-40), timedelta(hours=-2), timedelta(hours=2), timedelta(days=3)],
    ids=str,
)
async def test_a_clock_that_was_set_since_hides_no_request(tmp_path: Path, demo: DemoServer, off: timedelta) -> None:
    """The job says that it was sent when this computer's clock was off."""
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        milliseconds = round(off.total_seconds() * 1000)
        await library.database.write(
            lambda connection: (
                connection.execute("UPDATE jobs SET submitted_ms = submitted_ms + ?", (milliseconds,)).rowcount
            )
        )
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.send_again(job.id)
        assert (await outcome(worker, job)).job.state is State.DONE
    assert books(demo)["submissions"] == 1
