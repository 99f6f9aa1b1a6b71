"""`models list` and `models show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.models import BUILT_IN, ModelSpec, spec_from_json


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["models", *arguments]) == ExitCode.OK
    return capsys.readouterr().out


def test_the_models_are_listed_with_their_price(capsys: pytest.CaptureFixture[str]) -> None:
    listed = told(capsys, "list").splitlines()
    assert [line.split()[0] for line in listed] == [model.endpoint for model in BUILT_IN]
    assert "from $0.008" in next(line for line in listed if line.startswith("ideogram/v4.5/edit"))
    rows = json.loads(told(capsys, "list", "--task", "inpaint", "--json"))
    assert [row["endpoint"] for row in rows] == [
        "fal-ai/ideogram/v2/edit",
        "fal-ai/ideogram/v3/edit",
        "ideogram/v4.5/edit",
    ]
    assert rows[1] | {"label": ""} == {
        "endpoint": "fal-ai/ideogram/v3/edit",
        "label": "",
        "tasks": ["inpaint"],
        "lowest_price": "0.03",
        "highest_price": "0.09",
    }


@pytest.mark.parametrize("model", BUILT_IN, ids=lambda model: model.endpoint)
def test_a_model_is_shown_with_its_fields_and_as_the_data_that_it_is(
    capsys: pytest.CaptureFixture[str], model: ModelSpec
) -> None:
    shown = told(capsys, "show", model.endpoint)
    assert all(f"  {field.name}: {field.kind.value}" in shown for field in model.fields)
    assert spec_from_json(told(capsys, "show", model.endpoint, "--json")) == model


def test_an_unknown_model_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "nobody/nothing"]) == ExitCode.WRONG_REQUEST
    assert "There is no model “nobody/nothing”." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["generate", "--style-preset", "ART_DECO"], "ImagineArt 2.0 Preview does not take --style-preset."),
        (["edit", "--image", "a.png", "--seed", "4"], "ImagineArt 2.0 Edit Preview does not take --seed."),
    ],
)
def test_an_argument_of_another_model_is_refused_before_anything_is_read_or_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    command = [*arguments, "--prompt", "a cup", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert main(command) == ExitCode.WRONG_REQUEST
    assert sentence in capsys.readouterr().err


def test_further_images_than_the_model_takes_are_refused(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = [word for name in ("coffee.png", "chelsea.png") for word in ("--image", str(photos / name))]
    command = ["edit", "--model", "fal-ai/ideogram/v3/remix", *images, "--prompt", "a cup"]
    assert main([*command, "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]) == ExitCode.WRONG_REQUEST
    assert "Ideogram V3 Remix takes 1 image; remove 1." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
