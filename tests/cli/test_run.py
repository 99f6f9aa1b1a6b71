"""`run` makes an image again: from a recipe in a file, from an image file, or from an image of the library."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import FAST_TIMING, DemoServer, server
from imagineart_desktop.imaging import encode_grey_png, load_picture, new_mask
from imagineart_desktop.library import Library, read_recipe
from tests.cli.conftest import command
from tests.jobs.job_fixtures import accepted, books
from tests.library.test_library import recipe
from tests.library.test_model_gone import GONE, keep_gone

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"
WORDS = ("generate", "--prompt", "a red barn", "--resolution", "1K", "--aspect-ratio", "4:1", "--seed", "7", "--yes")


def report(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def made(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Path:
    """Run a command that makes one image, and return its file."""
    assert command(root, *words) == ExitCode.OK
    (picture,) = report(capsys)["pictures"]
    return Path(picture["file"])


def shown(root: Path, capsys: pytest.CaptureFixture[str], number: int) -> Any:
    assert cli.main(["library", "show", str(number), "--json", "--data", str(root / "data")]) == ExitCode.OK
    return report(capsys)


@pytest.mark.parametrize("source", ["id", "shown", "recipe", "image"])
def test_the_same_request_is_sent_again(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    file = made(tmp_path, capsys, *WORDS)
    facts = shown(tmp_path, capsys, 1)
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(facts if source == "shown" else facts["recipe"]), "utf-8-sig")
    word = {"id": "1", "image": str(file)}.get(source, str(path))
    assert command(tmp_path, "run", word) == ExitCode.NOT_AGREED
    said = capsys.readouterr()
    assert (said.out, books(live)["submissions"]) == ("", 1)
    assert "1 request to fal.ai, about $0.03 (estimate: $0.03)." in said.err
    assert "Nothing was sent. Add --yes to agree to the price." in said.err
    again = made(tmp_path, capsys, "run", word, "--yes")
    first, second = accepted(live)
    assert first["body"] == second["body"]
    one, two = read_recipe(file), read_recipe(again)
    assert one is not None
    assert two is not None
    assert (one.request, one.seed, one.spec, one.endpoint) == (two.request, two.seed, two.spec, two.endpoint)
    assert one.job_id != two.job_id


def test_seed_and_count_can_be_others(tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path, capsys, *WORDS)
    assert command(tmp_path, "run", "1", "--seed", "40", "-n", "2", "--yes") == ExitCode.OK
    said = capsys.readouterr()
    assert "2 × $0.03" in said.err
    assert [picture["seed"] for picture in json.loads(said.out)["pictures"]] == [40, 41]
    assert command(tmp_path, "run", "1", "--seed", "-5", "--yes") == ExitCode.WRONG_REQUEST
    assert "Seed must be -1 or more." in capsys.readouterr().err
    assert books(live)["submissions"] == 3


def test_a_request_for_several_images_is_repeated_whole(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("generate", "--model", "fal-ai/ideogram/v3", "--image-size", "square", "--prompt", "a barn", "--seed", "7")
    assert command(tmp_path, *words, "-n", "2", "--yes") == ExitCode.OK
    assert len(report(capsys)["pictures"]) == 2
    assert command(tmp_path, "run", "2", "--yes") == ExitCode.OK
    said = capsys.readouterr()
    assert "1 request to fal.ai, about $0.12" in said.err
    assert len(json.loads(said.out)["pictures"]) == 2
    assert command(tmp_path, "run", "2", "-n", "1", "--yes") == ExitCode.OK
    assert len(report(capsys)["pictures"]) == 1
    first, second, third = (entry["body"] for entry in accepted(live))
    assert first == second
    assert {**third, "num_images": 2} == first


def test_without_a_folder_the_images_are_in_the_library(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    made(tmp_path, capsys, *WORDS)
    assert cli.main(["run", "1", "--yes", "--data", str(tmp_path / "data")]) == ExitCode.OK
    (picture,) = report(capsys)["pictures"]
    assert Path(picture["file"]).is_relative_to(tmp_path / "data" / "library" / "pictures")


def test_an_edit_takes_its_images_from_the_library(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = [word for name in ("coffee.png", "chelsea.png") for word in ("--image", str(photos / name))]
    file = made(tmp_path, capsys, "edit", *images, "--prompt", "side by side", "--yes")
    again = made(tmp_path, capsys, "run", str(file), "--yes")
    one, two = read_recipe(file), read_recipe(again)
    assert one is not None
    assert two is not None
    assert (two.request, two.parents) == (one.request, one.parents)
    assert command(tmp_path, "run", str(file), "--seed", "3", "--yes") == ExitCode.WRONG_REQUEST
    assert "ImagineArt 2.0 Edit Preview does not take --seed." in capsys.readouterr().err
    for kept in (tmp_path / "data" / "library" / "inputs").iterdir():
        kept.unlink()
    assert command(tmp_path, "run", str(file), "--yes") == ExitCode.WRONG_REQUEST
    missing = one.parents[0].sha256[:12]
    assert f"An image that the recipe needs isn’t in the library: {missing}…." in capsys.readouterr().err
    assert books(live)["submissions"] == 2


def test_images_that_give_a_style_come_from_the_library(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("generate", "--model", "fal-ai/ideogram/v3", "--image-size", "square", "--prompt", "a barn", "--yes")
    file = made(tmp_path, capsys, *words, "--style-image", str(photos / "coffee.png"))
    one, two = read_recipe(file), read_recipe(made(tmp_path, capsys, "run", str(file), "--yes"))
    assert one is not None
    assert two is not None
    assert (two.request, two.parents) == (one.request, one.parents)
    assert [parent.role for parent in two.parents] == ["style"]
    for kept in (tmp_path / "data" / "library" / "inputs").iterdir():
        kept.unlink()
    assert command(tmp_path, "run", str(file), "--yes") == ExitCode.WRONG_REQUEST
    assert "An image that the recipe needs isn’t in the library" in capsys.readouterr().err
    assert books(live)["submissions"] == 2


def test_an_inpaint_changes_the_same_area_again(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = new_mask((600, 400))
    mask[50:120, 100:200] = 255
    mask[300:340, 400:460] = 255
    (tmp_path / "mask.png").write_bytes(encode_grey_png(mask))
    words = ("--prompt", "a bow", "--only-masked", "--each-island", "--seed", "7", "--yes")
    images = ("--image", str(photos / "coffee.png"), "--mask", str(tmp_path / "mask.png"))
    assert command(tmp_path, "inpaint", *images, *words) == ExitCode.OK
    whole, part, _ = (Path(picture["file"]) for picture in report(capsys)["pictures"])
    source = load_picture(photos / "coffee.png").pixels
    for file, count in ((whole, 2), (part, 1)):
        before = books(live)["submissions"]
        assert command(tmp_path, "run", str(file), "--yes") == ExitCode.OK
        assert books(live)["submissions"] == before + count
        pictures = report(capsys)["pictures"]
        pixels = load_picture(Path(pictures[0]["file"])).pixels
        assert np.array_equal(pixels[mask < 128], source[mask < 128])
        one, two = read_recipe(file), read_recipe(Path(pictures[0]["file"]))
        assert one is not None
        assert two is not None
        assert (one.plan, two.plan) != (None, None)
        assert one.plan.model_copy(update=_OWN) == two.plan.model_copy(update=_OWN)  # type: ignore[union-attr]
        assert [parent.sha256 for parent in one.parents[:2]] == [parent.sha256 for parent in two.parents[:2]]
    # Their files are named by their content, so that a mask can be lost alone.
    plan = read_recipe(part).plan  # type: ignore[union-attr]
    for name, told in ((plan.mask, "The mask this was made with"), (plan.source, "The image this was made from")):  # type: ignore[union-attr]
        (tmp_path / "data" / "library" / "inputs" / f"{name}.png").unlink()
        assert command(tmp_path, "run", str(part), "--yes") == ExitCode.WRONG_REQUEST
        assert f"{told} is no longer in the library." in capsys.readouterr().err


_OWN = {"together": None, "part": 0, "parts": 1}
"""What differs between the plan of a region sent with others and of one sent alone."""


def test_a_model_that_is_gone_is_the_one_that_the_library_stores(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stock() -> None:
        library = Library(tmp_path / "data" / "library")
        await keep_gone(library)
        library.close()

    asyncio.run(stock())
    assert command(tmp_path, "run", "1") == ExitCode.NOT_AGREED
    assert "1 request to fal.ai, about $0.03" in capsys.readouterr().err
    for path in (tmp_path / "data" / "library" / "models").iterdir():
        path.unlink()
    assert command(tmp_path, "run", "1", "--yes") == ExitCode.WRONG_REQUEST
    problem = "The model definition stored with it is missing. Restore the library from a backup."
    assert f"The model “{GONE.endpoint}” isn’t available in this version. {problem}" in capsys.readouterr().err
    assert live.counts.get("submissions", 0) == 0


def test_an_image_of_a_removed_model_is_made_again_in_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "Timing", lambda: FAST_TIMING)
    data = ["--data", str(tmp_path / "data")]
    assert cli.main(["models", "add", str(DOCUMENTS / "flux_lora.json"), *data]) == ExitCode.OK
    words = ["generate", "--model", "fal-ai/flux-lora", "--prompt", "a cup", "--seed", "7"]
    assert command(tmp_path, *words) == ExitCode.OK
    assert cli.main(["models", "remove", "fal-ai/flux-lora", *data]) == ExitCode.OK
    capsys.readouterr()
    assert command(tmp_path, "run", "1") == ExitCode.OK
    capsys.readouterr()
    facts = shown(tmp_path, capsys, 2)
    assert (facts["recipe"]["endpoint"], facts["recipe"]["request"]["prompt"]) == ("fal-ai/flux-lora", "a cup")


def _json(**changes: Any) -> str:
    return json.dumps(json.loads(recipe(1).model_dump_json()) | changes)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "doesn’t exist."),
        ("", "is empty."),
        ("  \n", "is empty."),
        ("a text", "holds no recipe of this program."),
        ("{", "isn’t valid JSON: line 1, column 2."),
        (b"{\xff}", "isn’t text in UTF-8."),
        ("{" * 100_000, "isn’t valid JSON: line 1, column 2."),
        ('{"a":' * 100_000, "is no recipe."),
        ("{}", "is no recipe. “library show ID --json” prints one."),
        ('{"recipe": 3}', "is no recipe. “library show ID --json” prints one."),
        ("[{}, {}]", "lists 2 objects. Name a file with one recipe."),
        (_json(cost="much"), "is no recipe. “library show ID --json” prints one."),
        (_json(version=2), "was written by a newer version of the program. Update the program to run it."),
        ('{"version": 2, "other": 1}', "was written by a newer version of the program. Update the program to run it."),
        (" " * 4_000_001 + "{}", "is empty."),
        ("{" + " " * 4_000_001 + "}", "is too large for a recipe."),
        (_json(endpoint="nobody/nothing"), "The model “nobody/nothing” isn’t available in this version."),
        (_json(request={"prompt": "a", "aspect_ratio": "9:99"}), "Aspect ratio must be one of"),
        (_json(request={"prompt": "a", "depth": 3}), "This model does not know “depth”."),
        (_json(request={}), "Prompt is missing."),
    ],
)  # fmt: skip
def test_an_unusable_file_is_refused_with_its_reason(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str], content: str | bytes | None, sentence: str
) -> None:
    path = tmp_path / "it.json"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert command(tmp_path, "run", str(path), "--yes") == ExitCode.WRONG_REQUEST
    assert sentence in capsys.readouterr().err
    assert live.counts.get("submissions", 0) == 0


def test_images_without_a_recipe_and_folders_are_refused(
    tmp_path: Path, live: DemoServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "plain.png")
    assert cli.main(["library", "import", str(tmp_path / "plain.png"), "--data", str(tmp_path / "data")]) == ExitCode.OK
    capsys.readouterr()
    for word, sentence in (
        (str(tmp_path / "plain.png"), "holds no recipe of this program."),
        (str(tmp_path), "is a folder. Name a file with a recipe."),
        ("1", "Image 1 was imported without a recipe, so it can’t be made again."),
        ("9", "The library has no image 9. “library search” lists the ids."),
    ):
        assert command(tmp_path, "run", word, "--yes") == ExitCode.WRONG_REQUEST
        assert sentence in capsys.readouterr().err
    edit = recipe(1, endpoint="imagineart/imagineart-2.0-edit-preview/image-to-image")
    outside = edit.model_copy(update={"request": {"prompt": "a", "image_urls": ["https://example.com/a.png"]}})
    (tmp_path / "outside.json").write_text(outside.model_dump_json())
    assert command(tmp_path, "run", str(tmp_path / "outside.json"), "--yes") == ExitCode.WRONG_REQUEST
    assert "only images of the library can be sent." in capsys.readouterr().err
    assert live.counts.get("submissions", 0) == 0
