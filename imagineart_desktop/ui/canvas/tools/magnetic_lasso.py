"""The magnetic lasso: corners set by clicks, connected by lines that follow edges in the image."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.selections import MagneticLasso
from imagineart_desktop.imaging.mask.shapes import polygon
from imagineart_desktop.ui.canvas.tools.context import ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import CornerGesture, Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import MaskDocument


class EdgeMap:
    """Edge data of one image, computed on a worker thread on first use.

    pixels: height × width × 3 or 4, uint8.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels
        self._follower: MagneticLasso | None = None
        self._start: QPointF | None = None
        self.turn = asyncio.Lock()

    async def start_from(self, point: QPointF) -> None:
        """Set the point that lines start from. The caller must hold the lock `turn`."""

        def prepare() -> MagneticLasso:
            follower = self._follower or MagneticLasso(self._pixels)
            follower.start_from((point.x(), point.y()))
            return follower

        self._start = None
        self._follower = await asyncio.to_thread(prepare)
        self._start = point

    def line(self, start: QPointF, end: QPointF) -> list[QPointF]:
        """Return a line from start to end along edges, or a straight line if edges from `start` aren't computed yet."""
        if self._follower is None or self._start != start:
            return [start, end]
        return [start, *(QPointF(x, y) for x, y in self._follower.line_to((end.x(), end.y()))), end]


class MagneticLassoGesture(CornerGesture):
    """Corners connected by lines that follow edges. redraw: called when a line changes without user input."""

    def __init__(
        self, document: MaskDocument, edges: EdgeMap, start: QPointF, combine: BooleanOp, redraw: Callable[[], None]
    ) -> None:
        self._document = document
        self._edges = edges
        self._combine = combine
        self._redraw = redraw
        self._corners = [start]
        self._sides: list[list[QPointF]] = []
        self._pointer = start
        spawn_owned(self._document, self._follow())

    def press(self, pointer: PointerState) -> None:
        """Add a corner."""
        point = pointer.point
        if point != self._corners[-1]:
            self._sides.append(self._edges.line(self._corners[-1], point))
            self._corners.append(point)
            spawn_owned(self._document, self._follow())
        self._pointer = point

    def take_back(self) -> bool:
        """Remove the last corner. Return whether any are left."""
        self._corners.pop()
        if self._sides:
            self._sides.pop()
            spawn_owned(self._document, self._follow())
        return bool(self._corners)

    def move(self, pointer: PointerState) -> None:
        """End the next side here."""
        self._pointer = pointer.point

    def outline(self) -> QPainterPath:
        """Return the sides so far plus the one to the pointer."""
        path = QPainterPath(self._corners[0])
        for side in (*self._sides, self._edges.line(self._corners[-1], self._pointer)):
            for point in side[1:]:
                path.lineTo(point)
        return path

    def finish(self) -> None:
        """Combine the area with the mask once every side follows its edge; does nothing below three corners."""
        if len(self._corners) >= 3:
            spawn_owned(self._document, self._finish(self._document.mask))

    async def _follow(self) -> None:
        """Recompute sides added before their edges were known, then prepare the pointer's side."""
        async with self._edges.turn:
            for index, side in enumerate(list(self._sides)):
                if len(side) == 2 and index < len(self._sides) and self._sides[index] is side:
                    await self._edges.start_from(side[0])
                    self._sides[index] = self._edges.line(*side)
            if self._corners:
                await self._edges.start_from(self._corners[-1])
        self._redraw()

    async def _finish(self, mask: Mask) -> None:
        await self._follow()
        if mask is not self._document.mask:
            return
        closing = self._edges.line(self._corners[-1], self._corners[0])
        points = [(point.x(), point.y()) for side in (*self._sides, closing) for point in side[1:]]
        work = partial(_fill, points=points, combine=self._combine)
        await self._document.operate(MagneticLassoTool.label, work)


def _fill(mask: Mask, *, points: list[tuple[float, float]], combine: BooleanOp) -> Rect:
    return polygon(mask, points, combine)


class MagneticLassoTool(Tool):
    """Selects an area by corners on edges of the image."""

    id = "magnetic lasso"
    label = "Magnetic lasso"
    icon = "magnet"
    shortcut = "Alt+L"
    acts_at_press = True

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context)
        self.edges: EdgeMap | None = None

    def image_changed(self) -> None:
        """Drop the edges of the previous image."""
        self.edges = None

    def press(self, pointer: PointerState, pixels: Pixels) -> Gesture:
        """Set the first corner."""
        self.edges = self.edges or EdgeMap(pixels)
        context, combine = self.context, self.context.selection_combine(pointer)
        return MagneticLassoGesture(context.document, self.edges, pointer.point, combine, context.canvas.update)
