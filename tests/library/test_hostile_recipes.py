"""Malicious recipes: forged, endless, deep or cyclic ones are neutralized within a moment."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imagineart_desktop.imaging import png_chunk
from imagineart_desktop.library import (
    Library,
    LibraryError,
    Query,
    Recipe,
)
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.metadata.foreign_metadata import foreign_recipe, sanitize
from imagineart_desktop.support.messages import Message
from imagineart_desktop.workspace.library_texts import check_text
from tests.library.test_importing import A1111, imported, png
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


def hostile(made: Recipe) -> dict[str, Any]:
    """Return one of our recipes as an attacker would forge it."""
    forged = made.model_dump(mode="json")
    forged |= {
        "job_id": "../../../../etc/passwd",
        "position": -3,
        "endpoint": "x\u202e\x00" * 400,
        "cost": "999999999",
        "created_at": "0001-01-01T00:00:00",
        "finished_at": "9999-12-31T23:59:59Z",
        "submitted_at": "2026-01-01T00:00:00",
        "parents": [{"role": "picture", "sha256": "../../x", "picture_id": 1}],
        "request": {"prompt": "a\x07b\u202ec" + "d" * 200_000, "n": [[[[["x"] * 500] * 50]]]},
    }
    return forged


async def test_a_forged_recipe_of_ours_is_made_harmless(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    path = png(tmp_path / "forged.png", ImagineArt=json.dumps(hostile(recipe(1))))
    details = await imported(library, path)
    made = details.recipe
    assert made.job_id.startswith("import-")
    assert made.position == 0
    assert made.parents == ()
    assert made.cost == 0
    assert made.created_at.year == 1990
    assert made.finished_at is not None
    assert made.submitted_at is not None
    assert made.finished_at >= made.submitted_at
    assert made.prompt.startswith("a bc")
    assert len(made.prompt) <= 10_000
    assert len(made.endpoint) <= 120
    assert len(made.model_dump_json()) < 50_000
    assert details.summary.path.parent.parent == tmp_path / "library" / "pictures"
    library.close()


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def chain(length: int) -> dict[str, Any]:
    """Return a graph in which every node links to every other."""
    links = {name: [str(place), 0] for place, name in enumerate(("text", "positive", "conditioning", "prompt"))}
    graph = {
        str(n): {"class_type": "X", "inputs": {**links, "text_g": [str((n + 1) % length), 0]}} for n in range(length)
    }
    return graph | {"s": {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["0", 0]}}}


HOSTILE: list[Callable[[], dict[str, str]]] = [
    lambda: {"prompt": deep(100_000)},
    lambda: {"prompt": json.dumps(chain(300))},
    lambda: {"prompt": '{"1": {"inputs": {"seed": ' + "9" * 5000 + "}}}"},
    lambda: {"prompt": '{"1": null, "2": {"inputs": 3}, "3": []}'},
    lambda: {"workflow": '{"nodes": [null, 3], "links": [[{}]]}'},
    lambda: {"workflow": '{"nodes": {"a": 1}, "links": 7}'},
    lambda: {"invokeai_metadata": "[1, 2]"},
    lambda: {"invokeai_metadata": '{"positive_prompt": {"a": [1]}, "seed": [], "model": 3}'},
    lambda: {"sd-metadata": '{"image": 3}'},
    lambda: {"sd-metadata": '{"image": {"prompt": [1, 2]}}'},
    lambda: {"parameters": "a: " * 300_000 + "x"},
    lambda: {"parameters": 'Steps: "' + "\\" * 100_000},
    lambda: {"parameters": "Negative prompt:" * 10_000},
    lambda: {"parameters": ""},
]


@pytest.mark.parametrize("made", HOSTILE)
async def test_whatever_stands_in_a_file_it_is_imported_in_a_moment(
    tmp_path: Path, made: Callable[[], dict[str, str]]
) -> None:
    library = Library(tmp_path / "library")
    details = await imported(library, png(tmp_path / "a.png", **made()))
    assert len(details.recipe.model_dump_json()) < 60_000
    library.close()


async def test_texts_of_strangers_are_cleaned() -> None:
    assert sanitize("a\x1b[31mb\u202ec\u200d\n\ud800d") == "a [31mbc\u200d\nd"
    assert len(sanitize("x" * 1000, 10)) == 10
    image = Image.new("RGB", (1, 1))
    image.info["parameters"] = A1111.replace("red", "r\u2066e\x00d")
    found = foreign_recipe(image)
    assert found is not None
    assert found.prompt.startswith("a re d cup")


@pytest.mark.parametrize("place", ["before", "behind"])
async def test_a_picture_with_an_endless_text_is_imported_without_it(tmp_path: Path, place: str) -> None:
    path = png(tmp_path / "a.png")
    data = path.read_bytes()
    text = png_chunk(b"zTXt", b"parameters\x00\x00" + zlib.compress(b"a cat " * 10_000_000))
    at = 33 if place == "before" else len(data) - 12
    path.write_bytes(data[:at] + text + data[at:])
    library = Library(tmp_path / "library")
    tracemalloc.start()
    details = await imported(library, path)
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()
    assert details.recipe.prompt == ""
    assert details.summary.path.read_bytes() == path.read_bytes()
    assert await library.thumbnail(details.summary, 64)
    library.close()


@pytest.mark.parametrize(
    "forged",
    [
        {"findings": [r'{"code": "text", "params": {"text": "a \ud800"}}']},
        {"findings": [r'{"code":"text","params":{"text":"a \ud800"}}']},
        {"position": 10**30},
        {"parents": [{"role": "picture", "sha256": "ab" * 32, "picture_id": 10**30}]},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"created_at": "0001-01-01T00:00:00", "finished_at": "9999-12-31T23:59:59-14:00"},
        {"cost": "1e400"},
    ],
)
async def test_no_file_in_the_librarys_folder_stops_a_rebuild(tmp_path: Path, forged: dict[str, Any]) -> None:
    library = Library(tmp_path)
    await library.start()
    picture = await keep(library, recipe(1))
    library.close()
    made = recipe(2).model_dump(mode="json") | forged
    png(picture.path.with_name("forged.png"), ImagineArt=json.dumps(made))
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    found = await library.search(Query())
    assert len(found) == 2
    for number in found:
        details = await library.details(number)
        assert details is not None
        assert details.recipe.cost < 10_000
    library.close()


async def test_a_damaged_row_hides_no_other_image_and_says_what_to_do(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.start()
    odd, whole = await keep(library, recipe(1, findings=(Message("result.unchanged"),))), await keep(library, recipe(2))
    damage = """UPDATE pictures SET recipe = replace(recipe, '"cost":"', '"cost":"x') WHERE id = ?"""
    await library.database.write(lambda connection: connection.execute(damage, (odd.id,)).rowcount)
    assert {one.id for one in await library.summaries([odd.id, whole.id])} == {odd.id, whole.id}
    with pytest.raises(LibraryError, match="Rebuild"):
        await library.details(odd.id)
    checked = await check_library(library)
    assert (checked.unreadable, checked.broken, len(checked.files)) == ((odd.id,), (), 1)
    tone, text = check_text(checked)
    assert (tone, "1 image record is damaged. Rebuild the library" in text) == ("caution", True)
    await rebuild(library)
    assert (await check_library(library)).files == ()
    assert (await library.details(odd.id)) is not None
    library.close()
