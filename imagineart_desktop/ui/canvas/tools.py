"""The tools: what a drag on the canvas does to the mask."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import Brush, Combine, Recorder, Rect, Stroke
from imagineart_desktop.imaging.geometry import EMPTY
from imagineart_desktop.imaging.shapes import ellipse, polygon, rectangle
from imagineart_desktop.ui.canvas.mask_document import MaskDocument


class ToolKind(StrEnum):
    """The tools, by the name that the user sees."""

    BRUSH = "Brush"
    ERASER = "Eraser"
    RECTANGLE = "Rectangle"
    ELLIPSE = "Ellipse"
    LASSO = "Lasso"
    HAND = "Hand"


PAINTING = frozenset({ToolKind.BRUSH, ToolKind.ERASER})
SHAPES = frozenset({ToolKind.RECTANGLE, ToolKind.ELLIPSE, ToolKind.LASSO})


def combine_of(modifiers: Qt.KeyboardModifier, chosen: Combine) -> Combine:
    """What a selection does: Alt subtracts, Shift+Alt intersects, else as chosen in the bar."""
    alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    if alt:
        return Combine.INTERSECT if shift else Combine.SUBTRACT
    return chosen


class StrokeAction:
    """A brush or eraser stroke, from press to release. Points are in picture pixels."""

    def __init__(self, document: MaskDocument, brush: Brush, combine: Combine, name: str) -> None:
        self._document = document
        self._name = name
        self._recorder: Recorder = document.begin()
        self._stroke = Stroke(document.mask, brush, combine)

    def move_to(self, point: QPointF) -> None:
        """Paints up to this point."""
        x, y = point.x(), point.y()
        self._recorder.about_to_change(self._stroke.reach(x, y))
        self._document.touched(self._stroke.move_to(x, y))

    def outline(self) -> QPainterPath:
        """A stroke shows itself."""
        return QPainterPath()

    def finish(self) -> None:
        """The stroke is done."""
        self._document.finish(self._name)

    def abandon(self) -> None:
        """The stroke never was."""
        self._document.abandon()


class ShapeAction:
    """A rectangle, an ellipse or a lasso, drawn with a drag. Points are in picture pixels."""

    def __init__(self, document: MaskDocument, kind: ToolKind, start: QPointF, combine: Combine) -> None:
        self._document = document
        self._kind = kind
        self._combine = combine
        self._points = [start]

    def move_to(self, point: QPointF) -> None:
        """The shape reaches to this point."""
        if self._kind is ToolKind.LASSO:
            self._points.append(point)
        else:
            self._points[1:] = [point]

    def outline(self) -> QPainterPath:
        """The shape as it would be, in picture pixels."""
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
        """Joins the shape with the mask."""
        if len(self._points) < 2:
            return
        corners = [(point.x(), point.y()) for point in self._points]
        mask = self._document.mask
        recorder = self._document.begin()
        recorder.about_to_change(self._reach())
        draw: dict[ToolKind, Callable[[], Rect]] = {
            ToolKind.RECTANGLE: lambda: rectangle(mask, corners[0], corners[1], self._combine),
            ToolKind.ELLIPSE: lambda: ellipse(mask, corners[0], corners[1], self._combine),
            ToolKind.LASSO: lambda: polygon(mask, corners, self._combine),
        }
        self._document.touched(draw[self._kind]())
        self._document.finish(self._kind.value)

    def abandon(self) -> None:
        """Nothing was painted yet."""
        self._points = self._points[:1]

    def _reach(self) -> Rect:
        if self._combine is Combine.INTERSECT:
            return Rect.of_shape(self._document.mask.shape)
        box = self.outline().boundingRect()
        if box.isEmpty():
            return EMPTY
        return Rect(int(box.left()) - 2, int(box.top()) - 2, int(box.right()) + 3, int(box.bottom()) + 3)


Action = StrokeAction | ShapeAction
