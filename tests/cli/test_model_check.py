"""`models check`: over a real connection, without a key; the prices that it reads are used from then on."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import Hosts
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, ModelRegistry, ModelSpec
from imagineart_desktop.models.price_rule import FixedPrice

V2 = IDEOGRAM_V2_EDIT.endpoint


def run(root: Path, *arguments: str) -> int:
    return main(["models", *arguments, "--data", str(root / "data")])


def serve(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    at = server.hosts
    hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)
    monkeypatch.setattr("imagineart_desktop.cli.model_check.FAL_HOSTS", hosts)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_new_price_is_told_once_and_used_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {name: getattr(IDEOGRAM_V2_EDIT, name) for name in ModelSpec.model_fields}
    dearer = ModelSpec(**{**values, "price_rule": FixedPrice(amount=Decimal("0.1"))})
    with DemoServer(tmp_path / "service", pace=FAST_TIMING, models=ModelRegistry([dearer])) as server:
        serve(server, monkeypatch)
        assert run(tmp_path, "show", V2) == ExitCode.OK
        assert "price: $0.08 (of 2026-11)\n" in capsys.readouterr().out
        assert run(tmp_path, "check", V2) == ExitCode.OK
        assert capsys.readouterr().out == (
            f"Ideogram V2 Edit ({V2})\n  The price is now $0.10; it was $0.08.\n1 model changed, 0 didn’t.\n"
        )
        assert run(tmp_path, "show", V2) == ExitCode.OK
        assert "price: $0.10 (as of " in capsys.readouterr().out
        assert run(tmp_path, "check", V2, "--json") == ExitCode.OK
        (row,) = json.loads(capsys.readouterr().out)
        assert (row["changes"], row["price"], [price["price"] for price in row["prices"]]) == ([], "$0.10", ["$0.10"])
        assert row["price_read_on"] == row["prices"][0]["since"]
        assert run(tmp_path, "list", "--json") == ExitCode.OK
        listed = {row["endpoint"]: row for row in json.loads(capsys.readouterr().out)}
        assert (listed[V2]["lowest_price"], listed[V2]["price_read_on"]) == ("0.10", row["price_read_on"])
        assert server.counts.get("requests:list", 0) == 0


def test_a_model_that_could_not_be_checked_is_named_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with DemoServer(tmp_path / "service", pace=FAST_TIMING, models=ModelRegistry([IDEOGRAM_V2_EDIT])) as server:
        serve(server, monkeypatch)
        assert run(tmp_path, "check", V2, "fal-ai/ideogram/v3") == ExitCode.FAILED
        said = capsys.readouterr().out
        assert "  fal.ai has no model “fal-ai/ideogram/v3”.\nNo changes in 1 model; 1 couldn’t be checked.\n" in said
    assert run(tmp_path, "check", "nobody/nothing") == ExitCode.WRONG_REQUEST
    assert "There is no model “nobody/nothing”." in capsys.readouterr().err
