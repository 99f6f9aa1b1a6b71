"""How long a command waits for requests that are held up by a problem."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from imagineart_desktop.cli.progress import JobFollower
from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import UPLOAD_STALLED, Failure, Job, JobEvent, JobState, Worker
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.support.messages import Message

pytestmark = pytest.mark.asyncio


class _Told:
    """Stands in for a worker and keeps the listeners that a follower subscribes."""

    def __init__(self) -> None:
        self.job: Callable[[JobEvent], None] | None = None
        self.offline: Callable[[bool], None] | None = None

    def worker(self) -> Worker:
        return cast(Worker, SimpleNamespace(subscribe=self._subscribe, on_offline=self._on_offline))

    def _subscribe(self, listener: Any) -> None:
        self.job = listener

    def _on_offline(self, listener: Any) -> None:
        self.offline = listener

    def say(self, job: Job) -> None:
        assert self.job is not None
        self.job(JobEvent(job))

    def go_offline(self) -> None:
        assert self.offline is not None
        self.offline(True)


def a_job() -> Job:
    request = IMAGINEART_20.parse({"prompt": "hills"})
    return Job(
        uuid.uuid4().hex,
        IMAGINEART_20,
        request,
        ServiceKind.LIVE,
        JobState.UPLOADING,
        datetime.now(UTC),
        Decimal("0.03"),
    )


@pytest.mark.parametrize("end", [JobState.WAITING, JobState.UNCONFIRMED])
async def test_a_request_on_its_way_is_not_given_up_when_patience_ends(end: JobState) -> None:
    told, job = _Told(), a_job()
    progress = JobFollower(told.worker(), 0.0)
    told.go_offline()
    sent = job.moved(JobState.SUBMITTING)
    told.say(sent)
    ends = asyncio.create_task(progress.wait_for([job]))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not ends.done()
    answered = sent.moved(end)
    told.say(answered)
    ended, left = await ends
    expected = ([], [answered]) if end is JobState.WAITING else ([answered], [])
    assert ([event.job for event in ended], left) == expected


async def test_a_request_that_does_not_go_out_is_given_up_when_patience_ends() -> None:
    told, job = _Told(), a_job()
    progress = JobFollower(told.worker(), 0.0)
    told.go_offline()
    told.say(job)
    assert await progress.wait_for([job]) == ([], [job])


async def test_an_upload_that_moves_again_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload that stops again at once is stalled: the connection only accepted what fits into buffers on the way."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("imagineart_desktop.cli.progress.time", SimpleNamespace(monotonic=lambda: clock.now))
    told, job = _Told(), a_job()
    progress = JobFollower(told.worker(), 30.0)
    stalled = replace(
        job, failure=Failure(UPLOAD_STALLED, Message.plain("It stands still."), Message.plain("Wait."), Charged.NO)
    )
    told.say(job)
    followed = [progress._jobs[job.id]]

    def seconds_left(shown: Job, after: float) -> float:
        told.say(shown)
        clock.now += after
        return progress._seconds_to_look(followed)

    assert seconds_left(stalled, 12) == 18
    assert seconds_left(job, 5) == 13
    assert seconds_left(stalled, 1) == 12
    assert seconds_left(job, 11) > 30
    assert seconds_left(stalled, 1) == 29
