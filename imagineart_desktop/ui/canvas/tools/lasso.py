"""The lasso."""

from __future__ import annotations

from PySide6.QtGui import QPainterPath, QPolygonF

from imagineart_desktop.imaging import Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.shapes import polygon
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.shape import Points, ShapeGesture
from imagineart_desktop.ui.canvas.tools.tool import Tool


class LassoGesture(ShapeGesture):
    """An outline drawn freehand."""

    def move(self, pointer: PointerState) -> None:
        """Extend the outline."""
        self._points.append(pointer.point)

    def outline(self) -> QPainterPath:
        """Return the closed outline."""
        path = QPainterPath()
        if len(self._points) > 1:
            path.addPolygon(QPolygonF(self._points))
            path.closeSubpath()
        return path

    def fill(self, mask: Mask, points: Points) -> Rect:
        """Combine the area with a mask."""
        return polygon(mask, points, self._combine)


class LassoTool(Tool):
    """Selects an area that is outlined freehand."""

    id = "lasso"
    label = "Lasso"
    icon = "lasso"
    shortcut = "L"

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        """Start an outline."""
        combine = self.context.selection_combine(pointer)
        return LassoGesture(self.context.document, self.label, pointer.point, combine)
