"""The command line: JSON on stdout, progress on stderr, exit codes that mean something."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.demo import CONTENT_POLICY
from imagineart_desktop.imaging import encode_grey_png, new_mask
from imagineart_desktop.library import read_recipe
from imagineart_desktop.models import MAX_SEED


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which spares the imports of one of its own."""
    words, out, err = [*map(str, arguments)], io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.delenv("FAL_KEY", raising=False)
        code = cli.main(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a command as a process."""
    environment = dict(os.environ, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", QT_QPA_PLATFORM="offscreen")
    environment.pop("FAL_KEY", None)
    command = [sys.executable, "-m", "imagineart_desktop", *map(str, arguments)]
    return subprocess.Popen(command, stdout=-1, stderr=-1, text=True, env=environment)  # noqa: S603


def test_generate_makes_as_many_as_asked(tmp_path: Path) -> None:
    process = start(
        "generate", "--prompt", "a lake", "--resolution", "1K", "--aspect-ratio", "4:1", "--seed", "7", "--count", "2",
        "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    out, err = process.communicate()
    assert process.returncode == 0, err
    report = json.loads(out)
    assert report["service"] == "demo"
    assert [picture["seed"] for picture in report["pictures"]] == [7, 8]
    for picture in report["pictures"]:
        with Image.open(picture["file"]) as image:
            assert image.size == (picture["width"], picture["height"]) == (1024, 256)
        recipe = read_recipe(Path(picture["file"]))
        assert recipe is not None
        assert recipe.prompt == "a lake"
    assert "running" in err


def test_a_model_that_makes_several_images_is_sent_one_request(tmp_path: Path) -> None:
    made = run(
        "generate", "--model", "fal-ai/ideogram/v3", "--prompt", "a lake", "--image-size", "square", "--seed", "7",
        "--n", "3", "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    pictures = json.loads(made.stdout)["pictures"]
    assert [(picture["index"], picture["seed"], picture["cost"]) for picture in pictures] == [
        (0, 7, "0.06"), (1, 7, "0.06"), (2, 7, "0.06"),
    ]  # fmt: skip
    assert len({picture["request_id"] for picture in pictures}) == 1
    assert len({picture["file"] for picture in pictures}) == len(list((tmp_path / "out").iterdir())) == 3
    assert "3 × $0.06 = $0.18" in made.stderr
    known = run("library", "show", "1", "2", "3", "--json", "--data", tmp_path / "data")
    assert [facts["index"] for facts in json.loads(known.stdout)] == [0, 1, 2]


def test_a_request_without_a_seed_gets_one_so_that_it_can_be_repeated(tmp_path: Path) -> None:
    words = ("--prompt", "a lake", "--resolution", "1K", "--aspect-ratio", "4:1", "--count", "2")
    done = run("generate", *words, "--out", tmp_path / "out", "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    pictures = json.loads(done.stdout)["pictures"]
    first, second = (picture["seed"] for picture in pictures)
    assert 1 <= first <= MAX_SEED
    assert second == first % MAX_SEED + 1
    recipe = read_recipe(Path(pictures[0]["file"]))
    assert recipe is not None
    assert (recipe.seed, recipe.request["seed"]) == (first, first)


def test_inpaint_keeps_what_is_outside_the_mask(tmp_path: Path, photos: Path) -> None:
    mask = new_mask((451, 300))
    mask[50:120, 100:200] = 255
    (tmp_path / "mask.png").write_bytes(encode_grey_png(mask))
    done = run(
        "inpaint", "--image", photos / "chelsea.png", "--mask", tmp_path / "mask.png", "--prompt", "a bow",
        "--style", "realistic", "--no-expand-prompt", "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = np.asarray(Image.open(json.loads(done.stdout)["pictures"][0]["file"]).convert("RGB"))
    source = np.asarray(Image.open(photos / "chelsea.png").convert("RGB"))
    assert np.array_equal(result[mask == 0], source[mask == 0])
    assert not np.array_equal(result, source)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("generate", "--prompt", " "), 2, "Describe the image first."),
        (("generate", "--prompt", "x", "--aspect-ratio", "5:7"), 2, "Aspect ratio must be one of"),
        (("generate", "--prompt", "x", "--seed", "-7"), 2, "Seed must be -1 or more."),
        (("generate", "--prompt", f"x {CONTENT_POLICY}"), 3, "Rejected by content policy."),
        (("edit", "--prompt", "x", "--image", "nowhere.png"), 2, "nowhere.png"),
    ],
)
def test_what_goes_wrong_is_said_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = run(*arguments, "--out", tmp_path / "out", "--data", tmp_path / "data")
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mask_of_another_size_is_told(tmp_path: Path, photos: Path) -> None:
    (tmp_path / "mask.png").write_bytes(encode_grey_png(new_mask((10, 10))))
    done = run(
        "inpaint", "--image", photos / "coffee.png", "--mask", tmp_path / "mask.png", "--prompt", "x",
        "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 2
    assert "The mask is 10 × 10, the image 600 × 400." in done.stderr


def test_what_was_left_goes_on_without_a_window(tmp_path: Path) -> None:
    """The first program ends in the middle; the second brings the picture."""
    first = start(
        "generate", "--prompt", "a lake", "--resolution", "1K", "--aspect-ratio", "4:1",
        "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert first.stderr is not None
    assert any("running" in line for line in first.stderr)
    first.kill()
    first.communicate()
    done = run("resume", "--find", "--out", tmp_path / "out", "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    (picture,) = json.loads(done.stdout)["pictures"]
    recipe = read_recipe(Path(picture["file"]))
    assert recipe is not None
    assert recipe.prompt == "a lake"
    again = run("resume", "--data", tmp_path / "data")
    assert (again.returncode, json.loads(again.stdout)["pictures"]) == (0, [])


@pytest.mark.long
def test_the_tour_takes_its_pictures_without_a_display(tmp_path: Path) -> None:
    tour = start("tour", "--out", tmp_path / "tour")
    _, err = tour.communicate()
    assert tour.returncode == 0, err
    seen = json.loads((tmp_path / "tour" / "tour.json").read_text(encoding="utf-8"))["seen"]
    assert len(seen) >= 12
    scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    for entry in seen:
        with Image.open(tmp_path / "tour" / entry["screenshot"]) as image:
            assert image.size == (round(1440 * scale), round(900 * scale))
            some = image.resize((image.width // 4, image.height // 4), Image.Resampling.NEAREST).convert("RGB")
            # None if there are more.
            assert some.getcolors(50) is None
    by_name = {entry["screenshot"]: entry for entry in seen}
    assert by_name["8-gallery.png"]["pictures"] == 6
    assert by_name["9-search.png"]["found"] == 1
