"""Benchmark of the same strokes in napari's Labels layer, if NAPARI_PYTHON names a Python that has napari."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from imagineart_desktop.imaging import Brush, Stroke, new_mask
from tests.benchmarks.bench_canvas import SEGMENT, _circle
from tests.benchmarks.measuring import Figure, p95, timed

ROUNDS = 100
HARD = 1.0

_PROGRAM = """
import json, sys, time
import numpy as np
from napari.layers import Labels
given = json.load(sys.stdin)
layer = Labels(np.zeros((given["side"],) * 2, np.uint8))
layer.brush_size = given["diameter"]
taken = []
for y, x in given["points"]:
    start = time.perf_counter()
    layer.paint((y, x), 1)
    taken.append((time.perf_counter() - start) * 1000)
print(json.dumps(taken[1:]))
"""


async def figures(*, quick: bool) -> list[Figure]:
    """Measure the strokes; nothing if napari isn't available."""
    python = os.environ.get("NAPARI_PYTHON")
    if quick or not python or not Path(python).is_file():
        return []
    return [await _stroke(python, side, diameter) for side in (2048, 8192) for diameter in (64, 400)]


async def _stroke(python: str, side: int, diameter: int) -> Figure:
    """Measure painting alone, without a view, on both sides: a hard segment of 30 px."""
    mask = new_mask((side, side))
    circle = _circle(side)
    stroke = Stroke(mask, Brush(size=diameter, hardness=HARD))

    def segment() -> None:
        point = next(circle)
        stroke.move_to(point.x(), point.y())

    ours = p95(timed(segment, ROUNDS))
    again = _circle(side)
    points = [next(again).toTuple()[::-1] for _ in range(ROUNDS)]
    given = json.dumps({"side": side, "diameter": diameter, "points": points})
    peer = await asyncio.create_subprocess_exec(
        python, "-c", _PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await peer.communicate(given.encode())
    theirs = p95(json.loads(answer))
    name = f"{SEGMENT:.0f} px further with a {diameter} px brush, {side}², painting alone, p95"
    return Figure(name, ours, theirs, 1.0, beside="napari Labels.paint")
