"""Each fault alone: paid results arrive, nothing is sent twice, and uncertainty is reported."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.fal import Charged, RetryRules, ServiceKind
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.jobs import LOOKUP_FAILED, NOT_LISTED, InputImage, JobEvent, JobState, driver
from imagineart_desktop.library import Query
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests.jobs.job_fixtures import FAULTS, HASTY, SMALL, accepted, at_work, books, held_absence, outcome, until

pytestmark = pytest.mark.asyncio

ALONE = [words for words in FAULTS if not words.startswith(("cancel", "list", "status"))]
NO_ANSWER = (
    "refuse",
    "cut_before",
    "cut_inside",
    "malformed",
    "truncated",
    "wrong_type",
    "away",
    "status:code=500",
    "status:code=502",
)
QUICK = RetryRules(first_wait=0.01, max_wait=0.05)


def expected(words: str) -> JobState:
    call, _, trouble = words.partition(":")
    if call == "submit" and trouble.startswith(NO_ANSWER):
        return JobState.UNCONFIRMED
    return JobState.FAILED if words == "work:fail" else JobState.DONE


@pytest.mark.parametrize("words", ALONE)
async def test_one_fault(tmp_path: Path, demo: DemoServer, words: str) -> None:
    call = words.partition(":")[0]
    head, found, address = words.partition(":to=")
    demo.order(Fault.parse(f"{head}:nth=1{found}{address}"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        if call in ("upload", "token"):
            mask = new_mask((64, 48))
            mask[10:20, 10:30] = 255
            pixels = mask[:, :, None].repeat(3, axis=2)
            sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
            (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, sent)
        else:
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is expected(words), event.job.failure
        assert demo.counts["faults"] == 1
        assert demo.counts.get("submissions", 0) <= 1
        if event.job.state is JobState.DONE:
            assert len(await library.search(Query())) == 1


@pytest.mark.parametrize("words", [words for words in FAULTS if words.startswith("status:")])
async def test_a_fault_while_asking(tmp_path: Path, demo: DemoServer, words: str) -> None:
    """Without a stream, every state is polled."""
    demo.order(Fault.parse("stream:refuse"), Fault.parse(f"{words}:times=2"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE, event.job.failure
        assert len(await library.search(Query())) == 1
    assert books(demo)["submissions"] == 1


async def test_retry_after_is_waited_for(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:status:code=429:retry_after=0.3:times=2"))
    async with at_work(tmp_path, demo) as (worker, _):
        began = asyncio.get_running_loop().time()
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert asyncio.get_running_loop().time() - began >= 0.6
    assert books(demo)["submissions"] == 1


async def test_a_clock_that_jumps_changes_nothing(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = cycle((timedelta(days=1), timedelta(days=-1), timedelta(0)))

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + next(jumps)

    monkeypatch.setattr(driver, "datetime", Jumping)
    monkeypatch.setattr("time.time", lambda: 0.0)
    async with at_work(tmp_path, demo) as (worker, library):
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(1, 2, 3))
        for event in await asyncio.gather(*(outcome(worker, job) for job in jobs)):
            assert event.job.state is JobState.DONE
            assert event.job.elapsed_seconds() >= 0
        assert len(await library.search(Query())) == 3
    assert books(demo)["submissions"] == 3


async def test_a_token_that_ended_while_the_machine_slept_is_renewed(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("upload:status:code=401:nth=2"))
    pixels = new_mask((64, 48))[:, :, None].repeat(3, axis=2)
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, sent)
        assert (await outcome(worker, job)).job.state is JobState.DONE
    assert books(demo)["requests:token"] == 2


async def test_a_stream_that_died_in_the_night_is_no_reason_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.fal.transport._STREAM_SECONDS", 1.0)
    with DemoServer(tmp_path / "demo", pace=Timing(queue=0.1, work=0.3)) as server:
        server.order(Fault.parse("stream:stall:seconds=60"))
        async with at_work(tmp_path, server) as (worker, _):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            assert (await outcome(worker, job)).job.state is JobState.DONE


async def test_offline_in_the_middle_ends_by_itself(tmp_path: Path, demo: DemoServer) -> None:
    told: list[bool] = []
    demo.order(Fault.parse("stream:away:times=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        with held_absence() as may_come:
            worker.on_offline(told.append)
            worker.on_offline(lambda _offline: may_come.set())
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            assert (await outcome(worker, job)).job.state is JobState.DONE
    assert told == [True, False]
    assert demo.counts["submissions"] == 1


async def test_a_request_without_an_answer_is_found_in_the_list(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_before:times=2"))
    async with at_work(tmp_path, demo) as (worker, library):
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(1, 2))
        for job in jobs:
            assert (await outcome(worker, job)).job.state is JobState.UNCONFIRMED
        await asyncio.gather(*(worker.look_for(job.id) for job in jobs for _ in range(2)))
        ended = [(await outcome(worker, job)).job for job in jobs]
        assert [job.state for job in ended] == [JobState.DONE, JobState.DONE]
        found = [await library.details(number) for number in await library.search(Query())]
        assert {details.recipe.request_id for details in found if details} == {e["request_id"] for e in accepted(demo)}
        assert {details.recipe.seed for details in found if details} == {1, 2}
    assert books(demo)["submissions"] == 2


async def test_a_request_with_pictures_is_found_by_what_was_uploaded(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:cut_inside:nth=1"))
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    pixels = mask[:, :, None].repeat(3, axis=2)
    sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, sent)
        assert (await outcome(worker, job)).job.state is JobState.UNCONFIRMED
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.look_for(job.id)
        assert (await outcome(worker, job)).job.state is JobState.DONE
    assert books(demo)["submissions"] == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("submit:refuse", NOT_LISTED), ("list:status:code=403", LOOKUP_FAILED), ("list:malformed", LOOKUP_FAILED)],
)
async def test_a_search_in_vain_says_so_and_changes_nothing(
    tmp_path: Path, demo: DemoServer, fault: str, kind: str
) -> None:
    demo.order(Fault.parse("submit:refuse"), Fault.parse(fault))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        await worker.look_for(job.id)
        (shown,) = worker.jobs()
        assert shown.state is JobState.UNCONFIRMED
        assert shown.failure is not None
        assert (shown.failure.error_type, shown.failure.charged) == (kind, Charged.MAYBE)


async def test_of_two_clicks_the_second_does_nothing(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:refuse:nth=1"), Fault.parse("work:fail:nth=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        await asyncio.gather(worker.send_again(job.id), worker.send_again(job.id))
        assert (await until(worker, lambda event: event.job.state is JobState.FAILED)).job.id == job.id
        done = asyncio.ensure_future(until(worker, lambda event: event.job.state is JobState.DONE))
        await asyncio.gather(worker.retry(job.id), worker.retry(job.id), worker.dismiss(job.id))
        await done
        assert worker.jobs() == []
    assert books(demo)["submissions"] == 2


@pytest.mark.parametrize(
    ("fault", "submissions"), [("submit:late:seconds=0.3", 1), ("submit:status:code=429:retry_after=1", 0)]
)
async def test_a_cancel_requested_while_it_is_sent(
    tmp_path: Path, demo: DemoServer, fault: str, submissions: int
) -> None:
    """If the request is sent after all, it's canceled; if it's refused for now, it isn't sent again."""
    demo.order(Fault.parse(fault), Fault.parse("work:delay:seconds=20"))
    async with at_work(tmp_path, demo) as (worker, library):
        cancels: list[asyncio.Future[None]] = []

        def cancel_before_the_answer(event: JobEvent) -> None:
            if event.job.state is JobState.SUBMITTING:
                cancels.append(asyncio.ensure_future(worker.cancel(event.job.id)))

        worker.subscribe(cancel_before_the_answer)
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.CANCELLED
        await asyncio.gather(*cancels)
        assert await library.search(Query()) == []
    assert books(demo).get("submissions", 0) == submissions


@pytest.mark.parametrize("words", [words for words in FAULTS if words.startswith("cancel")])
async def test_a_cancel_whose_answer_is_spoilt(tmp_path: Path, words: str) -> None:
    with DemoServer(tmp_path / "demo", pace=Timing(queue=0.05, work=5)) as server:
        server.order(Fault.parse(f"{words}:nth=1"))
        async with at_work(tmp_path, server) as (worker, library):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
            await worker.cancel(job.id)
            assert (await outcome(worker, job)).job.state is JobState.CANCELLED
            assert await library.search(Query()) == []


async def test_what_was_billed_is_kept_beside_the_estimate(tmp_path: Path) -> None:
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        async with at_work(tmp_path, server) as (worker, library):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            event = await outcome(worker, job)
            details = await library.details(event.pictures[0])
    assert details is not None
    assert (str(details.recipe.cost), details.recipe.billed_units) == ("0.03", "1")


async def test_a_full_disk_is_waited_out(tmp_path: Path, demo: DemoServer) -> None:
    """The response to a submit is kept until there is space to save it."""
    async with at_work(tmp_path, demo, rules=HASTY) as (worker, library):
        limited = 4

        def shrink(pages: int) -> None:
            library.database._write_connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

        full = asyncio.Event()

        def on(event: object) -> None:
            job = event.job  # type: ignore[attr-defined]
            if job.state is JobState.SUBMITTING and not full.is_set() and job.failure is None:
                full.set()
                library.database._writer.submit(shrink, limited)
            elif job.failure is not None and job.failure.error_type == "library":
                library.database._writer.submit(shrink, 10**6)

        worker.subscribe(on)
        big = SMALL | {"prompt": "a red barn " * 900}
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, big)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert full.is_set()
    assert books(demo)["submissions"] == 1
