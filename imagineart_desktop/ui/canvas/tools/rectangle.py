"""The rectangle tool."""

from __future__ import annotations

from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.shapes import rectangle
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.shape import BoxGesture, Points
from imagineart_desktop.ui.canvas.tools.tool import Tool


class RectangleGesture(BoxGesture):
    """A rectangle, or with Shift a square."""

    def outline(self) -> QPainterPath:
        """Return the rectangle."""
        path = QPainterPath()
        if len(self._points) > 1:
            path.addRect(self.box())
        return path

    def fill(self, mask: Mask, points: Points) -> Rect:
        """Combine the rectangle with a mask."""
        return rectangle(mask, points[0], points[1], self._combine)


class RectangleTool(Tool):
    """Selects a rectangle with a drag."""

    id = "rectangle"
    label = "Rectangle"
    icon = "square"
    shortcut = "M"

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        """Start a rectangle."""
        combine = self.context.selection_combine(pointer)
        return RectangleGesture(self.context.document, self.label, pointer.point, combine)
