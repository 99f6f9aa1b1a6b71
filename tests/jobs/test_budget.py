"""Budgets: nothing is added that would exceed them, and what costs nothing releases what was reserved for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import BudgetExceededError, BudgetLimits, BudgetPeriod, Failure, Job, JobState, Worker
from imagineart_desktop.jobs.budget import BudgetDecision, BudgetUse, period_days
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import Library
from imagineart_desktop.library.store.ledger import Payment, record_payment
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.support.messages import Message
from tests.jobs.job_fixtures import SMALL
from tests.library.legacy_libraries import make_earlier

pytestmark = pytest.mark.asyncio
PRICE = Decimal("0.03")
FAILED = Message("job.url_unknown")


@asynccontextmanager
async def unsent(root: Path, limits: BudgetLimits) -> AsyncIterator[tuple[Worker, Library]]:
    """Open a library whose requests are never sent, as no service is connected."""
    library = Library(root / "library")
    await library.start()
    worker = Worker(library, limits=limits)
    await worker.start()
    try:
        yield worker, library
    finally:
        await worker.stop()
        library.close()


async def add(worker: Worker, count: int = 1, allowance: Decimal | None = None) -> list[Job]:
    return await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL, seeds=[*range(1, count + 1)], allowance=allowance)


async def walk(library: Library, job: Job, *states: JobState, charged: Charged | None = None) -> Job:
    """Move a job through the states, as if it had been sent."""
    store = JobStore(library)
    for state in states:
        ended = {"finished_at": datetime.now(UTC)} if state in (JobState.FAILED, JobState.FETCHING) else {}
        failure = Failure("x", FAILED, FAILED, charged) if charged and state is JobState.FAILED else None
        (job,) = await store.write([job.moved(state, failure=failure, **ended)])
    return job


async def used(worker: Worker) -> tuple[Decimal, Decimal]:
    use = (await worker.budget.uses())[0]
    return use.spent, use.reserved


SENT = (JobState.UPLOADING, JobState.SUBMITTING)
RUNNING = (*SENT, JobState.QUEUED, JobState.RUNNING)


async def test_a_decision_says_what_is_left_and_when_the_budget_renews() -> None:
    day = BudgetUse(BudgetPeriod.DAY, Decimal(10), Decimal("7.40"), Decimal("0.60"), date(2026, 12, 1))
    assert day.words == "$8.00 of $10.00 today"
    assert day.decide(Decimal("2.00")) is BudgetDecision.CAUTION
    assert day.decide(Decimal("2.01")) is BudgetDecision.REFUSED
    assert day.refusal(Decimal("2.01")) == (
        "Nothing was sent: this costs $2.01, and $2.00 of today’s $10.00 budget is left until midnight."
    )
    month = BudgetUse(BudgetPeriod.MONTH, Decimal(10), Decimal("7.99"), Decimal(0), date(2026, 12, 1))
    assert month.decide(Decimal(0)) is BudgetDecision.ALLOWED
    assert month.decide(Decimal("0.01")) is BudgetDecision.CAUTION
    full = BudgetUse(BudgetPeriod.MONTH, Decimal(10), Decimal(11), Decimal(0), date(2026, 12, 1))
    assert full.decide(Decimal(0), is_known=False) is BudgetDecision.REFUSED
    assert full.refusal(Decimal(1)) == ("Nothing was sent: this month’s $10.00 budget is used up until December 1.")
    assert full.caution == "$11.00 of this month’s $10.00 budget is used; $0.00 is left until December 1."


async def test_requests_beyond_the_budget_are_not_added(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=Decimal("0.10"))) as (worker, _):
        await add(worker, 3)
        assert await used(worker) == (Decimal(0), Decimal("0.09"))
        with pytest.raises(BudgetExceededError, match=r"costs \$0\.03, and \$0\.01 of today’s \$0\.10 budget is left"):
            await add(worker)
        assert len(worker.jobs()) == 3
        worker.budget.limits = BudgetLimits(day=Decimal("0.12"), month=Decimal("0.10"))
        with pytest.raises(BudgetExceededError, match="this month’s") as refused:
            await add(worker)
        assert refused.value.period is BudgetPeriod.MONTH
        # What the user allowed is an amount: it covers no more than that.
        with pytest.raises(BudgetExceededError):
            await add(worker, 2, allowance=PRICE)
        await add(worker, allowance=PRICE)
    async with unsent(tmp_path, BudgetLimits(day=Decimal("0.12"))) as (worker, _):
        assert len(worker.jobs()) == 4
        with pytest.raises(BudgetExceededError, match="used up until midnight"):
            await add(worker)


async def test_demo_requests_are_never_limited(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=Decimal(0))) as (worker, _):
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        with pytest.raises(BudgetExceededError):
            await add(worker)
        assert await used(worker) == (Decimal(0), Decimal(0))


async def test_clicks_at_once_reserve_no_more_than_the_limit(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=Decimal("0.10"), month=Decimal("0.20"))) as (worker, _):
        found = await asyncio.gather(*(add(worker) for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(one, list) for one in found) == 3
        assert sum(isinstance(one, BudgetExceededError) for one in found) == 7
        assert await used(worker) == (Decimal(0), Decimal("0.09"))


@pytest.mark.parametrize(
    ("states", "charged", "spent", "held"),
    [
        ((*SENT, JobState.FAILED), Charged.NO, "0", "0"),
        ((*RUNNING, JobState.FAILED), Charged.MAYBE, "0.03", "0"),
        ((*RUNNING, JobState.FAILED), Charged.YES, "0.03", "0"),
        ((JobState.CANCELLED,), None, "0", "0"),
        ((*RUNNING, JobState.CANCELLING), None, "0", "0.03"),
        ((*RUNNING, JobState.CANCELLING, JobState.CANCELLED), None, "0", "0"),
        ((*SENT, JobState.UNCONFIRMED), None, "0", "0.03"),
        ((*SENT, JobState.UNCONFIRMED, JobState.WAITING), None, "0", "0.03"),
        (RUNNING, None, "0", "0.03"),
        ((*RUNNING, JobState.FETCHING), None, "0.03", "0"),
    ],
)
async def test_a_job_counts_until_it_is_sure_that_it_cost_nothing(
    tmp_path: Path, states: tuple[JobState, ...], charged: Charged | None, spent: str, held: str
) -> None:
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        (job,) = await add(worker)
        await walk(library, job, *states, charged=charged)
        assert await used(worker) == (Decimal(spent), Decimal(held))
    # The same after a restart, and it's decided by that.
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        assert sum(await used(worker)) == Decimal(spent) + Decimal(held)
        if spent == held == "0":
            await add(worker)
        else:
            with pytest.raises(BudgetExceededError):
                await add(worker)


async def test_a_dismissed_request_without_an_answer_may_have_been_charged(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        (job,) = await add(worker)
        await walk(library, job, *SENT, JobState.UNCONFIRMED)
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        await worker.dismiss(job.id)
        assert not worker.jobs()
        assert await used(worker) == (PRICE, Decimal(0))


async def test_a_retry_is_a_new_request_and_a_fetch_is_none(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=2 * PRICE)) as (worker, library):
        free, lost = await add(worker, 2)
        await walk(library, free, *SENT, JobState.FAILED, charged=Charged.NO)
        lost = await walk(library, lost, *RUNNING, JobState.FETCHING)
        await JobStore(library).write(
            [lost.moved(JobState.FAILED, result="{}", failure=Failure("x", FAILED, FAILED, Charged.YES))]
        )
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        with pytest.raises(BudgetExceededError):
            await worker.retry(free.id)
        # Nothing changed: the refused job can be retried.
        assert {job.id for job in worker.jobs()} == {free.id, lost.id}
        await worker.retry(free.id, allowance=PRICE)
        assert await used(worker) == (PRICE, PRICE)


async def test_an_image_replaces_the_reservation_of_its_request(tmp_path: Path) -> None:
    async with unsent(tmp_path, BudgetLimits(day=Decimal("0.12"))) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL)
        job = await walk(library, job, *RUNNING, JobState.FETCHING)
        paid = Payment(job.id, 0, "x", round(time.time() * 1000), "0.03")
        await library.database.write(lambda connection: record_payment(connection, paid))
        assert await used(worker) == (PRICE, Decimal(0))
        await walk(library, job, JobState.DONE)
        assert await used(worker) == (PRICE, Decimal(0))


@pytest.mark.parametrize("version", [4, 6, 9, 12])
async def test_requests_of_an_earlier_version_count(tmp_path: Path, version: int) -> None:
    async with unsent(tmp_path, BudgetLimits()) as (worker, library):
        waiting, failed, running = await add(worker, 3)
        await walk(library, failed, *RUNNING, JobState.FAILED, charged=Charged.YES)
        await walk(library, running, *RUNNING)
    make_earlier(tmp_path / "library" / "library.sqlite", version)
    async with unsent(tmp_path, BudgetLimits(month=4 * PRICE)) as (worker, _):
        assert await used(worker) == (PRICE, 2 * PRICE)
        await add(worker)
        assert waiting.id in {job.id for job in worker.jobs()}
        with pytest.raises(BudgetExceededError):
            await add(worker)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no process-wide time zone to change")
@pytest.mark.parametrize(
    ("zone", "now", "day", "month"),
    [
        ("America/Los_Angeles", "2026-12-01T07:59", date(2026, 11, 30), date(2026, 11, 1)),
        ("America/Los_Angeles", "2026-12-01T08:00", date(2026, 12, 1), date(2026, 12, 1)),
        ("Pacific/Kiritimati", "2026-12-31T10:00", date(2027, 1, 1), date(2027, 1, 1)),
        ("Europe/Berlin", "2026-03-28T23:30", date(2026, 3, 29), date(2026, 3, 1)),
        ("Asia/Kathmandu", "2028-02-29T18:14", date(2028, 2, 29), date(2028, 2, 1)),
    ],
    indirect=["zone"],
)
@pytest.mark.usefixtures("zone")
async def test_a_period_is_a_local_calendar_day_or_month(now: str, day: date, month: date) -> None:
    moment = datetime.fromisoformat(f"{now}+00:00")
    assert period_days(BudgetPeriod.DAY, moment) == (day, day + timedelta(days=1))
    first, end = period_days(BudgetPeriod.MONTH, moment)
    assert first == month
    assert end.day == 1
    assert (end - timedelta(days=1)).month == first.month


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no process-wide time zone to change")
@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("America/Los_Angeles", "2026-12-01T07:59:59.999", "2026-12-01T08:00"),
        # The clocks change during these days.
        ("Europe/Berlin", "2026-03-29T21:59:59.999", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-25T22:59:59.999", "2026-10-25T23:00"),
    ],
    indirect=["zone"],
)
@pytest.mark.usefixtures("zone")
async def test_a_payment_counts_until_local_midnight(tmp_path: Path, last: str, first: str) -> None:
    before, after = (datetime.fromisoformat(f"{moment}+00:00") for moment in (last, first))
    async with unsent(tmp_path, BudgetLimits(day=PRICE)) as (worker, library):
        paid = Payment("a", 0, "x", round(before.timestamp() * 1000), "0.03")
        await library.database.write(lambda connection: record_payment(connection, paid))
        worker.budget.clock = lambda: before
        with pytest.raises(BudgetExceededError):
            await add(worker)
        worker.budget.clock = lambda: after
        await add(worker)
        # A request that hasn't ended counts until it has, whatever the day.
        worker.budget.clock = lambda: after + timedelta(days=40)
        assert await used(worker) == (Decimal(0), PRICE)
