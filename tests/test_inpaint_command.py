"""`inpaint` without a window: the whole round trip, what it costs, and what is said."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import Mask, encode_grey_png, load_picture, new_mask
from imagineart_desktop.jobs import Job, Worker
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import Library, read_recipe
from imagineart_desktop.models import IMAGINEART_20
from tests.test_cli import run


def painted(path: Path, size: tuple[int, int], *centres: tuple[int, int]) -> Mask:
    mask = new_mask(size)
    for centre in centres:
        cv2.circle(mask, centre, 30, 255, -1)
    path.write_bytes(encode_grey_png(mask))
    return mask


def test_variations_of_the_masked_part(tmp_path: Path, photos: Path) -> None:
    mask = painted(tmp_path / "mask.png", (600, 400), (300, 200))
    done = run(
        "inpaint", "--image", photos / "coffee.png", "--mask", tmp_path / "mask.png", "--prompt", "a bow",
        "--only-masked", "--context", "80", "--feather", "12", "--tone-match", "--seed", "7", "--n", "2",
        "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Demo: nothing is sent to fal.ai and nothing is charged." in done.stderr
    assert "2 × $0.08 = $0.16" in done.stderr
    report = json.loads(done.stdout)
    assert [picture["seed"] for picture in report["pictures"]] == [7, 8]
    source = load_picture(photos / "coffee.png").pixels
    for picture in report["pictures"]:
        pixels = load_picture(Path(picture["file"])).pixels
        assert np.array_equal(pixels[mask < 128], source[mask < 128])
        assert load_picture(Path(picture["raw"])).size == (1024, 1024)
        assert picture["findings"] == []


def test_each_island_and_both_in_one_picture(tmp_path: Path, photos: Path) -> None:
    source = cv2.resize(load_picture(photos / "coffee.png").pixels, (1500, 1000))
    Image.fromarray(source).save(tmp_path / "source.png")
    mask = painted(tmp_path / "mask.png", (1500, 1000), (100, 100), (1300, 800))
    done = run(
        "inpaint", "--image", tmp_path / "source.png", "--mask", tmp_path / "mask.png", "--prompt", "a bow",
        "--only-masked", "--each-island", "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)["pictures"]
    assert [picture.get("part_of") for picture in report] == [None, report[0]["file"], report[0]["file"]]
    assert [Path(picture["file"]).parent for picture in report] == [tmp_path / "out", *[tmp_path / "out" / "parts"] * 2]
    assert report[0]["parts"] == [{"file": part["file"], "raw": part["raw"]} for part in report[1:]]
    assert report[0]["findings"] == []
    # Without --seed one is drawn, and the recipe has it.
    assert all(isinstance(picture["seed"], int) for picture in report)
    both, *each = (load_picture(Path(p["file"])).pixels for p in report)
    assert len(each) == 2
    assert np.array_equal(both[mask < 128], source[mask < 128])
    for centre in ((100, 100), (800, 1300)):
        assert not np.array_equal(both[centre], source[centre])


def test_references_go_with_the_mask_and_can_be_repeated(tmp_path: Path, photos: Path) -> None:
    painted(tmp_path / "mask.png", (600, 400), (300, 200))
    places: list[str | Path] = ["--out", tmp_path / "out", "--data", tmp_path / "data"]
    references: list[str | Path] = ["--reference", photos / "chelsea.png", "--reference", photos / "rocket.jpg"]
    command: list[str | Path] = [
        "inpaint",
        "--image",
        photos / "coffee.png",
        "--mask",
        tmp_path / "mask.png",
        "--prompt",
        "a bow",
    ]
    v45 = ["--model", "ideogram/v4.5/edit"]
    done = run(*command, *v45, *references, "--edit-precision", "high", *places)
    assert done.returncode == 0, done.stderr
    (made,) = json.loads(done.stdout)["pictures"]
    again = run("run", made["file"], *places)
    assert again.returncode == 0, again.stderr
    first, second = (read_recipe(Path(json.loads(each.stdout)["pictures"][0]["file"])) for each in (done, again))
    assert first is not None
    assert second is not None
    for recipe in (first, second):
        assert [parent.role for parent in recipe.parents] == ["picture", "pictures", "pictures", "mask"]
    assert first.request == second.request
    assert first.request["edit_precision"] == "high"
    refused = run(*command, *references, *places)
    assert refused.returncode == ExitCode.WRONG_REQUEST
    assert "Ideogram V2 Edit does not take --reference." in refused.stderr
    refused = run(*command, *v45, *references, *references, *places)
    assert refused.returncode == ExitCode.WRONG_REQUEST
    assert "Ideogram 4.5 Edit takes 3 references with a mask; remove 1." in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "size", "at"),
    [(("--outpaint", "40,0,60,20"), (700, 420), (40, 0)), (("--ratio", "16:9"), (711, 400), (55, 0))],
)
def test_outpainting_needs_no_mask(
    tmp_path: Path, photos: Path, arguments: tuple[str, ...], size: tuple[int, int], at: tuple[int, int]
) -> None:
    done = run(
        "inpaint", "--image", photos / "coffee.png", "--prompt", "a table", *arguments,
        "--out", tmp_path / "out", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = load_picture(Path(json.loads(done.stdout)["pictures"][0]["file"])).pixels
    assert (result.shape[1], result.shape[0]) == size
    source = load_picture(photos / "coffee.png").pixels
    assert np.array_equal(result[at[1] : at[1] + 400, at[0] : at[0] + 600], source)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Nothing to change: add --mask, --outpaint or --ratio."),
        (("--outpaint", "1,2,3"), "is not four numbers"),
        (("--outpaint", "99999,0,0,0"), "--outpaint: Input should be less than or equal to 20000."),
        (("--ratio", "wide"), "is not a ratio"),
        (("--ratio", "3:2"), "which is 3:2 already"),
        (("--feather", "-1", "--ratio", "1:1"), "--feather: Input should be greater than or equal to 0."),
        (("--mask", "nowhere.png"), "nowhere.png"),
    ],
)
def test_odd_arguments_are_told(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    command = ["inpaint", "--image", str(photos / "coffee.png"), "--prompt", "x", *arguments]
    assert cli.main([*command, "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]) == 2
    assert sentence in capsys.readouterr().err


def test_nothing_is_spent_without_a_yes(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "made-up:for-this-test")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    painted(tmp_path / "mask.png", (600, 400), (300, 200))
    command = ["inpaint", "--image", str(photos / "coffee.png"), "--mask", str(tmp_path / "mask.png"), "--n", "3"]
    command += ["--prompt", "x", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert cli.main(command) == ExitCode.NOT_AGREED
    said = capsys.readouterr().err
    assert "3 requests to fal.ai, about $0.24 (estimate: 3 × $0.08)." in said
    assert "Nothing was sent. Add --yes to agree to the price." in said


def test_losses_and_what_a_mask_means_are_said_before_the_price(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "made-up:for-this-test")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with Image.open(photos / "coffee.png") as image:
        image.convert("RGB").convert("LAB").save(tmp_path / "lab.tif")
    mask = painted(tmp_path / "plain.png", (600, 400), (300, 200))
    Image.fromarray(np.dstack([np.full((400, 600, 3), 255, np.uint8), mask])).save(tmp_path / "mask.png")
    command = ["inpaint", "--image", str(tmp_path / "lab.tif"), "--mask", str(tmp_path / "mask.png")]
    command += ["--prompt", "x", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert cli.main(command) == ExitCode.NOT_AGREED
    said = capsys.readouterr().err
    assert "The opaque part of the mask is changed. Add --invert-mask" in said
    assert said.index("Lab colors, which become sRGB") < said.index("1 request to fal.ai")
    assert cli.main([*command, "--invert-mask"]) == ExitCode.NOT_AGREED
    assert "The opaque part" not in capsys.readouterr().err


async def leftover(root: Path) -> Job:
    """A live request that an earlier run wrote down and did not come to send."""
    library = Library(root / "library")
    await library.start()
    worker = Worker(library)
    await worker.add(IMAGINEART_20, ServiceKind.LIVE, {"prompt": "a lake"})
    (job,) = await JobStore(library).shown()
    await worker.stop()
    library.close()
    return job


async def rows(root: Path) -> list[Job]:
    library = Library(root / "library")
    await library.start()
    jobs = await JobStore(library).shown()
    library.close()
    return jobs


def test_what_was_left_is_not_sent_by_another_command(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "made-up:for-this-test")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    left = asyncio.run(leftover(tmp_path / "data"))
    painted(tmp_path / "mask.png", (600, 400), (300, 200))
    command = ["inpaint", "--image", str(photos / "coffee.png"), "--mask", str(tmp_path / "mask.png")]
    command += ["--prompt", "x", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert cli.main(command) == ExitCode.NOT_AGREED
    said = capsys.readouterr().err
    assert "1 earlier request is unfinished: “resume” continues it." in said
    assert "Nothing was sent." in said
    assert asyncio.run(rows(tmp_path / "data")) == [left]
    monkeypatch.delenv("FAL_KEY")
    assert cli.main(command) == 0
    assert len(json.loads(capsys.readouterr().out)["pictures"]) == 1
    assert asyncio.run(rows(tmp_path / "data")) == [left]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("file", "is a file. Choose a folder."),
        ("file/below", "cannot be created: Not a directory. Choose another folder."),
        ("shut", "is not writable"),
        ("full", "is full: 3 MB are free."),
    ],
)
def test_a_folder_that_cannot_take_the_results_is_told_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str, sentence: str
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    if where == "full":
        usage = {"full": 3 * 2**20}
        monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=usage.get(folder.name, 2**40)))
    if where == "shut":

        def refused(*_arguments: object, **_named: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("imagineart_desktop.cli.folders.write_atomic", refused)
    command = ["generate", "--prompt", "a lake", "--out", str(tmp_path / where), "--data", str(tmp_path / "data")]
    assert cli.main(command) == (ExitCode.WRONG_REQUEST if where == "file" else ExitCode.NO_OUTPUT)
    said = capsys.readouterr()
    assert sentence in said.err
    assert not said.out
    assert not (tmp_path / "data" / "library").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--feather", "12.5"), "“12.5” is not a whole number of pixels"),
        (("--context", "wide"), "“wide” is not a whole number of pixels"),
        (("--seed", "abc"), "“abc” is not a whole number"),
        (("--n", "0"), "“0” is not a number of images; the minimum is 1"),
    ],
)
def test_a_number_that_is_none_is_told_in_words(
    photos: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["inpaint", "--image", str(photos / "coffee.png"), "--prompt", "x", "--out", "out", *arguments])
    said = capsys.readouterr().err
    assert sentence in said
    assert "invalid" not in said


def test_a_thousand_pictures_are_asked_about(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    painted(tmp_path / "mask.png", (600, 400), (300, 200))
    command = ["inpaint", "--image", str(photos / "coffee.png"), "--mask", str(tmp_path / "mask.png"), "--n", "1000"]
    command += ["--prompt", "x", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    assert cli.main(command) == ExitCode.NOT_AGREED
    said = capsys.readouterr()
    assert "That makes 1,000 requests for about 1000 × $0.08 = $80.00." in said.err
    assert not said.out
    assert not asyncio.run(rows(tmp_path / "data"))
