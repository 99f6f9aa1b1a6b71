"""Benchmarks of the loupe: the next image, and the memory that is returned after many were viewed."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from imagineart_desktop.imaging import load_picture
from imagineart_desktop.library import Query
from imagineart_desktop.support.memory import limit_malloc_arenas, release_freed_memory
from imagineart_desktop.ui.loupe.loupe import Loupe
from tests.benchmarks.bench_gallery import SIZE, _photograph, _resident, _until
from tests.benchmarks.measuring import Figure, p95
from tests.benchmarks.stock import stocked

_AT_PACE, _PER_SECOND = 40, 3
_SEEN = 200


async def figures(*, quick: bool) -> list[Figure]:
    limit_malloc_arenas()
    edge, seen, at_pace = (512, 6, 3) if quick else (2048, _SEEN, _AT_PACE)
    with tempfile.TemporaryDirectory() as folder:
        library = await stocked(Path(folder), seen + 1, _photograph(edge))
        numbers = (await library.find(Query())).numbers
        (picture,) = await library.summaries(numbers[:1])
        floor = statistics.median([await _decode(picture.path) for _ in range(3)])
        loupe = Loupe(library)
        loupe.resize(*SIZE)
        loupe.show()
        before = await _open(loupe, numbers)
        samples = [await _next(loupe, 1 / _PER_SECOND) for _ in range(at_pace)]
        for _ in range(seen - at_pace):
            await _next(loupe, 0.05)
        loupe.close_image()
        await asyncio.sleep(0.5)
        release_freed_memory()
        grown = max(0.1, (_resident() - before) / 2**20)
        loupe.close()
        loupe.deleteLater()
        await asyncio.sleep(0.05)
        library.close()
    return [
        Figure(f"loupe, next image, {edge}² PNG, p95", p95(samples), floor, beside="one decode of the file", most=30.0),
        Figure(f"loupe, memory after {seen} images seen", grown, grown, unit="MB", most=60.0),
    ]


async def _open(loupe: Loupe, numbers: list[int]) -> int:
    """Open the first image. Returns the memory used before, once everything that is loaded on first use is loaded."""
    loupe.open(numbers[:1], numbers[0])
    await _until(lambda: loupe.current is not None)
    loupe.close_image()
    await asyncio.sleep(0.2)
    before = _resident()
    loupe.open(numbers, numbers[0])
    await _until(lambda: loupe.current is not None)
    return before


async def _next(loupe: Loupe, pause: float) -> float:
    """Measure milliseconds from the step to the repainted image. pause: seconds before it."""
    await asyncio.sleep(pause)
    start = time.perf_counter()
    loupe.images.step(1)
    await _until(lambda: loupe.current is not None and loupe.current.id == loupe.images.current)
    loupe.view.repaint()
    return (time.perf_counter() - start) * 1000


async def _decode(path: Path) -> float:
    start = time.perf_counter()
    await asyncio.to_thread(load_picture, path)
    return (time.perf_counter() - start) * 1000
