"""Whatever the order of clicks, failures, retries and restarts, no batch reserves and spends more than it may cost."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, BudgetExceededError, JobState
from imagineart_desktop.library import commitments, paid_for_batch
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, accepted
from tests.jobs.test_budget_schedule import EXAMPLES, PRICE, AnyBudget


class AnyBatchBudget(AnyBudget):
    def __init__(self) -> None:
        super().__init__()
        self.names = 0

    @rule(count=st.integers(1, 4), spare=st.integers(-1, 1))
    def add_batch(self, count: int, spare: int) -> None:
        self.names += 1
        requests = [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"batch {self.names}"}) for _ in range(count)]
        self.run(self._add(requests, (count + spare) * PRICE + Decimal("0.01")))

    @rule(count=st.integers(2, 4), writes=st.integers(1, 6), written=st.booleans())
    def add_batch_and_die(self, count: int, writes: int, written: bool) -> None:
        self._die_at(writes, written)
        self.add_batch(count, 0)
        self.let_pass(0.1)

    @rule()
    def retry_failed(self) -> None:
        for batch in self.worker.batches.current():
            self.run(self._retry_failed(batch.id))

    @rule()
    def give_up_results(self) -> None:
        """What was charged can't be fetched any more, so that a retry would be paid for again."""
        for job in [job for job in self.worker.jobs() if job.state is JobState.FAILED][:1]:
            self.run(self.worker.dismiss(job.id))

    @invariant()
    def no_batch_costs_more_than_it_may(self) -> None:
        if not hasattr(self, "worker"):
            return
        for batch in self.loop.run_until_complete(self.worker.batches.all()):
            assert batch.max_cost is not None

            def used(connection: sqlite3.Connection, batch_id: str = batch.id) -> Decimal:
                reserved = sum((one.cost for one in commitments(connection) if one.batch == batch_id), Decimal(0))
                return reserved + paid_for_batch(connection, batch_id)

            amount = self.loop.run_until_complete(self.library.database.read(used))
            assert amount <= batch.max_cost, f"{amount} of {batch.max_cost}"
            prompts = {job.prompt for job in self.worker.jobs() if job.batch == batch.id}
            entries = [entry for entry in accepted(self.server) if entry["body"]["prompt"] in prompts]
            made = sum(entry["output"] is not None for entry in entries)
            assert (made - self.resent) * PRICE <= batch.max_cost

    async def _add(self, requests: list[BatchRequest], limit: Decimal) -> None:
        with suppress(BudgetExceededError):
            await self.worker.batches.add("Kettles", requests, ServiceKind.LIVE, max_cost=limit)

    async def _retry_failed(self, batch: str) -> None:
        with suppress(BudgetExceededError):
            await self.worker.batches.retry_failed(batch)


TestAnyBatchBudget = AnyBatchBudget.TestCase
TestAnyBatchBudget.settings = settings(
    max_examples=max(1, EXAMPLES // 2),
    stateful_step_count=14,
    deadline=None,
    derandomize="IMAGINEART_SCHEDULES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
