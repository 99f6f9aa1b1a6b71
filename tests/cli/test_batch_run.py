"""`batch run`: recipes and files with a request per row, sent as batches."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.batches.plan import BatchPlan, VariedField
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.demo import DemoServer
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.places import AppPaths
from tests.batches.batch_fixtures import write_image

ENDPOINT = IMAGINEART_20.endpoint


def run(root: Path, *arguments: str | Path) -> int:
    return main(["batch", "run", *map(str, arguments), "--data", str(root / "data")])


@pytest.mark.usefixtures("live")
def test_a_table_is_sent_as_a_batch_and_each_row_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_image(tmp_path / "a.png")
    (tmp_path / "kettles.csv").write_text(
        'model,prompt,images,seed,count\n,a {red|teal} cup,,7,2\n2.0 Edit,"make it\nblue",a.png,,\n'
    )
    out = tmp_path / "out"
    assert run(tmp_path, tmp_path / "kettles.csv", "--out", out, "--json", "--yes") == ExitCode.OK
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert [(line["row"], line["line"], line["state"]) for line in lines] == [
        (1, 2, "done"),
        (1, 2, "done"),
        (2, 3, "done"),
    ]
    assert [line["prompt"] for line in lines] == ["a {red|teal} cup"] * 2 + ["make it\nblue"]
    assert [line["pictures"][0]["seed"] for line in lines[:2]] == [7, 8]
    assert len(list(out.iterdir())) == 3
    assert "3 requests to fal.ai, about $0.1" in captured.err
    assert main(["batch", "list", "--all", "--data", str(tmp_path / "data")]) == ExitCode.OK
    assert "3 of 3 done" in capsys.readouterr().out


@pytest.mark.usefixtures("live")
def test_recipes_are_sent_with_their_wildcards(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = AppPaths.below(tmp_path / "data").library / "wildcards"
    folder.mkdir(parents=True)
    (folder / "surfaces.txt").write_text("oak\nslate\n")
    vary = (VariedField(name="aspect_ratio", values=("1:1", "16:9")),)
    plan = BatchPlan(
        model=ENDPOINT, prompt="on __surfaces__", fields={"resolution": "1K"}, vary=vary, skipped=frozenset({4})
    )
    (tmp_path / "cups.json").write_bytes(plan.to_recipe())
    (tmp_path / "more.jsonl").write_text('{"prompt": "a jug", "resolution": "1K"}')
    assert run(tmp_path, tmp_path / "cups.json", tmp_path / "more.jsonl", "--yes") == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.out.strip() == "4 of 4 requests done. The images are in the library."
    assert "“cups”: 3 requests." in captured.err
    assert "“more”: 1 request." in captured.err


@pytest.mark.usefixtures("live")
def test_wrong_rows_are_told_and_the_others_are_sent_only_on_request(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"prompt": "a cup"}\n{"prompt": "a jug", "aspect_ratio": "9:99"}\n{"colour": 1, "prompt": "x"}\n')
    assert run(tmp_path, file) == ExitCode.WRONG_REQUEST
    said = capsys.readouterr().err
    assert "rows.jsonl, line 2: ImagineArt 2.0 Preview has no aspect ratio 9:99." in said
    assert "rows.jsonl, line 3: No model has a field “colour”." in said
    assert "Nothing was sent: 2 requests are wrong. Correct them, or add --skip-wrong." in said
    assert run(tmp_path, file, "--skip-wrong", "--yes") == ExitCode.OK
    assert "1 of 1 request done." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BatchPlan(model=ENDPOINT, prompt="{a|b").to_recipe().decode(), "“{a|b” at character 1 has no }"),
        (BatchPlan(model=ENDPOINT, prompt="{a|b|c|d|e|f|g|h|i|j}" * 9).to_recipe().decode(), "1,000,000,000 requests"),
        ('{"batch": 1}', "isn’t a batch recipe: model"),
        ('{"batch": 1, "model": "x", "rows": "gone.csv"}', "gone.csv"),
        (BatchPlan(model=ENDPOINT, prompt="a", skipped=frozenset({1})).to_recipe().decode(), "there are no requests"),
    ],
)
def test_what_cannot_be_sent_is_told(text: str, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text(text)
    assert run(tmp_path, tmp_path / "odd.json") == ExitCode.WRONG_REQUEST
    assert words in capsys.readouterr().err


def test_a_missing_file_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(tmp_path, tmp_path / "gone.json") == ExitCode.FAILED
    assert run(tmp_path, tmp_path / "gone.csv") == ExitCode.FAILED
    assert "gone.csv" in capsys.readouterr().err


def test_a_paid_batch_needs_consent_and_stays_within_the_limits(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, live: DemoServer
) -> None:
    plan = BatchPlan(model=ENDPOINT, prompt="{a|b|c}", fields={"aspect_ratio": "3:1"}, max_cost=Decimal("0.10"))
    (tmp_path / "cups.json").write_bytes(plan.to_recipe())
    assert run(tmp_path, tmp_path / "cups.json") == ExitCode.NOT_AGREED
    assert "3 requests to fal.ai, about $0.15 (estimate: sum of all requests)." in capsys.readouterr().err
    assert run(tmp_path, tmp_path / "cups.json", "--yes", "--max-cost", "0.14") == ExitCode.OVER_BUDGET
    assert "more than --max-cost $0.14" in capsys.readouterr().err
    # What the recipe itself allows is checked as the batch is added.
    assert run(tmp_path, tmp_path / "cups.json", "--yes") == ExitCode.OVER_BUDGET
    assert "$0.10 of the $0.10 for “cups” is left" in capsys.readouterr().err
    assert "submissions" not in live.counts
    (tmp_path / "cups.json").write_bytes(plan.model_copy(update={"max_cost": None}).to_recipe())
    assert run(tmp_path, tmp_path / "cups.json", "--yes", "--max-cost", "0.15", "--low-priority") == ExitCode.OK
    assert live.counts["submissions"] == 3
