"""Budgets: what is spent and reserved per day and month, and whether more may be sent to the paid service."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.budget_limits import BudgetLimits, BudgetPeriod
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.library import Library, commitments, find_batch, paid_between, paid_for_batch, to_ms
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import UserError

_CAUTION_SHARE = Decimal("0.8")

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""In English, whatever the process's locale is."""


class BudgetDecision(Enum):
    """Whether requests may be sent. CAUTION: they may, but then most of the budget is used."""

    ALLOWED = auto()
    CAUTION = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """How much of a period's budget is used, in US dollars.

    reserved: what requests that haven't ended may still cost. renews_on: the first day of the next period.
    """

    period: BudgetPeriod
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    renews_on: date

    @property
    def used(self) -> Decimal:
        """What is spent and reserved."""
        return self.spent + self.reserved

    @property
    def left(self) -> Decimal:
        """What may still be sent."""
        return max(Decimal(0), self.limit - self.used)

    @property
    def needs_caution(self) -> bool:
        """Whether so much is used that whatever is sent next is warned about."""
        return self.decide(Decimal(0)) is BudgetDecision.CAUTION

    def decide(self, amount: Decimal, *, is_known: bool = True) -> BudgetDecision:
        """Decide about requests for an estimated amount; 0 for what has been added already.

        is_known: whether all their prices are known. Others can't be counted; they are refused once nothing is left.
        """
        if (amount and amount > self.left) or (not is_known and not self.left):
            return BudgetDecision.REFUSED
        after = self.used + amount
        return BudgetDecision.CAUTION if after and after >= self.limit * _CAUTION_SHARE else BudgetDecision.ALLOWED

    @property
    def words(self) -> str:
        """Return “$3.20 of $10.00 today”."""
        when = "today" if self.period is BudgetPeriod.DAY else "this month"
        return f"{format_dollars(self.used)} of {format_dollars(self.limit)} {when}"

    @property
    def details(self) -> str:
        """Return “$6.80 left until midnight · $0.64 reserved for unfinished requests”."""
        left = f"{format_dollars(self.left)} left until {self.renewal}"
        held = f" · {format_dollars(self.reserved)} reserved for unfinished requests"
        return f"{left}{held if self.reserved else ''}"

    @property
    def renewal(self) -> str:
        """Return when the budget renews: “midnight”, “December 1”."""
        if self.period is BudgetPeriod.DAY:
            return "midnight"
        return f"{_MONTHS[self.renews_on.month - 1]} {self.renews_on.day}"

    @property
    def caution(self) -> str:
        """Return a sentence about how much is used and left."""
        used = f"{format_dollars(self.used)} of {self._name} is used"
        return f"{used}; {format_dollars(self.left)} is left until {self.renewal}."

    def refusal(self, amount: Decimal) -> str:
        """Return why requests for an amount aren't sent."""
        if not self.left:
            return f"Nothing was sent: {self._name} is used up until {self.renewal}."
        left = f"{format_dollars(self.left)} of {self._name} is left until {self.renewal}"
        return f"Nothing was sent: this costs {format_dollars(amount)}, and {left}."

    @property
    def _name(self) -> str:
        which = "today’s" if self.period is BudgetPeriod.DAY else "this month’s"
        return f"{which} {format_dollars(self.limit)} budget"


class BudgetExceededError(UserError):
    """Requests weren't sent because they would exceed a budget. amount: their estimated cost.

    period: of the budget; None for what a batch may cost, which nothing exceeds.
    """

    def __init__(self, words: str, amount: Decimal, period: BudgetPeriod | None) -> None:
        super().__init__(words)
        self.period = period
        self.amount = amount


class Budget:
    """The budgets of a library's requests to the paid service. clock: returns the current time."""

    def __init__(
        self, library: Library, limits: BudgetLimits, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.limits = limits
        self._database = library.database
        self.clock = clock

    async def uses(self) -> list[BudgetUse]:
        """Return how much of each budget is used. Raises LibraryError."""
        return await self._database.read(self._uses) if self.limits.items() else []

    async def check(self, amount: Decimal, *, is_known: bool = True) -> None:
        """Raise BudgetExceededError if requests for this amount would be refused now. Raises LibraryError."""
        _check(await self.uses(), amount, is_known)

    async def caution(self) -> str:
        """Return a sentence if most of a budget is used; empty otherwise. Raises LibraryError."""
        uses = [use for use in await self.uses() if use.decide(Decimal(0)) is BudgetDecision.CAUTION]
        return min(uses, key=lambda use: use.left).caution if uses else ""

    def check_new(self, connection: sqlite3.Connection, jobs: Sequence[Job], allowance: Decimal | None) -> None:
        """Raise BudgetExceededError if these new jobs exceed a budget, in the transaction that adds them.

        allowance: the amount that the user allowed them to cost in spite of the budget of a day or month.
        """
        paid = [job for job in jobs if job.service is ServiceKind.LIVE]
        for batch in {job.batch for job in paid if job.batch is not None}:
            _check_batch(connection, batch, [job for job in paid if job.batch == batch])
        amount = sum((job.estimate for job in paid), Decimal(0))
        if not paid or not self.limits.items() or (allowance is not None and amount <= allowance):
            return
        is_known = all(job.has_known_price for job in paid)
        _check(self._uses(connection), amount, is_known)

    def _uses(self, connection: sqlite3.Connection) -> list[BudgetUse]:
        now, uncertain = self.clock(), commitments(connection)
        reserved = sum((one.cost for one in uncertain if one.ended_ms is None), Decimal(0))
        uses = []
        for period, limit in self.limits.items():
            first, end = period_days(period, now)
            first_ms, end_ms = to_ms(_start_of(first)), to_ms(_start_of(end))
            ended = (one.cost for one in uncertain if one.ended_ms is not None and first_ms <= one.ended_ms < end_ms)
            spent = paid_between(connection, first_ms, end_ms) + sum(ended, Decimal(0))
            uses.append(BudgetUse(period, limit, spent, reserved, end))
        return uses


def period_days(period: BudgetPeriod, now: datetime) -> tuple[date, date]:
    """Return (first day of the current period, first day of the next), in local time."""
    today = now.astimezone().date()
    if period is BudgetPeriod.DAY:
        return today, today + timedelta(days=1)
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _start_of(day: date) -> datetime:
    """Return when a local day begins, with the offset from UTC that is valid then."""
    return datetime.combine(day, time()).astimezone()


def _check(uses: Sequence[BudgetUse], amount: Decimal, is_known: bool) -> None:
    refused = [use for use in uses if use.decide(amount, is_known=is_known) is BudgetDecision.REFUSED]
    if refused:
        # If both have the same amount left, raising the daily one alone wouldn't help.
        use = min(reversed(refused), key=lambda use: use.left)
        raise BudgetExceededError(use.refusal(amount), amount, use.period)


def _check_batch(connection: sqlite3.Connection, batch: str, jobs: Sequence[Job]) -> None:
    """Raise BudgetExceededError if these new jobs exceed what their batch may cost."""
    row = find_batch(connection, batch)
    if row is None or row.max_cost is None:
        return
    reserved = sum((one.cost for one in commitments(connection) if one.batch == batch), Decimal(0))
    left = max(Decimal(0), Decimal(row.max_cost) - paid_for_batch(connection, batch) - reserved)
    amount = sum((job.estimate for job in jobs), Decimal(0))
    if amount > left or (not left and not all(job.has_known_price for job in jobs)):
        limit = f"{format_dollars(left)} of the {format_dollars(Decimal(row.max_cost))} for “{row.name}” is left"
        words = f"Nothing was sent: this costs {format_dollars(amount)}, and {limit}."
        raise BudgetExceededError(words, amount, None)
