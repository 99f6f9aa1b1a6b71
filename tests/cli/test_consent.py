"""Nothing is spent at fal.ai unless somebody agreed to the price."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest

from imagineart_desktop.cli import requests
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import encode_grey_png, new_mask
from imagineart_desktop.jobs import Job, JobState, ServiceConnection, Worker
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.support import print_notice
from tests.cli.conftest import command
from tests.security.test_key import Stuck
from tests.waiting import until

SMALL = ("--resolution", "1K", "--aspect-ratio", "4:1")


async def _rows(root: Path, *prompts: str) -> list[Job]:
    """Add live requests that are never sent; return the library's jobs."""
    library = Library(root / "data" / "library")
    await library.start()
    worker = Worker(library)
    for prompt in prompts:
        fields = {"prompt": prompt, "resolution": "1K", "aspect_ratio": "4:1"}
        await worker.add(IMAGINEART_20, ServiceKind.LIVE, fields)
    jobs = await JobStore(library).shown()
    await worker.stop()
    library.close()
    return jobs


@pytest.mark.parametrize(
    ("arguments", "price"),
    [
        (("generate", "--prompt", "x", "--n", "100"), "100 requests to fal.ai, about $5.00 (estimate: 100 × $0.05)."),
        (("generate", "--prompt", "x"), "1 request to fal.ai, about $0.05 (estimate: $0.05)."),
        (
            ("edit", "--prompt", "x", "--image", "PHOTO", "--image", "PHOTO", "--n", "2"),
            "2 requests to fal.ai, about $0.114 (estimate: 2 × ($0.05 + 1 × $0.007)).",
        ),
        (("inpaint", "--prompt", "x", "--image", "PHOTO", "--mask", "MASK"), "1 request to fal.ai, about $0.08"),
    ],
)
def test_no_command_sends_anything_before_its_price_is_agreed_to(
    tmp_path: Path,
    photos: Path,
    live: DemoServer,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    price: str,
) -> None:
    mask = new_mask((600, 400))
    mask[100:200, 100:200] = 255
    (tmp_path / "mask.png").write_bytes(encode_grey_png(mask))
    places = {"PHOTO": str(photos / "coffee.png"), "MASK": str(tmp_path / "mask.png")}
    assert command(tmp_path, *(places.get(word, word) for word in arguments)) == ExitCode.NOT_AGREED
    said = capsys.readouterr()
    assert price in said.err
    assert "Nothing was sent. Add --yes to agree to the price." in said.err
    assert not said.out
    assert live.counts == {}
    assert not asyncio.run(_rows(tmp_path))


def test_with_a_yes_it_is_sent(tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "generate", "--prompt", "x", "--n", "2", "--yes", *SMALL) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["service"], len(report["pictures"]), live.counts["submissions"]) == ("live", 2, 2)


def test_what_was_never_sent_is_not_sent_by_a_resume_without_a_yes(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    left = asyncio.run(_rows(tmp_path, "a lake", "a hill"))
    assert command(tmp_path, "resume") == ExitCode.NOT_AGREED
    assert "2 requests to fal.ai, about $0.06" in capsys.readouterr().err
    assert live.counts == {}
    assert asyncio.run(_rows(tmp_path)) == left
    assert command(tmp_path, "resume", "--yes") == ExitCode.OK
    assert len(json.loads(capsys.readouterr().out)["pictures"]) == 2
    assert live.counts["submissions"] == 2
    assert {job.state for job in asyncio.run(_rows(tmp_path))} <= {JobState.DONE}


@pytest.mark.parametrize("key", ["", "   "])
def test_an_empty_key_is_none(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("FAL_KEY", key)
    assert command(tmp_path, "generate", "--prompt", "x", "--n", "100") == ExitCode.NOT_AGREED
    assert "Demo: nothing is sent to fal.ai and nothing is charged." in capsys.readouterr().err
    assert live.counts == {}


@pytest.mark.parametrize("key", ["ключ:абв", "first\nsecond:line", "secret", "id:two words"])
def test_an_unusable_key_is_named_and_nothing_is_sent(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("FAL_KEY", key)
    assert command(tmp_path, "generate", "--prompt", "x", "--yes") == ExitCode.WRONG_REQUEST
    assert capsys.readouterr().err == (
        "FAL_KEY is not a fal.ai key, which looks like id:secret. Set it again, or unset it.\n"
    )
    assert live.counts == {}


def test_more_than_can_be_meant_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command(tmp_path, "generate", "--prompt", "x", "--n", "100000000", "--yes")
    assert refused.value.code == ExitCode.WRONG_REQUEST
    assert "is too many" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_somebody_at_a_terminal_is_asked(tmp_path: Path) -> None:
    try:
        outer, inner = os.openpty()
    except OSError:
        pytest.skip("this system has no pseudo-terminals, as some containers")
    environment = dict(os.environ, FAL_KEY="made-up:for-this-test")
    words = ["-m", "imagineart_desktop", "generate", "--prompt", "x", "--out", str(tmp_path), "--data", str(tmp_path)]
    asked = subprocess.Popen(  # noqa: S603
        [sys.executable, *words], stdin=inner, stderr=inner, stdout=subprocess.DEVNULL, env=environment
    )
    os.close(inner)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(outer, 1000)
    os.write(outer, b"n\n")
    assert asked.wait() == ExitCode.NOT_AGREED
    os.close(outer)


@pytest.mark.parametrize("agreed", [[], ["--yes"]])
def test_a_keychain_that_does_not_answer_delays_demo_only_where_something_could_be_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], agreed: list[str]
) -> None:
    stuck, before = Stuck(), keyring.get_keyring()
    keyring.set_keyring(stuck)
    # The other wait wouldn't end within a test.
    monkeypatch.setattr("imagineart_desktop.cli.requests.DEMO_WAITS", 600.0 if agreed else 0.0)
    monkeypatch.setattr("imagineart_desktop.jobs.connection._KEYCHAIN_SECONDS", 0.0 if agreed else 600.0)
    try:
        assert command(tmp_path, "generate", "--prompt", "x", *SMALL, *agreed) == ExitCode.OK
    finally:
        stuck.go_on.set()
        keyring.set_keyring(before)
    said = capsys.readouterr().err
    assert said.count("keychain doesn’t answer") == 1
    assert "Demo: nothing is sent to fal.ai" in said


@pytest.mark.parametrize("words", [("generate", "--prompt", "x", "--yes", *SMALL), ("resume",)])
def test_a_slow_keychain_that_is_waited_for_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    stuck, before = Stuck(), keyring.get_keyring()

    def say_and_unlock(text: str) -> None:
        print_notice(text)
        if "keychain" in text:
            stuck.go_on.set()

    keyring.set_keyring(stuck)
    monkeypatch.setattr(requests, "print_notice", say_and_unlock)
    monkeypatch.setattr("imagineart_desktop.jobs.connection._SLOW_SECONDS", 0.0)
    monkeypatch.setattr("imagineart_desktop.jobs.connection._KEYCHAIN_SECONDS", 600.0)
    try:
        assert command(tmp_path, *words) == ExitCode.OK
    finally:
        stuck.go_on.set()
        keyring.set_keyring(before)
    waits = "Waiting up to 10 min for the system’s keychain. Unlock it, or set FAL_KEY.\n"
    assert capsys.readouterr().err.startswith(waits)


@pytest.fixture
def late_key(live: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Awaitable[None]]]:
    """Use a keychain that doesn't answer in time. Yields a function that lets it answer and waits until Live is on."""
    stuck, before, accounts, start = Stuck(), keyring.get_keyring(), [], ServiceConnection.start

    async def noted(account: ServiceConnection) -> None:
        accounts.append(account)
        await start(account)

    async def answer() -> None:
        stuck.go_on.set()
        await until(lambda: accounts[0].kind is ServiceKind.LIVE)

    stuck.held = live.key
    keyring.set_keyring(stuck)
    monkeypatch.delenv("FAL_KEY")
    monkeypatch.setattr(ServiceConnection, "start", noted)
    monkeypatch.setattr("imagineart_desktop.cli.requests.DEMO_WAITS", 0.0)
    monkeypatch.setattr("imagineart_desktop.jobs.connection._KEYCHAIN_SECONDS", 0.0)
    yield answer
    stuck.go_on.set()
    keyring.set_keyring(before)


def _follow(monkeypatch: pytest.MonkeyPatch, step: str, then: Callable[[], Awaitable[None]]) -> None:
    """Run something at the end of a step of a command."""
    really = getattr(requests, step)

    async def stepped(*arguments: Any) -> Any:
        result = await really(*arguments)
        await then()
        return result

    monkeypatch.setattr(requests, step, stepped)


@pytest.mark.parametrize("agreed", [[], ["--yes"]])
def test_what_was_agreed_to_as_free_is_not_sent_live(
    tmp_path: Path,
    live: DemoServer,
    late_key: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    agreed: list[str],
) -> None:
    """The keychain answers while the user is being asked."""
    _follow(monkeypatch, "confirm_cost", late_key)
    assert command(tmp_path, "generate", "--prompt", "x", "--n", "2", *SMALL, *agreed) == ExitCode.NOT_AGREED
    said = capsys.readouterr().err
    assert "nothing is charged" in said
    assert "Nothing was sent: the program is Live now, and this costs about 2 × $0.03 = $0.06." in said
    assert live.counts == {}
    assert not asyncio.run(_rows(tmp_path))


def test_what_waits_for_a_key_does_not_end_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = asyncio.run(_rows(tmp_path, "a lake"))
    assert command(tmp_path, "resume") == ExitCode.STALLED
    assert "1 request waits for a fal.ai key: set FAL_KEY." in capsys.readouterr().err
    assert asyncio.run(_rows(tmp_path)) == left


@pytest.mark.parametrize(
    ("step", "code"), [("_print_startup_notices", ExitCode.NOT_AGREED), ("_release_held", ExitCode.STALLED)]
)
def test_what_is_held_is_not_sent_with_a_late_key(
    tmp_path: Path,
    live: DemoServer,
    late_key: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    code: ExitCode,
) -> None:
    """The keychain answers before the requests are listed, so that the user is asked about them, or afterward."""
    left = asyncio.run(_rows(tmp_path, "a lake"))
    _follow(monkeypatch, step, late_key)
    assert command(tmp_path, "resume") == code
    assert live.counts == {}
    assert asyncio.run(_rows(tmp_path)) == left
