"""Fixtures for a command line with a demo server in place of fal.ai, which counts requests, uploads and charges."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from imagineart_desktop import cli
from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import Hosts
from imagineart_desktop.studio import open_core


@pytest.fixture(autouse=True)
def no_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("FAL_KEY", raising=False)


@pytest.fixture
def live(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> DemoServer:
    """The server in place of fal.ai."""
    at = demo.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api)
    monkeypatch.setenv("FAL_KEY", demo.key)
    monkeypatch.setattr("imagineart_desktop.cli.requests.open_core", partial(open_core, live_hosts=hosts))
    return demo


def command(root: Path, *arguments: str) -> int:
    """Run a command whose data and results are below a folder; return its exit code."""
    out = () if arguments[0] == "resume" else ("--out", str(root / "out"))
    return cli.main([*arguments, *out, "--data", str(root / "data")])
