"""The language of the search field."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.library import Label, Library, Parent, Query, SortOrder
from imagineart_desktop.library.search.query_parser import set_field
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_15_PRO
from tests.library.test_library import keep, recipe
from tests.once import made_once

pytestmark = pytest.mark.asyncio


async def stock(root: Path) -> None:
    """1: a red cup; 2: a blue cup, rated, tagged; 3: Kraków, inpainted from 1; 4: old, cheap, by another model."""
    library = Library(root)
    await keep(library, recipe(1, "a red cup on walnut"))
    await keep(library, recipe(2, "a blue cup", cost=Decimal("0.12"), seed=7))
    parents = (Parent(role="picture", sha256="0" * 64, picture_id=1), Parent(role="mask", sha256="1" * 64))
    await keep(library, recipe(3, "Kraków by night", endpoint=IDEOGRAM_V2_EDIT.endpoint, parents=parents))
    old = datetime(2025, 3, 4, 12, tzinfo=UTC)
    await keep(library, recipe(4, "cupboard", endpoint=IMAGINEART_15_PRO.endpoint, created_at=old, request_id="abc-77"))
    organise = library.annotations
    await organise.rate([2], 4)
    await organise.tag([2, 3], ["For the client", "blue"])
    await organise.set_label([3], Label.GREEN)
    await organise.set_note(1, "the second try")
    spring = await organise.create_collection("Spring")
    inner = await organise.create_collection("Posters", spring)
    await organise.collect([1], inner)
    await organise.collect([4], spring)
    library.close()


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made_once(tmp_path_factory, "stocked for questions", lambda made: asyncio.run(stock(made / "library")))
    return folder / "library"


@pytest.fixture
def library(stocked: Path, tmp_path: Path) -> Iterator[Library]:
    library = Library(shutil.copytree(stocked, tmp_path / "library"))
    yield library
    library.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cup", [1, 2, 4]),
        ("cu bl", [2]),
        ('"red cup"', [1]),
        ('"cup red"', []),
        ("cup -walnut", [2, 4]),
        ('cup -"blue cup"', [1, 4]),
        ("krakow", [3]),
        ("model:ideogram", [3]),
        ("-model:ideogram cup", [1, 2, 4]),
        ("model:1.5", [4]),
        ('model:"ideogram v2"', []),
        ('model:"ideogram v2 edit"', [3]),
        (f'model:"{IDEOGRAM_V2_EDIT.endpoint}"', [3]),
        ('-model:"Ideogram V2" krakow', [3]),
        ("kind:inpaint", [3]),
        ("rating:>=3", [2]),
        ("rating:0", [1, 3, 4]),
        ("rating:1..5 cup", [2]),
        ("tag:blue", [2, 3]),
        ('tag:"for the CLIENT" -cup', [3]),
        ("tag:none", [1, 4]),
        ("tag:BLÜE", [2, 3]),
        ("prompt:KRAKOW", [3]),
        ("model:%", []),
        ("rating: cup", [1, 2, 4]),
        ("\N{FOX FACE}", []),
        ("client", [2, 3]),
        ("label:green", [3]),
        ("label:none cup", [1, 2, 4]),
        ("note:second", [1]),
        ("second try", [1]),
        ("collection:spring", [1, 4]),
        ("collection:posters", [1]),
        ("cost:>0.1", [2]),
        ("cost:<$0.1 cup", [1, 4]),
        ("seed:7", [2]),
        ("request:abc", [4]),
        ("abc-77", [4]),
        ("before:2026", [4]),
        ("on:2025-03", [4]),
        ("after:2026-01-01 cup", [1, 2]),
        ("has:mask", [3]),
        ("has:children", [1]),
        ("has:note", [1]),
        ("has:tags has:parents", [3]),
        ("is:rated", [2]),
        ("is:live cup", [1, 2, 4]),
        ("ratio:4:3", [1, 2, 3, 4]),
        ("ratio:portrait", []),
        ("size:64x48", [1, 2, 3, 4]),
        ("width:>64", []),
        ("megapixels:<1", [1, 2, 3, 4]),
        ("prompt:red", [1]),
        ("file:20250304", [4]),
        ("rating:1..", [2]),
        ("rating:..3", [1, 3, 4]),
        ("walnut OR krakow", [1, 3]),
        ("cup walnut OR tag:blue", [1, 2]),
        ("rating:4 OR label:green OR before:2026", [2, 3, 4]),
        ("krakow OR -cup", [3]),
        ("OR walnut OR", [1]),
        ("is:missing OR is:damaged OR is:changed", []),
    ],
)
async def test_what_is_typed_is_found(library: Library, text: str, found: list[int]) -> None:
    answer = await library.find(Query(text=text))
    assert sorted(answer.numbers) == found
    assert answer.problems == ()


@pytest.mark.parametrize("text", ["rating:high", "after:someday", "ratio:wide", "label:pink", "has:legs", "size:big"])
async def test_what_is_not_understood_is_said_and_left_out(library: Library, text: str) -> None:
    answer = await library.find(Query(text=f"{text} cup"))
    assert sorted(answer.numbers) == [1, 2, 4]
    (problem,) = answer.problems
    assert problem.startswith(f"“{text}” isn’t understood. Try {text.partition(':')[0]}:")


async def test_a_field_that_there_is_not_is_said_with_the_nearest(library: Library) -> None:
    answer = await library.find(Query(text="raiting:cup"))
    assert answer.numbers == []
    (problem,) = answer.problems
    assert problem == "There is no field “raiting”; searched as plain text. Did you mean “rating:”?"
    assert (await library.find(Query(text="zzz:cup"))).problems == ("There is no field “zzz”; searched as plain text.",)
    assert (await library.find(Query(text='"style:cup" http://cup 12:30'))).problems == ()


async def test_what_is_left_out_is_not_what_has_no_value(library: Library) -> None:
    number = (await keep(library, recipe(9, "a lake without a seed", seed=None))).id
    for text in ("-seed:3", "-seed:1..2", "-seed:>7", "-has:seed", "-note:second", "-request:abc", "-cost:5"):
        assert number in await library.search(Query(text=text)), text


async def test_picture_characters_are_found_in_prompt_tags_and_notes(library: Library) -> None:
    fox = "\N{FOX FACE}"
    number = (await keep(library, recipe(9, f"snow{fox} and ice"))).id
    await library.annotations.tag([1], [f"best {fox}"])
    await library.annotations.set_note(2, f"{fox}!")
    assert sorted(await library.search(Query(text=fox))) == [1, 2, number]
    assert sorted(await library.search(Query(text=f"cup {fox}"))) == [1, 2]
    assert await library.search(Query(text=f"snow{fox}")) == [number]
    assert await library.search(Query(text=f"note:{fox}")) == [2]
    assert number not in await library.search(Query(text=f"-{fox}"))


async def test_pictures_are_sorted_as_asked(library: Library) -> None:
    assert await library.search(Query(order=SortOrder.NEWEST)) == [3, 2, 1, 4]
    assert await library.search(Query(order=SortOrder.OLDEST)) == [4, 1, 2, 3]
    assert (await library.search(Query(order=SortOrder.BEST)))[0] == 2
    assert (await library.search(Query(order=SortOrder.MOST_EXPENSIVE)))[0] == 2


async def test_days_are_the_users_own(library: Library) -> None:
    now = datetime.now(UTC)
    await keep(library, recipe(5, "fresh", created_at=now))
    await keep(library, recipe(6, "stale", created_at=now - timedelta(days=1)))
    assert await library.search(Query(text="on:today fresh")) == [5]
    assert await library.search(Query(text="on:yesterday stale")) == [6]
    assert await library.search(Query(text="on:today stale")) == []


async def test_a_model_is_filtered_by_its_whole_name(library: Library) -> None:
    assert set_field("cup", "model", "FLUX") == 'cup model:"FLUX"'
    assert await library.search(Query(text=set_field("", "model", IDEOGRAM_V2_EDIT.label))) == [3]
    assert await library.search(Query(text=set_field("", "model", "Ideogram"))) == []
