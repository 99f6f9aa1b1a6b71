"""Jobs that this version can't send, since their model or settings are unknown, are kept, watched and never sent."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import KnownRequest, ServiceKind
from imagineart_desktop.jobs import Job, JobState, LookupResult, Worker
from imagineart_desktop.jobs.request_lookup import AmbiguousRequestError, TimeRange, find_request
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20, ModelRegistry, StoredRequest, UnavailableModel
from tests.jobs.job_fixtures import SMALL, accepted, at_work, held_work, known, outcome, until

ENDPOINT = "somebody/tomorrow/paint"
REQUEST = json.dumps({
    "prompt": "a red barn",
    "image_urls": [f"input:{'1' * 64}", f"input:{'2' * 64}"],
    "mask_url": f"input:{'3' * 64}",
    "seed": 7,
    "strength": None,
})  # fmt: skip


def change_rows(root: Path, **values: object) -> None:
    """Make the stored jobs of a library look as if another version had written them."""
    settings = ", ".join(f"{name} = ?" for name in values)
    with closing(sqlite3.connect(root / "library" / "library.sqlite")) as connection, connection:
        connection.execute(f"UPDATE jobs SET {settings}", tuple(values.values()))  # noqa: S608 - names of this file


def row_of(root: Path, job_id: str) -> dict[str, Any]:
    with closing(sqlite3.connect(root / "library" / "library.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())


async def left_in(root: Path, **values: object) -> Job:
    """Return a job left unsent in a library, with these values in its row, and without its model’s definition."""
    library = Library(root / "library")
    await library.start()
    worker = Worker(library)
    await worker.start()
    (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
    await worker.stop()
    library.close()
    change_rows(root, **{"spec": None, **values})
    return job


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("values", "label", "is_offered"),
    [
        ({"endpoint": ENDPOINT, "request": REQUEST}, ENDPOINT, False),
        ({"request": REQUEST}, IMAGINEART_20.label, True),
        ({"request": "[]"}, IMAGINEART_20.label, True),
    ],
)
async def test_an_unsent_one_is_kept_as_it_is(
    tmp_path: Path, demo: DemoServer, values: dict[str, str], label: str, is_offered: bool
) -> None:
    left = await left_in(tmp_path, **values)
    before = row_of(tmp_path, left.id)
    async with at_work(tmp_path, demo) as (worker, _):
        worker.set_limit(1)
        (known,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert (await outcome(worker, known)).job.state is JobState.DONE
        (job,) = worker.jobs()
        assert (job.id, job.state, worker.unfinished(), worker.unreadable) == (left.id, JobState.WAITING, [], 0)
        assert isinstance(job.model, UnavailableModel)
        assert (job.model.label, job.model.is_offered, job.is_model_available) == (label, is_offered, False)
        assert (job.task, job.expected_size) == (None, None)
    assert len(accepted(demo)) == 1
    assert row_of(tmp_path, left.id) == before
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.cancel(left.id)
        assert worker.jobs() == []
    after = row_of(tmp_path, left.id)
    assert after["state"] == "cancelled"
    assert (after["endpoint"], after["request"]) == (before["endpoint"], before["request"])


@pytest.mark.asyncio
async def test_no_action_of_the_user_sends_one(tmp_path: Path, demo: DemoServer) -> None:
    failed = {"state": "failed", "error_type": "x", "error_message": "It failed.", "error_advice": "", "charged": "no"}
    left = await left_in(tmp_path, endpoint=ENDPOINT, **failed)
    async with at_work(tmp_path, demo) as (worker, _):
        await worker.retry(left.id)
        await worker.ask_again(await known(worker, left.id))
        (job,) = worker.jobs()
        assert (job.state, job.can_be_repeated) == (JobState.FAILED, False)
        await worker.dismiss(left.id)
        await worker.ask_again(await known(worker, left.id))
        assert worker.jobs() == []
    change_rows(tmp_path, state="submitting", dismissed=0, submitted_ms=row_of(tmp_path, left.id)["created_ms"])
    async with at_work(tmp_path, demo) as (worker, _):
        (job,) = worker.jobs()
        assert job.state is JobState.UNCONFIRMED
        assert await worker.look_for(left.id) is LookupResult.NOT_LISTED
        await worker.send_again(left.id)
        await worker.send_again(left.id, unseen=True)
        (job,) = worker.jobs()
        assert job.state is JobState.UNCONFIRMED
    assert accepted(demo) == []


@pytest.mark.asyncio
async def test_what_the_service_has_is_watched_and_fetched(tmp_path: Path, demo: DemoServer) -> None:
    with held_work() as may_end:
        async with at_work(tmp_path, demo) as (worker, _):
            (left,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.urls is not None)
        change_rows(tmp_path, endpoint=ENDPOINT, request=REQUEST)
        async with at_work(tmp_path, demo) as (worker, library):
            assert worker.unfinished() == worker.jobs() != []
            may_end.set()
            ended = await outcome(worker, left)
            assert ended.job.state is JobState.DONE
            details = await library.details(ended.pictures[0])
    assert details is not None
    recipe = details.recipe
    assert (recipe.endpoint, recipe.request, recipe.prompt) == (ENDPOINT, json.loads(REQUEST), "a red barn")
    assert [parent.role for parent in recipe.parents] == ["pictures", "pictures", "mask"]
    assert len(accepted(demo)) == 1


def test_one_is_recognized_by_what_was_sent_or_not_at_all() -> None:
    now = datetime.now(UTC)
    span = TimeRange(now - timedelta(hours=1), now, now, likely=True)
    sent = {
        "prompt": "a red barn", "image_urls": ["https://a/1", "https://a/2"], "mask_url": "https://a/3", "seed": 7,
        "strength": None, "more": True,
    }  # fmt: skip
    uploads = {f"input:{str(place) * 64}": f"https://a/{place}" for place in (1, 2, 3)}
    listed = [
        KnownRequest(request_id=name, sent_at=now, json_input=body)
        for name, body in (("other", sent | {"seed": 8}), ("this", sent))
    ]
    job = _unconfirmed(REQUEST, uploads)
    found = find_request(job, listed, (), span)
    assert found is not None
    assert found.request_id == "this"
    for damaged in ("[]", '"{"', "{}"):
        with pytest.raises(AmbiguousRequestError):
            find_request(_unconfirmed(damaged, {}), listed, (), span)


def _unconfirmed(text: str, uploads: dict[str, str]) -> Job:
    return Job(
        "1", UnavailableModel.at(ENDPOINT, ModelRegistry()), StoredRequest(text), ServiceKind.LIVE,
        JobState.UNCONFIRMED, datetime.now(UTC), Decimal(1), uploads=uploads,
    )  # fmt: skip


def test_damaged_and_hostile_requests_have_no_fields() -> None:
    for text in ("[]", "3", "{", "[" * 100_000, '{"prompt": 3, "seed": "x"}'):
        request = StoredRequest(text)
        assert (request.prompt, request.seed, request.images(), request.to_text()) == ("", None, (), text)
    quoted = StoredRequest(json.dumps({"prompt": f'say "input:{"1" * 64}"'}))
    assert quoted.input_references() == ()
