"""The brush paints the mask."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import BooleanOp, Pixels
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.stroke import StrokeGesture
from imagineart_desktop.ui.canvas.tools.tool import Tool

_MAX_STRING_LENGTH = 80.0
"""Distance, in logical pixels, by which the pointer leads the brush at full smoothing."""


class BrushTool(Tool):
    """Paints; the modifier subtracts, Shift paints straight lines."""

    id = "brush"
    label = "Brush"
    icon = "brush"
    shortcut = "B"
    uses_brush = True
    combine_choices = frozenset({BooleanOp.ADD, BooleanOp.SUBTRACT})

    @property
    def combine(self) -> BooleanOp:
        """Return what a stroke does without a modifier: a brush has nothing to intersect with."""
        erases = self.context.uses_eraser_end or self.context.combine is BooleanOp.SUBTRACT
        return BooleanOp.SUBTRACT if erases else BooleanOp.ADD

    def cursor(self, _point: QPointF | None, _scale: float) -> Qt.CursorShape:
        """Return no cursor: the brush's outline serves as one."""
        return Qt.CursorShape.BlankCursor

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        """Start a stroke."""
        combine = BooleanOp.SUBTRACT if pointer.modified else self.combine
        name = "Eraser stroke" if combine is BooleanOp.SUBTRACT else "Brush stroke"
        string = self.context.brush.smoothing * _MAX_STRING_LENGTH / pointer.scale
        stroke = StrokeGesture(self.context, combine, name, string)
        stroke.start(pointer)
        return stroke
