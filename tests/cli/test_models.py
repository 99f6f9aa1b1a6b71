"""`models list` and `models show`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.program import main
from imagineart_desktop.imaging import encode_png
from imagineart_desktop.library.files.recipe import read_recipe
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
        "fal-ai/ideogram/object-removal",
    ]
    assert rows[1] | {"label": ""} == {
        "endpoint": "fal-ai/ideogram/v3/edit",
        "label": "",
        "added": False,
        "hidden": False,
        "starred": False,
        "tasks": ["inpaint"],
        "lowest_price": "0.03",
        "highest_price": "0.09",
        "price_read_on": None,
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


V3 = ["generate", "--model", "fal-ai/ideogram/v3", "--prompt", "a cup"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--style-codes", "12ab34CD", "--style", "DESIGN"],
            "--style-codes: Use either style codes or style, not both.",
        ),
        (["--style-codes", "12ab34CD,12"], "--style-codes: “12” has 2 of 8 hexadecimal digits."),
        (["--color-palette", "PLAID"], "Color palette must be one of 'EMBER'"),
        (["--color-palette", "C83214:0.01"], "--color-palette: The weight of a color is 0.05 to 1."),
        (["--image-size", "100x600"], "Width must be 512–1,536 px."),
        (["--image-size", "huge"], "Image size must be one of 'square_hd'"),
    ],
)
def test_what_a_model_does_not_take_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    places = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert main([*V3, *arguments, *places]) == ExitCode.WRONG_REQUEST
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_palette_codes_and_size_reach_the_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = ["--color-palette", "C83214:0.6,1F6FEB", "--style-codes", "12ab34CD", "--image-size", "640x512"]
    places = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert main([*V3, *fields, *places]) == ExitCode.OK
    (report,) = json.loads(capsys.readouterr().out)["pictures"]
    recipe = read_recipe(Path(report["file"]))
    assert recipe is not None
    assert recipe.request["image_size"] == {"width": 640, "height": 512}
    assert recipe.request["style_codes"] == ["12ab34CD"]
    assert recipe.request["color_palette"]["members"][0] == {
        "rgb": {"r": 200, "g": 50, "b": 20},
        "color_weight": 0.6,
    }
    assert "style" not in recipe.request


def test_the_limits_of_a_number_are_shown_with_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, "show", "fal-ai/ideogram/v3")
    assert "  seed: seed, 0–2,147,483,647" in shown


def test_the_help_says_how_to_write_a_size_although_other_models_take_only_presets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["generate", "--help"])
    told_help = " ".join(capsys.readouterr().out.split())
    assert "Image size: a preset, or pixels such as 1280x720" in told_help
    assert "Color palette: a preset, or colors with weights such as" in told_help


def test_what_a_field_excludes_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert "  style_codes: codes, at most 16, not with style image_urls" in told(capsys, "show", "fal-ai/ideogram/v3")


def test_style_images_are_read_stored_and_refused_where_they_do_not_fit(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    style = ["--style-image", str(photos / "coffee.png"), "--style-image", str(photos / "chelsea.png")]
    assert main([*V3, *style, "--style-codes", "12ab34CD", *places]) == ExitCode.WRONG_REQUEST
    assert "Use either style codes or style images, not both." in capsys.readouterr().err
    assert main(["generate", "--prompt", "a cup", *style, *places]) == ExitCode.WRONG_REQUEST
    assert "ImagineArt 2.0 Preview does not take --style-image." in capsys.readouterr().err
    large = tmp_path / "large.png"
    large.write_bytes(encode_png(np.random.default_rng(1).integers(0, 256, (1900, 1900, 3), np.uint8)))
    assert main([*V3, *style, "--style-image", str(large), *places]) == ExitCode.WRONG_REQUEST
    assert "Style images are limited to 10 MB in total; these have " in capsys.readouterr().err
    assert main([*V3, *style, *places]) == ExitCode.OK
    (report,) = json.loads(capsys.readouterr().out)["pictures"]
    recipe = read_recipe(Path(report["file"]))
    assert recipe is not None
    assert [parent.role for parent in recipe.parents] == ["style", "style"]
