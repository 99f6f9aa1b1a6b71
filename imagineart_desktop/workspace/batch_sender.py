"""Adds the batch that the user composed, and what a budget has left for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from imagineart_desktop.batches.row import RequestRow, fitting
from imagineart_desktop.batches.sending import batch_requests
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Batch, ServiceConnection, Worker
from imagineart_desktop.jobs.budget_limits import BudgetPeriod
from imagineart_desktop.library import Library
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import Progress
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.batch_draft import BatchDraft
from imagineart_desktop.workspace.seed import SeedChoice

_NAME_LENGTH = 48


@dataclass(frozen=True, slots=True)
class BudgetGap:
    """What a batch costs beyond a budget. fit: how many of its rows, from the first on, are within it."""

    period: BudgetPeriod
    excess: Decimal
    fit: int

    @property
    def words(self) -> str:
        """Return “$2.96 more than today’s budget. 66 fit.”."""
        which = "today’s" if self.period is BudgetPeriod.DAY else "this month’s"
        return f"{format_dollars(self.excess)} more than {which} budget. {self.fit:,} fit."


def seeds_of(seed: int | None, count: int) -> list[int]:
    """Return the seeds of a row's images: from its own on, or random ones."""
    return SeedChoice.of(seed).take(count)[0]


def batch_name(name: str, rows: Sequence[RequestRow]) -> str:
    """Return what a batch is called: its own name, or the first prompt."""
    prompt = next((row.prompt.text for row in rows if row.prompt.text.strip()), "")
    return name.strip() or ellipsize(prompt, _NAME_LENGTH) or "Batch"


class BatchSender:
    """Adds batches for the service that is connected."""

    def __init__(self, library: Library, worker: Worker, account: ServiceConnection) -> None:
        self._library = library
        self._worker = worker
        self._account = account

    @property
    def is_free(self) -> bool:
        """Whether nothing is charged: in the demo."""
        return self._account.settled.is_set() and self._account.kind is not ServiceKind.LIVE

    async def budget_gap(self, rows: Sequence[RequestRow]) -> BudgetGap | None:
        """Return how far the rows exceed the tightest budget; None if they don't. Raises LibraryError."""
        if self.is_free:
            return None
        amount = sum((row.price.amount for row in rows if row.is_sent), Decimal(0))
        uses = [use for use in await self._worker.budget.uses() if amount > use.left]
        if not uses:
            return None
        tightest = min(uses, key=lambda use: use.left)
        return BudgetGap(tightest.period, amount - tightest.left, fitting(rows, tightest.left))

    async def send(
        self, draft: BatchDraft, rows: Sequence[RequestRow], progress: Progress, allowance: Decimal | None = None
    ) -> Batch:
        """Add a batch of these rows; nothing is added if that fails. allowance: see `Worker`.

        Raises InvalidRequestError, PictureError, LibraryError, BudgetExceededError, WorkCanceledError.
        """
        # The service that the price was shown for: a key may come while the images are read.
        kind, plan = self._account.kind, draft.plan
        requests = await batch_requests(rows, self._library, seeds_of, progress.reach)
        return await self._worker.batches.add(
            batch_name(plan.name, rows),
            requests,
            kind,
            low_priority=plan.low_priority,
            max_cost=plan.max_cost,
            allowance=allowance,
        )
