"""Job rows with invalid values: none stops a start, loses another job, or sends a request unasked."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, JobState
from imagineart_desktop.jobs.states import ACCEPTED_STATES, TRANSITIONS
from imagineart_desktop.library.store.job_journal import read_steps
from imagineart_desktop.library.store.job_rows import ACCEPTED as KNOWN_TO_THE_SERVICE
from imagineart_desktop.library.store.job_rows import ACTIVE_JOBS_SQL, FINISHED, NOT_SENT, STATES, progress, repaired
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL
from tests.jobs.test_older_database import ODD, unconnected, wait_in


def test_states_that_were_not_sent_are_those_of_the_table() -> None:
    assert set(NOT_SENT) == {JobState.WAITING, JobState.UPLOADING, JobState.SUBMITTING}
    assert set(KNOWN_TO_THE_SERVICE) == ACCEPTED_STATES
    assert set(FINISHED) == {JobState.DONE, JobState.CANCELLED}
    assert all(f"'{state}'" in ACTIVE_JOBS_SQL for state in FINISHED)
    assert set(STATES) == set(JobState)


@pytest.mark.parametrize(
    ("before", "after"), [(before, after) for before in JobState for after in sorted(TRANSITIONS[before])]
)
def test_no_step_of_the_table_is_taken_for_one_backwards(before: JobState, after: JobState) -> None:
    accepted = {*ACCEPTED_STATES, JobState.DONE}
    known = "r" if before in accepted or after in accepted else None
    earlier = {"state": before.value, "step": 1, "request_id": known if before in accepted else None}
    if before is JobState.FAILED:
        earlier["request_id"] = known
    assert progress({"state": after.value, "step": 2, "request_id": known}) > progress(earlier)


_COLUMNS = (
    "endpoint", "request", "service", "state", "created_ms", "changed_ms", "parents", "estimate", "request_id",
    "status_url", "response_url", "cancel_url", "queue_position", "result", "billed_units", "logs", "submitted_ms",
    "started_ms", "finished_ms", "error_type", "error_message", "error_advice", "charged", "dismissed", "uploads",
    "step", "plan",
)  # fmt: skip
_values = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(max_size=6), st.binary(max_size=4),
    st.sampled_from(["{", "[]", "{}", "3", "null", "NaN", '{"a":1}', '{"a":"b"}', "[[]]", "0.x4", "done", "waiting"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def two_jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two") / "library"
    asyncio.run(wait_in(root, 2))
    return root


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(_COLUMNS), _values, min_size=1, max_size=4), in_row=st.booleans())
def test_no_value_of_one_job_stops_a_start_or_costs_another(
    two_jobs: Path, changes: dict[str, Any], in_row: bool
) -> None:
    with tempfile.TemporaryDirectory(prefix="rows-") as folder:
        root = Path(folder) / "library"
        shutil.copytree(two_jobs, root)
        good, odd = sorted(read_steps(root / "jobs.jsonl"))
        if in_row:
            names = ", ".join(f"{name} = ?" for name in changes)
            with closing(sqlite3.connect(root / "library.sqlite")) as connection, connection:
                connection.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*changes.values(), odd))  # noqa: S608
        else:
            line = read_steps(root / "jobs.jsonl")[odd] | {"step": 9, "state": "queued", "request_id": "r"}
            text = {name: value for name, value in changes.items() if not isinstance(value, bytes)}
            with (root / "jobs.jsonl").open("a") as file:
                file.write(f"{json.dumps(line | text)}\n")

        async def starts() -> list[str]:
            found = []
            for _ in range(2):
                async with unconnected(root) as (worker, library):
                    await library.run_background_checks()
                    assert library.set_aside is None
                    found.append(next(job.state.value for job in worker.jobs() if job.id == good))
            return found

        # It's a copied folder, so its jobs become questions.
        assert asyncio.run(starts()) == ["unconfirmed", "unconfirmed"]


@pytest.mark.asyncio
@pytest.mark.parametrize("changes", ODD, ids=range(len(ODD)))
async def test_an_odd_value_in_a_row_costs_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    known = {"id": "a", "endpoint": "e", "request": "{}", "service": "live", "state": "queued", "created_ms": 1}
    row = known | {"estimate": "0.1", "request_id": "r", "status_url": "s/status", "step": 3, "changed_ms": 2}
    whole = repaired(row | changes)
    assert whole is not None
    assert repaired(whole) == whole
    assert whole["state"] == "queued"
    kept = {name: value for name, value in row.items() if name not in changes}
    assert kept.items() <= whole.items()


def test_a_damaged_row_that_was_not_sent_becomes_a_question() -> None:
    row = {"id": "a", "endpoint": "e", "request": "{}", "service": "live", "state": "waiting", "estimate": "0.1"}
    assert (repaired(row) or {})["state"] == "waiting"
    for changes in ({"request": "{"}, {"service": "demi"}, {"state": "wafting"}, {"plan": "{"}, {"batch": ""}):
        assert (repaired(row | changes) or {})["state"] == "unconfirmed"
    assert (repaired(row | {"logs": "{"}) or {})["state"] == "waiting"


@pytest.mark.parametrize("changes", [{"batch": 7}, {"batch": ""}, {"batch": None}, {"batch": b"b"}, {}])
def test_a_job_whose_batch_is_lost_becomes_a_question_once(changes: dict[str, Any]) -> None:
    row = {"id": "a", "endpoint": "e", "request": "{}", "service": "live", "state": "waiting", "estimate": "0.1"}
    assert (repaired(row | {"place": 3, "batch": "b"}) or {})["state"] == "waiting"
    whole = repaired(row | {"place": 3} | changes)
    assert whole is not None
    assert (whole["state"], whole["batch"], whole["place"], whole["charged"]) == ("unconfirmed", None, None, "maybe")
    # It can be sent again.
    assert repaired(again := whole | {"state": "waiting"}) == again
    accepted = repaired(row | {"state": "queued", "place": 3} | changes)
    assert accepted is not None
    assert accepted["state"] == "queued"


@pytest.mark.asyncio
@pytest.mark.parametrize("batch", [b"x", None])
async def test_a_damaged_batch_comes_back_from_the_journal_and_its_loss_sends_nothing(
    tmp_path: Path, batch: bytes | None
) -> None:
    root = tmp_path / "library"
    async with unconnected(root) as (worker, _):
        requests = [BatchRequest(IMAGINEART_20, SMALL), BatchRequest(IMAGINEART_20, SMALL)]
        made = await worker.batches.add("Kettles", requests, ServiceKind.DEMO)
        await worker.batches.pause(made.id)
        first, second = (job.id for job in worker.jobs())
    with closing(sqlite3.connect(root / "library.sqlite")) as connection, connection:
        connection.execute("UPDATE jobs SET batch = ?", (batch,))
    lines = [json.loads(line) for line in (root / "jobs.jsonl").read_text().splitlines()]
    known = "".join(f"{json.dumps(line | ({} if line['id'] == first else {'batch': None}))}\n" for line in lines)
    (root / "jobs.jsonl").write_text(known)
    for _ in range(2):
        async with unconnected(root) as (worker, _):
            jobs = {job.id: job for job in worker.jobs()}
            assert (jobs[first].state, jobs[first].batch) == (JobState.WAITING, made.id)
            assert (jobs[second].state, jobs[second].batch) == (JobState.UNCONFIRMED, None)
            assert [job.id for job in worker.unfinished()] == []
