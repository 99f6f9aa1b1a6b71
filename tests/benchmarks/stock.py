"""A generated library: rows of many sizes, prompts and models, all with the same small image."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging import encode_png, probe_picture, thumbnail_of
from imagineart_desktop.library import Library, Recipe, write_atomic
from imagineart_desktop.library.files.files import file_stamp, stamp_of
from imagineart_desktop.library.store.pictures import insert_picture
from imagineart_desktop.models import BUILT_IN

_WORDS = [
    "amber",
    "harbour",
    "cup",
    "night",
    "lavender",
    "astronaut",
    "copper",
    "forest",
    "quiet",
    "lake",
    "portrait",
    "neon",
    "walnut",
    "moon",
    "ridge",
]
_START = datetime(2026, 1, 1, tzinfo=UTC)
THUMBNAIL_EDGE = 512
_MOST_NAMES = 30_000


async def stocked(root: Path, count: int, pixels: NDArray[np.uint8] | None = None) -> Library:
    """Create a library of `count` images below `root`. pixels: of all of them; small noise if None."""
    library = Library(root)
    if pixels is None:
        pixels = np.random.default_rng(1).integers(0, 256, (320, 480, 3), dtype=np.uint8)
    original = library.files.new_picture("2026-01", "stock", "png")
    write_atomic(original, encode_png(pixels))
    small = thumbnail_of(pixels, THUMBNAIL_EDGE)
    first = library.files.thumbnail(0, "0", THUMBNAIL_EDGE)
    write_atomic(first, small)
    picture, thumbnail = original.read_bytes(), small
    info, stamp = probe_picture(original), stamp_of(original)

    def fill(connection: sqlite3.Connection) -> None:
        for number in range(count):
            words = [_WORDS[(number * step + step) % len(_WORDS)] for step in (1, 3, 7, 11)]
            recipe = Recipe(
                endpoint=BUILT_IN[number % len(BUILT_IN)].endpoint,
                request={"prompt": f"{' '.join(words)}, number {number}"},
                seed=number,
                cost=Decimal("0.05"),
                job_id=f"{number:032x}",
                created_at=_START + timedelta(minutes=number),
            )
            insert_picture(connection, library.specs, recipe, f"pictures/2026-01/{number}.png", info, stamp)

    await library.database.write(fill)
    for number in range(1, count + 1):
        name = file_stamp(f"{number - 1:032x}", 0, stamp[0])
        _share(thumbnail, first, library.files.thumbnail(number, name, THUMBNAIL_EDGE), number)
        _share(picture, original, library.files.root / f"pictures/2026-01/{number - 1}.png", number)
    original.unlink()
    return library


def _share(data: bytes, source: Path, place: Path, number: int) -> None:
    """Link the same file under another name; a new file now and then, because file systems limit the links of one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if number % _MOST_NAMES == 0:
        written = source.stat().st_mtime_ns
        source.unlink()
        write_atomic(source, data)
        os.utime(source, ns=(written, written))
    os.link(source, place)
