"""The canvas: a stroke's segment, a full repaint, the mask's export."""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from imagineart_desktop.imaging import Brush, Combine, export_mask, new_mask
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.canvas.tools import StrokeAction
from tests.benchmarks.measuring import Figure, median_ms, p95, timed

VIEW = (1280, 800)
SEGMENT = 30.0


async def figures(*, quick: bool) -> list[Figure]:
    sides = (512,) if quick else (2048, 4096, 8192)
    found = []
    for side in sides:
        canvas = await _canvas(side)
        for diameter in (64, 400):
            found.append(_stroke(canvas, side, diameter, rounds=10 if quick else 200))
        found.append(_repaint(canvas, side, rounds=3 if quick else 30))
        await asyncio.sleep(0.3)
        canvas.deleteLater()
        found.append(_export(side, rounds=2 if quick else 5))
    return found


async def _canvas(side: int) -> MaskCanvas:
    canvas = MaskCanvas()
    canvas.resize(*VIEW)
    canvas.show()
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    canvas.set_picture(pixels, Pyramid.of(pixels))
    await asyncio.sleep(0.05)
    return canvas


def _stroke(canvas: MaskCanvas, side: int, diameter: int, rounds: int) -> Figure:
    """Paint 30 picture pixels further and repaint what changed, at 100 %."""
    canvas.zoom_to(1.0)
    brush = Brush(size=diameter, hardness=0.5)
    action = StrokeAction(canvas.document, brush, Combine.ADD, "stroke")
    points = _circle(side)
    action.move_to(next(points))

    def segment() -> None:
        point = next(points)
        action.move_to(point)
        reach = diameter / 2 + SEGMENT
        box = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        canvas.repaint(canvas.viewport_state.rect_to_widget(box).toAlignedRect())

    samples = timed(segment, rounds)
    action.abandon()
    return Figure(f"stroke, {diameter} px brush, {side}²", p95(samples), _stroke_floor(diameter, rounds), 14.0)


def _circle(side: int) -> Iterator[QPointF]:
    """Points on a circle, `SEGMENT` picture pixels apart."""
    radius = min(300.0, side / 4)
    angle = 0.0
    while True:
        angle += SEGMENT / radius
        yield QPointF(side / 2 + radius * math.cos(angle), side / 2 + radius * math.sin(angle))


def _stroke_floor(diameter: int, rounds: int) -> float:
    """NumPy's maximum into the dirty rectangle, and one drawImage clipped to it."""
    side = int(diameter + SEGMENT) + 2
    part = np.zeros((side, side), np.uint8)
    dab = np.full((side, side), 128, np.uint8)
    view = QImage(*VIEW, QImage.Format.Format_RGB32)
    target = QImage(*VIEW, QImage.Format.Format_RGB32)
    painter = QPainter(target)
    painter.setClipRect(100, 100, side, side)

    def work() -> None:
        np.maximum(part, dab, out=part)
        painter.drawImage(0, 0, view)

    floor = p95(timed(work, rounds))
    painter.end()
    return floor


def _repaint(canvas: MaskCanvas, side: int, rounds: int) -> Figure:
    canvas.fit()
    reduced = QImage(*VIEW, QImage.Format.Format_RGB32)
    target = QImage(*VIEW, QImage.Format.Format_RGB32)
    painter = QPainter(target)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    floor = median_ms(lambda: painter.drawImage(QRectF(40, 0, 720, 800), reduced, QRectF(0, 0, 900, 800)), rounds)
    painter.end()
    return Figure(
        f"repaint of {VIEW[0]} × {VIEW[1]}, {side}² zoomed out", median_ms(canvas.repaint, rounds), floor, 3.0
    )


def _export(side: int, rounds: int) -> Figure:
    mask = new_mask((side, side))
    rows, columns = np.ogrid[:side, :side]
    mask[(rows - side / 2) ** 2 + (columns - side / 2) ** 2 < (side / 4) ** 2] = 255
    value = median_ms(lambda: export_mask(mask, 0), rounds)
    return Figure(f"mask export, {side}²", value, median_ms(lambda: zlib.compress(mask.data, 1), rounds), 1.3)
