"""The ellipse tool."""

from __future__ import annotations

from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.shapes import ellipse
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.shape import BoxGesture, Points
from imagineart_desktop.ui.canvas.tools.tool import Tool


class EllipseGesture(BoxGesture):
    """An ellipse, or with Shift a circle."""

    def outline(self) -> QPainterPath:
        """Return the ellipse."""
        path = QPainterPath()
        if len(self._points) > 1:
            path.addEllipse(self.box())
        return path

    def fill(self, mask: Mask, points: Points) -> Rect:
        """Combine the ellipse with a mask."""
        return ellipse(mask, points[0], points[1], self._combine)


class EllipseTool(Tool):
    """Selects an ellipse with a drag."""

    id = "ellipse"
    label = "Ellipse"
    icon = "circle"
    shortcut = "Shift+M"

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        """Start an ellipse."""
        combine = self.context.selection_combine(pointer)
        return EllipseGesture(self.context.document, self.label, pointer.point, combine)
