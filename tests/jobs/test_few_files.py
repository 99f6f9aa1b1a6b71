"""In a process that may open few files, jobs wait for files that can't be opened, and none is lost."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import JobState
from imagineart_desktop.jobs.disk_problems import disk_failure
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, at_work, books, outcome, until

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize("limit", [32, 64])
def test_jobs_end_well_with_few_files(demo: DemoServer, tmp_path: Path, limit: int) -> None:
    base = demo.hosts.run.removesuffix("/run")
    command = [sys.executable, "-m", "tests.jobs.few_files", str(limit), str(tmp_path), base, demo.key]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.stdout == "done\n", ended.stderr
    assert demo.counts["submissions"] == 6


@pytest.mark.asyncio
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no device that is always full")
async def test_a_job_waits_for_room_on_the_disk_and_says_so(demo: DemoServer, tmp_path: Path) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        full = library.files.incoming(f"{job.id}-0")
        full.symlink_to("/dev/full")
        waiting = await until(worker, lambda event: event.job.failure is not None)
        assert waiting.job.state is JobState.FETCHING
        assert waiting.job.failure is not None
        assert str(waiting.job.failure.message) == "The disk is full."
        assert waiting.job.failure.charged is Charged.YES
        await asyncio.to_thread(full.unlink)
        event = await outcome(worker, job)
    assert event.job.state is JobState.DONE
    assert event.job.failure is None
    assert books(demo)["submissions"] == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full."),
        (errno.EROFS, "The library’s folder cannot be written."),
        (errno.EACCES, "The library’s folder cannot be written."),
        (errno.EMFILE, "Too many files are open."),
        (errno.EIO, f"A file cannot be read or written: {os.strerror(errno.EIO)}."),
    ],
)
def test_each_trouble_of_the_disk_has_its_own_words(number: int, words: str) -> None:
    trouble = disk_failure(OSError(number, os.strerror(number)), Charged.YES)
    assert str(trouble.message) == words
    assert str(trouble.advice).endswith("The job resumes automatically.")
