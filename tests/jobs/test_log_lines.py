"""A job's log while it's streamed: each event brings new lines, and the job has all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import FalClient, LogEntry, ServiceKind
from imagineart_desktop.jobs.watcher import _joined
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, at_work, outcome, service_of


@pytest.mark.asyncio
async def test_a_streamed_log_is_whole(demo: DemoServer, tmp_path: Path) -> None:
    async with at_work(tmp_path, demo) as (worker, _), FalClient(service_of(demo)) as client:
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(1,))
        done = (await outcome(worker, job)).job
        assert done.urls is not None
        status = await client.status(done.urls.status)
    assert demo.counts["requests:stream"] == 1
    assert len(status.logs) >= 5
    assert done.logs == status.logs


def test_lines_that_a_service_repeats_are_not_doubled() -> None:
    lines = tuple(LogEntry(message=str(number)) for number in range(600))
    assert _joined(lines[:2], lines[2:4]) == lines[:4]
    assert _joined(lines[:2], lines[:4]) == lines[:4]
    assert _joined(lines[:2], ()) == lines[:2]
    assert len(_joined(lines[:499], lines[499:])) == 500
