"""A request with several images: a missing one costs the others nothing; none is lost, or stored or paid for twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import Charged, FalClient, RetryRules, Service, ServiceKind
from imagineart_desktop.fal.responses import Result
from imagineart_desktop.imaging import InpaintSettings, load_full_image, new_mask
from imagineart_desktop.jobs import Job, JobState, Worker, prepare
from imagineart_desktop.library import Library, PictureDetails, Query
from imagineart_desktop.library.files.recipe import parse_recipe
from imagineart_desktop.models import IDEOGRAM_V3, IDEOGRAM_V3_EDIT, IMAGINEART_20
from imagineart_desktop.support.pixel_libraries import np
from tests import waiting
from tests.jobs.import_kills import IMAGES
from tests.jobs.job_fixtures import SMALL, at_work, outcome, service_of, until

QUICK = RetryRules(first_wait=0.01, max_wait=0.05)
FIELDS = {"prompt": "a red barn", "image_size": "square"}
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def paying(tmp_path: Path, demo: DemoServer) -> AsyncIterator[tuple[Worker, Library]]:
    """Work with the demo server as if it were the paid service."""
    async with at_work(tmp_path, demo, rules=QUICK) as (worker, library):
        await worker.connect(Service(ServiceKind.LIVE, service_of(demo).hosts, SecretStr(demo.key)))
        yield worker, library


async def ask_for(worker: Worker, images: int) -> Job:
    (job,) = await worker.add(IDEOGRAM_V3, ServiceKind.LIVE, FIELDS, seeds=range(5, 5 + images))
    return job


async def stored(library: Library) -> list[PictureDetails]:
    """Return all images, by their index."""
    found = [await library.details(number) for number in await library.search(Query())]
    return sorted((details for details in found if details is not None), key=lambda details: details.recipe.position)


async def spent(library: Library) -> Decimal:
    return sum((line.cost for line in await library.spending()), Decimal(0))


def change_results(monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]) -> None:
    """Have the service return other images than it made."""
    really = FalClient.result

    async def result(client: FalClient, response_url: str) -> Result:
        found = await really(client, response_url)
        output = json.loads(found.raw)
        return found.model_copy(update={"raw": json.dumps({**output, "images": change(output["images"])})})

    monkeypatch.setattr(FalClient, "result", result)


@pytest.mark.asyncio
async def test_each_image_has_a_recipe_with_its_index_and_its_share_of_the_price(
    tmp_path: Path, demo: DemoServer
) -> None:
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        assert job.estimate == Decimal("0.24")
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        found = await stored(library)
        assert [details.summary.id for details in found] == [*event.pictures]
        recipes = [details.recipe for details in found]
        assert [recipe.position for recipe in recipes] == [0, 1, 2, 3]
        assert {(recipe.job_id, recipe.request_id, recipe.seed) for recipe in recipes} == {
            (job.id, event.job.request_id, 5)
        }
        assert [recipe.cost for recipe in recipes] == [Decimal("0.06")] * 4
        assert [recipe.billed_units for recipe in recipes] == ["1"] * 4
        assert all(recipe.findings == () for recipe in recipes)
        assert len({details.summary.path.read_bytes() for details in found}) == 4
        assert await spent(library) == job.estimate
    assert demo.counts["submissions"] == 1


@pytest.mark.asyncio
async def test_more_images_than_one_request_makes_are_several_requests(tmp_path: Path, demo: DemoServer) -> None:
    async with paying(tmp_path, demo) as (worker, library):
        jobs = await worker.add(IDEOGRAM_V3, ServiceKind.LIVE, FIELDS, seeds=range(1, 11))
        assert [(job.seed, job.requested_images, job.estimate) for job in jobs] == [
            (1, 8, Decimal("0.48")),
            (9, 2, Decimal("0.12")),
        ]
        for job in jobs:
            assert (await outcome(worker, job)).job.state is JobState.DONE
        assert len(await stored(library)) == 10
        assert await spent(library) == Decimal("0.60")
        alone = await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL, seeds=(1, 2, 3))
        assert [job.requested_images for job in alone] == [1, 1, 1]
    assert demo.counts["submissions"] >= 2


@pytest.mark.asyncio
async def test_one_image_that_cannot_be_fetched_costs_the_others_nothing(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("file:expired:nth=2"))
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        event = await outcome(worker, job)
        assert event.job.state is JobState.FAILED
        assert event.job.failure is not None
        assert str(event.job.failure.message).startswith("1 of 4 images is missing.")
        assert event.job.failure.charged is Charged.YES
        assert event.job.can_be_fetched
        assert len(event.pictures) == 3
        assert [details.recipe.position for details in await stored(library)] == [0, 2, 3]
        assert await spent(library) == job.estimate
        assert [line.failed for line in await library.spending()].count(True) == 1


@pytest.mark.asyncio
async def test_the_missing_image_is_fetched_again_and_the_others_are_not(tmp_path: Path, demo: DemoServer) -> None:
    # The third image fails each time: six attempts, and as many for each of two further results.
    faults = [
        Fault.parse(f"file:status:code=500:nth={number}") for number in (3, *range(4, 4 + 5), *range(10, 10 + 12))
    ]
    demo.order(*faults)
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        assert (await outcome(worker, job)).job.state is JobState.FAILED
        before = {details.recipe.position: details.summary for details in await stored(library)}
        assert [*before] == [0, 1, 3]
        downloads = demo.counts["requests:file"]
        demo.order()
        await worker.retry(job.id)
        event = await until(worker, lambda event: event.job.id == job.id and event.job.state is JobState.DONE)
        assert len(event.pictures) == 4
        after = {details.recipe.position: details.summary for details in await stored(library)}
        assert [*after] == [0, 1, 2, 3]
        assert {position: after[position] for position in before} == before
        assert await spent(library) == job.estimate
        assert not any(line.failed for line in await library.spending())
    assert demo.counts["requests:file"] == downloads + 1
    assert demo.counts["submissions"] == 1


@pytest.mark.asyncio
async def test_a_canceled_download_has_the_images_that_came(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("file:stall:seconds=600:nth=3"))
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        await waiting.until(lambda: demo.counts.get("faults"))
        await worker.cancel(job.id)
        event = await outcome(worker, job)
        assert event.job.is_download_canceled
        assert [*event.pictures] == [details.summary.id for details in await stored(library)]
        assert len(event.pictures) == 2
        assert await spent(library) == job.estimate
        demo.order()
        await worker.retry(job.id)
        event = await until(worker, lambda event: event.job.state is JobState.DONE)
        assert len(event.pictures) == 4


@pytest.mark.asyncio
async def test_a_server_in_trouble_is_not_waited_for_once_per_image(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("file:status:code=500"))
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        event = await outcome(worker, job)
        assert event.job.failure is not None
        assert str(event.job.failure.message).startswith("4 of 4 images are missing.")
        assert await spent(library) == job.estimate
    # Three times, as the result is fetched twice more: six attempts for the first image, one for each other one.
    assert demo.counts["requests:file"] == 3 * (6 + 3)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("change", "count", "sentence"),
    [
        (lambda images: images[:3], 3, "The service returned 3 images instead of 4."),
        (lambda images: images[:1], 1, "The service returned 1 image instead of 4."),
        (lambda images: [*images, *images, *images[:1]], 9, "The service returned 9 images instead of 4."),
    ],
)
async def test_fewer_or_more_images_than_requested_are_all_kept_and_said(
    tmp_path: Path,
    demo: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[list[Any]], list[Any]],
    count: int,
    sentence: str,
) -> None:
    change_results(monkeypatch, change)
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        found = await stored(library)
        assert len(found) == len(event.pictures) == count
        assert {str(finding) for details in found for finding in details.recipe.findings} == {sentence}
        assert sum(details.recipe.cost for details in found) == job.estimate
        assert sum(Decimal(details.recipe.billed_units or 0) for details in found) == 4
        assert await spent(library) == job.estimate


@pytest.mark.asyncio
async def test_a_model_for_one_image_that_returns_two_has_both_kept(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lambda images: images * 2)
    async with paying(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.LIVE, SMALL)
        assert (await outcome(worker, job)).job.state is JobState.DONE
        assert [details.recipe.cost for details in await stored(library)] == [Decimal("0.015")] * 2
        assert await spent(library) == job.estimate == Decimal("0.03")


@pytest.mark.asyncio
async def test_an_image_without_an_address_is_reported_and_keeps_its_index(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lambda images: [None, *images[1:]])
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 3)
        event = await outcome(worker, job)
        assert event.job.state is JobState.FAILED
        assert event.job.failure is not None
        assert str(event.job.failure.message) == "1 of 3 images is missing. The image’s address is invalid."
        assert [details.recipe.position for details in await stored(library)] == [1, 2]
        assert await spent(library) == job.estimate


@pytest.mark.asyncio
async def test_a_failure_before_the_images_came_is_paid_for_once(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.order(Fault.parse("file:status:code=404"))
    async with paying(tmp_path, demo) as (worker, library):
        job = await ask_for(worker, 4)
        assert (await outcome(worker, job)).job.state is JobState.FAILED
        assert [line.cost for line in await library.spending()] == [job.estimate]
        demo.order(Fault.parse("file:expired:nth=1"))
        await worker.retry(job.id)
        await until(worker, lambda event: event.job.state is JobState.FAILED and len(event.pictures) == 3)
        assert await spent(library) == job.estimate
        await library.note_paid()
        await library.remember_paid()
        assert await spent(library) == job.estimate


@pytest.mark.asyncio
async def test_each_image_of_an_inpaint_is_composited_and_nothing_changes_outside_the_mask(
    tmp_path: Path, demo: DemoServer, photos: Path
) -> None:
    mask = new_mask((600, 400))
    mask[100:200, 100:300] = 255
    source = load_full_image(photos / "coffee.png").samples
    async with at_work(tmp_path, demo) as (worker, library):
        prepared = await prepare(photos / "coffee.png", mask, InpaintSettings(), IDEOGRAM_V3_EDIT)
        fields = {"prompt": "a copper pot"}
        (job,) = await worker.inpaint(IDEOGRAM_V3_EDIT, ServiceKind.DEMO, fields, prepared, (5, 6, 7))
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        pixels = [load_full_image(picture.path).samples for picture in await library.summaries(event.pictures)]
        assert len(pixels) == 3
        for one in pixels:
            assert np.array_equal(one[mask == 0], source[mask == 0])
            assert not np.array_equal(one[mask > 0], source[mask > 0])
        assert not np.array_equal(pixels[0], pixels[1])
        raws = {await library.raw_result_path(number) for number in event.pictures}
        assert None not in raws
        assert len(raws) == 3


def test_a_recipe_without_an_index_is_that_of_the_first_image() -> None:
    text = (
        '{"endpoint": "fal-ai/ideogram/v3", "request": {"prompt": "hills"}, "cost": "0.06", "job_id": "j",'
        ' "created_at": "2026-11-03T12:00:00Z"}'
    )
    recipe = parse_recipe(text)
    assert recipe is not None
    assert recipe.position == 0


@pytest.mark.long
@pytest.mark.skipif(not hasattr(sys, "addaudithook") or sys.platform == "win32", reason="a process must be forked")
def test_killed_at_any_step_of_the_import_the_next_start_stores_what_is_missing_once(
    tmp_path: Path, demo: DemoServer
) -> None:
    base = demo.hosts.run.removesuffix("/run")
    command = [sys.executable, "-m", "tests.jobs.import_kills", str(tmp_path), base, demo.key, "7"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    report = json.loads(ended.stdout or "{}")
    assert report.get("problems") == [], ended.stderr
    # At least a download, a file, a row and a payment of each image.
    assert report["steps"] >= 4 * IMAGES
    assert demo.counts["submissions"] == 1
