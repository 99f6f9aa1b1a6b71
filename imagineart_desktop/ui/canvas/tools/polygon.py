"""The polygon tool: corners set one by one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.shapes import polygon
from imagineart_desktop.ui.canvas.tools.gesture import CornerGesture, Gesture, PointerState, snap_to_45_degrees
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import MaskDocument


class PolygonGesture(CornerGesture):
    """Corners connected by straight lines; Shift snaps these to 45°."""

    def __init__(self, document: MaskDocument, name: str, start: QPointF, combine: BooleanOp) -> None:
        self._document = document
        self._name = name
        self._combine = combine
        self._corners = [start]
        self._pointer = start

    def press(self, pointer: PointerState) -> None:
        """Add a corner."""
        point = self._aligned(pointer)
        if point != self._corners[-1]:
            self._corners.append(point)
        self._pointer = point

    def move(self, pointer: PointerState) -> None:
        """End the next side here."""
        self._pointer = self._aligned(pointer)

    def _aligned(self, pointer: PointerState) -> QPointF:
        return snap_to_45_degrees(self._corners[-1], pointer.point) if pointer.shift else pointer.point

    def take_back(self) -> bool:
        """Remove the last corner. Return whether any are left."""
        self._corners.pop()
        return bool(self._corners)

    def outline(self) -> QPainterPath:
        """Return the corners so far, plus the line to the pointer."""
        path = QPainterPath(self._corners[0])
        for corner in (*self._corners[1:], self._pointer):
            path.lineTo(corner)
        return path

    def finish(self) -> None:
        """Combine the area with the mask; does nothing below three corners."""
        if len(self._corners) >= 3:
            work = partial(_fill, corners=[(corner.x(), corner.y()) for corner in self._corners], combine=self._combine)
            spawn_owned(self._document, self._document.operate(self._name, work))


def _fill(mask: Mask, corners: list[tuple[float, float]], combine: BooleanOp) -> Rect:
    return polygon(mask, corners, combine)


class PolygonTool(Tool):
    """Selects an area by its corners."""

    id = "polygon"
    label = "Polygon"
    icon = "pentagon"
    shortcut = "Shift+L"
    acts_at_press = True

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture:
        """Set the first corner."""
        combine = self.context.selection_combine(pointer)
        return PolygonGesture(self.context.document, self.label, pointer.point, combine)
