"""The tools: what a drag on the canvas does to the mask."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import BooleanOp, Brush, Mask, Pixels, Rect, Stroke, StrokeStabilizer
from imagineart_desktop.imaging.geometry import EMPTY
from imagineart_desktop.imaging.mask.selections import select_by_color, select_region, smart_select
from imagineart_desktop.imaging.mask.shapes import ellipse, polygon, rectangle
from imagineart_desktop.support import Progress
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.mask_document import WORK_SHARE, MaskDocument


class ToolKind(StrEnum):
    """The tools; values are the names shown to the user."""

    BRUSH = "Brush"
    ERASER = "Eraser"
    RECTANGLE = "Rectangle"
    ELLIPSE = "Ellipse"
    LASSO = "Lasso"
    POLYGON = "Polygon"
    MAGNETIC = "Magnetic lasso"
    WAND = "Magic wand"
    SMART = "Smart select"
    FILL = "Fill"
    EXTEND = "Extend"
    HAND = "Hand"
    ZOOM = "Zoom"


PAINT_TOOLS = frozenset({ToolKind.BRUSH, ToolKind.ERASER})
NON_MASK_TOOLS = frozenset({ToolKind.HAND, ToolKind.ZOOM, ToolKind.EXTEND})
"""Tools that don't change the mask."""

CORNER_TOOLS = frozenset({ToolKind.POLYGON, ToolKind.MAGNETIC})
"""Tools whose corners are set one by one."""

CLICK_TOOLS = frozenset({ToolKind.WAND, ToolKind.FILL})
"""Tools that act on a click."""

_MOST_AT_ONCE = 2**20
"""Pixels of a shape that is combined immediately; larger ones are combined on a worker thread."""


@dataclass(frozen=True, slots=True)
class WandOptions:
    """Options of the magic wand.

    tolerance: 0 to 255, the largest difference per color channel. contiguous: select only connected pixels.
    """

    tolerance: int = 32
    contiguous: bool = True


def effective_combine(keys: Qt.KeyboardModifier, modifier: CanvasModifier, chosen: BooleanOp) -> BooleanOp:
    """Return how a selection combines: the modifier subtracts, with Shift intersects; else as chosen in the bar."""
    shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    if keys & modifier.key:
        return BooleanOp.INTERSECT if shift else BooleanOp.SUBTRACT
    return chosen


class StrokeAction:
    """A brush or eraser stroke, from press to release. Points are in image pixels.

    string: how far the pointer may lead the brush, in image pixels.
    """

    def __init__(
        self, document: MaskDocument, brush: Brush, combine: BooleanOp, name: str, string: float = 0.0
    ) -> None:
        self._document = document
        self._stroke = Stroke(document.mask, brush, combine, document.begin(name))
        self._length = string
        self._string = StrokeStabilizer(string)
        self._pointer = QPointF()
        self._pressure = 1.0
        self.at = QPointF()

    def move_to(self, point: QPointF, pressure: float = 1.0) -> None:
        """Paint to this point, or as far as the smoothing string pulls."""
        self._pointer = point
        self._paint_to(*self._string.pull(point.x(), point.y()), pressure)

    def line_to(self, point: QPointF, pressure: float = 1.0) -> None:
        """Paint a straight line that ends exactly here: straight lines need no smoothing."""
        self._string = StrokeStabilizer(self._length)
        self.move_to(point, pressure)

    def _paint_to(self, x: float, y: float, pressure: float) -> None:
        self.at, self._pressure = QPointF(x, y), pressure
        self._document.notify_painted(self._stroke.move_to(x, y, pressure))

    def outline(self) -> QPainterPath:
        """Return an empty path: a stroke is visible itself."""
        return QPainterPath()

    def finish(self) -> None:
        """Finish the stroke: the brush catches up with the pointer."""
        if self._pointer != self.at:
            self.line_to(self._pointer, self._pressure)
        self._document.finish()

    def abandon(self) -> None:
        """Abandon the stroke, reverting its changes."""
        self._document.abandon()


class ShapeAction:
    """A rectangle, ellipse or lasso drawn with a drag. Points are in image pixels."""

    def __init__(self, document: MaskDocument, kind: ToolKind, start: QPointF, combine: BooleanOp) -> None:
        self._document = document
        self._kind = kind
        self._combine = combine
        self._points = [start]

    def move_to(self, point: QPointF, *, even: bool = False) -> None:
        """Extend the shape to this point. even: make a square or circle."""
        if self._kind is ToolKind.LASSO:
            self._points.append(point)
        else:
            if even:
                way = point - self._points[0]
                side = max(abs(way.x()), abs(way.y()))
                point = self._points[0] + QPointF(math.copysign(side, way.x()), math.copysign(side, way.y()))
            self._points[1:] = [point]

    def outline(self) -> QPainterPath:
        """Return the shape's outline, in image pixels."""
        path = QPainterPath()
        if len(self._points) < 2:
            return path
        if self._kind is ToolKind.LASSO:
            path.moveTo(self._points[0])
            for point in self._points[1:]:
                path.lineTo(point)
            path.closeSubpath()
        elif self._kind is ToolKind.ELLIPSE:
            path.addEllipse(QRectF(self._points[0], self._points[1]).normalized())
        else:
            path.addRect(QRectF(self._points[0], self._points[1]).normalized())
        return path

    def finish(self) -> None:
        """Combine the shape with the mask."""
        if len(self._points) < 2:
            return
        corners = [(point.x(), point.y()) for point in self._points]
        draw: dict[ToolKind, Callable[[Mask], Rect]] = {
            ToolKind.RECTANGLE: lambda mask: rectangle(mask, corners[0], corners[1], self._combine),
            ToolKind.ELLIPSE: lambda mask: ellipse(mask, corners[0], corners[1], self._combine),
            ToolKind.LASSO: lambda mask: polygon(mask, corners, self._combine),
        }
        work, reach = draw[self._kind], self._affected_area()
        if reach.width * reach.height > _MOST_AT_ONCE or self._document.is_locked:
            spawn_owned(self._document, self._document.operate(self._kind.value, work, reach))
            return
        self._document.begin(self._kind.value).save_before(reach)
        self._document.notify_painted(work(self._document.mask))
        self._document.finish()

    def abandon(self) -> None:
        """Discard the shape: nothing has been painted yet."""
        self._points = self._points[:1]

    def _affected_area(self) -> Rect:
        if self._combine is BooleanOp.INTERSECT:
            return Rect.of_shape(self._document.mask.shape)
        box = self.outline().boundingRect()
        if box.isEmpty():
            return EMPTY
        return Rect(int(box.left()) - 2, int(box.top()) - 2, int(box.right()) + 3, int(box.bottom()) + 3)


class SmartAction(ShapeAction):
    """A box around an object, which is then found on a worker thread."""

    def __init__(self, document: MaskDocument, pixels: Pixels, start: QPointF, combine: BooleanOp) -> None:
        super().__init__(document, ToolKind.RECTANGLE, start, combine)
        self._pixels = pixels

    def finish(self) -> None:
        """Find and select the object."""
        if len(self._points) < 2:
            return
        start, end = ((point.x(), point.y()) for point in self._points)
        spawn_owned(self._document, self._select((start, end)))

    async def _select(self, box: tuple[tuple[float, float], tuple[float, float]]) -> None:
        document, pixels, combine = self._document, self._pixels, self._combine
        progress = Progress()
        reach = progress.part(0, WORK_SHARE)

        def select(mask: Mask) -> Rect:
            return smart_select(mask, pixels, *box, combine, reach)

        area = await document.operate(
            ToolKind.SMART.value, select, progress=progress, unchanged="Nothing was found in the box."
        )
        if combine is BooleanOp.ADD and not area.is_empty:
            document.object_selected.emit(area)


class PolygonAction:
    """Corners set one by one. Double-click or Enter closes the outline, Backspace removes the last corner."""

    def __init__(self, document: MaskDocument, start: QPointF, combine: BooleanOp) -> None:
        self._document = document
        self._combine = combine
        self._corners = [start]
        self._pointer = start

    def add(self, point: QPointF) -> None:
        """Add a corner."""
        if point != self._corners[-1]:
            self._corners.append(point)
        self._pointer = point

    @property
    def last_corner(self) -> QPointF:
        """Return the point where the next side starts."""
        return self._corners[-1]

    def take_back(self) -> bool:
        """Remove the last corner. Return whether any are left."""
        self._corners.pop()
        return bool(self._corners)

    def move_to(self, point: QPointF) -> None:
        """End the next side here."""
        self._pointer = point

    def outline(self) -> QPainterPath:
        """Return the corners so far, plus the line to the pointer."""
        path = QPainterPath(self._corners[0])
        for corner in (*self._corners[1:], self._pointer):
            path.lineTo(corner)
        return path

    def finish(self) -> None:
        """Combine the area with the mask; does nothing below three corners."""
        if len(self._corners) < 3:
            return
        corners, combine = [(point.x(), point.y()) for point in self._corners], self._combine
        spawn_owned(
            self._document, self._document.operate(ToolKind.POLYGON.value, lambda mask: polygon(mask, corners, combine))
        )

    def abandon(self) -> None:
        """Do nothing: nothing has been painted yet."""


def click_operation(
    tool: ToolKind, pixels: Pixels, point: QPointF, options: WandOptions, combine: BooleanOp
) -> Callable[[Mask], Rect]:
    """Return what a click with one of the CLICKING tools does to the mask."""
    at = point.x(), point.y()
    if tool is ToolKind.FILL:
        return lambda mask: select_region(mask, at, combine)
    return lambda mask: select_by_color(
        mask, pixels, at, tolerance=options.tolerance, contiguous=options.contiguous, combine=combine
    )


Action = StrokeAction | ShapeAction | PolygonAction
