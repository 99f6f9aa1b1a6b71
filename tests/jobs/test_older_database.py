"""An older, lost, copied or moved database cancels no request and sends none twice unasked."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Job, JobEvent, JobState, Worker
from imagineart_desktop.jobs.states import ACCEPTED_STATES
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import OLDER_COPY, Library, Query
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.maintenance.relocate import finish_move, prepare_move
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.job_journal import read_steps
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import HASTY, SMALL, at_work, books, held_work, outcome, service_of, until


@asynccontextmanager
async def unconnected(root: Path) -> AsyncIterator[tuple[Worker, Library]]:
    """A running program that doesn't reach the service, so its jobs wait."""
    library = Library(root)
    await library.start()
    worker = Worker(library, rules=HASTY)
    await worker.start()
    try:
        yield worker, library
    finally:
        await worker.stop()
        library.close()


async def wait_in(root: Path, count: int = 1) -> list[Job]:
    async with unconnected(root) as (worker, _):
        return await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(1, count + 1))


async def finish(worker: Worker, jobs: list[Job]) -> set[JobState]:
    return {(await outcome(worker, job)).job.state for job in jobs}


def is_accepted(job_id: str, event: JobEvent) -> bool:
    return event.job.id == job_id and event.job.state in ACCEPTED_STATES


async def states_in(root: Path) -> list[tuple[str, str | None]]:
    async with unconnected(root) as (worker, _):
        return [(job.state.value, job.failure.error_type if job.failure else None) for job in worker.jobs()]


@pytest.mark.asyncio
async def test_what_finished_after_the_backup_is_not_sent_again(tmp_path: Path, demo: DemoServer) -> None:
    jobs = await wait_in(tmp_path / "library", 3)
    async with unconnected(tmp_path / "library") as (_, library):
        await back_up(library, tmp_path / "backup")
    async with at_work(tmp_path, demo) as (worker, library):
        assert await finish(worker, jobs) == {JobState.DONE}
        await restore_backup(library, tmp_path / "backup")
        assert worker.jobs() == []
    async with at_work(tmp_path, demo) as (worker, library):
        assert worker.jobs() == []
        assert len(await library.search(Query())) == 3
    assert books(demo)["submissions"] == 3


@pytest.mark.asyncio
async def test_what_is_under_way_goes_on_when_an_older_backup_is_restored(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        await back_up(library, tmp_path / "backup")
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(4))
        await restore_backup(library, tmp_path / "backup")
        assert await finish(worker, jobs) == {JobState.DONE}
        assert len(await library.search(Query())) == 4
    assert books(demo)["submissions"] == 4


@pytest.mark.asyncio
async def test_what_only_the_backup_has_as_waiting_becomes_a_question(tmp_path: Path, demo: DemoServer) -> None:
    jobs = await wait_in(tmp_path / "other")
    async with unconnected(tmp_path / "other") as (_, library):
        await back_up(library, tmp_path / "backup")
    async with at_work(tmp_path, demo) as (worker, library):
        await restore_backup(library, tmp_path / "backup")
        ((asked),) = [(await outcome(worker, job)).job for job in jobs]
        assert asked.state is JobState.UNCONFIRMED
        assert asked.failure is not None
        assert asked.failure.error_type == OLDER_COPY
    assert read_steps(tmp_path / "library" / "jobs.jsonl")[jobs[0].id]["state"] == "unconfirmed"
    assert demo.counts.get("submissions", 0) == 0


@pytest.mark.asyncio
async def test_a_database_put_back_by_hand_sends_nothing_again(tmp_path: Path, demo: DemoServer) -> None:
    root = tmp_path / "library"
    jobs = await wait_in(root, 2)
    shutil.copyfile(root / "library.sqlite", tmp_path / "older.sqlite")
    async with at_work(tmp_path, demo) as (worker, _):
        assert await finish(worker, jobs) == {JobState.DONE}
    shutil.copyfile(tmp_path / "older.sqlite", root / "library.sqlite")
    async with at_work(tmp_path, demo) as (worker, library):
        await library.reconcile()
        assert worker.jobs() == []
        assert len(await library.search(Query())) == 2
    assert books(demo)["submissions"] == 2


@pytest.mark.asyncio
async def test_a_copied_folder_asks_and_the_original_goes_on(tmp_path: Path, demo: DemoServer) -> None:
    jobs = await wait_in(tmp_path / "library")
    shutil.copytree(tmp_path / "library", tmp_path / "copy")
    async with at_work(tmp_path, demo) as (worker, _):
        assert await finish(worker, jobs) == {JobState.DONE}
    assert await states_in(tmp_path / "copy") == [("unconfirmed", OLDER_COPY)]
    # Once the questions are asked, the database counts as the one last in use in that folder.
    assert await states_in(tmp_path / "copy") == [("unconfirmed", OLDER_COPY)]
    assert books(demo)["submissions"] == 1


@pytest.mark.asyncio
async def test_a_folder_copied_over_the_library_asks(tmp_path: Path) -> None:
    await wait_in(tmp_path / "library")
    shutil.copytree(tmp_path / "library", tmp_path / "backup")
    async with unconnected(tmp_path / "library") as (worker, _):
        assert [job.state for job in worker.jobs()] == [JobState.WAITING]
    shutil.copytree(tmp_path / "backup", tmp_path / "library", dirs_exist_ok=True)
    (tmp_path / "library" / "jobs.jsonl").unlink()
    assert await states_in(tmp_path / "library") == [("unconfirmed", OLDER_COPY)]


@pytest.mark.asyncio
async def test_a_library_that_was_moved_goes_on_and_the_old_folder_asks(tmp_path: Path) -> None:
    await wait_in(tmp_path / "library")
    async with unconnected(tmp_path / "library") as (_, library):
        await prepare_move(library, tmp_path / "new")
    finish_move(tmp_path / "library", tmp_path / "new")
    assert await states_in(tmp_path / "new") == [("waiting", None)]
    assert await states_in(tmp_path / "library") == [("unconfirmed", OLDER_COPY)]


@pytest.mark.asyncio
@pytest.mark.parametrize("loss", ["deleted", "emptied", "older"])
async def test_an_accepted_request_outlives_its_database(tmp_path: Path, loss: str) -> None:
    root = tmp_path / "library"
    async with unconnected(root) as (_, library):
        await back_up(library, tmp_path / "older")
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        with held_work():
            async with at_work(tmp_path, server) as (worker, _):
                jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(1, 2))
                for job in jobs:
                    await until(worker, partial(is_accepted, job.id))
        for path in root.glob("library.sqlite*"):
            path.unlink()
        if loss != "deleted":
            older = (tmp_path / "older" / "library.sqlite").read_bytes()
            (root / "library.sqlite").write_bytes(older if loss == "older" else b"")
        async with at_work(tmp_path, server) as (worker, library):
            assert await finish(worker, jobs) == {JobState.DONE}
            await library.reconcile()
            assert len(await library.search(Query())) == 2
        assert books(server)["submissions"] == 2


@pytest.mark.asyncio
async def test_a_row_that_is_deleted_while_its_request_runs_comes_back(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        while (await worker.find(job.id) or job).state in (JobState.WAITING, JobState.UPLOADING):
            pass
        await library.database.write(lambda connection: connection.execute("DELETE FROM jobs").rowcount)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert len(await library.search(Query())) == 1


@pytest.mark.asyncio
async def test_a_driver_whose_row_is_gone_before_it_was_sent_stops(tmp_path: Path, demo: DemoServer) -> None:
    async with unconnected(tmp_path / "library") as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await library.database.write(lambda connection: connection.execute("DELETE FROM jobs").rowcount)
        gone: list[bool] = []
        worker.subscribe(lambda event: gone.append(event.job.dismissed))
        await worker.connect(service_of(demo))
        while worker.jobs() or worker._tasks:
            await worker.find(job.id)
        assert gone == [True]
    assert demo.counts.get("submissions", 0) == 0


ODD: tuple[dict[str, Any], ...] = (
    {"estimate": "0.x4"}, {"estimate": "NaN"}, {"estimate": "-1"}, {"estimate": 5}, {"estimate": None},
    {"service": "lave"}, {"service": None}, {"charged": "yas", "error_message": "m"}, {"error_message": 5},
    {"created_ms": 10**18}, {"created_ms": -(10**18)}, {"created_ms": "soon"}, {"submitted_ms": 2**62},
    {"finished_ms": 1.5}, {"parents": "{"}, {"parents": "[]"}, {"parents": '{"a": "b"}'}, {"parents": "[" * 100_000},
    {"request": "[]"}, {"request": "{"}, {"endpoint": "nobody/knows"}, {"logs": "3"}, {"logs": "[3]"},
    {"logs": '[{"level": []}]'}, {"uploads": '{"a": 1}'}, {"plan": "{"}, {"plan": '{"a": 1}'}, {"status_url": []},
    {"step": 10**30}, {"step": "1"}, {"state": "flying"}, {"dismissed": "no"}, {"dismissed": 7},
    {"queue_position": 10**30}, {"request_id": {}}, {"error_type": "\ud800"}, {"more": {"nested": []}},
)  # fmt: skip
"""Changes to a valid line or row; all of them are well-formed JSON."""


@pytest.mark.asyncio
async def test_a_hostile_journal_stops_nothing(tmp_path: Path) -> None:
    root = tmp_path / "library"
    (job,) = await wait_in(root)
    lines = [
        b"[" * 100_000,
        b'{"id": "a", "state": "queued", "step": 12345678901234567890123}',
        b'{"id": 5, "state": "queued", "step": 1}',
        b'{"id": "b", "state": "flying", "step": 1}',
        b'{"id": "c", "state": "queued", "step": 1, "request": "{}"}',
        b'{"id": "d", "state": "queued", "step": 1, "request": null, "evil); DROP TABLE jobs; --": 1}',
        b"\xff\xfe\x00\x00",
        b"null",
        b'"' + b"x" * 3_000_000 + b'"',
        b'{"id": "cut',
    ]
    (good,) = read_steps(root / "jobs.jsonl").values()
    odd = [good | {"id": f"odd {n}", "state": "queued", "request_id": "r"} | change for n, change in enumerate(ODD)]
    lines[:0] = [json.dumps(line).encode() for line in odd]
    with (root / "jobs.jsonl").open("ab") as file:
        file.write(b"\n".join(lines))
    async with unconnected(root) as (worker, library):
        states = [(job.state.value, job.failure.error_type if job.failure else None) for job in worker.jobs()]
        assert worker.unreadable == 0
        assert sum(not job.is_model_available for job in worker.jobs()) == 3
        await library.run_background_checks()
        (aside,) = [one.text("aside") for one in library.notices.pending() if one.code is NoticeCode.JOURNAL]
        assert aside.startswith("jobs-damaged-")
    assert ("waiting", None) in states
    # One has an error, one has no state.
    assert len(states) == 1 + len(ODD)
    assert states.count(("queued", None)) == len(ODD) - 2
    assert len(await states_in(root)) == len(states)
    assert read_steps(root / "jobs.jsonl").keys() >= {job.id}


@pytest.mark.asyncio
async def test_the_journal_is_kept_short(tmp_path: Path, demo: DemoServer) -> None:
    root = tmp_path / "library"
    async with at_work(tmp_path, demo) as (worker, _):
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(3))
        assert await finish(worker, jobs) == {JobState.DONE}
    with (root / "jobs.jsonl").open("ab") as file:
        file.write(b"x" * 2**21 + b"\n")
    (waiting,) = await wait_in(root)
    steps = read_steps(root / "jobs.jsonl")
    assert (root / "jobs.jsonl").stat().st_size < 10_000
    assert {steps[job.id]["state"] for job in jobs} == {"done"}
    assert "request" in steps[waiting.id]


@pytest.mark.asyncio
async def test_a_copy_with_a_later_step_takes_nothing_back(tmp_path: Path, demo: DemoServer) -> None:
    jobs = await wait_in(tmp_path / "library", 3)
    sent, waiting, given_up = (job.id for job in jobs)
    async with unconnected(tmp_path / "library") as (worker, library):
        await back_up(library, tmp_path / "backup")
        await worker.cancel(given_up)
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as connection, connection:
        connection.execute("UPDATE jobs SET state = 'queued', request_id = 'r' WHERE id = ?", (sent,))
    with closing(sqlite3.connect(tmp_path / "backup" / "library.sqlite")) as connection, connection:
        connection.execute("UPDATE jobs SET step = 7")
    async with unconnected(tmp_path / "library") as (worker, library):
        await restore_backup(library, tmp_path / "backup")
    found = {job: (step["state"], step["step"]) for job, step in read_steps(library.files.job_journal).items()}
    assert found[waiting] == ("unconfirmed", 9)
    async with unconnected(tmp_path / "library") as (worker, _):
        assert {job.id: job.state for job in worker.jobs()} == {sent: JobState.QUEUED, waiting: JobState.UNCONFIRMED}


_COMMIT_FAILS = (
    "CREATE TEMP TABLE absent (id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE lacks (id INTEGER REFERENCES absent (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TEMP TRIGGER refuse AFTER INSERT ON main.jobs BEGIN INSERT INTO lacks VALUES (1); END",
)


@pytest.mark.asyncio
async def test_a_request_that_was_not_added_does_not_come_back(tmp_path: Path) -> None:
    root = tmp_path / "library"
    (before,) = await wait_in(root)
    journal = (root / "jobs.jsonl").read_bytes()

    async with unconnected(root) as (worker, library):
        await library.database.write(lambda connection: list(map(connection.execute, _COMMIT_FAILS)).clear())
        with pytest.raises(sqlite3.IntegrityError):
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await library.database.write(lambda connection: connection.execute("DROP TRIGGER refuse").close())
        assert (root / "jobs.jsonl").read_bytes() == journal
        (after,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    async with unconnected(root) as (worker, _):
        assert {job.id: job.state for job in worker.jobs()} == dict.fromkeys((before.id, after.id), JobState.WAITING)


@pytest.mark.asyncio
async def test_requests_of_ended_jobs_are_known_after_a_rebuild(tmp_path: Path, demo: DemoServer) -> None:
    root = tmp_path / "library"
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        request = (await outcome(worker, job)).job.request_id
    ended = {"id": "b", "state": "cancelled", "step": 5, "request_id": "of the journal"}
    with (root / "jobs.jsonl").open("a") as file:
        file.write(f"{json.dumps(ended)}\n")
    for path in root.glob("library.sqlite*"):
        path.unlink()
    async with unconnected(root) as (_, library):
        store = JobStore(library)
        assert await store.known_requests("another") == {request, "of the journal"}
        assert await store.known_requests(job.id) == {"of the journal"}
