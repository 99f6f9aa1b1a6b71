"""Adds the batch that the user composed, and what a budget has left for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from imagineart_desktop.batches.plan import BatchPlan
from imagineart_desktop.batches.row import RequestRow, RowTotals, fitting
from imagineart_desktop.batches.sending import batch_requests
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Batch, ServiceConnection, Worker
from imagineart_desktop.jobs.budget_limits import BudgetPeriod
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import MAX_SEED, UNKNOWN_PRICE, Price, format_dollars
from imagineart_desktop.support import Progress, UserError
from imagineart_desktop.support.wording import ellipsize, pluralize
from imagineart_desktop.workspace.batch_draft import BatchDraft
from imagineart_desktop.workspace.quote import LIVE_NOW, not_sent
from imagineart_desktop.workspace.seed import draw_seed

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
    """Return the seeds of a row's images: from its own on, or random ones. Below 0 is what models take for random."""
    if seed is None or seed < 0:
        return [draw_seed() for _ in range(count)]
    return [(seed + offset) % (MAX_SEED + 1) for offset in range(count)]


def batch_name(name: str, rows: Sequence[RequestRow]) -> str:
    """Return what a batch is called: its own name, or the first prompt; without prompts, the first model."""
    prompt = next((row.prompt.text for row in rows if row.prompt.text.strip()), "")
    label = next((row.model.label for row in rows if row.model is not None), "Batch")
    return name.strip() or ellipsize(prompt, _NAME_LENGTH) or label


def written_prompts(plan: BatchPlan, rows: Sequence[RequestRow]) -> Counter[str]:
    """Return each prompt as the user wrote it, with its alternatives → how many of these rows were made of it."""
    made = [row.prompt.text for row in rows if row.is_sent and row.prompt.text.strip()]
    return Counter(made) if plan.rows else Counter([plan.prompt] * len(made))


@dataclass(frozen=True, slots=True)
class Terms:
    """What the user agreed to.

    told_free: whether they were told that nothing is charged; agreed_unknown: whether they agreed to unknown prices.
    allowance: see `Worker`.
    """

    told_free: bool = False
    agreed_unknown: bool = False
    allowance: Decimal | None = None


class PriceQuestionError(UserError):
    """Nothing was sent, as the user hasn't agreed to what it costs. can_agree: whether they can to these rows."""

    def __init__(self, sentence: str, *, can_agree: bool = False) -> None:
        super().__init__(sentence)
        self.can_agree = can_agree


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
        self,
        draft: BatchDraft,
        rows: Sequence[RequestRow],
        progress: Progress,
        terms: Terms,
    ) -> Batch:
        """Add a batch of these rows; nothing is added if that fails.

        Raises PriceQuestionError, InvalidRequestError, PictureError, LibraryError, BudgetExceededError,
        WorkCanceledError.
        """
        plan = draft.plan
        with self._library.operations.during(_describe, progress.cancel):
            await self._account.settled.wait()
            # The service that the prices are for: a key may come while the images are read.
            kind = self._account.kind
            if kind is ServiceKind.LIVE:
                self._check_price(draft, rows, terms)
            requests = await batch_requests(rows, self._library, plan.picture_ids, seeds_of, progress.reach)
            batch = await self._worker.batches.add(
                batch_name(plan.name, rows),
                requests,
                kind,
                low_priority=plan.low_priority,
                max_cost=plan.max_cost,
                allowance=terms.allowance,
            )
            # The batch is added, whatever becomes of the history.
            with suppress(LibraryError):
                await self._library.prompts.remember_all(written_prompts(plan, rows))
            return batch

    def _check_price(self, draft: BatchDraft, rows: Sequence[RequestRow], terms: Terms) -> None:
        """Raise PriceQuestionError if the rows cost something else than the user was shown."""
        totals = RowTotals.of(rows)
        price = UNKNOWN_PRICE if totals.unknown else Price(totals.amount, format_dollars(totals.amount))
        if terms.told_free:
            raise PriceQuestionError(not_sent(LIVE_NOW, price))
        now = {model.endpoint: model.price_rule for model in self._library.models}
        if any(row.model is not None and now.get(row.model.endpoint) != row.model.price_rule for row in rows):
            draft.reload()
            raise PriceQuestionError("Nothing was sent: prices have changed. Check the new ones and run it again.")
        if totals.unknown and not terms.agreed_unknown:
            unknown = pluralize(totals.unknown, "request")
            raise PriceQuestionError(f"Nothing was sent: the price of {unknown} is unknown.", can_agree=True)


def _describe() -> str:
    return "Preparing the batch…"
