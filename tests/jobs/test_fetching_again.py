"""Missing images of a request are fetched again: deleted ones stay deleted, and the shares of the price add up."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import FalClient
from imagineart_desktop.fal.responses import Result
from imagineart_desktop.jobs import Job, JobEvent, JobState, Worker
from imagineart_desktop.library import Query
from tests.jobs.job_fixtures import held_work, known, outcome, until
from tests.jobs.test_several_images import ask_for, paying, spent, stored
from tests.waiting import until as settled

_Change = Callable[[list[Any]], list[Any]]
_really = FalClient.result


def lose_one(images: list[Any]) -> list[Any]:
    """Leave out the address of the third image."""
    return [*images[:2], None, *images[3:]]


def change_results(monkeypatch: pytest.MonkeyPatch, *changes: _Change) -> None:
    """Have the service return other images than it made: another change each time, the last one from then on."""
    coming = chain(changes, repeat(changes[-1]))

    async def result(client: FalClient, response_url: str) -> Result:
        found, change = await _really(client, response_url), next(coming)
        output = json.loads(found.raw)
        return found.model_copy(update={"raw": json.dumps({**output, "images": change(output["images"])})})

    monkeypatch.setattr(FalClient, "result", result)


async def fetched_again(worker: Worker, job: Job) -> JobEvent:
    await worker.retry(job.id)
    return await until(worker, lambda event: event.job.id == job.id and event.job.state is JobState.DONE)


@pytest.mark.asyncio
async def test_an_image_that_was_deleted_meanwhile_stays_deleted(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagineart_desktop.library.recovery.empty_trash.send2trash", Path.unlink)
    change_results(monkeypatch, lose_one)
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 4))
        first, second, fourth = event.pictures
        await library.trash.put([first])
        await library.trash.empty()
        await library.trash.put([second])
        downloads = demo.counts["requests:file"]
        change_results(monkeypatch, lambda images: images)
        done = await fetched_again(worker, event.job)
        assert demo.counts["requests:file"] == downloads + 1
        assert [details.recipe.position for details in await stored(library)] == [2, 3]
        assert done.pictures == (*set(await library.search(Query())) - {fourth}, fourth)
        assert await library.search(Query(trash=True)) == [second]
        assert await spent(library) == event.job.estimate
    assert demo.counts["submissions"] == 1


@pytest.mark.asyncio
async def test_an_image_whose_file_was_lost_is_fetched_again_and_keeps_its_row(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lose_one)
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 4))
        (first,) = await library.summaries(event.pictures[:1])
        first.path.unlink()
        change_results(monkeypatch, lambda images: images)
        done = await fetched_again(worker, event.job)
        assert done.pictures[0] == first.id
        assert all(picture.path.is_file() for picture in await library.summaries(done.pictures))
        assert (await library.reconcile()).added == ()
        assert len(await library.search(Query())) == 4
        assert await spent(library) == event.job.estimate


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("changes", "costs", "units"),
    [
        ([lambda images: [images[0], None], lambda images: images], ".12 .04 .04 .04", "2 0.666667 0.666667 0.666666"),
        ([lambda images: [images[0], *[None] * 3], lambda images: images[:2]], ".06 .18", "1 3"),
        (
            [lambda images: [None, *images[1:]], lambda images: images * 2],
            ".012 .06 .06 .06 .012 .012 .012 .012",
            "0.2 1 1 1 0.2 0.2 0.2 0.2",
        ),
    ],
)
async def test_the_shares_add_up_though_a_second_response_has_another_number_of_images(
    tmp_path: Path,
    demo: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
    changes: Sequence[_Change],
    costs: str,
    units: str,
) -> None:
    change_results(monkeypatch, *changes)
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 4))
        assert event.job.state is JobState.DONE
        recipes = [details.recipe for details in await stored(library)]
        assert [recipe.cost for recipe in recipes] == [Decimal(cost) for cost in costs.split()]
        assert [recipe.billed_units for recipe in recipes] == units.split()
        assert await spent(library) == event.job.estimate


@pytest.mark.asyncio
@pytest.mark.parametrize("change", [lambda images: images[:3], lambda _: [], lambda _: [None]])
async def test_a_second_response_with_fewer_images_loses_none_of_the_first(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, change: _Change
) -> None:
    change_results(monkeypatch, lambda images: [*images[:3], None], change)
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 4))
        assert event.job.state is JobState.FAILED
        assert event.job.failure is not None
        assert str(event.job.failure.message).startswith("1 of 4 images is missing.")
        assert await spent(library) == event.job.estimate
        change_results(monkeypatch, lambda images: images)
        await fetched_again(worker, event.job)
        assert [details.recipe.cost for details in await stored(library)] == [Decimal("0.06")] * 4
        assert await spent(library) == event.job.estimate


@pytest.mark.asyncio
async def test_a_dismissed_job_that_is_paid_for_is_fetched_and_not_sent_again(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lose_one)
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 4))
        await worker.dismiss(event.job.id)
        assert worker.jobs() == []
        change_results(monkeypatch, lambda images: images)
        await worker.ask_again(await known(worker, event.job.id))
        await until(worker, lambda event: event.job.state is JobState.DONE)
        assert len(await stored(library)) == 4
        assert await spent(library) == event.job.estimate
    assert demo.counts["submissions"] == 1


@pytest.mark.asyncio
async def test_a_canceled_job_is_repeated_once_by_two_clicks(tmp_path: Path, demo: DemoServer) -> None:
    async with paying(tmp_path, demo) as (worker, library):
        with held_work():
            job = await ask_for(worker, 1)
            await until(worker, lambda event: event.job.state is JobState.QUEUED)
            await worker.cancel(job.id)
            await until(worker, lambda event: event.job.state is JobState.CANCELLED)
        seen = await known(worker, job.id)
        # At once, and after the first took effect.
        await asyncio.gather(*(worker.ask_again(seen) for _ in range(2)))
        await worker.ask_again(seen)
        await until(worker, lambda event: event.job.state is JobState.DONE)
        await settled(lambda: not worker.jobs())
        assert len(await stored(library)) == 1
    assert demo.counts["submissions"] == 2


@pytest.mark.asyncio
async def test_an_image_that_has_the_whole_price_from_an_earlier_version_leaves_nothing_to_share(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lambda images: [*images[:1], None])
    async with paying(tmp_path, demo) as (worker, library):
        event = await outcome(worker, await ask_for(worker, 2))

        def as_it_was(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE pictures SET cost = ?", (str(event.job.estimate),))
            connection.execute("DELETE FROM paid WHERE failed")
            connection.execute("UPDATE paid SET cost = ?", (str(event.job.estimate),))

        await library.database.write(as_it_was)
        change_results(monkeypatch, lambda images: images)
        await fetched_again(worker, event.job)
        assert len(await stored(library)) == 2
        assert await spent(library) == event.job.estimate


@pytest.mark.asyncio
async def test_a_late_second_click_does_nothing_to_a_job_that_failed_again(
    tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_results(monkeypatch, lambda images: [*images[:3], None], lambda images: [*images[:3], None])
    async with paying(tmp_path, demo) as (worker, _):
        seen = (await outcome(worker, await ask_for(worker, 4))).job
        await worker.ask_again(seen)
        again = (await outcome(worker, seen)).job
        assert (again.state, again.step == seen.step) == (JobState.FAILED, False)
        await worker.ask_again(seen)
        # Otherwise it might be sent as a new request, which costs, by a click on “Fetch again”.
        assert (await known(worker, seen.id)).step == again.step
