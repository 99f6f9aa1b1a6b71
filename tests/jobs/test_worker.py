"""Jobs from the request to the picture, with a real server, a real database and real files."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import CONTENT_POLICY, FAILURE, FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.fal import Charged, Hosts, Service, ServiceKind, Uploader
from imagineart_desktop.imaging import encode_png, export_mask, load_picture, new_mask
from imagineart_desktop.jobs import InputImage, JobEvent, JobState, Worker
from imagineart_desktop.library import Library, Query, read_recipe
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20, IMAGINEART_20_EDIT
from tests import waiting
from tests.jobs.job_fixtures import HASTY, SMALL, at_work, books, held_work, outcome, service_of, until
from tests.loopback import NO_CERTIFICATES

pytestmark = pytest.mark.asyncio


async def test_a_wish_becomes_a_picture_with_its_recipe(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(11,))
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        details = await library.details(event.pictures[0])
        assert details is not None
        assert details.summary.size == (1024, 256)
        assert details.summary.demo
        recipe = read_recipe(details.summary.path)
        assert recipe == details.recipe
        assert recipe is not None
        assert (recipe.seed, recipe.cost, recipe.billed_units) == (11, Decimal("0.03"), "1")
        assert recipe.request_id == event.job.request_id


async def test_states_follow_each_other_as_the_table_says(tmp_path: Path, demo: DemoServer) -> None:
    seen: list[JobState] = []
    async with at_work(tmp_path, demo) as (worker, _):
        worker.subscribe(lambda event: seen.append(event.job.state))
        with held_work():
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
        event = await outcome(worker, job)
    assert list(dict.fromkeys(seen)) == [
        JobState.WAITING,
        JobState.UPLOADING,
        JobState.SUBMITTING,
        JobState.QUEUED,
        JobState.RUNNING,
        JobState.FETCHING,
        JobState.DONE,
    ]
    assert any("Sampling" in entry.message for entry in event.job.logs)


async def test_references_are_copied_first_so_that_deleting_the_source_changes_nothing(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    source = tmp_path / "mine.png"
    source.write_bytes((photos / "chelsea.png").read_bytes())
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(
            IMAGINEART_20_EDIT, ServiceKind.DEMO, {"prompt": "blue"}, {"image_urls": [InputImage(source)]}
        )
        source.unlink()
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        details = await library.details(event.pictures[0])
        assert details is not None
        assert details.parents[0].path is not None
        assert details.parents[0].path.read_bytes() == (photos / "chelsea.png").read_bytes()


@pytest.mark.parametrize(
    ("size", "sync_mode"),
    [
        ((600, 400), False),
        ((451, 300), False),
        # Large enough that it's composited, encoded and stored in more than one strip, and sent reduced.
        ((2000, 1500), False),
        ((600, 400), True),
    ],
)
async def test_outside_the_mask_the_result_equals_the_source(
    tmp_path: Path, demo: DemoServer, photos: Path, size: tuple[int, int], sync_mode: bool
) -> None:
    pixels = load_picture(photos / "coffee.png").pixels
    pixels = np.asarray(cv2.resize(pixels, size), np.uint8)
    mask = new_mask(size)
    mask[size[1] // 4 : size[1] // 2, size[0] // 3 : size[0] // 2] = 255
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(
            IDEOGRAM_V2_EDIT,
            ServiceKind.DEMO,
            {"prompt": "a copper pot", "sync_mode": sync_mode},
            {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]},
            seeds=(5,),
        )
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE, event.job.failure
        (picture,) = await library.summaries(event.pictures)
    result = load_picture(picture.path).pixels
    assert np.array_equal(result[mask == 0], pixels[mask == 0])
    assert not np.array_equal(result[mask == 255], pixels[mask == 255])


async def test_quit_while_a_job_runs_then_the_picture_arrives_after_the_restart(tmp_path: Path) -> None:
    with DemoServer(tmp_path / "demo", pace=Timing(queue=0.1, work=30)) as first:
        async with at_work(tmp_path, first) as (worker, _):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as second:
        async with at_work(tmp_path, second) as (worker, library):
            event = await outcome(worker, job)
            assert event.job.state is JobState.DONE
            assert await library.search(Query()) == list(event.pictures)
        assert "submissions" not in books(second)


async def test_a_submit_whose_answer_was_lost_is_not_sent_again(tmp_path: Path, demo: DemoServer) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    rogue = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = rogue.sockets[0].getsockname()[1]
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=HASTY)
    base = f"http://127.0.0.1:{port}"
    await worker.connect(Service(ServiceKind.DEMO, Hosts(*(base,) * 5), SecretStr("a:b")))
    (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    event = await outcome(worker, job)
    assert event.job.state is JobState.UNCONFIRMED
    assert event.job.failure is not None
    assert event.job.failure.charged is Charged.MAYBE
    await worker.connect(service_of(demo))
    await asyncio.sleep(0.2)
    assert "submissions" not in books(demo)
    await worker.send_again(job.id)
    assert (await outcome(worker, job)).job.state is JobState.DONE
    assert books(demo)["submissions"] == 1
    await worker.stop()
    library.close()
    rogue.close()


async def test_what_was_written_goes_on_although_its_caller_was_canceled(tmp_path: Path, demo: DemoServer) -> None:
    """Cancels the caller between the row and the response."""

    async def canceled_at(state: JobState, request: Coroutine[Any, Any, object]) -> None:
        asking = asyncio.ensure_future(request)

        def cancel(event: JobEvent) -> None:
            if event.job.state is state:
                asking.cancel()

        end = worker.subscribe(cancel)
        with pytest.raises(asyncio.CancelledError):
            await asking
        end()

    async with at_work(tmp_path, demo) as (worker, _):
        await canceled_at(JobState.WAITING, worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL))
        await waiting.until(lambda: not worker.jobs())
        demo.order(Fault.parse("submit:refuse:nth=1"))
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.UNCONFIRMED
        await canceled_at(JobState.WAITING, worker.send_again(job.id))
        await waiting.until(lambda: not worker.jobs())
        demo.order(Fault.parse("submit:status:code=422:nth=1"))
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.FAILED
        await canceled_at(JobState.WAITING, worker.retry(job.id))
        await waiting.until(lambda: not worker.jobs())
    assert books(demo)["submissions"] == 3


async def test_offline_is_waited_out(tmp_path: Path) -> None:
    nowhere = Hosts(*("http://127.0.0.1:9",) * 5, backups={})
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=HASTY)
    told: list[bool] = []
    worker.on_offline(told.append)
    await worker.connect(Service(ServiceKind.DEMO, nowhere, SecretStr("a:b")))
    (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    await waiting.until(lambda: worker.offline)
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        await worker.connect(service_of(server))
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert books(server)["submissions"] == 1
    assert told == [True, False]
    await worker.stop()
    library.close()


async def test_another_account_before_the_request_goes_out_leaves_no_doubt(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=HASTY)
    leaving: list[asyncio.Task[None]] = []
    states: list[JobState] = []

    def leave(event: JobEvent) -> None:
        states.append(event.job.state)
        if event.job.state is JobState.SUBMITTING and not leaving:
            leaving.append(asyncio.ensure_future(worker.disconnect(ServiceKind.DEMO)))

    worker.subscribe(leave)
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        await worker.connect(service_of(server))
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await waiting.until(lambda: leaving)
        await leaving[0]
        assert states[-1] is JobState.WAITING
        assert books(server).get("submissions", 0) == 0
        await worker.connect(service_of(server))
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert books(server)["submissions"] == 1
    assert JobState.UNCONFIRMED not in states
    await worker.stop()
    library.close()


@pytest.mark.parametrize(
    ("prompt", "sentence", "charged"),
    [
        (CONTENT_POLICY, "Rejected by content policy.", Charged.NO),
        (FAILURE, "The service failed: Internal server error", Charged.NO),
    ],
)
async def test_failures_say_what_happened(
    tmp_path: Path, demo: DemoServer, prompt: str, sentence: str, charged: Charged
) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": prompt})
        event = await outcome(worker, job)
        assert event.job.state is JobState.FAILED
        assert event.job.failure is not None
        assert str(event.job.failure.message) == sentence
        assert event.job.failure.charged is charged


async def test_a_wrong_key_is_named(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo, key="wrong:key") as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.failure is not None
        assert str(event.job.failure.message) == "The API key was not accepted."


async def test_cancel_while_it_waits_and_while_it_runs(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        worker.set_limit(1)
        with held_work():
            running, waiting = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=(1, 2))
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
            await worker.cancel(waiting.id)
            await worker.cancel(running.id)
            await until(worker, lambda event: event.job.id == running.id and event.job.state is JobState.CANCELLED)
        assert worker.jobs() == []
        assert await library.search(Query()) == []
    assert books(demo)["submissions"] == 1


async def test_a_cancel_that_comes_too_late_keeps_the_picture(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await until(worker, lambda event: event.job.state is JobState.QUEUED)
    assert event.job.urls is not None
    key = {"Authorization": f"Key {demo.key}"}
    status = event.job.urls.status
    with httpx.Client(headers=key, verify=NO_CERTIFICATES) as http:
        await waiting.until(lambda: http.get(status, timeout=None).json()["status"] == "COMPLETED")
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=HASTY)
    await worker.start()
    cancelled = asyncio.ensure_future(worker.cancel(job.id))
    await worker.connect(service_of(demo))
    await cancelled
    assert (await outcome(worker, job)).job.state is JobState.DONE
    await worker.stop()
    library.close()


async def test_retry_asks_again_as_a_new_job(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": CONTENT_POLICY})
        await outcome(worker, job)
        await worker.retry(job.id)
        (again,) = worker.jobs()
        assert again.id != job.id
        assert (await outcome(worker, again)).job.state is JobState.FAILED


async def test_a_canceled_job_keeps_no_problem_of_its_upload(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.jobs.waiting._STALLED_AFTER", 0.01)

    async def upload(_storage: Uploader, _data: bytes, _content_type: str, on_progress: Callable[[bool], None]) -> str:
        on_progress(False)
        for_ever: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await for_ever

    monkeypatch.setattr(Uploader, "upload", upload)
    source = {"image_urls": [InputImage(encode_png(new_mask((64, 48))[:, :, None].repeat(3, axis=2)))]}
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, source)
        await until(worker, lambda event: event.job.failure is not None)
        await worker.cancel(job.id)
        canceled = await worker.find(job.id)
        assert canceled is not None
        assert (canceled.state, canceled.failure) == (JobState.CANCELLED, None)


async def test_a_job_says_that_its_upload_stands_still_until_it_moves(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.jobs.waiting._STALLED_AFTER", 0.01)
    moves: list[Callable[[bool], None]] = []
    go_on = asyncio.Event()

    async def upload(_storage: Uploader, _data: bytes, _content_type: str, on_progress: Callable[[bool], None]) -> str:
        moves.append(on_progress)
        on_progress(False)
        await go_on.wait()
        return "data:image/png;base64," + base64.b64encode(_data).decode()

    monkeypatch.setattr(Uploader, "upload", upload)
    source = {"image_urls": [InputImage(encode_png(new_mask((64, 48))[:, :, None].repeat(3, axis=2)))]}
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, source)
        stalled = await until(worker, lambda event: event.job.failure is not None)
        assert stalled.job.failure is not None
        assert (stalled.job.state, stalled.job.failure.charged) == (JobState.UPLOADING, Charged.NO)
        assert str(stalled.job.failure.message) == "The upload isn’t moving."
        monkeypatch.setattr("imagineart_desktop.jobs.waiting._STALLED_AFTER", 600.0)
        moves[0](False)
        assert [one.failure for one in worker.jobs()] == [None]
        go_on.set()
        assert (await outcome(worker, job)).job.state is JobState.DONE


async def test_many_jobs_that_are_added_at_once_are_told_a_few_at_a_time(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, _):
        worker.set_limit(0)
        told = [0]

        def hear(event: JobEvent) -> None:
            told[-1] += 1

        async def others() -> None:
            while True:
                told.append(0)
                await asyncio.sleep(0)

        worker.subscribe(hear)
        other = asyncio.ensure_future(others())
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(40))
        other.cancel()
        assert sum(told) == len(jobs) == 40
        assert max(told) < 10
