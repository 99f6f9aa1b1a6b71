"""Searches find words, parts of words, and characters of every script; large seeds are matched exactly."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from imagineart_desktop.library import Library, Query
from imagineart_desktop.library.store.schema import MIGRATIONS
from tests.library.legacy_libraries import make_earlier
from tests.library.test_damage import started
from tests.library.test_library import keep, recipe
from tests.once import made_once

PROMPTS = {
    1: "一只红色的杯子",
    2: "A snowflake over the café, very-detailed",
    3: "がっこうのねこ",
    4: "빨간 컵과 고양이",
    5: "Красная чашка",
    6: "ถ้วยสีแดง",
    7: "Copper pot, 東京タワー at night",
}


async def stock(root: Path) -> None:
    library = await started(root)
    for number, prompt in PROMPTS.items():
        await keep(library, recipe(number, prompt))
    await library.annotations.tag([5], ["夜景", "night shots"])
    await library.annotations.set_note(6, "für den Kunden: 見積")
    library.close()


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made_once(tmp_path_factory, "stocked for words", lambda made: asyncio.run(stock(made / "library")))
    return folder / "library"


@pytest_asyncio.fixture
async def library(stocked: Path, tmp_path: Path) -> Library:
    return await started(shutil.copytree(stocked, tmp_path, dirs_exist_ok=True))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("红色", [1]),
        ("红", [1]),
        ("杯子", [1]),
        ("色的杯", [1]),
        ("flake", [2]),
        ("cafe", [2]),
        ("AFÉ", [2]),
        ("very-detailed", [2]),
        ("snow detail", [2]),
        ("こう", [3]),
        ("ねこ", [3]),
        ("かつ", []),
        ("컵", [4]),
        ("고양이", [4]),
        ("расная", [5]),
        ("สีแดง", [6]),
        ("京", [7]),
        ("タワー", [7]),
        ("東京 copper", [7]),
        ("夜", [5]),
        ("ight", [7, 5]),
        ("見積", [6]),
        ("co", [7]),
        ("op", []),
        ('"pot, 東京"', [7]),
        ('"pot 東京タワー"', [7]),
        ("prompt:红色", [1]),
        ("prompt:夜", []),
        ("note:見", [6]),
        ("note:ünde", [6]),
        ("note:ündel", []),
        ("note:kunden", [6]),
        ("-红色 -ねこ -컵 -чашка -แดง -tower -京", [2]),
    ],
)
async def test_any_script_is_found(library: Library, text: str, found: list[int]) -> None:
    assert await library.search(Query(text=text)) == found
    library.close()


@pytest.mark.asyncio
async def test_what_is_said_later_is_found_and_what_is_gone_is_not(library: Library) -> None:
    await library.annotations.set_note(1, "茶碗")
    assert await library.search(Query(text="碗")) == [1]
    await library.annotations.set_note(1, "")
    assert await library.search(Query(text="碗")) == []
    await library.trash.put([2])
    await library.trash.empty()
    assert await library.search(Query(text="flake", trash=True)) == []
    library.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("version", [4, len(MIGRATIONS) - 1])
async def test_an_earlier_library_is_indexed_in_the_background(library: Library, tmp_path: Path, version: int) -> None:
    library.close()
    make_earlier(tmp_path / "library.sqlite", version)
    again = await started(tmp_path)
    await again.run_background_checks()
    assert await again.search(Query(text="红色")) == [1]
    assert await again.search(Query(text="flake")) == [2]
    again.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", [0, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1])
async def test_a_seed_of_64_bits_is_kept_and_found(tmp_path: Path, seed: int) -> None:
    library = await started(tmp_path)
    kept = await keep(library, recipe(1, seed=seed))
    await keep(library, recipe(2, seed=(seed + 2) % 2**64))
    details = await library.details(kept.id)
    assert details is not None
    assert details.recipe.seed == seed
    assert await library.search(Query(text=f"seed:{seed}")) == [kept.id]
    assert await library.search(Query(text=str(seed))) == [kept.id] if seed else True
    library.close()
