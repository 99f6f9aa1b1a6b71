"""`resume` names the requests that this version can't send, and continues with the others."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import DemoServer
from tests.cli.conftest import command
from tests.jobs.test_unavailable import ENDPOINT, change_rows, left_in, row_of

NOTICE = "This model isn’t available in this version. Update the program to continue; nothing is lost."


def test_an_unsent_request_of_an_unknown_model_is_named_and_not_sent(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    left = asyncio.run(left_in(tmp_path / "data", endpoint=ENDPOINT, service="live"))
    before = row_of(tmp_path / "data", left.id)
    assert command(tmp_path, "resume", "--yes") == ExitCode.STALLED
    said = capsys.readouterr()
    assert f"{ENDPOINT}: waiting. {NOTICE}" in said.err
    assert json.loads(said.out)["pictures"] == []
    assert live.counts.get("submissions", 0) == 0
    assert row_of(tmp_path / "data", left.id) == before
    change_rows(tmp_path / "data", state="submitting")
    assert command(tmp_path, "resume", "--yes", "--find") == ExitCode.UNCONFIRMED
    assert f"{ENDPOINT}: unconfirmed. {NOTICE}" in capsys.readouterr().err
    assert live.counts.get("submissions", 0) == 0
