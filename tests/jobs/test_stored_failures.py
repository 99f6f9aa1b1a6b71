"""Why a job failed is stored as a code with parameters, and read again from database and journal."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.demo.faults import Fault
from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import JobState
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import OLDER_COPY, Library
from imagineart_desktop.library.store.job_journal import read_steps
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.support.messages import Message
from imagineart_desktop.workspace.job_texts import failure_words
from tests.jobs.job_fixtures import SMALL, at_work, outcome
from tests.jobs.test_older_database import unconnected, wait_in
from tests.jobs.test_store import job
from tests.support.test_messages import CODES, GENERAL, sample

pytestmark = pytest.mark.asyncio


def stored_messages(root: Path) -> list[str]:
    """Return all messages and advices in the database and in the journal."""
    with closing(sqlite3.connect(root / "library.sqlite")) as connection:
        rows = connection.execute("SELECT error_message, error_advice FROM jobs").fetchall()
    steps = read_steps(root / "jobs.jsonl").values()
    found = [*rows, *((step.get("error_message"), step.get("error_advice")) for step in steps)]
    return [text for pair in found for text in pair if text]


async def test_every_failure_is_the_same_in_the_database_and_in_the_journal(tmp_path: Path) -> None:
    root = tmp_path / "library"
    messages = [sample(code) for code in CODES]
    failures = [Failure("x", one, other, Charged.MAYBE) for one, other in zip(messages, messages[::-1], strict=True)]
    library = Library(root)
    await library.start()
    failed = [replace(job(JobState.FAILED), failure=failure) for failure in failures]
    written = await JobStore(library).write(failed)
    library.close()
    for text in stored_messages(root):
        assert json.loads(text).keys() == {"code", "params"}
    for path in (root / "library.sqlite", root / "jobs.jsonl"):
        data = path.read_bytes()
        for message in messages:
            if message.code == "fal.input_refused_because":
                # The service's own text is all of it.
                continue
            for text in (str(message), json.dumps(str(message))[1:-1]):
                assert text.encode() not in data, (path, text)
    library = Library(root)
    await library.start()
    assert {one.id: one.failure for one in await JobStore(library).shown()} == {one.id: one.failure for one in written}
    library.close()
    for path in root.glob("library.sqlite*"):
        path.unlink()
    library = Library(root)
    await library.start()
    assert {one.id: one.failure for one in await JobStore(library).shown()} == {one.id: one.failure for one in written}
    library.close()


@pytest.mark.parametrize("order", ["work:fail", "result:private", "submit:cut_inside", "submit:status:code=401"])
async def test_what_the_service_does_is_stored_without_a_sentence(order: str, tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse(f"{order}:times=9"))
    async with at_work(tmp_path, demo) as (worker, _):
        (asked,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        failure = (await outcome(worker, asked)).job.failure
    assert failure is not None
    assert failure.message.is_readable
    assert failure.advice.is_readable
    texts = stored_messages(tmp_path / "library")
    assert {failure.message.to_text(), failure.advice.to_text()} <= set(texts)
    assert not {str(failure.message), str(failure.advice)} & set(texts)


async def test_sentences_of_an_earlier_version_are_shown_unchanged(tmp_path: Path) -> None:
    root = tmp_path / "library"
    old = {
        "state": "failed",
        "error_type": "x",
        "error_message": "The service failed: {oops} 100%",
        "error_advice": "Send it again.",
        "charged": "no",
    }
    (in_row, in_journal) = await wait_in(root, 2)
    with closing(sqlite3.connect(root / "library.sqlite")) as connection:
        changes = ", ".join(f"{name} = ?" for name in old)
        connection.execute(f"UPDATE jobs SET {changes} WHERE id = ?", (*old.values(), in_row.id))  # noqa: S608 - ours
        connection.commit()
    step = read_steps(root / "jobs.jsonl")[in_journal.id]
    with (root / "jobs.jsonl").open("a") as file:
        file.write(json.dumps(step | old | {"step": 9}) + "\n")
    for _ in range(2):
        async with unconnected(root) as (worker, library):
            shown = worker.jobs()
            assert {one.id for one in shown} == {in_row.id, in_journal.id}
            for one in shown:
                assert one.failure is not None
                assert str(one.failure) == f"{old['error_message']} {old['error_advice']}"
                assert failure_words(one) == old["error_message"]
                # Another step stores it as it was.
                await JobStore(library).write([one])
    assert set(stored_messages(root)) == {old["error_message"], old["error_advice"]}


@pytest.mark.parametrize(
    ("message", "advice", "shown"),
    [
        ('{"code": "fal.of_tomorrow", "params": {"moons": 3}}', '{"code": "fal.later", "params": {}}', GENERAL),
        ('{"code": "fal.of_tomorrow", "params": {}}', '{"code": "fal.advice.send_again", "params": {}}', None),
        ('{"code": "fal.timeout", "par', '{"code": "', GENERAL),
    ],
)
async def test_a_failure_that_only_a_newer_version_knows_is_shown_in_general_and_kept(
    message: str, advice: str, shown: str | None, tmp_path: Path
) -> None:
    library = Library(tmp_path)
    store = JobStore(library)
    failure = Failure("new", Message.parse(message), Message.parse(advice), Charged.NO)
    (written,) = await store.write([replace(job(JobState.FAILED), failure=failure)])
    await store.write([written.dismissed_copy()])
    found = await store.find(written.id)
    library.close()
    assert found is not None
    assert str(found.failure) == (shown or f"{GENERAL} Send it again.")
    assert set(stored_messages(tmp_path)) == {message, advice}


async def test_questions_of_the_library_itself_are_codes_too(tmp_path: Path) -> None:
    root = tmp_path / "library"
    copied, damaged = await wait_in(root, 2)
    (root / "jobs.jsonl").unlink()
    with closing(sqlite3.connect(root / "library.sqlite")) as connection:
        connection.execute("UPDATE jobs SET request = '{' WHERE id = ?", (damaged.id,))
        connection.commit()
    async with unconnected(root):
        pass
    shutil.copytree(root, tmp_path / "copy")
    async with unconnected(tmp_path / "copy") as (worker, _):
        found = {one.id: one.failure for one in worker.jobs()}
    asked, broken = found[copied.id], found[damaged.id]
    assert asked is not None
    assert broken is not None
    assert {asked.error_type, broken.error_type} == {OLDER_COPY}
    assert asked.message == Message("job.from_older_copy")
    assert broken.message == Message("job.record_damaged")
    advice = "Look for it before you send it again: sending it twice is charged twice."
    assert str(asked).endswith(f"may already have been sent. {advice}")
    assert str(broken) == f"A record of this request is damaged; it may already have been sent. {advice}"
    assert all(text.startswith('{"code": "job.') for text in stored_messages(tmp_path / "copy"))
