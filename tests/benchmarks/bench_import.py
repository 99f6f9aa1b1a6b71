"""Benchmark of importing photographs, against one reduced decode and one SHA-256 of each, on all processors."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from imagineart_desktop.imaging import load_picture
from imagineart_desktop.library import Library, import_pictures
from imagineart_desktop.resources import resource_path
from tests.benchmarks.measuring import Figure

SIZE, COUNT, ROUNDS = (6000, 4000), 60, 3
QUICK_SIZE, QUICK_COUNT = (300, 200), 4
REDUCED = 64
"""Longer edge in pixels of the reduced decode that tells whether a file is complete."""


async def figures(*, quick: bool) -> list[Figure]:
    """Measure import and floor in alternation, so that other work on the machine affects both."""
    size, count = (QUICK_SIZE, QUICK_COUNT) if quick else (SIZE, COUNT)
    imports, floors = [], []
    with tempfile.TemporaryDirectory(prefix="import-") as place:
        paths = await asyncio.to_thread(_photographs, Path(place) / "photographs", size, count)
        for number in range(1 if quick else ROUNDS):
            floors.append(await asyncio.to_thread(_floor, paths))
            imports.append(await _import(paths, Path(place) / str(number)))
    name = f"import, {count} JPEGs of {size[0]} × {size[1]}"
    beside = "one reduced decode and one SHA-256 each, on all processors"
    return [Figure(name, min(imports), min(floors), 1.3, beside=beside)]


def _photographs(folder: Path, size: tuple[int, int], count: int) -> list[Path]:
    folder.mkdir()
    photo = load_picture(resource_path("photos") / "coffee.png").pixels[:, :, :3]
    grain = np.random.default_rng(1).integers(0, 25, (size[1], size[0], 3), dtype=np.uint8)
    large = cv2.add(cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC), grain)
    paths = [folder / f"{number:03}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        cv2.imwrite(str(path), np.roll(large, number * 7, axis=1), [cv2.IMWRITE_JPEG_QUALITY, 88])
    return paths


def _floor(paths: list[Path]) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(_read, paths))
    return (time.perf_counter() - start) * 1000


def _read(path: Path) -> None:
    data = path.read_bytes()
    hashlib.sha256(data).digest()
    with Image.open(io.BytesIO(data)) as image:
        image.draft(None, (REDUCED, REDUCED))
        image.load()


async def _import(paths: list[Path], root: Path) -> float:
    library = Library(root)
    await library.start()
    start = time.perf_counter()
    report = await import_pictures(library, paths)
    took = (time.perf_counter() - start) * 1000
    library.close()
    if len(report.added) != len(paths):
        raise RuntimeError(f"not all were imported: {report.refused}")
    return took
