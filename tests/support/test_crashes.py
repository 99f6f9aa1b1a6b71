"""Crashes are recorded, listeners that can save are called, and the next start knows of the crash."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagineart_desktop.support import CrashReporter, start_logging, stop_logging


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    start_logging(tmp_path)
    crashes = CrashReporter(tmp_path)
    crashes.start()
    assert not crashes.previous_run_crashed
    found: list[BaseException] = []
    crashes.tell(found.append)
    yield found
    crashes.end()
    stop_logging()
    assert not (tmp_path / "running").exists()


def test_an_error_that_nothing_caught(told: list[BaseException], tmp_path: Path) -> None:
    try:
        raise RuntimeError("in a slot")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert isinstance(told[0], RuntimeError)
    stop_logging()
    entry = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])
    assert entry["error"]["type"] == "RuntimeError"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_a_thread(told: list[BaseException]) -> None:
    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert [str(error) for error in told] == ["in a thread"]


def test_an_error_of_a_task_that_nobody_waits_for(told: list[BaseException], tmp_path: Path) -> None:
    crashes = CrashReporter(tmp_path)
    crashes.tell(told.append)

    async def main() -> None:
        crashes.watch(asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0.01)

    asyncio.run(main())
    assert isinstance(told[0], ZeroDivisionError)


def test_a_fault_that_python_cannot_catch_is_found_by_the_next_start(tmp_path: Path) -> None:
    code = (
        "import sys, ctypes, pathlib; from imagineart_desktop.support import CrashReporter;"
        "CrashReporter(pathlib.Path(sys.argv[1])).start(); ctypes.string_at(0)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(  # noqa: S603 - our own code
        command, check=False, capture_output=True, env=dict(os.environ, PYTHONPATH=str(Path.cwd()))
    )
    assert done.returncode != 0
    crashes = CrashReporter(tmp_path)
    crashes.start()
    assert crashes.previous_run_crashed
    (trace,) = tmp_path.glob("fault-*.txt")
    assert "Fatal Python error" in trace.read_text() or "Windows fatal exception" in trace.read_text()
    crashes.end()
    again = CrashReporter(tmp_path)
    again.start()
    assert not again.previous_run_crashed
    again.end()
