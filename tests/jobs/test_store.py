"""A row accepts only the step that follows its current one, and only from a holder of that current one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.jobs.states import TRANSITIONS, ImpossibleTransitionError
from imagineart_desktop.jobs.store import JobStore, StaleJobError
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.support.messages import Message
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


def job(state: JobState = JobState.WAITING) -> Job:
    request = IMAGINEART_20.parse({"prompt": "hills"})
    return Job(
        uuid.uuid4().hex,
        IMAGINEART_20,
        request,
        ServiceKind.DEMO,
        state,
        datetime.now(UTC).replace(microsecond=0),
        Decimal("0.03"),
        uploads={"a": "b"},
    )


async def test_an_impossible_step_cannot_be_written_down(tmp_path: Path) -> None:
    library = Library(tmp_path)
    store = JobStore(library)
    for before, after in product(JobState, JobState):
        (written,) = await store.write([job(before)])
        if after is before or after in TRANSITIONS[before]:
            await store.write([replace(written, state=after)])
        else:
            with pytest.raises(ImpossibleTransitionError):
                await store.write([replace(written, state=after)])
            assert await store.find(written.id) == written
    library.close()


async def test_a_step_from_an_old_row_is_refused_with_all_that_came_along(tmp_path: Path) -> None:
    library = Library(tmp_path)
    store = JobStore(library)
    (first,) = await store.write([job(JobState.UNCONFIRMED)])
    (second,) = await store.write([first.moved(JobState.WAITING)])
    other = job()
    with pytest.raises(StaleJobError):
        await store.write([other, first.moved(JobState.WAITING)])
    with pytest.raises(StaleJobError):
        await store.write([replace(job(), step=4)])
    assert await store.find(other.id) is None
    assert await store.find(first.id) == second
    library.close()


async def test_what_a_failure_cost_is_spent_until_its_picture_comes(tmp_path: Path) -> None:
    library = Library(tmp_path)
    store = JobStore(library)
    fetching = replace(job(JobState.FETCHING), service=ServiceKind.LIVE)
    (fetching,) = await store.write([fetching])
    failure = Failure("lost", Message("fal.result_gone"), Message.plain(""), Charged.YES)
    await store.write([fetching.moved(JobState.FAILED, failure=failure)])
    await store.write([replace(job(JobState.FAILED), failure=failure)])
    (line,) = await library.spending()
    assert (line.cost, line.failed, line.prompt) == (Decimal("0.03"), True, "hills")
    made = recipe(1, job_id=fetching.id, cost=Decimal("0.03"))
    await keep(library, made)
    (line,) = await library.spending()
    assert (line.cost, line.failed) == (Decimal("0.03"), False)
    library.close()
