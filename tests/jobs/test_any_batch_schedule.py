"""Random schedules with batches: whatever the user, the service and crashes do, none is half there, and a paused one
sends nothing new.

What holds for single jobs holds for those of batches: nothing is lost or paid twice unasked.
"""

from __future__ import annotations

import os
import sqlite3

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Batch, BatchRequest, BatchState, JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, accepted
from tests.jobs.test_any_schedule import EXAMPLES, AnySchedule


class AnyBatchSchedule(AnySchedule):
    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[str, int] = {}
        """Name of a batch → how many requests it was added with."""
        self.unsent: dict[str, set[str]] = {}
        """Id of a paused batch → the prompts that weren't sent when it was paused."""

    @rule(count=st.integers(1, 6), low=st.booleans())
    def add_batch(self, count: int, low: bool) -> None:
        name = f"batch {len(self.sizes)}"
        self.sizes[name] = count
        prompts = [f"{name}, request {number}" for number in range(count)]
        self.allowed.update(prompts)
        requests = [BatchRequest(IMAGINEART_20, SMALL | {"prompt": prompt}) for prompt in prompts]
        self.run(self.worker.batches.add(name, requests, ServiceKind.DEMO, low_priority=low))

    @rule(count=st.integers(1, 6), writes=st.sampled_from((1, 1, 1, 2, 3, 4, 6, 9)), written=st.booleans())
    def add_batch_and_die(self, count: int, writes: int, written: bool) -> None:
        self.die_at(writes, written)
        self.add_batch(count, low=False)
        self.let_pass(0.1)

    @rule()
    def pause(self) -> None:
        for batch in self.batches()[:1]:
            self.run(self._pause(batch))

    @rule(writes=st.integers(1, 3), written=st.booleans())
    def pause_and_die(self, writes: int, written: bool) -> None:
        self.die_at(writes, written)
        self.pause()
        self.let_pass(0.05)

    @rule()
    def resume(self) -> None:
        for batch in self.batches()[-1:]:
            self.check_paused()
            self.unsent.pop(batch.id, None)
            self.run(self.worker.batches.resume(batch.id))

    @rule()
    def move_to_front(self) -> None:
        for batch in self.batches()[-1:]:
            self.run(self.worker.batches.move_to_front(batch.id))

    @rule(writes=st.integers(1, 4), written=st.booleans(), dies=st.booleans())
    def cancel_rest(self, writes: int, written: bool, dies: bool) -> None:
        if dies:
            self.die_at(writes, written)
        for batch in self.batches()[:1]:
            self.run(self.worker.batches.cancel_rest(batch.id))

    @rule()
    def retry_failed(self) -> None:
        for batch in self.batches()[:1]:
            failed = [job for job in self.stuck(JobState.FAILED) if job.batch == batch.id]
            self.allowed.update(job.prompt for job in failed)
            self.run(self.worker.batches.retry_failed(batch.id))

    def batches(self) -> list[Batch]:
        return self.worker.batches.current()

    def check_paused(self) -> None:
        sent = {entry["body"]["prompt"] for entry in accepted(self.server)}
        for prompts in self.unsent.values():
            assert not prompts & sent, f"sent while paused: {prompts & sent}"

    async def _pause(self, batch: Batch) -> None:
        await self.worker.batches.pause(batch.id)
        waiting = (JobState.WAITING, JobState.UPLOADING)
        self.unsent[batch.id] = {
            job.prompt for job in self.worker.jobs() if job.batch == batch.id and job.state in waiting
        }

    async def _settle(self) -> None:
        self.check_paused()
        for batch in await self.worker.batches.all():
            assert batch.state is not BatchState.RUNNING or batch.id not in self.unsent
            await self.worker.batches.resume(batch.id)
        await super()._settle()

    async def _check(self) -> None:
        await super()._check()

        def places(connection: sqlite3.Connection) -> dict[str, int]:
            rows = connection.execute("SELECT batch, COUNT(DISTINCT place) FROM jobs GROUP BY batch")
            return {row[0]: row[1] for row in rows if row[0] is not None}

        found = await self.library.database.read(places)
        batches = await self.worker.batches.all()
        assert {batch.id for batch in batches} == found.keys()
        for batch in batches:
            assert found[batch.id] == self.sizes[batch.name], f"{batch.name} is not whole"
            assert batch.summary.unfinished == 0


TestAnyBatchSchedule = AnyBatchSchedule.TestCase
TestAnyBatchSchedule.settings = settings(
    max_examples=max(1, EXAMPLES // 2),
    stateful_step_count=16,
    deadline=None,
    derandomize="IMAGINEART_SCHEDULES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
