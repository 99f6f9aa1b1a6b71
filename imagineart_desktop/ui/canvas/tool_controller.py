"""The active tool with its options, and its action between press and release.

Points are in image pixels; the canvas handles whether they come from mouse, pen or finger.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import BooleanOp, Brush, Pixels
from imagineart_desktop.ui.canvas.magnetic_lasso import EdgeMap, MagneticLassoAction
from imagineart_desktop.ui.canvas.tools import (
    CLICK_TOOLS,
    PAINT_TOOLS,
    Action,
    PolygonAction,
    ShapeAction,
    SmartAction,
    StrokeAction,
    ToolKind,
    WandOptions,
    click_operation,
    effective_combine,
)
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.mask_document import UNCHANGED_MESSAGE, MaskDocument

_MAX_STRING_LENGTH = 80.0
"""Distance, in logical pixels, by which the pointer leads the brush at full smoothing."""

_EIGHTH = math.pi / 4

Modifiers = Qt.KeyboardModifier


class ToolController:
    """Turns presses and moves into actions of the active tool.

    combine: how selections combine with the mask. pressure: of a pen, 0 to 1; 1 without one. erasing: whether the pen's
    eraser end is used. redraw: called when the drawing changes without user input.
    """

    def __init__(self, document: MaskDocument, redraw: Callable[[], None]) -> None:
        self._document = document
        self._redraw = redraw
        self._pixels: Pixels | None = None
        self._edges: EdgeMap | None = None
        self._last_stroke_end: QPointF | None = None
        self._straight_start: QPointF | None = None
        self.tool = ToolKind.BRUSH
        self.modifier = CanvasModifier.ALT
        self.brush = Brush()
        self.combine = BooleanOp.ADD
        self.wand = WandOptions()
        self.pressure = 1.0
        self.uses_eraser_end = False
        self.action: Action | MagneticLassoAction | None = None

    @property
    def is_multi_click(self) -> bool:
        """Return whether the drawing continues after release: corners are set one by one."""
        return isinstance(self.action, PolygonAction | MagneticLassoAction)

    @property
    def is_painting(self) -> bool:
        """Return whether a stroke is in progress."""
        return isinstance(self.action, StrokeAction)

    @property
    def dab(self) -> float:
        """Return the current brush diameter, in image pixels."""
        return self.brush.size_at(self.pressure) if self.action is not None else self.brush.size

    @property
    def brush_combine(self) -> BooleanOp:
        """Return what a stroke does without a modifier: a brush has nothing to intersect with."""
        erases = self.tool is ToolKind.ERASER or self.uses_eraser_end or self.combine is BooleanOp.SUBTRACT
        return BooleanOp.SUBTRACT if erases else BooleanOp.ADD

    def set_image(self, pixels: Pixels | None) -> None:
        """Use another image; straight lines don't continue from the previous one."""
        self._pixels = pixels
        self._edges = None
        self._last_stroke_end = None

    def set_tool(self, tool: ToolKind) -> None:
        """Use another tool; open corners are abandoned."""
        if tool is not self.tool and self.is_multi_click:
            self.abandon()
        self.tool = tool

    def press(self, point: QPointF, keys: Modifiers, scale: float) -> None:
        """Start an action or add a corner. scale: logical pixels per image pixel."""
        self.release()
        combine = BooleanOp.SUBTRACT if self.uses_eraser_end else effective_combine(keys, self.modifier, self.combine)
        if self._pixels is None:
            return
        if self._document.is_locked:
            self._document.refuse()
            return
        if self.tool in PAINT_TOOLS:
            self._begin_stroke(point, keys, scale)
        elif self.tool in CLICK_TOOLS:
            work = click_operation(self.tool, self._pixels, point, self.wand, combine)
            spawn_owned(self._document, self._document.operate(self.tool.value, work, unchanged=UNCHANGED_MESSAGE))
        elif isinstance(self.action, PolygonAction | MagneticLassoAction):
            self.action.add(self._aligned(point, keys))
        elif self.tool is ToolKind.POLYGON:
            self.action = PolygonAction(self._document, point, combine)
        elif self.tool is ToolKind.MAGNETIC:
            self._edges = self._edges or EdgeMap(self._pixels)
            self.action = MagneticLassoAction(self._document, self._edges, point, combine, self._redraw)
        elif self.tool is ToolKind.SMART:
            self.action = SmartAction(self._document, self._pixels, point, combine)
        else:
            self.action = ShapeAction(self._document, self.tool, point, combine)

    def _begin_stroke(self, point: QPointF, keys: Modifiers, scale: float) -> None:
        combine = BooleanOp.SUBTRACT if keys & self.modifier.key else self.brush_combine
        name = "Eraser stroke" if combine is BooleanOp.SUBTRACT else "Brush stroke"
        string = self.brush.smoothing * _MAX_STRING_LENGTH / scale
        self.action = stroke = StrokeAction(self._document, self.brush, combine, name, string)
        if keys & Modifiers.ShiftModifier and self._last_stroke_end is not None:
            stroke.line_to(self._last_stroke_end, self.pressure)
        stroke.line_to(point, self.pressure)
        self._straight_start = point if keys & Modifiers.ShiftModifier else None

    def move(self, point: QPointF, keys: Modifiers) -> None:
        """Continue to a point. Shift snaps lines to 45° and makes squares and circles."""
        if isinstance(self.action, StrokeAction):
            self._paint(self.action, point, straight=bool(keys & Modifiers.ShiftModifier))
        elif isinstance(self.action, ShapeAction):
            self.action.move_to(point, even=bool(keys & Modifiers.ShiftModifier) and not keys & self.modifier.key)
        elif self.action is not None:
            self.action.move_to(self._aligned(point, keys))

    def _paint(self, stroke: StrokeAction, point: QPointF, *, straight: bool) -> None:
        """Continue the stroke; a straight part starts where the brush was when Shift was pressed."""
        if straight:
            self._straight_start = stroke.at if self._straight_start is None else self._straight_start
            stroke.line_to(_snap_to_45_degrees(self._straight_start, point), self.pressure)
        else:
            self._straight_start = None
            stroke.move_to(point, self.pressure)

    def _aligned(self, point: QPointF, keys: Modifiers) -> QPointF:
        if not keys & Modifiers.ShiftModifier or not isinstance(self.action, PolygonAction):
            return point
        return _snap_to_45_degrees(self.action.last_corner, point)

    def release(self) -> None:
        """Finish actions that end on release."""
        if not self.is_multi_click:
            self.close()

    def close(self) -> None:
        """Finish the action; open corners stay while a long operation is running."""
        if self.is_multi_click and self._document.doing:
            self._document.refuse()
            return
        action, self.action = self.action, None
        if action is not None:
            action.finish()
        if isinstance(action, StrokeAction):
            self._last_stroke_end = action.at

    def take_back(self) -> None:
        """Remove the last corner."""
        if isinstance(self.action, PolygonAction | MagneticLassoAction) and not self.action.take_back():
            self.action = None

    def abandon(self) -> None:
        """Abandon what is being drawn."""
        action, self.action = self.action, None
        if action is not None:
            action.abandon()


def _snap_to_45_degrees(start: QPointF, point: QPointF) -> QPointF:
    """Return the point nearest to `point` whose direction from `start` is a multiple of 45°."""
    way = point - start
    angle = round(math.atan2(way.y(), way.x()) / _EIGHTH) * _EIGHTH
    direction = QPointF(math.cos(angle), math.sin(angle))
    return start + direction * QPointF.dotProduct(way, direction)
