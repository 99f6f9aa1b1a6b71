"""`library …`: what the window does with the library, done from the command line."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imagineart_desktop import cli
from imagineart_desktop.cli import library as library_commands
from imagineart_desktop.cli import progress_line
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.library import Library
from imagineart_desktop.resources import resource_path
from imagineart_desktop.support import Progress
from tests.library.test_library import keep, recipe
from tests.library.test_model_gone import keep_gone
from tests.waiting import until


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two images generated here, one of them rated and tagged."""

    async def stock() -> None:
        library = Library(tmp_path / "data" / "library")
        await library.start()
        await keep(library, recipe(1, "a red lake"))
        await keep(library, recipe(2, "a blue lake"))
        await library.annotations.rate([1], 4)
        await library.annotations.tag([1], ["holiday"])
        await library.annotations.set_note(1, "for the client")
        collection = await library.annotations.create_collection("Spring")
        await library.annotations.collect([1], collection)
        library.close()

    asyncio.run(stock())
    return tmp_path / "data"


def library(data: Path, *words: str) -> int:
    return cli.main(["library", *words, "--data", str(data)])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_each_file_is_taken_or_refused_with_its_reason(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "from outside" / "below"
    folder.mkdir(parents=True)
    Image.new("RGB", (40, 30), "red").save(folder / "ü.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much")
    (folder / "notes.txt").write_text("no image")
    words = ("import", str(folder.parent), str(tmp_path / "nowhere.png"), "--json")
    assert library(data, *words) == ExitCode.FAILED
    caught = capsys.readouterr()
    answer = json.loads(caught.out)
    assert (answer["skipped"], answer["skipped_files"]) == (1, [str(Path("below/notes.txt"))])
    files = {Path(file["path"]).name: file for file in answer["files"]}
    assert files.keys() == {"ü.png", "broken.jpg", "nowhere.png"}
    assert (files["ü.png"]["result"], files["ü.png"]["id"]) == ("added", 3)
    for name in ("broken.jpg", "nowhere.png"):
        assert files[name]["result"] == "refused"
        assert files[name]["reason"] in caught.err.splitlines()
    assert library(data, "import", str(folder / "ü.png")) == ExitCode.OK
    assert capsys.readouterr().out == "1 image was already in the library.\n"
    assert library(data, "import", str(folder.parent)) == ExitCode.FAILED
    assert f"“{Path('below/notes.txt')}” isn’t an image." in capsys.readouterr().err.splitlines()


def test_a_search_lists_what_the_gallery_would(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "search", "lake", "--json") == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [2, 1]
    assert library(data, "search", "lake", "--limit", "1", "--json") == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [2]
    assert library(data, "search", "rating:4 tag:holiday", "--json") == ExitCode.OK
    (image,) = told(capsys)
    assert Path(image.pop("file")).is_file()
    assert image.pop("original_name").endswith(".png")
    assert image == {
        "id": 1,
        "prompt": "a red lake",
        "negative_prompt": "",
        "model": recipe(1).endpoint,
        "seed": 1,
        "size": [64, 48],
        "rating": 4,
        "tags": ["holiday"],
        "demo": False,
        "cost": "0.05",
        "billed": None,
    }
    assert library(data, "search", "nothing like it", "--json") == ExitCode.OK
    assert told(capsys) == []
    assert library(data, "search", "red") == ExitCode.OK
    number, file, prompt = capsys.readouterr().out.rstrip("\n").split("\t")
    assert (number, Path(file).is_file(), prompt) == ("1", True, "a red lake")


def test_a_search_that_is_not_understood_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "search", "lake rating:many", "--json") == ExitCode.WRONG_REQUEST
    said = capsys.readouterr()
    assert "rating" in said.err
    assert said.out == ""


def test_an_unknown_field_is_searched_as_plain_text(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "search", "foo:bar", "--json") == ExitCode.OK
    said = capsys.readouterr()
    assert (json.loads(said.out), said.err) == ([], "There is no field “foo”; searched as plain text.\n")
    assert library(data, "search", "foo:bar OR red", "--json") == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [1]
    assert library(data, "search", "foo:bar rating:many") == ExitCode.WRONG_REQUEST
    assert capsys.readouterr().out == ""
    assert library(data, "search", " ".join(["red"] * 70)) == ExitCode.WRONG_REQUEST


def test_a_demo_image_costs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def stock() -> None:
        made = Library(tmp_path / "library")
        await made.start()
        await keep(made, recipe(1, "a lake").model_copy(update={"demo": True}))
        made.close()

    asyncio.run(stock())
    assert library(tmp_path, "search", "lake", "--json") == ExitCode.OK
    (image,) = told(capsys)
    assert (image["demo"], image["cost"]) == (True, "0")
    assert library(tmp_path, "show", "1", "--json") == ExitCode.OK
    shown = told(capsys)
    assert (shown["demo"], shown["cost"], shown["recipe"]["cost"]) == (True, "0", "0.05")
    assert library(tmp_path, "show", "1") == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert {"demo: yes", "cost: Free (demo)"} <= set(lines)


def test_facts_are_shown_in_plain_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "show", "1") == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert {"size: 64 × 48", "demo: no", "favorite: no", "trashed: no", "tags: holiday", "collections: Spring"} <= set(
        lines
    )
    assert not any(sign in line for line in lines for sign in ("None", "True", "False", "[", "{"))


def test_settings_are_named_even_if_the_model_is_gone(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stock() -> int:
        stocked = Library(tmp_path / "gone" / "library")
        kept = await keep_gone(stocked)
        stocked.close()
        return kept.id

    number = str(asyncio.run(stock()))
    assert library(tmp_path / "gone", "show", number, "--json") == ExitCode.OK
    shown = told(capsys)
    assert (shown["model"], shown["model_label"], shown["model_problem"]) == ("somebody/gone", "Gone 1.0", "")
    assert shown["fields"][0] == {"field": "aspect_ratio", "label": "Aspect ratio", "text": "4:1"}
    assert library(tmp_path / "gone", "show", number) == ExitCode.OK
    assert "fields: Aspect ratio: 4:1, Resolution: 1K\n" in capsys.readouterr().out
    for path in (tmp_path / "gone" / "library" / "models").iterdir():
        path.unlink()
    assert library(tmp_path / "gone", "show", number) == ExitCode.OK
    assert "model_problem: The model definition stored with it is missing." in capsys.readouterr().out
    assert library(data, "show", "1") == ExitCode.OK
    assert "fields: Aspect ratio: 1:1\n" in capsys.readouterr().out


def test_an_unknown_image_costs_only_itself(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = "The library has no image 9999. “library search” lists the ids."
    assert library(data, "show", "1", "9999", "--json") == ExitCode.FAILED
    said = capsys.readouterr()
    assert ([image["id"] for image in json.loads(said.out)], said.err) == ([1], f"{unknown}\n")
    out = tmp_path / "out"
    assert library(data, "export", "9999", "1", "--out", str(out), "--json") == ExitCode.FAILED
    said = capsys.readouterr()
    exported = json.loads(said.out)
    assert (exported["problems"], said.err) == ([unknown], f"{unknown}\n")
    assert [str(path) for path in out.iterdir()] == exported["files"]
    assert library(data, "show", "8", "9") == ExitCode.WRONG_REQUEST
    assert [line.split(".")[0] for line in capsys.readouterr().err.splitlines()] == [
        "The library has no image 8",
        "The library has no image 9",
    ]


@pytest.mark.parametrize("word", ["nosuch", "0", "-", "1.5", "9" * 30])
def test_what_is_no_image_id_is_called_that(data: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        library(data, "show", word)
    assert ended.value.code == ExitCode.WRONG_REQUEST
    assert f"“{word}” is not an image ID" in capsys.readouterr().err


def test_the_folder_may_be_given_before_the_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "--data", str(data), "search", "red", "--json"]) == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [1]


def test_nothing_is_exported_into_the_library_itself(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = data / "library" / "pictures"
    before = sorted(inside.rglob("*"))
    assert library(data, "export", "1", "--out", str(inside)) == ExitCode.FAILED
    assert "This folder belongs to the library. Choose another one." in capsys.readouterr().err
    assert sorted(inside.rglob("*")) == before


@pytest.mark.parametrize("arguments", [["import", ""], ["export", "1", "--out", " "]])
def test_an_empty_path_is_not_the_current_folder(
    data: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        library(data, *arguments)
    assert ended.value.code == ExitCode.WRONG_REQUEST
    assert "the path is empty" in capsys.readouterr().err


def test_everything_about_an_image_is_shown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "show", "1", "--json") == ExitCode.OK
    shown = told(capsys)
    assert (shown["note"], shown["collections"], shown["favorite"]) == ("for the client", ["Spring"], False)
    assert shown["recipe"]["request"]["prompt"] == "a red lake"
    assert (shown["format"], shown["state"], shown["trashed"]) == ("PNG", "", False)
    assert library(data, "show", "1", "2", "--json") == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [1, 2]
    assert library(data, "show", "1") == ExitCode.OK
    assert "note: for the client\n" in capsys.readouterr().out
    assert library(data, "show", "7") == ExitCode.WRONG_REQUEST
    assert capsys.readouterr().err == "The library has no image 7. “library search” lists the ids.\n"


def test_images_are_written_as_they_are_or_in_another_format(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert library(data, "export", "1", "2", "--out", str(out), "--format", "webp", "--json") == ExitCode.OK
    files = told(capsys)["files"]
    assert [Image.open(file).format for file in files] == ["WEBP", "WEBP"]
    assert library(data, "export", "1", "--out", str(out)) == ExitCode.OK
    name = capsys.readouterr().out.removeprefix("Exported as ").rstrip(".\n")
    kept = [path.read_bytes() for path in (data / "library" / "pictures").rglob("*.png")]
    assert (out / name).read_bytes() in kept
    before = sorted(path.name for path in out.iterdir())
    assert library(data, "export", "8", "9", "--out", str(out)) == ExitCode.WRONG_REQUEST
    assert sorted(path.name for path in out.iterdir()) == before


def test_a_missing_file_is_found_by_check(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "check") == ExitCode.OK
    assert capsys.readouterr().out == "All 2 images are there.\n"
    assert library(data, "show", "2", "--json") == ExitCode.OK
    os.unlink(told(capsys)["file"])  # noqa: PTH108
    assert library(data, "check", "--json") == ExitCode.FAILED
    assert told(capsys)["missing"] == [2]
    assert library(data, "export", "2", "--out", str(data / "out")) == ExitCode.FAILED
    assert "is missing" in capsys.readouterr().err


def test_a_rebuild_keeps_images_and_marks(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert library(data, "rebuild", "--json") == ExitCode.OK
    done = told(capsys)
    assert (done["images"], Path(done["old_database"]).is_dir()) == (2, True)
    assert library(data, "search", "rating:4", "--json") == ExitCode.OK
    assert [image["id"] for image in told(capsys)] == [1]


def test_while_the_window_is_open_only_reading_works(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    window = Library(data / "library")
    try:
        assert library(data, "search", "lake", "--json") == ExitCode.OK
        assert len(told(capsys)) == 2
        assert library(data, "export", "1", "--out", str(data / "out")) == ExitCode.OK
        capsys.readouterr()
        for words in (("import", str(data)), ("check",), ("rebuild",)):
            assert library(data, *words) == ExitCode.FAILED
            assert "open in another window" in capsys.readouterr().err
    finally:
        window.close()


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["library"])
    assert ended.value.code == ExitCode.WRONG_REQUEST


@pytest.mark.parametrize(
    ("command", "work", "line"),
    [
        (("import", "@source"), "import_pictures", "Importing… 3 of 9"),
        (("export", "1", "--out", "@out"), "export_pictures", "Exporting… 33%"),
        (("check",), "check_library", "Checking the library… 3 of 9"),
        (("rebuild",), "rebuild", "Rebuilding the library… 3 of 9"),
    ],
)
def test_a_command_that_takes_long_says_how_far_it_is(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    work: str,
    line: str,
) -> None:
    lines: list[str] = []
    usual = getattr(library_commands, work)

    async def slow(*given: Any) -> Any:
        report = given[-1]
        if isinstance(report, Progress):
            report.share = 1 / 3
        else:
            report(3, 9)
        await until(lambda: line in lines)
        return await usual(*given)

    monkeypatch.setattr(progress_line, "_FIRST_SECONDS", 0.001)
    monkeypatch.setattr(progress_line, "print_notice", lines.append)
    monkeypatch.setattr(library_commands, work, slow)
    places = {"@source": str(resource_path("photos", "coffee.png")), "@out": str(tmp_path / "out")}
    assert library(data, *(places.get(word, word) for word in command)) == ExitCode.OK
    assert capsys.readouterr().out
