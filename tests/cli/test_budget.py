"""Commands send nothing that costs more than the user said: with --max-cost, or with a budget in the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import DemoServer
from tests.cli.conftest import command

SMALL = ("--prompt", "x", "--resolution", "1K", "--aspect-ratio", "4:1")


def set_budget(root: Path, line: str) -> None:
    """Write the settings file as the window does."""
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / "settings.ini").write_text(f"[General]\ntheme=dark\n{line}\n\n[values]\ntab=x\n")


def test_nothing_is_sent_for_more_than_the_maximum_cost(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    generate = ("generate", *SMALL, "--n", "3", "--yes")
    assert command(tmp_path, *generate, "--max-cost", "0.08") == ExitCode.OVER_BUDGET
    said = capsys.readouterr()
    assert said.err.endswith("Nothing was sent: this costs about 3 × $0.03 = $0.09, more than --max-cost $0.08.\n")
    assert not said.out
    assert live.counts == {}
    assert command(tmp_path, *generate, "--max-cost", "$0.09") == ExitCode.OK
    recipe = json.loads(capsys.readouterr().out)["pictures"][0]["file"]
    assert command(tmp_path, "run", recipe, "--yes", "--max-cost", "0.02") == ExitCode.OVER_BUDGET
    assert live.counts["submissions"] == 3


@pytest.mark.parametrize("name", ["edit", "inpaint"])
def test_every_command_that_makes_requests_has_a_maximum_cost(
    tmp_path: Path, photos: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    given = ("--outpaint", "64,0,0,0") if name == "inpaint" else ()
    image = ("--prompt", "x", "--image", str(photos / "coffee.png"))
    assert command(tmp_path, name, *image, *given, "--yes", "--max-cost", "0") == ExitCode.OVER_BUDGET
    assert "more than --max-cost $0.00." in capsys.readouterr().err
    assert live.counts == {}


@pytest.mark.parametrize("words", ["", "much", "-1", "1e3", "nan"])
def test_a_maximum_that_is_no_amount_is_refused(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(tmp_path, "generate", *SMALL, "--yes", f"--max-cost={words}")
    assert ended.value.code == ExitCode.WRONG_REQUEST
    assert "is not an amount of US dollars, such as 2.50" in capsys.readouterr().err
    assert live.counts == {}


def test_the_budget_of_the_settings_holds_for_commands(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    set_budget(tmp_path, "daily_budget=0.10")
    assert command(tmp_path, "generate", *SMALL, "--n", "2", "--yes") == ExitCode.OK
    assert "is used;" not in capsys.readouterr().err
    assert command(tmp_path, "generate", *SMALL, "--n", "2", "--yes") == ExitCode.OVER_BUDGET
    said = capsys.readouterr()
    assert said.err.endswith(
        "Nothing was sent: this costs $0.06, and $0.04 of today’s $0.10 budget is left until midnight.\n"
    )
    assert not said.out
    assert live.counts["submissions"] == 2
    assert command(tmp_path, "generate", *SMALL, "--yes") == ExitCode.OK
    assert "$0.09 of today’s $0.10 budget is used; $0.01 is left until midnight.\n" in capsys.readouterr().err
    set_budget(tmp_path, "monthly_budget=0.09")
    assert command(tmp_path, "generate", *SMALL, "--yes") == ExitCode.OVER_BUDGET
    assert "Nothing was sent: this month’s $0.09 budget is used up until" in capsys.readouterr().err
    assert live.counts["submissions"] == 3


def test_the_demo_is_never_limited(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY")
    set_budget(tmp_path, "daily_budget=0")
    assert command(tmp_path, "generate", *SMALL, "--max-cost", "0") == ExitCode.OK
    assert len(json.loads(capsys.readouterr().out)["pictures"]) == 1
    assert live.counts == {}
