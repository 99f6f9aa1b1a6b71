"""Strokes: what the brush and the eraser paint between press and release."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from imagineart_desktop.imaging import BooleanOp, Stroke, StrokeStabilizer
from imagineart_desktop.ui.canvas.tools.context import ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState, snap_to_45_degrees


class StrokeGesture(Gesture):
    """A stroke with the brush.

    string: how far the pointer may lead the brush, in image pixels. at: where the brush is.
    """

    is_stroke = True

    def __init__(self, context: ToolContext, combine: BooleanOp, name: str, string: float = 0.0) -> None:
        self._context = context
        self._document = context.document
        self._stroke = Stroke(self._document.mask, context.brush, combine, self._document.begin(name))
        self._length = string
        self._string = StrokeStabilizer(string)
        self._pointer = QPointF()
        self._pressure = 1.0
        self._straight_start: QPointF | None = None
        self.at = QPointF()

    def start(self, pointer: PointerState) -> None:
        """Paint the first dab; with Shift, a straight line from the end of the last stroke."""
        last = self._context.last_stroke_end
        if pointer.shift and last is not None:
            self.line_to(last, pointer.pressure)
        self.line_to(pointer.point, pointer.pressure)
        self._straight_start = pointer.point if pointer.shift else None

    def move(self, pointer: PointerState) -> None:
        """Continue the stroke; a straight part starts where the brush was when Shift was pressed."""
        if pointer.shift:
            self._straight_start = self.at if self._straight_start is None else self._straight_start
            self.line_to(snap_to_45_degrees(self._straight_start, pointer.point), pointer.pressure)
        else:
            self._straight_start = None
            self.move_to(pointer.point, pointer.pressure)

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

    def finish(self) -> None:
        """Finish the stroke: the brush catches up with the pointer."""
        if self._pointer != self.at:
            self.line_to(self._pointer, self._pressure)
        self._document.finish()
        self._context.last_stroke_end = self.at

    def abandon(self) -> None:
        """Abandon the stroke, reverting its changes."""
        self._document.abandon()
