"""What the command line reports about its library, and what it leaves in the output folder."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.job_report import _copy_to
from imagineart_desktop.demo import DemoServer, Timing
from imagineart_desktop.studio import Core, open_core
from tests.cli.conftest import command


@pytest.mark.parametrize("words", [("resume",), ("generate", "--prompt", "x", "--n", "100")])
def test_a_rebuilt_library_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert command(tmp_path, "resume") == ExitCode.OK
    (database,) = (tmp_path / "data" / "library").glob("*.sqlite*")
    database.write_bytes(os.urandom(8_192))
    capsys.readouterr()
    command(tmp_path, *words)
    said = capsys.readouterr().err.splitlines()[0]
    assert said.startswith("The library database was damaged, so it was rebuilt from 0 image files")
    assert next(iter((tmp_path / "data" / "library").rglob("*damaged*"))).name in said


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_library_that_is_damaged_meanwhile_ends_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_sent: bool
) -> None:
    slow = DemoServer(tmp_path / "demo", pace=Timing(work=600))

    @asynccontextmanager
    async def damaged_later(*places: Any, **rest: Any) -> AsyncIterator[Core]:
        async with open_core(*places, **rest, demo=slow) as parts:
            if not is_sent:
                await parts.worker.disconnect(parts.account.kind)
            damaging = asyncio.create_task(damage(parts))
            yield parts
            await damaging

    async def damage(parts: Core) -> None:
        while not (jobs := parts.worker.jobs()) or (is_sent and jobs[0].request_id is None):
            await asyncio.sleep(0.01)
        parts.library.damage_seen.set()

    monkeypatch.setattr("imagineart_desktop.cli.requests.open_core", damaged_later)
    ended = command(tmp_path, "generate", "--prompt", "x")
    assert ended == (ExitCode.UNCONFIRMED if is_sent else ExitCode.FAILED)
    assert "is damaged. Restart the program" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_copy_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    import resource

    picture, out = tmp_path / "a.png", tmp_path / "out"
    picture.write_bytes(b"new" * 10_000)
    out.mkdir()
    (out / "a.png").write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        assert _copy_to(picture, out) is None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (out / "a.png").read_bytes() == b"old"
    assert [path.name for path in out.iterdir()] == ["a.png"]
    assert _copy_to(picture, out) == out / "a.png"
    assert (out / "a.png").read_bytes() == picture.read_bytes()
    assert [path.name for path in out.iterdir()] == ["a.png"]
