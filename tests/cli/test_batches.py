"""`batch list`, `show`, `pause`, `resume` and `cancel`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BatchRequest, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.places import AppPaths


@pytest.fixture
def ids(tmp_path: Path) -> list[str]:
    """Return the ids of two batches."""

    async def add() -> list[str]:
        library = Library(AppPaths.below(tmp_path).library)
        await library.start()
        worker = Worker(library)
        await worker.start()
        added = []
        for name, service in (("Kettles", ServiceKind.LIVE), ("Pots", ServiceKind.DEMO)):
            requests = [BatchRequest(IMAGINEART_20, {"prompt": f"{name} {number}"}) for number in range(3)]
            added.append((await worker.batches.add(name, requests, service, low_priority=True)).id)
        await worker.stop()
        library.close()
        return added

    return asyncio.run(add())


def told(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> str:
    assert main(["batch", *arguments, "--data", str(root)]) == ExitCode.OK
    return capsys.readouterr().out


def test_batches_are_listed_and_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path, ids: list[str]) -> None:
    kettles, pots = ids
    listed = told(capsys, tmp_path, "list").splitlines()
    assert sorted(line.split()[0] for line in listed) == sorted((kettles[:8], pots[:8]))
    line = next(line for line in listed if line.endswith("Kettles"))
    assert "running   0 of 3 done, 3 waiting, 0 failed  $0.00 of $0.15" in line
    shown = json.loads(told(capsys, tmp_path, "show", "kettles", "--json"))
    assert (shown["id"], shown["counts"], shown["estimate"]) == (kettles, {"waiting": 3}, "0.15")
    assert [job["prompt"] for job in shown["requests"]] == ["Kettles 0", "Kettles 1", "Kettles 2"]
    assert "    2  waiting      Pots 1" in told(capsys, tmp_path, "show", pots[:8])


def test_a_batch_is_paused_resumed_and_canceled(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ids: list[str]
) -> None:
    assert "paused" in told(capsys, tmp_path, "pause", "Kettles")
    (paused,) = (row for row in json.loads(told(capsys, tmp_path, "list", "--json")) if row["state"] == "paused")
    assert paused["id"] == ids[0]
    assert "running" in told(capsys, tmp_path, "resume", ids[0])
    canceled = json.loads(told(capsys, tmp_path, "cancel", "Kettles", "--json"))
    assert (canceled["state"], canceled["counts"]) == ("canceled", {"cancelled": 3})
    assert [row["name"] for row in json.loads(told(capsys, tmp_path, "list", "--json"))] == ["Pots"]
    every = json.loads(told(capsys, tmp_path, "list", "--all", "--json"))
    assert sorted(row["name"] for row in every) == ["Kettles", "Pots"]


def test_a_batch_that_is_unknown_or_not_the_only_one_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ids: list[str]
) -> None:
    del ids
    assert main(["batch", "pause", "lids", "--data", str(tmp_path)]) == ExitCode.WRONG_REQUEST
    assert "There is no batch “lids”." in capsys.readouterr().err
    assert main(["batch", "pause", "", "--data", str(tmp_path)]) == ExitCode.WRONG_REQUEST
    assert "Several batches are called “”." in capsys.readouterr().err


def test_resuming_does_not_wait_for_a_paused_batch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ids: list[str]
) -> None:
    del ids
    told(capsys, tmp_path, "cancel", "Kettles")
    told(capsys, tmp_path, "pause", "Pots")
    assert main(["resume", "--data", str(tmp_path)]) == ExitCode.OK
    assert "3 requests of paused batches: “batch resume” continues." in capsys.readouterr().err
    told(capsys, tmp_path, "resume", "Pots")
    assert main(["resume", "--data", str(tmp_path)]) == ExitCode.OK
    capsys.readouterr()
    (pots,) = (row for row in json.loads(told(capsys, tmp_path, "list", "--all", "--json")) if row["name"] == "Pots")
    assert pots["counts"] == {"done": 3}
