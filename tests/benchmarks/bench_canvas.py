"""Benchmarks of the canvas: a stroke's segment, a full repaint, a stroke with a thousand events per second."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView

from imagineart_desktop.imaging import EMPTY, BooleanOp, Brush, Rect
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.stroke import StrokeGesture
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from tests.benchmarks.measuring import Figure, median_ms, p95, timed

VIEW = (1280, 800)
SEGMENT = 30.0
SMALL = 30
FRAME_MS = 1000 / 60


async def figures(*, quick: bool) -> list[Figure]:
    found: list[Figure] = []
    strokes: dict[int, Figure] = {}
    for side in (512,) if quick else (2048, 4096, 8192):
        canvas = await _canvas(side)
        for diameter in (SMALL, 64, 400):
            figure = await _stroke(canvas, side, diameter, rounds=10 if quick else 300)
            found.append(figure)
            first = strokes.setdefault(diameter, figure)
            if first is not figure:
                name = f"the same, {diameter} px, {side}² against 2048²"
                found.append(Figure(name, figure.value, first.value, 1.2, beside="2048²"))
        found += await _repaint(canvas, side, rounds=3 if quick else 40)
        found.append(await _rush(canvas, side, events=50 if quick else 2000))
        canvas.deleteLater()
    return found


async def _canvas(side: int) -> MaskCanvas:
    canvas = MaskCanvas()
    canvas.resize(*VIEW)
    canvas.show()
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    canvas.set_picture(pixels, ImagePyramid.of(pixels))
    canvas.document.start_new((side, side))
    await asyncio.sleep(0.05)
    return canvas


async def _stroke(canvas: MaskCanvas, side: int, diameter: int, rounds: int) -> Figure:
    """Paint 30 image pixels further and repaint what changed, at 100%."""
    canvas.zoom_to(1.0)
    canvas.set_brush(Brush(size=diameter, hardness=0.5))
    await asyncio.sleep(0.2)
    gesture = StrokeGesture(canvas.tool_controller, BooleanOp.ADD, "stroke")
    canvas.tool_controller.gesture = gesture
    points = _circle(side)
    gesture.move_to(next(points))
    dirty = EMPTY

    def note(area: Rect) -> None:
        nonlocal dirty
        dirty = area

    def segment() -> None:
        nonlocal dirty
        dirty = EMPTY
        gesture.move_to(next(points))
        box = QRectF(dirty.left, dirty.top, dirty.width, dirty.height)
        canvas.repaint(canvas.viewport_state.rect_to_widget(box).toAlignedRect())

    canvas.document.changed.connect(note)
    samples = timed(segment, rounds)
    canvas.document.changed.disconnect(note)
    canvas.tool_controller.abandon()
    floor = _stroke_floor(diameter, rounds)
    beside = "NumPy maximum and drawImage into the dirty rectangle"
    most = 0.4 if diameter == SMALL else 1.0
    return Figure(f"stroke segment, {diameter} px brush, {side}², p95", p95(samples), floor, beside=beside, most=most)


def _circle(side: int) -> Iterator[QPointF]:
    """Return points on a circle, `SEGMENT` image pixels apart."""
    radius = min(300.0, side / 4)
    angle = 0.0
    while True:
        angle += SEGMENT / radius
        yield QPointF(side / 2 + radius * math.cos(angle), side / 2 + radius * math.sin(angle))


def _stroke_floor(diameter: int, rounds: int) -> float:
    """Measure NumPy's maximum in the dirty rectangle, and one drawImage of image and tint clipped to it."""
    side = int(diameter + SEGMENT) + 2
    part = np.zeros((side, side), np.uint8)
    dab = np.full((side, side), 128, np.uint8)
    view = QImage(*VIEW, QImage.Format.Format_RGB32)
    tint = QImage(*VIEW, QImage.Format.Format_ARGB32_Premultiplied)
    tint.fill(0x40200810)
    target = QImage(*VIEW, QImage.Format.Format_RGB32)
    painter = QPainter(target)
    painter.setClipRect(100, 100, side, side)

    def work() -> None:
        np.maximum(part, dab, out=part)
        painter.drawImage(0, 0, view)
        painter.drawImage(0, 0, tint)

    floor = p95(timed(work, rounds))
    painter.end()
    return floor


async def _repaint(canvas: MaskCanvas, side: int, rounds: int) -> list[Figure]:
    """Measure a zoomed-out repaint with a ninth painted, beside a smooth drawImage and a QGraphicsView."""
    third = side // 3
    canvas.document.mask[third : 2 * third, third : 2 * third] = 255
    canvas.document.changed.emit(Rect.of_shape(canvas.document.mask.shape))
    canvas.document.settled.emit()
    await asyncio.sleep(1.0)
    canvas.fit()
    side_shown = canvas.viewport_state.image_rect().toAlignedRect().width()
    level = QImage(2 * side_shown, 2 * side_shown, QImage.Format.Format_RGB32)
    target = QImage(*VIEW, QImage.Format.Format_RGB32)
    painter = QPainter(target)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = QRectF(40, 0, side_shown, side_shown)
    floor = median_ms(lambda: painter.drawImage(place, level, QRectF(level.rect())), rounds)
    painter.end()
    ours = median_ms(canvas.repaint, rounds)
    peer = await _graphics_view(canvas, rounds)
    name = f"repaint of {VIEW[0]} × {VIEW[1]} over {side}², zoomed out"
    return [
        Figure(name, ours, floor, 3.0, beside="one smooth drawImage from a reduced copy"),
        Figure(f"{name}, beside QGraphicsView", ours, peer, 1.0, beside="QGraphicsView with the same two layers"),
    ]


async def _graphics_view(canvas: MaskCanvas, rounds: int) -> float:
    """Return a view of the same image and tint as two pixmap items."""
    height, width = canvas.document.mask.shape
    scene = QGraphicsScene()
    picture = QPixmap(width, height)
    picture.fill(Qt.GlobalColor.darkGreen)
    tint = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    tint.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tint)
    painter.fillRect(width // 3, height // 3, width // 3, height // 3, 0x80200810)
    painter.end()
    for pixmap in (picture, QPixmap.fromImage(tint)):
        item = scene.addPixmap(pixmap)
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
    view = QGraphicsView(scene)
    view.resize(*VIEW)
    view.scale(canvas.zoom, canvas.zoom)
    view.show()
    await asyncio.sleep(0.3)
    taken = median_ms(view.viewport().repaint, max(3, rounds // 8))
    view.deleteLater()
    scene.deleteLater()
    return taken


class _Mouse(QObject):
    """Reports moves from any thread. follow is called in the GUI thread, where Qt's events must be created and end."""

    moved = Signal(int)

    def __init__(self, follow: Callable[[int], None]) -> None:
        super().__init__()
        self._follow = follow
        self.moved.connect(self._moved, Qt.ConnectionType.QueuedConnection)

    @Slot(int)
    def _moved(self, number: int) -> None:
        self._follow(number)


async def _rush(canvas: MaskCanvas, side: int, events: int) -> Figure:
    """Measure how late the last moves of a stroke are done if another thread sends a thousand per second."""
    canvas.zoom_to(1.0)
    canvas.set_brush(Brush(size=64, hardness=0.5))
    path = [canvas.viewport_state.to_widget(point) for point in islice(_circle(side), events)]
    posted: list[float] = []
    late: list[float] = []
    followed = 0

    def note(_point: QPointF) -> None:
        """Record the delay of the moves that the canvas has followed."""
        now = time.perf_counter()
        late.extend((now - at) * 1000 for at in posted[len(late) : followed])

    canvas.pointer_moved.connect(note)

    def event_of(kind: QEvent.Type, at: QPointF) -> QMouseEvent:
        left = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
        return QMouseEvent(kind, at, canvas.mapToGlobal(at), left, held, Qt.KeyboardModifier.NoModifier)

    def follow(number: int) -> None:
        nonlocal followed
        followed = number + 1
        canvas.mouseMoveEvent(event_of(QEvent.Type.MouseMove, path[number]))

    mouse = _Mouse(follow)

    def move() -> None:
        start = time.perf_counter()
        for number in range(len(path)):
            wait = start + number / 1000 - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            posted.append(time.perf_counter())
            mouse.moved.emit(number)

    canvas.mousePressEvent(event_of(QEvent.Type.MouseButtonPress, path[0]))
    hand = threading.Thread(target=move)
    hand.start()
    while len(late) < len(path):
        await asyncio.sleep(0.005)
    hand.join()
    canvas.mouseReleaseEvent(event_of(QEvent.Type.MouseButtonRelease, path[-1]))
    canvas.pointer_moved.disconnect(note)
    await asyncio.sleep(0.3)
    name = f"1000 events a second, {side}²: how late an event is done, p95"
    return Figure(name, p95(late), FRAME_MS, 1.0, beside="a frame of 60 a second")
