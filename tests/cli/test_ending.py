"""Signals, full disks, odd environments and internal errors: each ends in order, with its own exit code."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from imagineart_desktop import cli
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.jobs import Job, Worker
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import LibraryError, is_in_use
from imagineart_desktop.support import parse_int, start_logging, stop_logging
from tests.cli.conftest import command
from tests.waiting import until

WORDS = ("generate", "--prompt", "x", "--resolution", "1K", "--aspect-ratio", "4:1", "--yes")

signals = pytest.mark.skipif(
    os.name != "posix" or threading.current_thread() is not threading.main_thread(), reason="needs signals"
)


@pytest.fixture
def heeded_signals() -> Iterator[None]:
    """Reset the signal handlers: under nohup, or in the background of a shell, some are inherited as ignored."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    inherited = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    yield
    for number, handler in inherited.items():
        signal.signal(number, handler)


@signals
@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_command_in_order(
    tmp_path: Path,
    live: DemoServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    live.order(Fault.parse("work:delay:seconds=0.5"))
    told = JobRegistry._tell

    def tell(registry: JobRegistry, job: Job, pictures: tuple[int, ...]) -> None:
        told(registry, job, pictures)
        if job.state == "queued":
            os.kill(os.getpid(), number)

    monkeypatch.setattr(JobRegistry, "_tell", tell)
    before = signal.getsignal(number)
    assert command(tmp_path, *WORDS) == 128 + number
    assert "Stopped. Nothing is lost: “resume” continues." in capsys.readouterr().err
    assert signal.getsignal(number) is before
    assert not is_in_use(tmp_path / "data" / "library")
    monkeypatch.setattr(JobRegistry, "_tell", told)
    live.order()
    assert command(tmp_path, "resume") == ExitCode.OK
    assert live.counts["submissions"] == 1


@signals
def test_an_ignored_signal_stays_ignored(tmp_path: Path, live: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    told = JobRegistry._tell

    def tell(registry: JobRegistry, job: Job, pictures: tuple[int, ...]) -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        told(registry, job, pictures)

    monkeypatch.setattr(JobRegistry, "_tell", tell)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert command(tmp_path, *WORDS) == ExitCode.OK
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_full_disk_is_said_once_and_waiting_for_it_ends(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written, full = JobStore.write, set[str]()

    async def write(store: JobStore, jobs: list[Job], *others: Any) -> list[Job]:
        if jobs[0].state == "fetching":
            # Both jobs fail at the same time, however long each of them takes.
            full.add(jobs[0].id)
            await until(lambda: len(full) == 2)
            raise LibraryError("The disk is full.", "Free some space and try again.")
        return await written(store, jobs, *others)

    monkeypatch.setattr(JobStore, "write", write)
    assert command(tmp_path, *WORDS, "--n", "2", "--wait", "3") == ExitCode.STALLED
    said = capsys.readouterr()
    assert said.err.count("disk is full. Free some space") == 3  # once while waiting, once for each job at the end
    assert "2 requests are unfinished. Nothing is lost: once the problem is solved, “resume” continues." in said.err
    assert len(json.loads(said.out)["problems"]) == 2
    monkeypatch.setattr(JobStore, "write", written)
    assert command(tmp_path, "resume") == ExitCode.OK
    assert len(json.loads(capsys.readouterr().out)["pictures"]) == 2
    assert live.counts["submissions"] == 2


def test_a_data_folder_without_room_is_told_before_anything_is_sent(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if "data" in str(folder) else 2**40)

    (tmp_path / "data").mkdir()
    monkeypatch.setattr("shutil.disk_usage", usage)
    assert command(tmp_path, *WORDS) == ExitCode.FAILED
    assert "is full: 0 MB are free. Free some space, or choose another folder." in capsys.readouterr().err
    assert live.counts == {}


def test_a_service_that_cannot_be_reached_is_not_waited_for_for_ever(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    live.stop()
    with socket.socket() as held:
        # Bound but not listening: no other test's server gets the port, and connections to it are refused.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", urlsplit(live.hosts.run).port or 0))
        assert command(tmp_path, *WORDS, "--wait", "0.3") == ExitCode.STALLED
    said = capsys.readouterr().err
    assert said.count("The service cannot be reached.") == 1
    assert said.count("waiting") == 1


def test_an_upload_that_stands_still_is_not_waited_for_for_ever(
    tmp_path: Path,
    live: DemoServer,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imagineart_desktop.jobs.waiting._STALLED_AFTER", 0.01)
    live.order(Fault.parse("upload:delay:seconds=3600"))
    words = ("edit", "--prompt", "x", "--image", str(photos / "coffee.png"), "--yes", "--wait", "0")
    assert command(tmp_path, *words) == ExitCode.STALLED
    said = capsys.readouterr().err
    assert "The upload isn’t moving. Check your connection. The upload continues on its own." in said
    assert "1 request is unfinished." in said
    assert "submissions" not in live.counts


def test_a_service_that_is_always_busy_is_not_waited_for_for_ever(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    live.order(Fault.parse("submit:status:code=429:retry_after=0"))
    assert command(tmp_path, *WORDS, "--wait", "0") == ExitCode.STALLED
    assert "The service is busy. Retrying automatically." in capsys.readouterr().err


def test_an_error_of_the_program_is_a_sentence_and_an_entry_in_the_log(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_worker: Worker) -> int:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr(Worker, "left", broken)
    assert command(tmp_path, *WORDS) == ExitCode.INTERNAL
    said = capsys.readouterr().err
    log = tmp_path / "data" / "logs" / "log.jsonl"
    assert said == f"Something went wrong in this program. Details are in {log}.\n"
    assert "nobody thought of it" in log.read_text("utf-8")


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "logs").touch()
    assert command(tmp_path, *WORDS) == ExitCode.OK
    assert "Cannot write a log to" in capsys.readouterr().err
    assert start_logging(tmp_path / "data" / "logs") is None
    stop_logging()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has folders by environment variables")
def test_folders_by_relative_variables_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imagineart_desktop.places import AppPaths

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, "relative")
    places = AppPaths.usual()
    for path in (places.library, places.demo, places.settings, places.logs):
        assert path.is_relative_to(tmp_path)
        assert "relative" not in path.parts


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("-7", -7), ("²", None), ("٣", None), ("1_0", None), ("", None), ("9" * 5000, None)],
)
def test_numbers_from_outside(text: str, number: int | None) -> None:
    assert parse_int(text) == number
    assert parse_int(text, most=5) == (number if number is not None and number <= 5 else None)


def test_commands_are_listed_with_their_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["generate", "--help"])
    said = capsys.readouterr().out
    assert all(f"\n  {code:<4} " in said for code in ExitCode)
