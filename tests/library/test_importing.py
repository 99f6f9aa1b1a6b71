"""Importing pictures: recipes that they carry are imported too, and nothing in them is trusted."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imagineart_desktop.imaging import ExportSettings, FileFormat, SizeRule
from imagineart_desktop.library import (
    UNKNOWN_MODEL,
    ExportOptions,
    Library,
    PictureDetails,
    Query,
    SortOrder,
    export_pictures,
    find_pictures,
    import_pictures,
)
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.metadata.file_probe import ProbedFile, probe_file
from imagineart_desktop.library.transfer import import_report, importing
from imagineart_desktop.workspace.library_texts import import_text, skipped_texts
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


A1111 = (
    "a red cup, (masterpiece:1.2)\nsecond line\nNegative prompt: blurry, hands\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123456, Size: 512x768, "
    'Model hash: abc, Model: deliberate_v2, Hashes: "{a, b}"'
)
A1111_PROMPT = "a red cup, (masterpiece:1.2)\nsecond line"
COMFY = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 987, "steps": 25, "cfg": 8.0, "sampler_name": "euler",
            "model": ["4", 0], "positive": ["10", 0], "negative": ["10", 1], "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a blue vase", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": ["8", 0], "clip": ["4", 1]}},
    "8": {"class_type": "PrimitiveString", "inputs": {"value": "watermark"}},
    "10": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0]}},
}  # fmt: skip
WORKFLOW = {
    "nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a green bowl"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["noise"]},
        {
            "id": 3, "type": "KSampler", "widgets_values": [55, "fixed", 30, 6.5, "dpmpp_2m", "karras", 1],
            "inputs": [{"name": "positive", "link": 1}, {"name": "negative", "link": 2}],
        },
    ],
    "links": [[1, 1, 0, 3, 1, "CONDITIONING"], [2, 2, 0, 3, 2, "CONDITIONING"]],
}  # fmt: skip
INVOKE = {
    "generation_mode": "txt2img", "positive_prompt": "a lamp", "negative_prompt": "dark", "seed": 77, "steps": 30,
    "width": 512, "model": {"name": "dreamshaper", "base": "sd-1"}, "scheduler": "euler",
}  # fmt: skip
OLD_INVOKE = {
    "model": "stable diffusion", "model_weights": "sd-v1-4",
    "image": {"prompt": [{"prompt": "a boat", "weight": 1.0}], "steps": 50, "seed": 42, "sampler": "k_lms"},
}  # fmt: skip


def png(path: Path, colour: int = 7, /, **texts: str) -> Path:
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), (colour, 90, 120)).save(path, pnginfo=info)
    return path


def with_comment(path: Path, comment: bytes, kind: str) -> Path:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    Image.new("RGB", (64, 48), (7, 90, 120)).save(path, kind, exif=exif)
    return path


async def imported(library: Library, path: Path) -> PictureDetails:
    report = await import_pictures(library, [path])
    assert report.refused == []
    details = await library.details(report.added[0])
    assert details is not None
    return details


CHUNKS: list[tuple[dict[str, str], tuple[str, str, str, str, int]]] = [
    ({"parameters": A1111}, ("AUTOMATIC1111", "deliberate_v2", A1111_PROMPT, "blurry, hands", 123456)),
    ({"invokeai_metadata": json.dumps(INVOKE)}, ("InvokeAI", "dreamshaper", "a lamp", "dark", 77)),
    ({"sd-metadata": json.dumps(OLD_INVOKE)}, ("InvokeAI", "sd-v1-4", "a boat", "", 42)),
    (
        {"Dream": '"a boat, at sea [blurry, dark]" -s 50 -S 12345 -W 512 -H768 -C7.5 -A k_lms'},
        ("InvokeAI", "", "a boat, at sea", "blurry, dark", 12345),
    ),
    (
        {
            "invokeai_metadata": json.dumps(
                {"positive_prompt": ["a hill", {"prompt": "mist"}, 3], "seed": 5, "steps": 30}
            )
        },
        ("InvokeAI", "", "a hill, mist", "", 5),
    ),
    ({"prompt": json.dumps(COMFY)}, ("ComfyUI", "sd_xl_base.safetensors", "a blue vase", "watermark", 987)),
    ({"workflow": json.dumps(WORKFLOW)}, ("ComfyUI", "", "a green bowl", "noise", 55)),
]


@pytest.mark.parametrize(("chunks", "expected"), CHUNKS)
async def test_another_programs_recipe_is_imported_with_its_picture(
    tmp_path: Path, chunks: dict[str, str], expected: tuple[str, str, str, str, int]
) -> None:
    library = Library(tmp_path / "library")
    path = png(tmp_path / "in" / "made elsewhere.png", **chunks)
    details = await imported(library, path)
    made = details.recipe
    program, model, prompt, negative, seed = expected
    assert made.imported is not None
    assert (made.imported.program, made.imported.name) == (program, "made elsewhere.png")
    assert made.endpoint == (model or program)
    assert (made.prompt, made.request.get("negative_prompt", ""), made.seed) == (prompt, negative, seed)
    assert {"20", "30", "50", "25"} & set(made.imported.settings.values())
    assert details.summary.path.read_bytes() == path.read_bytes()
    assert await library.search(Query(text=prompt.split()[-1])) == [details.summary.id]
    library.close()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\x00" + A1111.encode("utf-16-be"),
        b"UNICODE\x00" + A1111.encode("utf-16-le"),
        b"ASCII\x00\x00\x00" + A1111.encode(),
        b"\x00" * 8 + A1111.encode(),
    ],
)
async def test_a_recipe_in_exif_is_read_in_every_spelling(tmp_path: Path, kind: str, comment: bytes) -> None:
    library = Library(tmp_path / "library")
    details = await imported(library, with_comment(tmp_path / f"a.{kind.lower()}", comment, kind))
    assert details.recipe.prompt == A1111_PROMPT
    assert details.recipe.seed == 123456
    library.close()


async def test_comfyuis_webp_is_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "prompt:" + json.dumps(COMFY)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.webp", exif=exif)
    library = Library(tmp_path / "library")
    assert (await imported(library, tmp_path / "a.webp")).recipe.prompt == "a blue vase"
    library.close()


async def test_a_picture_without_a_recipe_is_a_source_and_nothing_counts_as_spent(tmp_path: Path, photos: Path) -> None:
    library = Library(tmp_path / "library")
    report = await import_pictures(library, [photos])
    assert (len(report.added), report.with_recipe, report.refused) == (5, 0, [])
    details = await library.details(report.added[0])
    assert details is not None
    assert (details.recipe.endpoint, details.recipe.prompt, details.recipe.cost) == (UNKNOWN_MODEL, "", Decimal(0))
    spend = await library.spent_since(datetime(1980, 1, 1, tzinfo=UTC))
    assert (spend.amount, spend.pictures) == (Decimal(0), 0)
    library.close()


async def test_the_same_bytes_are_recognised(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    first = png(tmp_path / "a.png", parameters=A1111)
    (tmp_path / "b.png").write_bytes(first.read_bytes())
    report = await import_pictures(library, [first, tmp_path / "b.png"])
    assert (len(report.added), report.known) == (1, report.added)
    again = await import_pictures(library, [first])
    assert (again.added, again.known) == ([], report.added)
    assert (await library.counts()).all == 1
    library.close()


async def test_what_was_deleted_or_lost_is_back_when_it_is_imported_again(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    mine = await keep(library, recipe(5))
    foreign = (await imported(library, png(tmp_path / "a.png", parameters=A1111))).summary
    for picture in (mine, foreign):
        copy = tmp_path / "copy.png"
        copy.write_bytes(picture.path.read_bytes())
        await library.trash.put([picture.id])
        assert (await import_pictures(library, [copy])).restored == [picture.id]
        assert picture.id in await library.search(Query())
        picture.path.unlink()
        assert (await import_pictures(library, [copy])).restored == [picture.id]
        assert picture.path.read_bytes() == copy.read_bytes()
    assert (await library.counts()).all == 2
    library.close()


async def test_a_picture_of_ours_comes_with_its_recipe_and_is_not_paid_for_twice(tmp_path: Path) -> None:
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there")
    picture = await keep(there, recipe(5, "from a colleague"))
    details = await imported(here, picture.path)
    assert (details.recipe.prompt, details.recipe.seed, details.recipe.job_id) == ("from a colleague", 5, f"{5:032x}")
    assert details.created_at == recipe(5).created_at
    assert (await here.spent_since(datetime(1980, 1, 1, tzinfo=UTC))).amount == 0
    assert (await import_pictures(here, [picture.path])).known == [details.summary.id]
    for library in (here, there):
        library.close()


async def test_a_smaller_copy_of_a_picture_here_is_a_picture_of_its_own_and_the_file_itself_is_known(
    tmp_path: Path,
) -> None:
    library = Library(tmp_path / "library")
    picture = await keep(library, recipe(5))
    small = ExportSettings(FileFormat.JPEG, 90, SizeRule.PERCENT, 50)
    report = await export_pictures(library, [picture.id], ExportOptions(tmp_path / "out", "small", small))
    (tmp_path / "copy.png").write_bytes(picture.path.read_bytes())
    taken = await import_pictures(library, [report.written[0], tmp_path / "copy.png"])
    assert (len(taken.added), taken.known) == (1, [picture.id])
    details = await library.details(taken.added[0])
    assert details is not None
    assert (details.summary.size, details.recipe.prompt) == ((32, 24), "a lake")
    assert (await library.spent_since(datetime(1980, 1, 1, tzinfo=UTC))).pictures == 1
    library.close()


async def test_folders_are_gone_through_to_their_ends(tmp_path: Path) -> None:
    root = tmp_path / "in"
    names = ["a.png", "sub/b.JPG", "sub/deeper/c.webp", "sub/notes.txt", ".hidden/d.png", "sub/.e.png"]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    if os.name == "posix":
        (root / "loop").symlink_to(root)
        (root / "sub" / "z.png").symlink_to(root / "a.png")
    found = [path.relative_to(root).as_posix() for path, _ in find_pictures([root])]
    assert [Path(name).as_posix() for _, name in find_pictures([root])] == found
    linked = ["sub/z.png"] if os.name == "posix" else []
    assert found == ["a.png", "sub/b.JPG", *linked, "sub/deeper/c.webp"]
    assert list(find_pictures([root], besides=root / "sub")) == [(root / "a.png", "a.png")]


async def test_what_is_no_picture_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    good = png(tmp_path / "good.png")
    (tmp_path / "text.png").write_bytes(b"no picture")
    (tmp_path / "half.png").write_bytes(good.read_bytes()[:-40])
    places = [tmp_path / "text.png", tmp_path / "half.png", tmp_path / "gone.png", good]
    done: list[tuple[int, int]] = []
    report = await import_pictures(library, places, lambda now, of: done.append((now, of)))
    assert len(report.added) == 1
    assert len(report.refused) == 3
    assert done[-1] == (4, 4)
    library.close()


@pytest.mark.skipif(os.name != "posix", reason="links need no rights only there")
async def test_a_folder_import_counts_other_files_and_names_what_claims_to_be_an_image(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    folder = tmp_path / "in"
    png(tmp_path / "elsewhere" / "good.png", 1)
    png(folder / "a.png", 2)
    shutil.copy(folder / "a.png", folder / "b.png")
    for name in ("notes.txt", "brief.pdf", "logo.svg", ".hidden"):
        (folder / name).write_text("no image")
    (folder / "link.png").symlink_to(tmp_path / "elsewhere" / "good.png")
    (folder / "broken.png").symlink_to(tmp_path / "gone.png")
    (folder / "loop").symlink_to(folder)
    report = await import_pictures(library, [folder])
    assert (len(report.added), report.duplicates) == (2, ["b.png"])
    assert (report.skipped.count, report.skipped.names) == (2, ["brief.pdf", "notes.txt"])
    assert report.refused == [
        "“broken.png” is a link to a file that doesn’t exist.",
        "“logo.svg” has an image format that can’t be imported.",
    ]
    assert import_text(report) == (
        "2 images imported. 1 image was already in the library. 2 files couldn’t be imported."
        " 2 other files were skipped: brief.pdf, notes.txt."
    )
    library.close()


async def test_files_in_subfolders_are_named_with_their_folder(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    folder = tmp_path / "in"
    png(folder / "a.png", 1)
    png(folder / "deep" / "b.png", 1)
    (folder / "deep" / "half.png").write_bytes((folder / "a.png").read_bytes()[:-40])
    (folder / "deep" / "logo.svg").write_text("no image")
    (folder / "deep" / "notes.txt").write_text("no image")
    report = await import_pictures(library, [folder])
    assert report.duplicates == [str(Path("deep/b.png"))]
    assert report.skipped.names == [str(Path("deep/notes.txt"))]
    assert [sentence.split("”")[0] for sentence in report.refused] == [
        f"“{Path('deep/half.png')}",
        f"“{Path('deep/logo.svg')}",
    ]
    assert skipped_texts(report, 9) == [f"“{Path('deep/notes.txt')}” isn’t an image."]
    library.close()


async def test_only_some_of_many_skipped_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_report, "MAX_SKIPPED_NAMED", 5)
    library = Library(tmp_path / "library")
    (tmp_path / "in").mkdir()
    for number in range(8):
        (tmp_path / "in" / f"{number}.txt").write_text("no image")
    report = await import_pictures(library, [tmp_path / "in"])
    assert (report.skipped.count, len(report.skipped.names)) == (8, 5)
    assert import_text(report).endswith(" 8 other files were skipped: 0.txt, 1.txt, 2.txt and 5 more.")
    assert skipped_texts(report, 2) == [
        "“0.txt” isn’t an image.",
        "“1.txt” isn’t an image.",
        "6 other files aren’t images.",
    ]
    library.close()


async def test_an_import_stops_when_asked(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    for number in range(40):
        png(tmp_path / "in" / f"{number}.png", number)
    done: list[int] = []
    report = await import_pictures(library, [tmp_path / "in"], lambda now, _of: done.append(now), lambda: bool(done))
    assert report.stopped
    assert 0 < len(report.added) < 40
    assert (await library.counts()).all == len(report.added)
    library.close()


async def test_files_are_read_ahead_in_order_and_no_further_than_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(12):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(folder / f"{number:02}.png")
    read: list[Path] = []

    def look(path: Path, label: str) -> ProbedFile:
        read.append(path)
        return probe_file(path, label)

    monkeypatch.setattr(importing, "probe_file", look)
    library = Library(tmp_path / "library")
    await library.start()
    report = await import_pictures(library, [folder], stopped=lambda: len(read) >= 5)
    assert report.stopped
    assert [file.path.name for file in report.files] == [f"{number:02}.png" for number in range(len(report.files))]
    assert len(report.files) < len(read) <= len(report.files) + importing._PREFETCH

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing, "write_atomic", full)
    report = await import_pictures(library, [folder])
    assert "library cannot be written" in report.problem
    trashed = await library.search(Query())
    await library.trash.put(trashed[:1])

    async def full_move(*_arguments: object) -> None:
        full()

    monkeypatch.setattr(library.trash, "_move", full_move)
    report = await import_pictures(library, [folder])
    assert report.problem.startswith("1 image cannot be moved: the disk is full.")
    assert len(report.files) == len(trashed) - 1
    library.close()


async def test_imported_pictures_go_to_the_trash_and_back_and_survive_a_lost_database(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    details = await imported(library, png(tmp_path / "a.png", parameters=A1111))
    await library.trash.put([details.summary.id])
    await library.trash.restore([details.summary.id])
    assert details.summary.path.is_file()
    library.close()
    (tmp_path / "library" / "library.sqlite").write_bytes(b"damaged" * 200)
    library = Library(tmp_path / "library")
    await library.start()
    (number,) = await library.search(Query())
    again = await library.details(number)
    assert again is not None
    assert again.recipe == details.recipe
    assert (await library.spent_since(datetime(1980, 1, 1, tzinfo=UTC))).pictures == 0
    library.close()


def sampled(**nodes: dict[str, Any]) -> dict[str, Any]:
    """Return a graph with a negative prompt and these nodes; the positive prompt comes from `p`."""
    inputs = {"seed": 3, "positive": ["p", 0], "negative": ["n", 0]}
    negative = {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry, with very many words that are unwanted"}}
    return {"s": {"class_type": "KSampler", "inputs": inputs}, "n": negative} | nodes


@pytest.mark.parametrize(
    ("graph", "prompt"),
    [
        (
            sampled(p=node("CLIPTextEncode", text=["30", 0]), **{"30": node("Wildcards", populated_text="a cup")}),
            "a cup",
        ),
        (
            sampled(
                p=node("CLIPTextEncode", text=["30", 0]),
                **{"30": node("Concat", string_a=["31", 0], delimiter=", "), "31": node("Mine", my_prompt="a fox")},
            ),
            "a fox",
        ),
        (sampled(p=node("CLIPTextEncode", text=["30", 0]), **{"30": node("Random", seed=7)}), ""),
        (sampled(p=node("CLIPTextEncode", text=["30", 0]), **{"30": node("Loop", text=["p", 0])}), ""),
        (sampled(p=node("CLIPTextEncode", text=["gone", 0])), ""),
        ({"1": node("CLIPTextEncode", text="a"), "2": node("CLIPTextEncode", text="not this")}, ""),
    ],
)
async def test_the_negative_prompt_of_a_graph_is_never_taken_for_the_prompt(
    tmp_path: Path, graph: dict[str, Any], prompt: str
) -> None:
    library = Library(tmp_path / "library")
    details = await imported(library, png(tmp_path / "a.png", prompt=json.dumps(graph)))
    assert details.recipe.prompt == prompt
    library.close()


async def test_one_odd_file_ends_no_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[1] / "data" / "damaged" / "truncated_exif_dpi.jpg", folder / "a.jpg")
    for name in ("b.png", "c.png", "d.png", "e.png"):
        Image.new("RGB", (8, 8), f"#{ord(name[0]):02x}0000").save(folder / name)
    (folder / "f.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    def odd(path: Path, label: str) -> object:
        if path.name == "c.png":
            raise KeyError("odd in a way that nobody thought of")
        return probe_file(path, label)

    monkeypatch.setattr(importing, "probe_file", odd)
    library = Library(tmp_path / "library")
    await library.start()
    report = await import_pictures(library, [folder])
    library.close()
    assert len(report.added) == 4
    assert [sentence.split("”")[0] for sentence in report.refused] == ["“c.png", "“f.png"]
    assert not report.problem


async def test_an_old_photograph_is_the_newest_once_it_is_imported_and_is_called_like_its_file(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    made = await keep(library, recipe(5))
    path = tmp_path / "holiday.png"
    Image.new("RGB", (40, 30), "green").save(path)
    os.utime(path, (86_400 * 365 * 30, 86_400 * 365 * 30))
    details = await imported(library, path)
    number = details.summary.id
    assert details.created_at.year == 1999
    assert (details.summary.title, details.summary.is_plain_import) == ("holiday.png", True)
    assert made.title == made.prompt
    for query, wanted in ((Query(), [number, made.id]), (Query(order=SortOrder.OLDEST), [made.id, number])):
        assert await library.search(query) == wanted
    assert await library.search(Query(group_by_collection=True)) == [number, made.id]
    await rebuild(library)
    assert await library.search(Query()) == [number, made.id]
    assert await library.search(Query(text="before:2000")) == [number]
    library.close()
