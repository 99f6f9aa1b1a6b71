"""A request without a response is looked up by the service's clock, and a failed lookup sends nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer, Fault, listing
from imagineart_desktop.fal import KnownRequest, ServiceKind
from imagineart_desktop.jobs import LOOKUP_FAILED, Job, JobState, LookupResult
from imagineart_desktop.jobs.request_lookup import AmbiguousRequestError, find_request, search_ranges
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, at_work, books, outcome, until

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("trouble", ["status:code=503", "status:code=403", "malformed", "cut_before", "wrong_type"])
async def test_a_look_that_fails_sends_nothing_without_a_second_yes(
    tmp_path: Path, demo: DemoServer, trouble: str
) -> None:
    demo.order(Fault.parse("submit:cut_before:nth=1"), Fault.parse(f"list:{trouble}"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.UNCONFIRMED
        for _ in range(3):
            await worker.send_again(job.id)
            (shown,) = worker.jobs()
            assert shown.state is JobState.UNCONFIRMED
            assert shown.failure is not None
            assert shown.failure.error_type == LOOKUP_FAILED
        assert books(demo)["submissions"] == 1
        await worker.send_again(job.id, unseen=True)
        assert (await outcome(worker, job)).job.state is JobState.DONE
    assert books(demo)["submissions"] == 2


async def test_without_a_connection_nothing_is_sent_later(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        await worker.disconnect(ServiceKind.DEMO)
        await worker.send_again(job.id)
        (shown,) = worker.jobs()
        assert shown.state is JobState.UNCONFIRMED
        assert await worker.look_for(job.id) is LookupResult.FAILED


@pytest.mark.parametrize(
    "off",
    [timedelta(days=-365 * 30), timedelta(days=-40), timedelta(hours=-2), timedelta(hours=2), timedelta(days=3)],
    ids=str,
)
async def test_a_clock_that_was_set_since_hides_no_request(tmp_path: Path, demo: DemoServer, off: timedelta) -> None:
    """The job's submission time was recorded while this computer's clock was off."""
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        milliseconds = round(off.total_seconds() * 1000)
        await library.database.write(
            lambda connection: (
                connection.execute("UPDATE jobs SET submitted_ms = submitted_ms + ?", (milliseconds,)).rowcount
            )
        )
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.send_again(job.id)
        assert (await outcome(worker, job)).job.state is JobState.DONE
    assert books(demo)["submissions"] == 1


async def test_a_date_from_before_the_machine_slept_is_not_relied_on(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        client = worker._drivers[ServiceKind.DEMO]._client
        client._transport.date = datetime.now(UTC) - timedelta(hours=3)
        done = asyncio.ensure_future(until(worker, lambda event: event.job.state is JobState.DONE))
        await worker.send_again(job.id)
        await done
    assert books(demo)["submissions"] == 1


async def test_a_request_that_the_key_cannot_read_is_not_sent_again_without_a_second_yes(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = listing._item
    monkeypatch.setattr(listing, "_item", lambda entry, *, payloads: item(entry, payloads=False))
    demo.order(Fault.parse("submit:cut_before:nth=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        await worker.send_again(job.id)
        (shown,) = worker.jobs()
        assert shown.state is JobState.UNCONFIRMED
        assert shown.failure is not None
        assert (shown.failure.error_type, str(shown.failure.message)) == (
            LOOKUP_FAILED,
            "The service lists 1 request this key can’t read.",
        )
        assert books(demo)["submissions"] == 1
        done = asyncio.ensure_future(until(worker, lambda event: event.job.state is JobState.DONE))
        await worker.send_again(job.id, unseen=True)
        await done
    assert books(demo)["submissions"] == 2


async def test_only_unreadable_requests_of_that_time_and_of_nobody_else_leave_it_open() -> None:
    now = datetime.now(UTC)
    request = IMAGINEART_20.parse(SMALL)
    cost = IMAGINEART_20.price(request).amount
    job = Job("1", IMAGINEART_20, request, ServiceKind.DEMO, JobState.UNCONFIRMED, now, cost, submitted_at=now)
    unread, read = KnownRequest(request_id="a", sent_at=now), KnownRequest(request_id="b", sent_at=now, json_input={})
    likely, rest = search_ranges(job, now)
    with pytest.raises(AmbiguousRequestError):
        find_request(job, [unread, read], {"b"}, likely)
    assert find_request(job, [unread, read], {"a"}, likely) is None
    assert find_request(job, [unread], (), rest) is None
    found = KnownRequest(request_id="c", sent_at=now, json_input=job.request.to_wire({}))
    assert find_request(job, [unread, found], (), likely) is found
    for doubtful in (search_ranges(job, now + timedelta(hours=2)), search_ranges(job, None)):
        with pytest.raises(AmbiguousRequestError):
            find_request(job, [unread], (), doubtful[1])


async def test_a_look_from_before_another_click_sent_sends_nothing(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second click looks while the first one sends; the response to that is lost before the lookup ends."""
    demo.order(Fault.parse("submit:refuse:nth=1"), Fault.parse("submit:cut_before:nth=2"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        before = (await outcome(worker, job)).job
        looks = 0

        async def look(_job: Job) -> LookupResult:
            nonlocal looks
            looks += 1
            if looks == 2:
                await until(
                    worker, lambda event: event.job.state is JobState.UNCONFIRMED and event.job.step > before.step
                )
            return LookupResult.NOT_LISTED

        monkeypatch.setattr(worker._drivers[ServiceKind.DEMO].lookup, "look_for", look)
        await asyncio.gather(worker.send_again(job.id), worker.send_again(job.id))
        assert looks == 2
        (shown,) = worker.jobs()
        assert shown.state is JobState.UNCONFIRMED
    assert books(demo)["submissions"] == 1
