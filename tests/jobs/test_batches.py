"""Batches: many jobs added, paused, canceled, repeated and counted as one thing."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault
from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.imaging import encode_png, new_mask
from imagineart_desktop.jobs import (
    Batch,
    BatchRequest,
    BatchState,
    BudgetExceededError,
    Failure,
    InputImage,
    Job,
    JobEvent,
    JobState,
    Worker,
)
from imagineart_desktop.jobs.admission import BatchTurn
from imagineart_desktop.jobs.batch_tally import BatchTally
from imagineart_desktop.jobs.sending_pace import SendingPace
from imagineart_desktop.library import Library, LibraryError, Query, stored_batches
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.commitments import _COMMITMENTS
from imagineart_desktop.library.store.schema import MIGRATIONS
from imagineart_desktop.models import (
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    PRICES_READ_ON,
    InvalidRequestError,
    ModelRegistry,
    ModelSpec,
)
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.support.messages import Message
from tests.jobs.job_fixtures import SMALL, accepted, at_work, books, held_work, service_of
from tests.jobs.job_fixtures import until as until_event
from tests.library.legacy_libraries import make_earlier
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        yield server


@asynccontextmanager
async def unconnected(root: Path) -> AsyncIterator[tuple[Worker, Library]]:
    library = Library(root / "library")
    await library.start()
    worker = Worker(library)
    await worker.start()
    try:
        yield worker, library
    finally:
        await worker.stop()
        library.close()


def requests(count: int) -> list[BatchRequest]:
    return [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"kettle {number}"}) for number in range(count)]


async def ended(worker: Worker, batch: Batch) -> Batch:
    def over() -> bool:
        now = worker.batches.find(batch.id)
        return now is not None and not now.summary.unfinished

    await until(over)
    now = worker.batches.find(batch.id)
    assert now is not None
    return now


def prompts(server: DemoServer) -> list[str]:
    return [entry["body"]["prompt"] for entry in accepted(server)]


async def test_adding_asks_the_database_as_often_for_a_few_requests_as_for_many(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with unconnected(tmp_path) as (worker, library):
        kept: list[ModelSpec] = []
        keep = library.specs.keep

        def counted(spec: ModelSpec) -> str:
            kept.append(spec)
            return keep(spec)

        monkeypatch.setattr(library.specs, "keep", counted)
        asked: list[str] = []
        await library.database.write(lambda connection: connection.set_trace_callback(asked.append))
        looks = []
        for count in (3, 40):
            asked.clear()
            await worker.batches.add("Kettles", requests(count), ServiceKind.DEMO)
            looks.append(sum(statement.startswith("SELECT") for statement in asked))
        assert looks[0] == looks[1] > 0
        assert kept == [IMAGINEART_20, IMAGINEART_20]


async def test_a_batch_is_one_thing_with_a_name_and_a_cost(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        batch = await worker.batches.add("Kettles", requests(6), ServiceKind.DEMO)
        assert (batch.name, batch.state, batch.summary.total) == ("Kettles", BatchState.RUNNING, 6)
        assert batch.summary.estimate == 6 * Decimal("0.03")
        assert worker.batches.current() == [batch]
        done = await ended(worker, batch)
        assert (done.state, done.summary.done, done.summary.spent) == (BatchState.FINISHED, 6, Decimal("0.18"))
        assert worker.batches.current() == []
        assert len(await library.search(Query(text="batch:kettles"))) == 6
        assert await library.search(Query(text="batch:pots")) == []
        await worker.batches.rename(batch.id, "Pots")
        assert len(await library.search(Query(text="batch:pots"))) == 6
    assert sorted(prompts(demo)) == [f"kettle {number}" for number in range(6)]


async def test_a_batch_with_one_wrong_request_adds_nothing(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, library):
        wrong = [*requests(3), BatchRequest(IMAGINEART_20, SMALL | {"aspect_ratio": "9:99"})]
        with pytest.raises(InvalidRequestError):
            await worker.batches.add("Wrong", wrong, ServiceKind.DEMO)
        shutil.rmtree(library.files.job_journal, ignore_errors=True)
        library.files.job_journal.unlink(missing_ok=True)
        library.files.job_journal.mkdir()
        with pytest.raises(LibraryError):
            await worker.batches.add("No disk", requests(3), ServiceKind.DEMO)
        library.files.job_journal.rmdir()
        assert worker.jobs() == []
        assert await worker.batches.all() == []
    async with unconnected(tmp_path) as (worker, _):
        assert worker.jobs() == []
        assert await worker.batches.all() == []


async def test_an_image_that_all_requests_share_is_stored_once(tmp_path: Path) -> None:
    picture = tmp_path / "cup.png"
    picture.write_bytes(encode_png(new_mask((32, 24))[:, :, None].repeat(3, axis=2)))
    many = [
        BatchRequest(IMAGINEART_20_EDIT, {"prompt": f"cup {number}"}, {"image_urls": [InputImage(picture)]})
        for number in range(5)
    ]
    async with unconnected(tmp_path) as (worker, library):
        read = 0
        keep = library.inputs.keep

        async def counted(data: bytes) -> object:
            nonlocal read
            read += 1
            return await keep(data)

        library.inputs.keep = counted  # type: ignore[method-assign, assignment]
        await worker.batches.add("Cups", many, ServiceKind.DEMO)
        assert len({reference for job in worker.jobs() for reference in job.request.input_references()}) == 1
    assert read == 1
    assert len(list((tmp_path / "library" / "inputs").iterdir())) == 1


async def test_nothing_new_is_sent_while_it_is_paused(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        worker.set_limit(2)
        with held_work():
            batch = await worker.batches.add("Kettles", requests(6), ServiceKind.DEMO)
            await until(lambda: len(accepted(demo)) == 2)
            await worker.batches.pause(batch.id)
        paused = worker.batches.find(batch.id)
        assert paused is not None
        assert paused.state is BatchState.PAUSED
        await until(lambda: (now := worker.batches.find(batch.id)) is not None and not now.summary.running)
        assert len(accepted(demo)) == 2
        (single,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await until_event(worker, lambda event: event.job.id == single.id and event.job.state is JobState.DONE)
        assert len(accepted(demo)) == 3
    async with at_work(tmp_path, demo) as (worker, _):
        again = worker.batches.find(batch.id)
        assert again is not None
        assert (again.state, again.summary.done, again.summary.waiting) == (BatchState.PAUSED, 2, 4)
        await worker.batches.resume(batch.id)
        assert (await ended(worker, batch)).summary.done == 6
    assert sorted(set(prompts(demo))) == [SMALL["prompt"], *(f"kettle {number}" for number in range(6))]
    assert books(demo)["submissions"] == 7


async def test_what_waits_to_be_submitted_again_is_not_sent_while_it_is_paused(
    tmp_path: Path, demo: DemoServer
) -> None:
    demo.order(Fault.parse("submit:status:code=429:retry_after=0.5"))
    async with at_work(tmp_path, demo) as (worker, _):
        batch = await worker.batches.add("Kettles", requests(2), ServiceKind.DEMO)
        await until(lambda: books(demo).get("faults", 0) >= 2)
        await worker.batches.pause(batch.id)
        demo.order()
        await asyncio.sleep(0.8)
        assert accepted(demo) == []
        await worker.batches.resume(batch.id)
        assert (await ended(worker, batch)).summary.done == 2


async def test_what_is_refused_for_now_after_the_pause_is_not_sent_again(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:status:code=429:retry_after=0.3:times=1"))
    async with at_work(tmp_path, demo) as (worker, _):

        def pause(event: JobEvent) -> None:
            if event.job.state is JobState.SUBMITTING and event.job.batch is not None:
                worker.admission.turns[event.job.batch] = BatchTurn(0, paused=True)

        worker.subscribe(pause)
        await worker.batches.add("Kettles", requests(1), ServiceKind.DEMO)
        await until(lambda: worker.jobs()[0].state is JobState.WAITING and books(demo).get("faults", 0))
        await asyncio.sleep(0.6)
        assert accepted(demo) == []


async def test_what_is_canceled_while_the_service_refuses_it_is_not_sent_after_a_restart(
    tmp_path: Path, demo: DemoServer
) -> None:
    demo.order(Fault.parse("submit:status:code=429:retry_after=1:times=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        clicks: list[asyncio.Task[None]] = []

        def cancel(event: JobEvent) -> None:
            if event.job.state is JobState.SUBMITTING:
                clicks.append(asyncio.ensure_future(worker.batches.cancel_rest(str(event.job.batch))))

        worker.subscribe(cancel)
        await worker.batches.add("Kettles", requests(1), ServiceKind.DEMO)
        await until(lambda: bool(clicks and books(demo).get("faults", 0)))
        await asyncio.gather(*clicks)
    async with at_work(tmp_path, demo) as (worker, _):
        assert worker.unfinished() == []
        (single,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await until_event(worker, lambda event: event.job.id == single.id and event.job.state is JobState.DONE)
    assert prompts(demo) == [SMALL["prompt"]]


async def test_a_single_job_goes_before_a_batch_and_batches_in_their_order(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path) as (worker, _):
        first = await worker.batches.add("First", requests(3), ServiceKind.DEMO)
        second = await worker.batches.add(
            "Second", [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"pot {n}"}) for n in range(3)], ServiceKind.DEMO
        )
        third = await worker.batches.add(
            "Third", [BatchRequest(IMAGINEART_20, SMALL | {"prompt": "lid"})], ServiceKind.DEMO
        )
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": "one click"})
        await worker.batches.move_before(third.id, first.id)
        await worker.batches.move_to_front(second.id)
        assert [batch.name for batch in worker.batches.current()] == ["Second", "Third", "First"]
        await worker.batches.move_before(second.id, None)
        assert [batch.name for batch in worker.batches.current()] == ["Third", "First", "Second"]
    async with unconnected(tmp_path) as (worker, _):
        worker.set_limit(1)
        await worker.connect(service_of(demo))
        for batch in (first, second, third):
            await ended(worker, batch)
    assert prompts(demo) == ["one click", "lid", "kettle 0", "kettle 1", "kettle 2", "pot 0", "pot 1", "pot 2"]


async def test_a_job_that_was_moved_to_the_front_is_sent_next(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path) as (worker, _):
        worker.set_limit(1)
        batch = await worker.batches.add("Kettles", requests(4), ServiceKind.DEMO)
        for seed in (5, 6):
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": f"cup {seed}"}, seeds=(seed,))
        for prompt in ("kettle 3", "cup 6", "kettle 2"):
            worker.admission.move_to_front(next(job.id for job in worker.jobs() if job.prompt == prompt))
        await worker.connect(service_of(demo))
        await ended(worker, batch)
    assert prompts(demo) == ["cup 6", "cup 5", "kettle 2", "kettle 3", "kettle 0", "kettle 1"]


async def test_the_rest_is_canceled_and_what_runs_is_called_off(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        with held_work():
            batch = await worker.batches.add("Kettles", requests(9), ServiceKind.DEMO)
            await until(lambda: (now := worker.batches.find(batch.id)) is not None and now.summary.running == 4)
            await until(lambda: len(accepted(demo)) == 4)
            await worker.batches.cancel_rest(batch.id)
            over = await ended(worker, batch)
        assert over.state is BatchState.CANCELED
        assert over.summary.counts == {JobState.CANCELLED: 9}
        assert over.summary.estimate == 0
        assert worker.jobs() == []
        assert await library.search(Query()) == []
    assert len(accepted(demo)) == 4


async def test_failed_jobs_are_repeated_in_their_batch(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("work:fail:times=2"))
    async with at_work(tmp_path, demo) as (worker, library):
        batch = await worker.batches.add("Kettles", requests(4), ServiceKind.DEMO, low_priority=True)
        failed = await ended(worker, batch)
        assert (failed.summary.done, failed.summary.failed) == (2, 2)
        assert worker.batches.current() == [failed]
        await asyncio.gather(*(worker.batches.retry_failed(batch.id) for _ in range(2)))
        done = await ended(worker, batch)
        assert (done.summary.done, done.summary.failed, done.summary.total) == (4, 0, 4)
        assert worker.batches.current() == []
        assert len(await library.search(Query(text="batch:kettles"))) == 4
    assert len(accepted(demo)) == 6
    assert all(entry["low"] for entry in accepted(demo))


async def test_what_is_repeated_is_not_repeated_once_more_while_this_is_reported(
    tmp_path: Path, demo: DemoServer
) -> None:
    demo.order(Fault.parse("work:fail:times=6"))
    async with at_work(tmp_path, demo) as (worker, _):
        batch = await worker.batches.add("Kettles", requests(6), ServiceKind.DEMO)
        assert (await ended(worker, batch)).summary.failed == 6
        again: list[asyncio.Task[None]] = []

        def click(event: JobEvent) -> None:
            if event.job.dismissed:
                again.append(asyncio.ensure_future(worker.batches.retry_failed(batch.id)))
                again.append(asyncio.ensure_future(worker.retry(event.job.id)))

        unsubscribe = worker.subscribe(click)
        await worker.batches.retry_failed(batch.id)
        unsubscribe()
        await asyncio.gather(*again)
        assert again
        assert (await ended(worker, batch)).summary.total == 6
    assert len(accepted(demo)) == 12


async def test_all_batches_are_listed_while_another_is_added(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, _):
        for name in ("Cups", "Jugs"):
            batch = await worker.batches.add(name, requests(1), ServiceKind.DEMO)
            await worker.batches.cancel_rest(batch.id)
    async with unconnected(tmp_path) as (worker, _):
        listed, added = await asyncio.gather(
            worker.batches.all(), worker.batches.add("Kettles", requests(1), ServiceKind.DEMO)
        )
        assert {batch.name for batch in [*listed, added]} == {"Cups", "Jugs", "Kettles"}


async def test_a_batch_that_is_dismissed_no_longer_needs_attention(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("work:fail:times=1"))
    async with at_work(tmp_path, demo) as (worker, _):
        batch = await worker.batches.add("Kettles", requests(2), ServiceKind.DEMO)
        await ended(worker, batch)
        await worker.batches.dismiss(batch.id)
        assert worker.batches.current() == []
    async with unconnected(tmp_path) as (worker, _):
        assert worker.batches.current() == []
        (still,) = await worker.batches.all()
        assert (still.summary.done, still.summary.failed) == (1, 1)


async def test_a_dismissed_batch_needs_attention_again_once_it_is_retried(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("work:fail:times=2"))
    async with at_work(tmp_path, demo) as (worker, _):
        batch = await worker.batches.add("Kettles", requests(1), ServiceKind.DEMO)
        await ended(worker, batch)
        await worker.batches.dismiss(batch.id)
        assert worker.batches.current() == []
        await worker.batches.retry_failed(batch.id)
        again = await ended(worker, batch)
        assert again.summary.failed == 1
        assert worker.batches.current() == [again]
    async with unconnected(tmp_path) as (worker, _):
        assert [shown.id for shown in worker.batches.current()] == [batch.id]


async def test_a_normal_request_is_sent_without_a_priority(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        await ended(worker, await worker.batches.add("Low", requests(1), ServiceKind.DEMO, low_priority=True))
        await ended(worker, await worker.batches.add("Normal", requests(1), ServiceKind.DEMO))
    assert [entry["low"] for entry in accepted(demo)] == [True, False]


async def test_a_thousand_requests_are_reported_together(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, _):
        told: list[Sequence[Batch]] = []
        events: list[JobEvent] = []
        worker.batches.subscribe(told.append)
        worker.subscribe(events.append)
        batch = await worker.batches.add("Many", requests(300), ServiceKind.DEMO)
        await worker.batches.cancel_rest(batch.id)
        await until(lambda: bool(told) and told[-1][0].state is BatchState.CANCELED)
        assert len(events) == 600
        assert len(told) < 60


async def test_a_lost_database_costs_no_batch(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        worker.set_limit(2)
        with held_work() as may_end:
            batch = await worker.batches.add("Kettles", requests(5), ServiceKind.DEMO, max_cost=Decimal("1.50"))
            await until(lambda: len(accepted(demo)) == 2)
            await worker.batches.rename(batch.id, "Pots")
            await worker.batches.pause(batch.id)
            may_end.set()
            await until(lambda: (now := worker.batches.find(batch.id)) is not None and now.summary.done == 2)
    for path in (tmp_path / "library").glob("library.sqlite*"):
        path.unlink()
    async with at_work(tmp_path, demo) as (worker, library):
        again = worker.batches.find(batch.id)
        assert again is not None
        assert (again.name, again.is_paused, again.max_cost) == ("Pots", True, Decimal("1.50"))
        # Nobody knows whether the requests were sent from elsewhere.
        assert again.summary.counts == {JobState.DONE: 2, JobState.UNCONFIRMED: 3}
        assert len(await library.search(Query(text="batch:pots"))) == 2
    assert len(accepted(demo)) == 2


async def test_jobs_of_a_batch_that_nothing_is_known_about_wait_for_the_user(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path) as (worker, library):
        batch = await worker.batches.add("Kettles", requests(3), ServiceKind.DEMO)
        await library.database.write(lambda connection: connection.execute("DELETE FROM batches").rowcount)
    (tmp_path / "library" / "batches.jsonl").unlink()
    async with at_work(tmp_path, demo) as (worker, _):
        (found,) = worker.batches.current()
        assert (found.id, found.state, found.summary.waiting) == (batch.id, BatchState.PAUSED, 3)
        await worker.batches.resume(batch.id)
        assert (await ended(worker, batch)).summary.done == 3


@pytest.mark.parametrize("damaged", [b"\xff\xfe", "", 7, "x" * 2000, "a\x00b"])
async def test_a_job_whose_batch_cannot_be_read_is_not_sent_by_itself(
    tmp_path: Path, demo: DemoServer, damaged: object
) -> None:
    async with unconnected(tmp_path) as (worker, library):
        batch = await worker.batches.add("Kettles", requests(2), ServiceKind.DEMO)
        await worker.batches.pause(batch.id)
        damage = ("UPDATE jobs SET batch = ? WHERE place = 0", (damaged,))
        await library.database.write(lambda connection: connection.execute(*damage).rowcount)
    (tmp_path / "library" / "jobs.jsonl").unlink()
    async with at_work(tmp_path, demo) as (worker, _):
        (single,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await until_event(worker, lambda event: event.job.id == single.id and event.job.state is JobState.DONE)
        assert len(worker.jobs()) == 2
    assert prompts(demo) == [SMALL["prompt"]]


async def test_a_journal_of_batches_that_is_damaged_is_written_again(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, library):
        await worker.batches.add("Kettles", requests(1), ServiceKind.DEMO)
        journal = library.files.batch_journal
    journal.write_bytes(b"garbage\n" + journal.read_bytes() + b'{"id": 3}\n')
    async with unconnected(tmp_path) as (worker, library):
        await library.run_background_checks()
        assert [batch.name for batch in worker.batches.current()] == ["Kettles"]
        assert [json.loads(line)["name"] for line in journal.read_text().splitlines()] == ["Kettles"]


async def test_a_restored_backup_reverts_no_batch(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, library):
        older = await worker.batches.add("Older", requests(2), ServiceKind.DEMO)
        await back_up(library, tmp_path / "backup")
        await worker.batches.rename(older.id, "Renamed")
        await worker.batches.add("Newer", requests(2), ServiceKind.DEMO)
        await restore_backup(library, tmp_path / "backup")
        stored = await library.database.read(stored_batches)
        assert sorted(row.name for row in stored) == ["Newer", "Renamed"]
        assert sorted(batch.name for batch in await worker.batches.all()) == ["Newer", "Renamed"]
    async with unconnected(tmp_path) as (worker, _):
        assert sorted(batch.name for batch in worker.batches.current()) == ["Newer", "Renamed"]


async def test_a_library_from_before_batches_opens(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await until_event(worker, lambda event: event.job.id == job.id and event.job.state is JobState.DONE)
    async with unconnected(tmp_path) as (worker, _):
        (waiting,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    before = next(version for version, script in enumerate(MIGRATIONS) if "CREATE TABLE batches" in script)
    make_earlier(tmp_path / "library" / "library.sqlite", before)
    (tmp_path / "library" / "batches.jsonl").unlink(missing_ok=True)
    async with unconnected(tmp_path) as (worker, library):
        assert [(one.id, one.batch, one.low_priority) for one in worker.jobs()] == [(waiting.id, None, False)]
        assert await worker.batches.all() == []
        assert len(await library.search(Query())) == 1
        await library.run_background_checks()
        assert not library.notices.pending()


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT id FROM jobs WHERE batch = 'b' ORDER BY place", "jobs_of_batch"),
        ("SELECT id FROM jobs WHERE created_ms > 5 ORDER BY created_ms DESC, id DESC LIMIT 50", "jobs_by_time"),
        (_COMMITMENTS, "jobs_that_may_cost"),
        ("SELECT id FROM pictures WHERE batch != '' AND batch IN (SELECT id FROM batches)", "pictures_of_batch"),
    ],
)
async def test_queries_use_their_indexes(tmp_path: Path, query: str, index: str) -> None:
    Library(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert index in plan


# Money


async def test_a_batch_never_costs_more_than_it_may_not_even_by_retries(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path) as (worker, _):
        with pytest.raises(BudgetExceededError, match=r"\$0\.10 of the \$0\.10 for “Kettles” is left"):
            await worker.batches.add("Kettles", requests(4), ServiceKind.LIVE, max_cost=Decimal("0.10"))
        assert await worker.batches.all() == []
        await worker.connect(service_of(demo, kind=ServiceKind.LIVE))
        # One fails after the service has charged for it, so that its retry would be the fourth to be paid.
        demo.order(Fault.parse("file:status:code=404"))
        batch = await worker.batches.add("Kettles", requests(3), ServiceKind.LIVE, max_cost=Decimal("0.10"))
        failed = await ended(worker, batch)
        assert (failed.summary.failed, failed.summary.spent) == (3, Decimal("0.09"))
        for job in worker.jobs():
            # The user no longer wants their results.
            lost = replace(job, urls=None, result=None)
            await worker._desk.set(lost)
        with pytest.raises(BudgetExceededError, match=r"this costs \$0\.09, and \$0\.01 of the \$0\.10"):
            await worker.batches.retry_failed(batch.id)
        assert len(worker.jobs()) == 3
    assert len(accepted(demo)) == 3


async def test_a_request_is_repeated_for_its_price_now(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path) as (worker, library):
        await worker.connect(service_of(demo, kind=ServiceKind.LIVE))
        demo.order(Fault.parse("submit:status:code=422"))
        batch = await worker.batches.add("Kettles", requests(2), ServiceKind.LIVE, max_cost=Decimal("0.10"))
        assert (await ended(worker, batch)).summary.failed == 2
        dearer = library.models.get(IMAGINEART_20.endpoint).priced(FixedPrice(amount=Decimal("0.50")), PRICES_READ_ON)
        library.models.become(ModelRegistry([dearer]))
        with pytest.raises(BudgetExceededError, match=r"this costs \$1\.00, and \$0\.10 of the \$0\.10"):
            await worker.batches.retry_failed(batch.id)
        with pytest.raises(BudgetExceededError, match=r"this costs \$0\.50"):
            await worker.retry(worker.jobs()[0].id)
    assert not accepted(demo)


async def test_a_demo_batch_is_free(tmp_path: Path) -> None:
    async with unconnected(tmp_path) as (worker, _):
        batch = await worker.batches.add("Kettles", requests(4), ServiceKind.DEMO, max_cost=Decimal("0.01"))
        assert batch.summary.is_free


# Figures


def job(number: int, state: JobState, **changes: object) -> Job:
    request = IMAGINEART_20.parse(SMALL)
    made = Job(
        f"j{number}", IMAGINEART_20, request, ServiceKind.LIVE, state, at(0), Decimal("0.03"), batch="b", place=number
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def at(seconds: float) -> datetime:
    return datetime(2026, 11, 30, 12, tzinfo=UTC) + timedelta(seconds=seconds)


async def test_the_remaining_time_follows_from_what_was_measured() -> None:
    tally = BatchTally()
    for number in range(10):
        tally.note(job(number, JobState.WAITING))
    assert tally.summary(4).seconds_left is None
    for number in range(2):
        tally.note(job(number, JobState.DONE, submitted_at=at(0), finished_at=at(10 + 10 * number)))
    assert tally.summary(4).seconds_left == pytest.approx(8 * 15 / 4)
    assert tally.summary(1).seconds_left == pytest.approx(8 * 15)
    for number in range(2, 10):
        tally.note(job(number, JobState.CANCELLED))
    assert tally.summary(4).seconds_left is None


async def test_what_was_charged_counts_even_if_it_was_repeated() -> None:
    tally = BatchTally()
    failure = Failure("x", Message("image.result"), Message("image.result"), Charged.YES)
    failed = job(1, JobState.FAILED, failure=failure)
    assert tally.note(failed)
    assert not tally.note(failed)
    tally.note(failed.dismissed_copy())
    tally.note(job(2, JobState.DONE))
    figures = tally.summary(4)
    assert (figures.total, figures.done, figures.failed) == (1, 1, 0)
    assert (figures.spent, figures.estimate) == (Decimal("0.06"), Decimal("0.03"))


async def test_a_refusal_for_now_halves_what_is_sent_at_once_for_a_while() -> None:
    now = 100.0
    pace = SendingPace(lambda: now)
    assert pace.limit(8) == 8
    pace.slow_down()
    pace.slow_down()
    assert pace.limit(8) == 4
    now += 2
    pace.slow_down()
    assert pace.limit(8) == 2
    now += 25
    assert pace.limit(8) == 4
    now += 3600
    assert pace.limit(8) == 8


async def test_a_service_that_refuses_for_now_is_asked_less_by_batches(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:status:code=429:retry_after=0:times=3"))
    async with at_work(tmp_path, demo) as (worker, _):
        worker.set_limit(8)
        batch = await worker.batches.add("Kettles", requests(12), ServiceKind.DEMO)
        assert (await ended(worker, batch)).summary.done == 12
        assert worker._desk.pace.limit(8) < 8
    assert books(demo)["submissions"] == 12
