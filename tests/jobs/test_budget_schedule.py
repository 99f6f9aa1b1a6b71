"""Whatever the order of clicks, failures, cancels and restarts, no more than the limit is reserved or spent.

The library, the worker and the server in place of fal.ai are real. A crash is a database that refuses to write before
or after any of its transactions, followed by a new worker on the same folder.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.fal import RetryRules, ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, BudgetExceededError, BudgetLimits, JobState, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import FAULTS, HASTY, SMALL, accepted, service_of
from tests.waiting import until

EXAMPLES = int(os.environ.get("IMAGINEART_SCHEDULES", "10"))
"""The reliability battery sets more."""

PRICE = Decimal("0.03")
RULES = RetryRules(first_wait=0.01, max_wait=0.04, answer=6.0)
_FAULTS = [fault for fault in FAULTS if not fault.startswith(("upload", "token"))]
"""Nothing is uploaded here."""


class CrashedError(BaseException):
    """Simulates a crash: nothing runs after it."""


async def clicks(worker: Worker, count: int, images: int = 1) -> int:
    """Order requests at once; return how many jobs were added."""

    async def click() -> int:
        seeds = list(range(1, images + 1))
        with suppress(BudgetExceededError):
            return len(await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL, seeds=seeds))
        return 0

    return sum(await asyncio.gather(*(click() for _ in range(count))))


class AnyBudget(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="budget-"))
        self.loop = asyncio.new_event_loop()
        self.server = DemoServer(self.root / "demo", pace=Timing(queue=0.01, work=0.03))
        self.server.start()
        self.crashed = False
        self.resent = 0
        """Requests that the user had sent once more, as the service didn't list them: both may be charged."""

    @initialize(images=st.integers(2, 7), monthly=st.booleans())
    def open(self, images: int, monthly: bool) -> None:
        self.limit = images * PRICE + Decimal("0.01")
        self.limits = BudgetLimits(month=self.limit) if monthly else BudgetLimits(day=self.limit)
        self.run(self._open())

    @rule(count=st.integers(1, 10), images=st.integers(1, 3))
    def click(self, count: int, images: int) -> None:
        self.run(clicks(self.worker, count, images))

    @rule(fault=st.sampled_from(_FAULTS), when=st.sampled_from(("nth=1", "nth=2", "share=0.3", "times=2")))
    def go_wrong(self, fault: str, when: str) -> None:
        head, found, address = fault.partition(":to=")
        self.server.order(Fault.parse(f"{head}:{when}{found}{address}"))

    @rule(seconds=st.sampled_from((0.0, 0.03, 0.1, 0.3)))
    def let_pass(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    # A rule that finds no job for it does nothing, so that the same choices always lead through the same rules.

    @rule(which=st.integers(0, 99))
    def cancel(self, which: int) -> None:
        if jobs := self.worker.jobs():
            self.run(self.worker.cancel(jobs[which % len(jobs)].id))

    @rule(which=st.integers(0, 99))
    def dismiss(self, which: int) -> None:
        if jobs := [job for job in self.worker.jobs() if job.state in FINAL_STATES]:
            self.run(self.worker.dismiss(jobs[which % len(jobs)].id))

    @rule(twice=st.booleans())
    def retry(self, twice: bool) -> None:
        for job in [job for job in self.worker.jobs() if job.state is JobState.FAILED][:1]:
            self.run(self._retry(job.id, 1 + twice))

    @rule()
    def send_again(self) -> None:
        for job in [job for job in self.worker.jobs() if job.state is JobState.UNCONFIRMED][:1]:
            self.resent += 1
            self.run(self.worker.send_again(job.id))

    @rule()
    def restart(self) -> None:
        self.run(self._restart())

    @rule(count=st.integers(1, 10), writes=st.integers(1, 8), written=st.booleans())
    def click_and_die(self, count: int, writes: int, written: bool) -> None:
        """The program dies at one of the writes that the clicks cause, just before or just after it."""
        self._die_at(writes, written)
        self.click(count, 1)
        self.let_pass(0.1)

    @invariant()
    def stays_within_the_limit(self) -> None:
        if hasattr(self, "worker"):
            (use,) = self.loop.run_until_complete(self.worker.budget.uses())
            assert use.used <= self.limit, f"{use.spent} spent and {use.reserved} reserved of {self.limit}"
            charged = sum(entry["output"] is not None for entry in accepted(self.server)) - self.resent
            assert charged * PRICE <= self.limit, f"{charged} images were charged"

    def teardown(self) -> None:
        try:
            if hasattr(self, "worker"):
                self.server.order()
                # What still runs ends, and is charged.
                self.loop.run_until_complete(asyncio.sleep(0.3))
                self.stays_within_the_limit()
                self.loop.run_until_complete(self._close())
        finally:
            self.server.stop()
            self.loop.close()
            shutil.rmtree(self.root, ignore_errors=True)

    # Helpers

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Run the work; restart the program if it has died."""
        try:
            self.loop.run_until_complete(work)
        except CrashedError:
            self.crashed = True
        if self.crashed:
            self.crashed = False
            self.loop.run_until_complete(self._crash())
            self.loop.run_until_complete(self._open())

    def _die_at(self, writes: int, written: bool) -> None:
        really = self.library.database.write

        async def write(work: Any) -> Any:
            nonlocal writes
            writes -= 1
            if writes < 0 or (writes == 0 and not written):
                self.crashed = True
                raise CrashedError
            result = await really(work)
            if writes == 0:
                self.crashed = True
                raise CrashedError
            return result

        self.library.database.write = write  # type: ignore[method-assign]

    async def _retry(self, job_id: str, times: int) -> None:
        found = await asyncio.gather(*(self.worker.retry(job_id) for _ in range(times)), return_exceptions=True)
        for error in found:
            if error is not None and not isinstance(error, BudgetExceededError):
                raise error

    async def _open(self) -> None:
        self.library = Library(self.root / "library")
        await self.library.start()
        self.worker = Worker(self.library, rules=RULES, limits=self.limits)
        await self.worker.start()
        await self.worker.connect(service_of(self.server, kind=ServiceKind.LIVE))
        await self.library.reconcile()

    async def _restart(self) -> None:
        await self._close()
        await self._open()

    async def _close(self) -> None:
        await self.worker.stop()
        self.library.close()

    async def _crash(self) -> None:
        async def refuse(*_: object) -> NoReturn:
            raise CrashedError

        self.library.database.write = refuse  # type: ignore[assignment, method-assign]
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.worker.stop()
        self.library.close()


TestAnyBudget = AnyBudget.TestCase
TestAnyBudget.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=16,
    deadline=None,
    derandomize="IMAGINEART_SCHEDULES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.asyncio
async def test_submits_at_once_send_as_many_as_the_budget_pays_for(tmp_path: Path) -> None:
    with DemoServer(tmp_path / "fal", pace=FAST_TIMING) as fal:
        library = Library(tmp_path / "library")
        await library.start()
        worker = Worker(library, rules=HASTY, limits=BudgetLimits(day=Decimal("0.20"), month=Decimal("0.19")))
        await worker.start()
        await worker.connect(service_of(fal, kind=ServiceKind.LIVE))
        try:
            # Two images each, whichever come first: three orders fit.
            assert await clicks(worker, 20, images=2) == 6
            await until(lambda: not worker.jobs())
            assert fal.counts["submissions"] == 6
            assert await clicks(worker, 20, images=2) == 0
            assert [use.used for use in await worker.budget.uses()] == [Decimal("0.18")] * 2
        finally:
            await worker.stop()
            library.close()
