"""The queue's progress counts what was added since the queue was last empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, JobState
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.workspace.queue_progress import QueueCount, QueueProgress
from tests.jobs.job_fixtures import SMALL, at_work, held_work, known, outcome
from tests.waiting import until

NOTHING = QueueCount()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        yield server


def requests(count: int) -> list[BatchRequest]:
    return [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"kettle {number}"}) for number in range(count)]


async def test_done_failed_and_canceled_requests_count_until_the_queue_is_empty(
    tmp_path: Path, demo: DemoServer
) -> None:
    async with at_work(tmp_path, demo) as (worker, _library):
        owner, told = QObject(), list[QueueCount]()
        progress = QueueProgress(worker, owner)
        progress.changed.connect(told.append)
        assert progress.count == NOTHING
        at_end: dict[str, QueueCount] = {}
        worker.subscribe(lambda event: at_end.update({event.job.id: progress.count}))
        worker.set_limit(1)
        demo.order(Fault.parse("work:fail:times=1"))
        with held_work() as may_end:
            jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=[1, 2, 3, 4])
            await until(lambda: told and told[-1] == QueueCount(0, 4))
            await worker.cancel(jobs[-1].id)
            await until(lambda: told[-1] == QueueCount(1, 4))
            may_end.set()
        await until(lambda: told[-1] == NOTHING)
        states = [(await known(worker, job.id)).state for job in jobs]
        assert sorted(states) == [JobState.CANCELLED, JobState.DONE, JobState.DONE, JobState.FAILED]
        counts = sorted(at_end[job.id].done for job in jobs)
        assert counts == [0, 1, 2, 3]
        # What was done before doesn't count any more.
        with held_work():
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(lambda: told[-1] == QueueCount(0, 1))
        owner.deleteLater()


async def test_batches_count_with_their_jobs_unless_they_are_paused(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _library):
        owner = QObject()
        progress = QueueProgress(worker, owner)
        first = await worker.batches.add("Kettles", requests(3), ServiceKind.DEMO)
        await until(lambda: worker.batches.current() == [] and progress.count == NOTHING)
        with held_work():
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            second = await worker.batches.add("Pots", requests(30), ServiceKind.DEMO)
            await until(lambda: progress.count == QueueCount(0, 31))
            # One that begins to follow later counts what is left.
            assert QueueProgress(worker, owner).count == QueueCount(0, 31)
            await worker.batches.pause(second.id)
            await until(lambda: progress.count.total < 31)
            await worker.batches.resume(second.id)
            await until(lambda: progress.count == QueueCount(0, 31))
            await worker.batches.cancel_rest(second.id)
        await until(lambda: progress.count == NOTHING)
        assert worker.batches.find(first.id) is not None
        owner.deleteLater()


async def test_an_unconfirmed_request_does_not_hold_the_queue_open(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _library):
        owner = QObject()
        progress = QueueProgress(worker, owner)
        demo.order(Fault.parse("submit:cut_before"))
        [job] = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert progress.count == QueueCount(0, 1)
        assert (await outcome(worker, job)).job.state is JobState.UNCONFIRMED
        assert progress.count == NOTHING
        owner.deleteLater()
