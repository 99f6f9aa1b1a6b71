"""A job is described by the definition of the model that it was made with, whatever becomes of the model."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import JobState, Worker
from imagineart_desktop.library import Library, LibraryError, LibraryReadOnlyError
from imagineart_desktop.library.files.files import sha256_of
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.job_journal import read_steps
from imagineart_desktop.models import (
    IDEOGRAM_V3,
    IMAGINEART_15,
    IMAGINEART_20,
    ModelRegistry,
    ModelSpec,
    UnavailableModel,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.workspace.job_texts import unavailable_words
from tests.jobs.job_fixtures import HASTY, SMALL, accepted, held_work, outcome, service_of, until
from tests.jobs.test_unavailable import change_rows, row_of
from tests.library.legacy_libraries import make_earlier

SHA256 = sha256_of(spec_to_json(IMAGINEART_20).encode())
WITHOUT = ModelRegistry([IDEOGRAM_V3])
"""A version of the program that doesn't offer ImagineArt 2.0 any more."""


@asynccontextmanager
async def opened(
    root: Path, models: ModelRegistry | None = None, server: DemoServer | None = None
) -> AsyncIterator[tuple[Worker, Library]]:
    """A running program that offers these models."""
    library = Library(root / "library", models=models)
    await library.start()
    worker = Worker(library, rules=HASTY)
    await worker.start()
    if server is not None:
        await worker.connect(service_of(server))
    try:
        yield worker, library
    finally:
        await worker.stop()
        library.close()


async def leave(root: Path, count: int = 1) -> None:
    async with opened(root) as (worker, _):
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(1, count + 1))


def stored(root: Path) -> list[Path]:
    return sorted((root / "library" / "models").iterdir())


@pytest.mark.asyncio
async def test_equal_definitions_are_stored_once_before_the_jobs_that_need_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as (worker, library):
        jobs = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL, seeds=range(3))
        (other,) = await worker.add(IMAGINEART_15, ServiceKind.DEMO, {"prompt": "a red barn"})
        assert {job.spec for job in jobs} == {SHA256}
        assert [path.stem for path in stored(tmp_path)] == sorted([SHA256, other.spec])
        kept = library.files.spec(SHA256)
        assert spec_from_json(kept.read_bytes()) == IMAGINEART_20
        if os.name == "posix":
            assert kept.stat().st_mode & 0o077 == 0
        before = kept.stat()
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert kept.stat() == before
    assert row_of(tmp_path, jobs[0].id)["spec"] == SHA256
    assert read_steps(tmp_path / "library" / "jobs.jsonl")[jobs[0].id]["spec"] == SHA256


@pytest.mark.asyncio
async def test_nothing_is_added_if_the_definition_cannot_be_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as (worker, _):
        folder = tmp_path / "library" / "models"
        folder.rmdir()
        folder.write_text("in the way")
        with pytest.raises(LibraryError, match="The step of a job cannot be saved"):
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        assert worker.jobs() == []
        folder.unlink()
        assert len(await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)) == 1
    assert [path.stem for path in stored(tmp_path)] == [SHA256]
    viewed = Library(tmp_path / "library", read_only=True)
    with pytest.raises(LibraryReadOnlyError):
        viewed.specs.keep(IMAGINEART_15)
    viewed.close()


@pytest.mark.asyncio
async def test_a_damaged_file_is_written_again_by_the_next_job(tmp_path: Path) -> None:
    await leave(tmp_path)
    (path,) = stored(tmp_path)
    path.write_text("{}")
    await leave(tmp_path)
    assert spec_from_json(path.read_bytes()) == IMAGINEART_20


@pytest.mark.asyncio
async def test_a_job_of_a_model_that_is_gone_is_sent_and_its_image_described(tmp_path: Path, demo: DemoServer) -> None:
    await leave(tmp_path)
    async with opened(tmp_path, WITHOUT, demo) as (worker, library):
        (job,) = worker.jobs()
        assert (job.model, job.is_model_available, job.spec) == (IMAGINEART_20, True, SHA256)
        assert (unavailable_words(job), job.expected_size) == ("", (1024, 256))
        ended = await outcome(worker, job)
        assert ended.job.state is JobState.DONE
        details = await library.details(ended.pictures[0])
        assert details is not None
        assert (details.summary.model, details.summary.model_label) == (IMAGINEART_20, IMAGINEART_20.label)
        assert (details.recipe.spec, details.model_problem) == (SHA256, "")
    assert len(accepted(demo)) == 1


@pytest.mark.asyncio
async def test_a_job_of_a_model_that_is_gone_is_fetched_after_a_restart(tmp_path: Path, demo: DemoServer) -> None:
    with held_work() as may_end:
        async with opened(tmp_path, None, demo) as (worker, _):
            (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
            await until(worker, lambda event: event.job.urls is not None)
        async with opened(tmp_path, WITHOUT, demo) as (worker, _):
            may_end.set()
            assert (await outcome(worker, job)).job.state is JobState.DONE
    assert len(accepted(demo)) == 1


@pytest.mark.asyncio
async def test_a_failed_job_of_a_model_that_is_gone_is_retried(tmp_path: Path, demo: DemoServer) -> None:
    await leave(tmp_path)
    failed = {"state": "failed", "error_type": "x", "error_message": "It failed.", "error_advice": "", "charged": "no"}
    change_rows(tmp_path, **failed)
    async with opened(tmp_path, WITHOUT, demo) as (worker, _):
        (job,) = worker.jobs()
        assert job.can_be_repeated
        await worker.retry(job.id)
        (again,) = worker.jobs()
        assert (again.id != job.id, again.spec, again.model) == (True, SHA256, IMAGINEART_20)
        assert (await outcome(worker, again)).job.state is JobState.DONE


@pytest.mark.asyncio
async def test_a_job_whose_model_has_other_fields_by_now_is_the_one_that_it_was(tmp_path: Path) -> None:
    fields = [field for field in IMAGINEART_20.fields if field.name != "reasoning"]
    newer = ModelSpec.model_validate({**IMAGINEART_20.model_dump(), "fields": fields, "label": "Newer"})
    await leave(tmp_path)
    async with opened(tmp_path, ModelRegistry([newer])) as (worker, _):
        assert [job.model for job in worker.jobs()] == [IMAGINEART_20]


def _other_endpoint(spec: ModelSpec) -> bytes:
    return spec_to_json(spec.model_copy(update={"endpoint": "somebody/else"})).encode()


def _newer(spec: ModelSpec) -> bytes:
    return json.dumps({**json.loads(spec_to_json(spec)), "format": 2}).encode()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "The model definition stored with it is missing. Restore the library from a backup."),
        (_newer(IMAGINEART_20), "was written by a newer version of the program (format 2;"),
        (_other_endpoint(IMAGINEART_20), "belongs to another model; the record is damaged."),
        (b"[1]", "The model definition must be a JSON object."),
    ],
)
async def test_a_definition_that_cannot_be_used_is_explained_and_nothing_is_lost(
    tmp_path: Path, demo: DemoServer, data: bytes | None, told: str
) -> None:
    await leave(tmp_path)
    name = "0" * 64 if data is None else sha256_of(data)
    if data is not None:
        (tmp_path / "library" / "models" / f"{name}.json").write_bytes(data)
    change_rows(tmp_path, spec=name)
    async with opened(tmp_path, WITHOUT, demo) as (worker, _):
        (job,) = worker.jobs()
        before = row_of(tmp_path, job.id)
        assert isinstance(job.model, UnavailableModel)
        assert unavailable_words(job).startswith("This model isn’t available in this version. ")
        assert told in unavailable_words(job)
        assert job.spec == name
    assert row_of(tmp_path, job.id) == before
    async with opened(tmp_path, None, demo) as (worker, _):
        assert (await outcome(worker, job)).job.state is JobState.DONE


@pytest.mark.asyncio
async def test_a_damaged_definition_is_explained_until_it_is_whole_again(tmp_path: Path) -> None:
    await leave(tmp_path)
    (path,) = stored(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    async with opened(tmp_path, WITHOUT) as (worker, library):
        (job,) = worker.jobs()
        assert unavailable_words(job).endswith("is damaged. Restore the library from a backup.")
        path.write_bytes(whole)
        assert library.specs.find(IMAGINEART_20.endpoint, job.spec) == IMAGINEART_20


@pytest.mark.asyncio
@pytest.mark.parametrize("value", ["../../keys", "x" * 64, "AB" * 32, 7, "[" * 1000])
async def test_an_odd_name_of_a_definition_stops_nothing(tmp_path: Path, demo: DemoServer, value: object) -> None:
    await leave(tmp_path)
    change_rows(tmp_path, spec=value)
    async with opened(tmp_path, None, demo) as (worker, _):
        (job,) = worker.jobs()
        # The journal still has it.
        assert job.spec == SHA256
        assert (await outcome(worker, job)).job.state is JobState.DONE


@pytest.mark.asyncio
async def test_a_library_of_an_earlier_version_opens_and_its_jobs_go_on(tmp_path: Path, demo: DemoServer) -> None:
    await leave(tmp_path)
    database = tmp_path / "library" / "library.sqlite"
    make_earlier(database, 12)
    with closing(sqlite3.connect(database)) as connection:
        assert "spec" not in {row[1] for row in connection.execute("PRAGMA table_info(jobs)")}
    async with opened(tmp_path, None, demo) as (worker, library):
        (job,) = worker.jobs()
        assert (job.spec, job.model) == ("", IMAGINEART_20)
        ended = await outcome(worker, job)
        details = await library.details(ended.pictures[0])
        assert details is not None
        assert details.recipe.spec is None


@pytest.mark.asyncio
async def test_definitions_are_in_a_backup_and_come_back_with_it(tmp_path: Path) -> None:
    await leave(tmp_path)
    (path,) = stored(tmp_path)
    whole = path.read_bytes()
    async with opened(tmp_path) as (_, library):
        await back_up(library, tmp_path / "backup")
        copy = tmp_path / "backup" / "models" / path.name
        assert copy.read_bytes() == whole
        path.write_text("{}")
        await restore_backup(library, tmp_path / "backup")
        assert path.read_bytes() == whole
        copy.write_text("[]")
        result = await restore_backup(library, tmp_path / "backup")
        assert result.files.damaged == (f"models/{path.name}",)
        assert path.read_bytes() == whole
        make_earlier(tmp_path / "backup" / "library.sqlite", 12)
        await restore_backup(library, tmp_path / "backup")


@pytest.mark.asyncio
async def test_a_lost_database_gets_the_definitions_of_its_jobs_from_the_journal(tmp_path: Path) -> None:
    await leave(tmp_path)
    for path in (tmp_path / "library").glob("library.sqlite*"):
        path.unlink()
    async with opened(tmp_path, WITHOUT) as (worker, _):
        (job,) = worker.jobs()
        assert (job.spec, job.model) == (SHA256, IMAGINEART_20)
