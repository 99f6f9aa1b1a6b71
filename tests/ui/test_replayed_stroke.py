"""A stroke as a hand drew it, replayed with the mouse, beside a mask that is computed in another way."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Brush
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import opened

STROKE = [QPoint(x, y) for x, y in json.loads((Path(__file__).parent / "strokes" / "loop.json").read_text())]
"""Places of the pointer in the canvas, one an event."""


def centres(path: list[QPointF], step: float) -> list[tuple[float, float]]:
    """Return points on the line through the path, `step` apart, from its start."""
    lengths = [math.dist(a.toTuple(), b.toTuple()) for a, b in pairwise(path)]
    ends = np.concatenate(([0.0], np.cumsum(lengths)))
    along = np.arange(0.0, ends[-1] + 1e-9, step)
    xs = np.interp(along, ends, [point.x() for point in path])
    ys = np.interp(along, ends, [point.y() for point in path])
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def painted(path: list[QPointF], brush: Brush, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Compute pixel by pixel the strongest of all dabs, each from its distance to the pixel's center."""
    strongest = np.zeros((size[1], size[0]))
    radius = brush.size / 2
    soft = radius * (1 - brush.hardness)
    reach = math.ceil(radius) + 2
    for x, y in centres(path, max(0.5, brush.size * brush.spacing)):
        at_x, at_y = math.floor((x - 0.5) * 4 + 0.5) / 4, math.floor((y - 0.5) * 4 + 0.5) / 4
        # Further away than that, a dab is nothing.
        top, left = max(0, math.floor(at_y) - reach), max(0, math.floor(at_x) - reach)
        part = strongest[top : math.ceil(at_y) + reach, left : math.ceil(at_x) + reach]
        rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
        away = np.hypot(columns - at_x, rows - at_y)
        value = np.clip(radius + 0.5 - away, 0, 1)
        if soft > 0.5:
            rim = np.clip((radius - away) / soft, 0, 1)
            value = np.minimum(value, 3 * rim**2 - 2 * rim**3)
        np.maximum(part, np.rint(value * 255 * brush.opacity), out=part)
    return strongest.astype(np.uint8)


@pytest.mark.parametrize(
    ("brush", "zoom", "angle"),
    [
        (Brush(size=64, hardness=0.8), 1.0, 0.0),
        (Brush(size=23, hardness=0.0, opacity=0.6, spacing=0.25), 2.0, 0.0),
        (Brush(size=9, hardness=1.0), 1.0, 30.0),
    ],
)
async def test_a_replayed_stroke_paints_what_it_should(
    tmp_path: Path, theme: Theme, photos: Path, brush: Brush, zoom: float, angle: float
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.set_brush(brush)
        # In points of the widget, as the stroke.
        canvas.zoom_to(zoom * canvas.devicePixelRatioF())
        canvas.rotate_to(angle)
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=STROKE[0])
        for point in STROKE[1:]:
            QTest.mouseMove(canvas, point)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=STROKE[-1])
        path = [canvas.viewport_state.to_image(QPointF(point)) for point in STROKE]
        expected = painted(path, brush, canvas.document.size)
        differing = np.abs(canvas.document.mask.astype(int) - expected)
        assert expected.any()
        # A middle that lies between two quarters of a pixel to the last bit may be put to either of them.
        assert np.count_nonzero(differing > 1) <= 0.001 * np.count_nonzero(expected)
        assert differing.max() <= 40
