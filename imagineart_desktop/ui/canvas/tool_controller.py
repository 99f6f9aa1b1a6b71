"""The active tool with its options, and its action between press and release.

Points are in image pixels; the canvas handles whether they come from mouse, pen or finger.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import BooleanOp, Brush, Pixels
from imagineart_desktop.ui.canvas.magnetic_lasso import EdgeAction, EdgeMap
from imagineart_desktop.ui.canvas.tools import (
    CLICKING,
    PAINTING,
    Action,
    PolygonAction,
    ShapeAction,
    SmartAction,
    StrokeAction,
    ToolKind,
    WandOptions,
    click_work,
    combine_of,
)
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.mask_document import AS_IT_WAS, MaskDocument

_LONGEST_STRING = 80.0
"""Distance, in logical pixels, by which the pointer leads the brush at full smoothing."""

_EIGHTH = math.pi / 4

Keys = Qt.KeyboardModifier


class Stylus:
    """Turns presses and moves into actions of the active tool.

    combine: how selections combine with the mask. pressure: of a pen, 0 to 1; 1 without one. erasing: whether the pen's
    eraser end is used. redraw: called when the drawing changes without user input.
    """

    def __init__(self, document: MaskDocument, redraw: Callable[[], None]) -> None:
        self._document = document
        self._redraw = redraw
        self._pixels: Pixels | None = None
        self._edges: EdgeMap | None = None
        self._last_end: QPointF | None = None
        self._began: QPointF | None = None
        self.tool = ToolKind.BRUSH
        self.modifier = CanvasModifier.ALT
        self.brush = Brush()
        self.combine = BooleanOp.ADD
        self.wand = WandOptions()
        self.pressure = 1.0
        self.erasing = False
        self.action: Action | EdgeAction | None = None

    @property
    def goes_on(self) -> bool:
        """Return whether the drawing continues after release: corners are set one by one."""
        return isinstance(self.action, PolygonAction | EdgeAction)

    @property
    def paints(self) -> bool:
        """Return whether a stroke is in progress."""
        return isinstance(self.action, StrokeAction)

    @property
    def dab(self) -> float:
        """Return the current brush diameter, in image pixels."""
        return self.brush.size_at(self.pressure) if self.action is not None else self.brush.size

    @property
    def painting(self) -> BooleanOp:
        """Return what a stroke does without a modifier: a brush has nothing to intersect with."""
        erases = self.tool is ToolKind.ERASER or self.erasing or self.combine is BooleanOp.SUBTRACT
        return BooleanOp.SUBTRACT if erases else BooleanOp.ADD

    def use_picture(self, pixels: Pixels | None) -> None:
        """Use another image; straight lines don't continue from the previous one."""
        self._pixels = pixels
        self._edges = None
        self._last_end = None

    def use_tool(self, tool: ToolKind) -> None:
        """Use another tool; open corners are abandoned."""
        if tool is not self.tool and self.goes_on:
            self.abandon()
        self.tool = tool

    def press(self, point: QPointF, keys: Keys, scale: float) -> None:
        """Start an action or add a corner. scale: logical pixels per image pixel."""
        self.release()
        combine = BooleanOp.SUBTRACT if self.erasing else combine_of(keys, self.modifier, self.combine)
        if self._pixels is None:
            return
        if self._document.busy:
            self._document.refuse()
            return
        if self.tool in PAINTING:
            self._begin_stroke(point, keys, scale)
        elif self.tool in CLICKING:
            work = click_work(self.tool, self._pixels, point, self.wand, combine)
            spawn_owned(self._document, self._document.operate(self.tool.value, work, unchanged=AS_IT_WAS))
        elif isinstance(self.action, PolygonAction | EdgeAction):
            self.action.add(self._aligned(point, keys))
        elif self.tool is ToolKind.POLYGON:
            self.action = PolygonAction(self._document, point, combine)
        elif self.tool is ToolKind.MAGNETIC:
            self._edges = self._edges or EdgeMap(self._pixels)
            self.action = EdgeAction(self._document, self._edges, point, combine, self._redraw)
        elif self.tool is ToolKind.SMART:
            self.action = SmartAction(self._document, self._pixels, point, combine)
        else:
            self.action = ShapeAction(self._document, self.tool, point, combine)

    def _begin_stroke(self, point: QPointF, keys: Keys, scale: float) -> None:
        combine = BooleanOp.SUBTRACT if keys & self.modifier.key else self.painting
        name = "Eraser stroke" if combine is BooleanOp.SUBTRACT else "Brush stroke"
        string = self.brush.smoothing * _LONGEST_STRING / scale
        self.action = stroke = StrokeAction(self._document, self.brush, combine, name, string)
        if keys & Keys.ShiftModifier and self._last_end is not None:
            stroke.line_to(self._last_end, self.pressure)
        stroke.line_to(point, self.pressure)
        self._began = point if keys & Keys.ShiftModifier else None

    def move(self, point: QPointF, keys: Keys) -> None:
        """Continue to a point. Shift snaps lines to 45° and makes squares and circles."""
        if isinstance(self.action, StrokeAction):
            self._paint(self.action, point, straight=bool(keys & Keys.ShiftModifier))
        elif isinstance(self.action, ShapeAction):
            self.action.move_to(point, even=bool(keys & Keys.ShiftModifier) and not keys & self.modifier.key)
        elif self.action is not None:
            self.action.move_to(self._aligned(point, keys))

    def _paint(self, stroke: StrokeAction, point: QPointF, *, straight: bool) -> None:
        """Continue the stroke; a straight part starts where the brush was when Shift was pressed."""
        if straight:
            self._began = stroke.at if self._began is None else self._began
            stroke.line_to(_in_eighths(self._began, point), self.pressure)
        else:
            self._began = None
            stroke.move_to(point, self.pressure)

    def _aligned(self, point: QPointF, keys: Keys) -> QPointF:
        if not keys & Keys.ShiftModifier or not isinstance(self.action, PolygonAction):
            return point
        return _in_eighths(self.action.last_corner, point)

    def release(self) -> None:
        """Finish actions that end on release."""
        if not self.goes_on:
            self.close()

    def close(self) -> None:
        """Finish the action; open corners stay while a long operation is running."""
        if self.goes_on and self._document.doing:
            self._document.refuse()
            return
        action, self.action = self.action, None
        if action is not None:
            action.finish()
        if isinstance(action, StrokeAction):
            self._last_end = action.at

    def take_back(self) -> None:
        """Remove the last corner."""
        if isinstance(self.action, PolygonAction | EdgeAction) and not self.action.take_back():
            self.action = None

    def abandon(self) -> None:
        """Abandon what is being drawn."""
        action, self.action = self.action, None
        if action is not None:
            action.abandon()


def _in_eighths(start: QPointF, point: QPointF) -> QPointF:
    """Return the point nearest to `point` whose direction from `start` is a multiple of 45°."""
    way = point - start
    angle = round(math.atan2(way.y(), way.x()) / _EIGHTH) * _EIGHTH
    direction = QPointF(math.cos(angle), math.sin(angle))
    return start + direction * QPointF.dotProduct(way, direction)
