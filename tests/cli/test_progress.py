"""How long a command waits for requests that a problem holds up."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from imagineart_desktop.cli.progress import Progress
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Job, JobEvent, State, Worker
from imagineart_desktop.models import IMAGINEART_20

pytestmark = pytest.mark.asyncio


class _Told:
    """Keeps what a progress subscribes with, in place of a worker."""

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
        uuid.uuid4().hex, IMAGINEART_20, request, ServiceKind.LIVE, State.UPLOADING, datetime.now(UTC), Decimal("0.03")
    )


@pytest.mark.parametrize("end", [State.WAITING, State.UNCONFIRMED])
async def test_a_request_on_its_way_is_not_given_up_when_patience_ends(end: State) -> None:
    told, job = _Told(), a_job()
    progress = Progress(told.worker(), 0.0)
    told.go_offline()
    sent = job.moved(State.SUBMITTING)
    told.say(sent)
    ends = asyncio.create_task(progress.ends_of([job]))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not ends.done()
    answered = sent.moved(end)
    told.say(answered)
    ended, left = await ends
    expected = ([], [answered]) if end is State.WAITING else ([answered], [])
    assert ([event.job for event in ended], left) == expected


async def test_a_request_that_does_not_go_out_is_given_up_when_patience_ends() -> None:
    told, job = _Told(), a_job()
    progress = Progress(told.worker(), 0.0)
    told.go_offline()
    told.say(job)
    assert await progress.ends_of([job]) == ([], [job])
