"""Shapes drawn with a drag and combined with the mask on release."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF

from imagineart_desktop.imaging import BooleanOp, Mask, Rect
from imagineart_desktop.imaging.geometry import EMPTY
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import MaskDocument

_MAX_SYNC_PIXELS = 2**20
"""Pixels of a shape that is combined immediately; larger ones are combined on a worker thread."""

Points = Sequence[tuple[float, float]]


class ShapeGesture(Gesture, ABC):
    """A shape given by the points of a drag. name: of the step in the undo history."""

    def __init__(self, document: MaskDocument, name: str, start: QPointF, combine: BooleanOp) -> None:
        self._document = document
        self._name = name
        self._combine = combine
        self._points = [start]

    @abstractmethod
    def fill(self, mask: Mask, points: Points) -> Rect:
        """Combine the shape with a mask, on any thread. Return what may have changed."""

    def finish(self) -> None:
        """Combine the shape with the mask."""
        if len(self._points) < 2:
            return
        work = partial(self.fill, points=[(point.x(), point.y()) for point in self._points])
        reach = self._affected_area()
        if reach.width * reach.height > _MAX_SYNC_PIXELS or self._document.is_locked:
            spawn_owned(self._document, self._document.operate(self._name, work, reach))
            return
        self._document.begin(self._name).save_before(reach)
        self._document.notify_painted(work(self._document.mask))
        self._document.finish()

    def _affected_area(self) -> Rect:
        if self._combine is BooleanOp.INTERSECT:
            return Rect.of_shape(self._document.mask.shape)
        box = self.outline().boundingRect()
        if box.isEmpty():
            return EMPTY
        return Rect(int(box.left()) - 2, int(box.top()) - 2, int(box.right()) + 3, int(box.bottom()) + 3)


class BoxGesture(ShapeGesture):
    """A shape given by two opposite corners of its bounds."""

    def move(self, pointer: PointerState) -> None:
        """Move the second corner. Shift without the modifier makes a square or circle."""
        point = pointer.point
        if pointer.shift and not pointer.modified:
            way = point - self._points[0]
            side = max(abs(way.x()), abs(way.y()))
            point = self._points[0] + QPointF(math.copysign(side, way.x()), math.copysign(side, way.y()))
        self._points[1:] = [point]

    def box(self) -> QRectF:
        """Return the bounds; empty before the first move."""
        return QRectF(self._points[0], self._points[-1]).normalized()
