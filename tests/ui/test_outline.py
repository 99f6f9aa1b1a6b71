"""The outline of the mask: along pixel edges, visible on any background, and animated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Brush, Rect, coverage
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.qimage import from_qimage
from tests.ui.window_driver import Driver, on_screen, opened, send_mouse

BROWN = (139, 90, 43)


@asynccontextmanager
async def outlined(root: Path, theme: Theme, size: tuple[int, int]) -> AsyncIterator[tuple[Driver, MaskCanvas]]:
    """Show a plain brown image in Outline view."""
    Image.new("RGB", size, BROWN).save(root / "brown.png")
    async with opened(root, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(root / "brown.png")
        at.window.window_actions["mask.outline"].trigger()
        canvas.marching_ants._timer.setInterval(10**6)
        yield at, canvas


async def paint(at: Driver, canvas: MaskCanvas, boxes: list[Rect]) -> None:
    for box in boxes:
        canvas.document.mask[box.slices] = 255
    canvas.document.changed.emit(Rect.of_shape(canvas.document.mask.shape))
    canvas.document.settled.emit()
    await at.until(lambda: canvas.coverage.bounds == coverage(canvas.document.mask).bounds)
    await asyncio.sleep(0.1)


def line(canvas: MaskCanvas) -> np.ndarray:
    """Return where the canvas shows something other than the image, a bool per screen pixel."""
    return np.asarray((from_qimage(canvas.grab().toImage())[:, :, :3] != BROWN).any(axis=2))


def pixel_of(canvas: MaskCanvas, x: float, y: float) -> QPointF:
    """Return the position of an image point in the grabbed image, which has the screen's pixels."""
    return canvas.viewport_state.to_widget(QPointF(x, y)) * canvas.devicePixelRatioF()


def moves(canvas: MaskCanvas) -> bool:
    return canvas.marching_ants.is_on


async def test_the_line_runs_along_the_edges_of_pixels(tmp_path: Path, theme: Theme) -> None:
    async with outlined(tmp_path, theme, (900, 700)) as (at, canvas):
        await paint(at, canvas, [Rect(448, 347, 452, 352), Rect(452, 350, 453, 351)])
        boxes = (Rect(448, 347, 452, 350), Rect(452, 350, 453, 351))
        for zoom, box in product((1.0, 3.0, 64.0), boxes):
            canvas.zoom_to(zoom)
            # At other scales than 100% the middle of the canvas lies between two pixels of the screen.
            corner = pixel_of(canvas, box.left, box.top)
            canvas.pan((QPointF(round(corner.x()), round(corner.y())) - corner) / canvas.devicePixelRatioF())
            corner, end = pixel_of(canvas, box.left, box.top), pixel_of(canvas, box.right, box.bottom)
            left, top, right, bottom = (round(v) for v in (corner.x(), corner.y(), end.x(), end.y()))
            seen = line(canvas)
            rows = slice(top + 1, bottom - 1) if bottom - top > 2 else slice(top, bottom)
            assert seen[rows, right].all()
            if box.width > 1:
                assert seen[rows, left].all()
                assert not seen[rows, left - 2].any()
                if zoom > 1:
                    assert not seen[top + 2 : bottom - 1, left + 2 : right - 1].any()


async def test_a_large_picture_that_is_zoomed_out_has_its_line_within_a_screen_pixel(
    tmp_path: Path, theme: Theme
) -> None:
    async with outlined(tmp_path, theme, (6000, 600)) as (at, canvas):
        box = Rect(1237, 111, 4321, 487)
        await paint(at, canvas, [box])
        canvas.fit()
        seen = line(canvas)
        corner, end = pixel_of(canvas, box.left, box.top), pixel_of(canvas, box.right, box.bottom)
        middle = seen[int((corner.y() + end.y()) / 2)]
        inside = middle[int(corner.x()) - 20 : int(end.x()) + 20]
        found = np.flatnonzero(inside) + int(corner.x()) - 20
        width = round(canvas.devicePixelRatioF())
        assert len(found) == 2 * width
        assert abs(found[0] - corner.x()) <= width
        assert abs(found[-1] - end.x()) <= width


async def test_the_line_is_black_and_white_and_goes_on_while_it_is_seen(tmp_path: Path, theme: Theme) -> None:
    async with outlined(tmp_path, theme, (600, 400)) as (at, canvas):
        await paint(at, canvas, [Rect(100, 100, 500, 300)])
        canvas.zoom_to(1.0)
        canvas.activateWindow()
        await at.until(lambda: moves(canvas))
        before = from_qimage(canvas.grab().toImage())[:, :, :3]
        colours = np.unique(before[line(canvas)], axis=0).tolist()
        assert [0, 0, 0] in colours
        assert [255, 255, 255] in colours
        canvas.marching_ants._step()
        after = from_qimage(canvas.grab().toImage())[:, :, :3]
        assert (before != after).any()
        region = canvas._line_region()
        moved = np.argwhere((before != after).any(axis=2))
        ratio = canvas.devicePixelRatioF()
        assert all(region.contains(QPoint(int(x / ratio), int(y / ratio))) for y, x in moved.tolist())
        assert not region.contains(canvas.viewport_state.to_widget(QPointF(300, 200)).toPoint())
        at.window.window_actions["mask.tint"].trigger()
        assert not moves(canvas)
        at.window.window_actions["mask.outline"].trigger()
        assert moves(canvas)
        at.window.go_to("gallery")
        assert not moves(canvas)


async def test_a_stroke_is_seen_while_it_is_drawn(tmp_path: Path, theme: Theme) -> None:
    async with outlined(tmp_path, theme, (600, 400)) as (_at, canvas):
        canvas.zoom_to(1.0)
        canvas.set_brush(Brush(size=30, hardness=1.0))
        start, end = on_screen(canvas, 200, 200), on_screen(canvas, 400, 200)
        send_mouse(canvas, QEvent.Type.MouseButtonPress, start)
        send_mouse(canvas, QEvent.Type.MouseMove, end)
        middle = ((start + end) / 2 * canvas.devicePixelRatioF()).toPoint()
        seen = line(canvas)[middle.y() - 20 : middle.y() + 20, middle.x()]
        assert np.count_nonzero(seen) == 2 * round(canvas.devicePixelRatioF())
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, end)


async def test_what_is_hardly_painted_is_hardly_seen_while_a_stroke_is_drawn(tmp_path: Path, theme: Theme) -> None:
    async with outlined(tmp_path, theme, (600, 400)) as (at, canvas):
        at.window.window_actions["mask.tint"].trigger()
        canvas.document.mask[:, 100:300] = np.arange(1, 5).repeat(50)
        canvas.document.changed.emit(Rect(0, 0, 600, 400))
        start = canvas.viewport_state.to_widget(QPointF(500, 200)).toPoint()
        for zoom in (1.0, 0.7):
            canvas.zoom_to(zoom)
            QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
            for x in (110, 160, 210, 260):
                place = pixel_of(canvas, x, 200).toPoint()
                seen = from_qimage(canvas.grab().toImage())[place.y(), place.x(), :3]
                assert np.abs(seen.astype(int) - BROWN).max() <= 4
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start)
