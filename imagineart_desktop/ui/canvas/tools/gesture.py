"""What a press on the canvas starts: a gesture, which ends by being finished or abandoned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QTransform

from imagineart_desktop.ui.canvas.outline import stroke_two_tone

CLOSING_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
"""Keys that finish a gesture of several clicks."""

_EIGHTH = math.pi / 4


@dataclass(frozen=True, slots=True)
class PointerState:
    """The pointer at a press or move.

    point: in image pixels. scale: logical pixels per image pixel. modified: the modifier key for gestures is held.
    pressure: of a pen, 0 to 1; 1 without one.
    """

    point: QPointF
    scale: float = 1.0
    shift: bool = False
    modified: bool = False
    pressure: float = 1.0


class Gesture:
    """One use of a tool, from a press on. Points are in image pixels."""

    is_stroke: ClassVar[bool] = False
    """Whether it paints the mask as it moves, so that it needs no outline."""
    is_multi_click: ClassVar[bool] = False
    """Whether it goes on after a release: corners are set one by one."""
    edits_mask: ClassVar[bool] = True
    claimed_keys: ClassVar[frozenset[int]] = frozenset({Qt.Key.Key_Escape})
    """Keys that take priority over shortcuts during the gesture; Escape abandons it."""

    def press(self, pointer: PointerState) -> None:
        """Press again; only gestures that consist of several clicks are."""

    def move(self, pointer: PointerState) -> None:
        """Continue to a point."""

    def key(self, _key: int) -> bool:
        """Use a key. Return whether it means something to this gesture."""
        return False

    def take_back(self) -> bool:
        """Remove what the last press added. Return whether anything is left."""
        return False

    def outline(self) -> QPainterPath:
        """Return the outline of what is being drawn, in image pixels."""
        return QPainterPath()

    def paint(self, painter: QPainter, to_widget: QTransform) -> None:
        """Draw the gesture above the image."""
        if not self.is_stroke:
            stroke_two_tone(painter, to_widget.map(self.outline()), dashed=True)

    def finish(self) -> None:
        """Apply the gesture."""

    def abandon(self) -> None:
        """Discard the gesture and revert what it changed."""


class CornerGesture(Gesture):
    """Corners set one by one. Double-click or Enter closes the outline, Backspace removes the last corner."""

    is_multi_click = True
    claimed_keys = Gesture.claimed_keys | CLOSING_KEYS


def snap_to_45_degrees(start: QPointF, point: QPointF) -> QPointF:
    """Return the point nearest to `point` whose direction from `start` is a multiple of 45°."""
    way = point - start
    angle = round(math.atan2(way.y(), way.x()) / _EIGHTH) * _EIGHTH
    direction = QPointF(math.cos(angle), math.sin(angle))
    return start + direction * QPointF.dotProduct(way, direction)
