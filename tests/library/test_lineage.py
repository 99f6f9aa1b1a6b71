"""Ancestors and descendants: bounded in number, and deleted, trashed and imported ones distinguished."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from imagineart_desktop.imaging import encode_png
from imagineart_desktop.library import Library, Parent, Recipe
from imagineart_desktop.library.lineage import LineageEdge, Presence, key_of, lineage_of


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "library")
    yield opened
    opened.close()


def colour(value: int) -> bytes:
    return encode_png(np.full((64, 64, 3), value, np.uint8))


async def kept(library: Library, index: int, parents: Sequence[Parent] = ()) -> int:
    source = library.files.incoming(f"job{index}")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(colour(index % 200))
    recipe = Recipe(
        endpoint="imagineart/imagineart-2.0-preview/text-to-image",
        request={"prompt": f"picture {index}"},
        parents=tuple(parents),
        cost=Decimal(0),
        job_id=f"job{index:06}",
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return (await library.store_result(source, recipe)).id


def of(number: int, role: str = "pictures") -> Parent:
    return Parent(role=role, sha256="0" * 64, picture_id=number)


def test_a_family_with_an_outside_source_a_gone_parent_and_one_in_the_trash(library: Library) -> None:
    async def work() -> None:
        outside = await library.inputs.keep(colour(250))
        first = await kept(library, 1, [Parent(role="picture", sha256=outside.sha256)])
        second = await kept(library, 2, [of(first), of(9999)])
        third = await kept(library, 3, [of(second), of(first, "mask")])
        await library.trash.put([first])
        found = await lineage_of(library, second)
        assert found is not None
        presences = {node.key: (node.generation, node.presence) for node in found.nodes}
        assert presences == {
            key_of(second): (0, Presence.PRESENT),
            key_of(first): (-1, Presence.TRASHED),
            key_of(third): (1, Presence.PRESENT),
            f"input {outside.sha256}": (-2, Presence.OUTSIDE),
            f"input {'0' * 64}": (-1, Presence.GONE),
        }
        assert LineageEdge(key_of(second), key_of(third), "pictures") in found.edges
        assert LineageEdge(key_of(first), key_of(third), "mask") in found.edges
        assert LineageEdge(f"input {outside.sha256}", key_of(first), "picture") in found.edges
        assert (found.hidden_parents, found.more_below) == ({}, {})
        assert await lineage_of(library, 4242) is None

    asyncio.run(work())


def test_a_long_line_and_many_children_end_with_how_many_more_there_are(library: Library) -> None:
    async def work() -> None:
        line = [await kept(library, 0)]
        for index in range(1, 7):
            line.append(await kept(library, index, [of(line[-1])]))
        children = [await kept(library, 100 + index, [of(line[3])]) for index in range(6)]
        found = await lineage_of(library, line[3], depth=2, most=4)
        assert found is not None
        assert {node.key for node in found.nodes if node.generation < 0} == {key_of(line[2]), key_of(line[1])}
        assert found.hidden_parents == {line[1]: 1}
        shown = {node.picture.id for node in found.nodes if node.picture is not None and node.generation > 0}
        assert len(shown) == 4
        assert shown <= {*children, line[4]}
        assert found.more_below[line[3]] == 3

    asyncio.run(work())


def test_a_circle_ends(library: Library) -> None:
    async def work() -> None:
        one = await kept(library, 1, [of(2)])
        two = await kept(library, 2, [of(one)])
        found = await lineage_of(library, one)
        assert found is not None
        assert {node.key for node in found.nodes} == {key_of(one), key_of(two)}

    asyncio.run(work())
