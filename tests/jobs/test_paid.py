"""What is or may be paid for is never given up or called free, and can always be fetched later."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import Charged, FalClient, Hosts, Output, Result, RetryRules, Service, ServiceKind
from imagineart_desktop.fal.responses import Status, Submitted
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.jobs import InputImage, Job, JobEvent, JobState, Worker
from imagineart_desktop.jobs.connection import ServiceConnection
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests import waiting
from tests.jobs.job_fixtures import SMALL, at_work, held_work, outcome, until

pytestmark = pytest.mark.asyncio

QUICK = RetryRules(first_wait=0.01, max_wait=0.05)


async def fetched_later(worker: Worker, library: Library, demo: DemoServer, job: Job) -> None:
    """Check that the job failed, isn't called free, and *Fetch again* gets the picture without paying again."""
    event = await outcome(worker, job)
    assert event.job.state is JobState.FAILED, event.job.state
    assert event.job.failure is not None
    assert event.job.failure.charged is not Charged.NO
    assert event.job.can_be_fetched
    demo.order()
    await worker.retry(job.id)
    await until(worker, lambda event: event.job.id == job.id and event.job.state is JobState.DONE)
    assert len(await library.search(Query())) == 1
    assert demo.counts["submissions"] == 1


async def test_a_result_that_is_not_known_for_a_moment(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("result:status:code=404:times=3"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
    assert demo.counts["submissions"] == 1


@pytest.mark.parametrize("code", [408, 409, 421, 425, 499])
async def test_what_a_server_in_between_refuses_is_repeated_but_never_sent_twice(
    tmp_path: Path, demo: DemoServer, code: int
) -> None:
    calls = ("status", "stream", "result", "file")
    demo.order(*(Fault.parse(f"{call}:status:code={code}:times=1") for call in calls))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        demo.order(Fault.parse(f"submit:status:code={code}"))
        (other,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, other)).job.state is JobState.UNCONFIRMED
    assert demo.counts["submissions"] == 1


@pytest.mark.parametrize(
    "faults",
    [
        ("result:status:code=404",),
        ("result:status:code=400",),
        ("status:status:code=404", "stream:status:code=404"),
        ("file:status:code=404",),
        ("file:status:code=403",),
        ("result:private",),
    ],
)
async def test_an_accepted_request_can_be_fetched_later(
    tmp_path: Path, demo: DemoServer, faults: tuple[str, ...]
) -> None:
    demo.order(*map(Fault.parse, faults))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await fetched_later(worker, library, demo, job)


@pytest.mark.parametrize("code", [400, 404, 405, 422])
async def test_a_cancel_that_is_refused_does_not_lose_the_picture(tmp_path: Path, demo: DemoServer, code: int) -> None:
    demo.order(Fault.parse(f"cancel:status:code={code}"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        with held_work():
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.state is JobState.RUNNING)
            await worker.cancel(job.id)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert len(await library.search(Query())) == 1


async def test_a_folder_for_downloads_that_is_deleted_is_made_again(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        shutil.rmtree(library.files.root / "incoming")
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert len(await library.search(Query())) == 1


async def test_fetching_can_be_stopped_and_taken_up(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("file:stall:seconds=30"))
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await until(worker, lambda event: event.job.state is JobState.FETCHING)
        await worker.cancel(job.id)
        await fetched_later(worker, library, demo, job)


async def test_a_search_says_nothing_of_a_job_that_has_moved_on(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("submit:refuse:nth=1"), Fault.parse("list:late:seconds=0.5"))
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        await outcome(worker, job)
        done = asyncio.ensure_future(until(worker, lambda event: event.job.state is JobState.DONE))
        looking = asyncio.ensure_future(worker.look_for(job.id))
        await asyncio.sleep(0.1)
        await worker.send_again(job.id)
        await looking
        await done
        assert worker.jobs() == []
        assert len(await library.search(Query())) == 1


async def test_odd_answers_are_read_as_far_as_they_are_needed() -> None:
    accepted = Submitted.read(b'{"request_id": "r", "status_url": null, "queue_position": 0.5, "cancel_url": 7}')
    assert (accepted.request_id, accepted.status_url, accepted.queue_position) == ("r", None, None)
    output = Output.parse(
        '{"images": [null, {"url": 5}, {"url": "https://a.example/b.png", "width": 512.5, "file_size": []}],'
        ' "seed": [1], "prompt": "\\ud83d"}'
    )
    assert [image.url for image in output.images] == ["", "", "https://a.example/b.png"]
    assert output.seed is None
    assert Output.parse('{"images": [], "seed": 18446744073709551615}').seed is None
    status = Status.read(
        '{"status": "IN_PROGRESS", "queue_position": 1180591620717411303424, "metrics": [], "error_type": 5,'
        ' "logs": [null, {"message": "cut \\ud83d"}]}'
    )
    assert [entry.message for entry in status.logs] == ["cut "]
    for bad in (b"[" * 100_000, b"<html>", b'{"status": 3}', b""):
        with pytest.raises(ValueError, match=r".*"):
            Status.read(bad)


@pytest.mark.parametrize(
    "given",
    [
        {"status_url": "https://evil.example/s", "cancel_url": None},
        {"status_url": "http://[bad", "response_url": "x\u0000y"},
        {"queue_position": 2**70},
    ],
)
async def test_urls_that_are_not_the_services_own_are_built_from_the_id(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    really = Submitted.read

    def read(body: bytes) -> Submitted:
        return Submitted.model_validate(json.loads(body) | given)

    monkeypatch.setattr(Submitted, "read", read)
    assert really is not read
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        assert event.job.urls is not None
        assert event.job.urls.status.startswith(demo.hosts.queue)


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,ü", "http://[bad", "https://a\u0007.example/x.png", "javascript:alert(1)", ""]
)
async def test_a_picture_at_no_address_is_said_and_not_tried_for_ever(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    async def result(_client: FalClient, _url: str) -> Result:
        return Result(raw=json.dumps({"images": [{"url": url}]}), billable_units="1")

    monkeypatch.setattr(FalClient, "result", result)
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is JobState.FAILED
        assert event.job.failure is not None
        assert event.job.failure.charged is Charged.YES


async def test_a_result_without_its_source_is_kept_as_it_came(tmp_path: Path, demo: DemoServer) -> None:
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    pixels = mask[:, :, None].repeat(3, axis=2)
    sent = {"image_url": [InputImage(encode_png(pixels))], "mask_url": [InputImage(export_mask(mask, 0))]}
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IDEOGRAM_V2_EDIT, ServiceKind.DEMO, {"prompt": "a pot"}, sent)
        await until(worker, lambda event: event.job.state is JobState.QUEUED)
        for path in (tmp_path / "library" / "inputs").iterdir():
            path.write_bytes(b"damaged")
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        assert len(await library.search(Query())) == 1
    assert len(list((tmp_path / "library" / "raw").iterdir())) == 1


async def test_bytes_that_are_no_picture_are_kept_all_the_same(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("file:truncated"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.FAILED
        assert len(list((tmp_path / "library" / "raw").iterdir())) == 1
        demo.order()
        await worker.retry(job.id)
        await until(worker, lambda event: event.job.state is JobState.DONE)
        assert len(await library.search(Query())) == 1


async def test_a_seed_beyond_all_measure_is_no_reason_to_stop(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = FalClient.result

    async def result(client: FalClient, url: str) -> Result:
        found = await really(client, url)
        return Result(raw=json.dumps(json.loads(found.raw) | {"seed": 2**64 - 1}), billable_units="1")

    monkeypatch.setattr(FalClient, "result", result)
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE


async def test_what_goes_on_failing_says_so(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("result:status:code=500"))
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, _):
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await until(worker, lambda event: event.job.failure is not None)
        assert event.job.state is JobState.RUNNING
        assert event.job.failure is not None
        assert event.job.failure.charged is Charged.MAYBE
        demo.order()
        await until(worker, lambda event: event.job.state is JobState.DONE and event.job.failure is None)


async def test_a_listener_that_fails_does_not_stop_a_job(tmp_path: Path, demo: DemoServer) -> None:
    failures: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context["message"]))

    def fail(_event: JobEvent) -> None:
        raise RuntimeError("a part of the window is gone")

    async with at_work(tmp_path, demo) as (worker, library):
        worker.subscribe(fail)
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert len(await library.search(Query())) == 1
    assert failures
    assert set(failures) == {"a listener of the jobs failed"}


async def test_offline_ends_with_the_last_job(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    worker = Worker(library, rules=QUICK)
    nowhere = Hosts(*("http://127.0.0.1:9",) * 5, backups={})
    await worker.connect(Service(ServiceKind.DEMO, nowhere, SecretStr("a:b")))
    (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    told: list[bool] = []
    worker.on_offline(told.append)
    await waiting.until(lambda: told)
    await worker.cancel(job.id)
    await waiting.until(lambda: told == [True, False])
    await worker.stop()
    library.close()


async def test_without_the_key_nothing_more_is_sent(tmp_path: Path, demo: DemoServer) -> None:
    at = demo.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api)
    library = Library(tmp_path / "library")
    worker = Worker(library, limit=1, rules=QUICK)
    account = ServiceConnection(worker, tmp_path / "own demo", live_hosts=hosts)
    await account.use_key(SecretStr(demo.key), remember=False)
    with held_work():
        jobs = await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL, seeds=(1, 2, 3))
        await until(worker, lambda event: event.job.state in (JobState.QUEUED, JobState.RUNNING))
        await account.leave()
    await waiting.until(lambda: demo.counts.get("bills"))
    await asyncio.sleep(0.3)
    assert demo.counts["submissions"] == 1
    assert len(worker.jobs()) == 3
    await account.use_key(SecretStr(demo.key), remember=False)
    await waiting.until(lambda: not worker.jobs())
    assert len(await library.search(Query())) == len(jobs)
    assert demo.counts["submissions"] == 3
    await worker.stop()
    await account.stop()
    library.close()
