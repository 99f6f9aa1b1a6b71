"""A library with images that were paid for and organized, and the facts about a library."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from imagineart_desktop.imaging import encode_png
from imagineart_desktop.library import Library, Query, Recipe
from imagineart_desktop.models import IMAGINEART_20

_STOCK = 18


@dataclass(frozen=True, slots=True)
class Stocked:
    """A library that is copied for each trial, with what `facts` says about it."""

    root: Path
    facts: dict[str, Any]


def stock(root: Path) -> Stocked:
    """Create the library."""
    return Stocked(root, asyncio.run(_stock(root)))


async def _stock(root: Path) -> dict[str, Any]:
    library = Library(root)
    await library.start()
    chance = np.random.default_rng(3)
    numbers = []
    for place in range(_STOCK):
        source = library.files.incoming(f"stock-{place}")
        source.write_bytes(encode_png(chance.integers(0, 256, (48, 64, 3), dtype=np.uint8)))
        recipe = Recipe(
            endpoint=IMAGINEART_20.endpoint,
            request={"prompt": f"stock {place}"},
            cost=Decimal("0.04"),
            request_id=f"stock-{place}",
            job_id=f"{place:04x}".ljust(32, "0"),
            created_at=datetime.now(UTC),
        )
        numbers.append((await library.store_result(source, recipe)).id)
    best = await library.annotations.create_collection("Best")
    inner = await library.annotations.create_collection("For the client", best)
    await library.annotations.collect(numbers[::2], best)
    await library.annotations.collect(numbers[::3], inner)
    for place, number in enumerate(numbers):
        await library.annotations.rate([number], place % 6)
        await library.annotations.set_note(number, f"note {place}")
    await library.annotations.tag(numbers[1::2], ["blue", "draft"])
    await library.annotations.set_favourite(numbers[:4], value=True)
    await library.annotations.save_search("Good ones", "rating:4")
    known = await facts(library)
    library.close()
    return known


async def facts(library: Library) -> dict[str, Any]:
    """Return JSON. images: request ids; no_file: rows without a file; marks: job → the annotations of its image.

    spent: request ids of payments.
    """
    numbers = [*await library.search(Query()), *await library.search(Query(trash=True))]
    found = [details for number in numbers if (details := await library.details(number)) is not None]
    names = {collection.id: collection.name for collection in await library.annotations.collections()}
    marks = {}
    for details in found:
        of_one = asdict(details.marks)
        of_one["tags"] = list(of_one["tags"])
        of_one["collections"] = sorted(names.get(number, "?") for number in details.marks.collections)
        marks[details.recipe.job_id] = of_one
    root = library.files.root
    return {
        "root": str(root),
        "images": [details.recipe.request_id for details in found],
        "no_file": sum(not details.summary.path.is_file() for details in found),
        "files": sorted(details.summary.path.relative_to(root).as_posix() for details in found),
        "marks": marks,
        "searches": sorted(search.name for search in await library.annotations.saved_searches()),
        "spent": [line.request_id for line in await library.spending()],
    }
