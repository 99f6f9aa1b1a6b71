"""`cutout`, `upscale`, `remove`, `reframe` and `replace-background`: price, consent, result and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.demo import DemoServer
from imagineart_desktop.imaging import Mask, encode_grey_png, load_picture, new_mask
from imagineart_desktop.library import LibraryError, Recipe, StoredInput, read_recipe
from imagineart_desktop.library.store.input_store import InputStore
from tests.cli.conftest import command
from tests.jobs.job_fixtures import accepted, books


def made(root: Path, capsys: pytest.CaptureFixture[str], *words: object) -> list[Any]:
    """Run a command; return the images of its report."""
    assert command(root, *map(str, words), "--yes") == ExitCode.OK, capsys.readouterr().err
    return list(json.loads(capsys.readouterr().out)["pictures"])


def recipe_of(picture: Any) -> Recipe:
    found = read_recipe(Path(picture["file"]))
    assert found is not None
    return found


def masked(path: Path, photo: Path) -> Mask:
    mask = new_mask(load_picture(photo).size)
    mask[120:220, 150:300] = 255
    path.write_bytes(encode_grey_png(mask))
    return mask


def test_a_cut_out_is_transparent_around_its_subject(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "coffee.png"
    assert command(tmp_path, "cutout", str(photo)) == ExitCode.NOT_AGREED
    told = capsys.readouterr()
    assert (told.out, books(live).get("submissions", 0)) == ("", 0)
    assert "1 request to fal.ai, about $0.01 (estimate: $0.01)." in told.err
    (picture,) = made(tmp_path, capsys, "cutout", photo)
    with Image.open(picture["file"]) as image:
        assert (image.mode, image.size) == ("RGBA", load_picture(photo).size)
        alpha = np.asarray(image)[:, :, 3]
        kept = np.asarray(image)[alpha == 255, :3]
    assert alpha[0].max() == 0
    assert 0.02 < (alpha == 255).mean() < 0.95
    # But for the label, nothing of the subject changes.
    assert (kept == load_picture(photo).pixels[alpha == 255, :3]).all(axis=1).mean() > 0.97
    recipe = recipe_of(picture)
    assert str(recipe.cost) == "0.01"
    assert [parent.role for parent in recipe.parents] == ["picture"]
    assert list(accepted(live)[-1]["body"]) == ["image_url", "sync_mode"]
    exported = tmp_path / "exported"
    assert cli.main(["library", "export", "1", "--out", str(exported), "--data", str(tmp_path / "data")]) == ExitCode.OK
    (copy,) = exported.iterdir()
    with Image.open(copy) as image:
        assert np.array_equal(np.asarray(image)[:, :, 3], alpha)


def test_several_images_are_upscaled_by_a_request_each_once_the_unknown_price_is_agreed(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [photos / "coffee.png", photos / "chelsea.png"]
    assert command(tmp_path, "upscale", *map(str, given)) == ExitCode.NOT_AGREED
    assert "2 requests to fal.ai, for an unknown price." in capsys.readouterr().err
    pictures = made(tmp_path, capsys, "upscale", *given, "--detail", "80", "--seed", "5")
    sizes = {load_picture(Path(picture["file"])).size for picture in pictures}
    assert sizes == {(2 * width, 2 * height) for width, height in (load_picture(photo).size for photo in given)}
    assert [picture["seed"] for picture in pictures] == [5, 5]
    assert [(entry["body"]["detail"], entry["body"]["seed"]) for entry in accepted(live)] == [(80, 5)] * 2


def test_what_the_mask_marks_is_removed_and_nothing_else_changes(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "coffee.png"
    mask = masked(tmp_path / "mask.png", photo)
    (picture,) = made(tmp_path, capsys, "remove", photo, "--mask", tmp_path / "mask.png")
    source, result = load_picture(photo).pixels, load_picture(Path(picture["file"])).pixels
    assert np.array_equal(result[mask == 0], source[mask == 0])
    assert (result[mask == 255] != source[mask == 255]).any(axis=1).mean() > 0.8
    assert sorted(accepted(live)[-1]["body"]) == ["image_url", "mask_url", "sync_mode"]
    assert str(recipe_of(picture).cost) == "0.03"


def test_an_image_is_extended_to_a_ratio_with_all_of_it_inside(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "coffee.png"
    source = load_picture(photo).pixels
    height, width = source.shape[:2]
    size = (round(height * 21 / 9), height) if height >= 512 else (round(512 * 21 / 9), 512)
    (picture,) = made(tmp_path, capsys, "reframe", photo, "--ratio", "21:9", "--rendering-speed", "TURBO")
    result = load_picture(Path(picture["file"]))
    assert result.size == size
    assert accepted(live)[-1]["body"]["image_size"] == {"width": size[0], "height": size[1]}
    assert "prompt" not in accepted(live)[-1]["body"]
    assert str(recipe_of(picture).cost) == "0.03"
    inner = round(width * size[1] / height)
    shown = np.asarray(Image.fromarray(source[:, :, :3]).resize((inner, size[1])), np.int16)
    left = (size[0] - inner) // 2
    assert np.abs(result.pixels[:, left : left + inner, :3] - shown).mean() < 12


def test_the_background_is_replaced_and_the_subject_stays(
    tmp_path: Path, live: DemoServer, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "coffee.png"
    (picture,) = made(tmp_path, capsys, "replace-background", photo, "--prompt", "a beach", "--seed", "3")
    source, result = load_picture(photo).pixels[:, :, :3], load_picture(Path(picture["file"])).pixels[:, :, :3]
    same = (source == result).all(axis=2)
    assert not same[0].any()
    assert same[result.shape[0] // 2 - 10 : result.shape[0] // 2 + 10].mean() > 0.1
    assert picture["seed"] == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["reframe", "PHOTO"], "Choose the new frame: either --ratio or --image-size."),
        (["reframe", "PHOTO", "--ratio", "wide"], "“wide” is not a ratio, such as 16:9."),
        (["replace-background", "PHOTO"], "Ideogram V3 Replace Background needs --prompt."),
        (["cutout", "PHOTO", "NOISE"], "“noise.png”: Image files are limited to 10 MB; this one has "),
        (["upscale", "NOTHING"], "“nothing.png” is not an image that can be opened here"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_sent(
    tmp_path: Path,
    live: DemoServer,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    sentence: str,
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2000, 2000, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    (tmp_path / "nothing.png").write_bytes(b"no image")
    places = {
        "PHOTO": str(photos / "coffee.png"),
        "NOISE": str(tmp_path / "noise.png"),
        "NOTHING": str(tmp_path / "nothing.png"),
    }
    given = [places.get(word, word) for word in words]
    assert command(tmp_path, *given, "--yes") == ExitCode.WRONG_REQUEST
    assert sentence in capsys.readouterr().err
    assert books(live).get("submissions", 0) == 0


def test_what_is_sent_before_another_image_fails_is_waited_for_and_reported(
    tmp_path: Path,
    live: DemoServer,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep, kept = InputStore.keep, list[bytes]()

    async def keep_first(store: InputStore, data: bytes) -> StoredInput:
        kept.append(data)
        if len(kept) > 1:
            raise LibraryError("The disk is full.")
        return await keep(store, data)

    monkeypatch.setattr(InputStore, "keep", keep_first)
    given = [str(photos / "coffee.png"), str(photos / "chelsea.png")]
    assert command(tmp_path, "cutout", *given, "--yes") == ExitCode.FAILED
    told = capsys.readouterr()
    assert "The disk is full." in told.err
    assert len(json.loads(told.out)["pictures"]) == books(live)["submissions"] == 1


@pytest.mark.parametrize("words", [["cutout", "a.png", "--prompt", "x"], ["remove", "a.png"]])
def test_a_command_takes_only_what_its_task_has(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--out", str(tmp_path)])
    assert ended.value.code == 2
