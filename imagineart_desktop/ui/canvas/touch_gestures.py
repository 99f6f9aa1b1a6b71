"""Touch gestures: one finger acts as the left mouse button; two pan, zoom and rotate the view."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent

_MOUSE = {
    QEvent.Type.TouchBegin: QEvent.Type.MouseButtonPress,
    QEvent.Type.TouchUpdate: QEvent.Type.MouseMove,
    QEvent.Type.TouchEnd: QEvent.Type.MouseButtonRelease,
}


@dataclass(frozen=True, slots=True)
class Pinch:
    """A two-finger gesture step.

    moved: in logical pixels. factor: ratio of the fingers' distances. turned: rotation in degrees. about: the center of
    the gesture.
    """

    moved: QPointF
    factor: float
    turned: float
    about: QPointF

    @classmethod
    def of(cls, first: QEventPoint, second: QEventPoint) -> Pinch:
        """Return the change since the previous event."""
        before, now = second.lastPosition() - first.lastPosition(), second.position() - first.position()
        far_before, far_now = math.hypot(before.x(), before.y()), math.hypot(now.x(), now.y())
        turned = math.degrees(math.atan2(now.y(), now.x()) - math.atan2(before.y(), before.x()))
        about = (first.position() + second.position()) / 2
        return cls(
            moved=about - (first.lastPosition() + second.lastPosition()) / 2,
            factor=far_now / far_before if far_before > 1 and far_now > 1 else 1.0,
            turned=math.remainder(turned, 360.0),
            about=about,
        )


def mouse_events_from_touch(event: QTouchEvent, *, at_release: bool) -> list[QMouseEvent]:
    """Translate a one-finger touch event into mouse events; empty if there is no mouse equivalent.

    at_release: press only when the finger is lifted, because a second finger may still follow.
    """
    kind = _MOUSE.get(event.type())
    if kind is None or event.pointCount() != 1:
        return []
    kinds = [kind]
    if at_release:
        pressed = kind is QEvent.Type.MouseButtonRelease
        kinds = [QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease] if pressed else []
    return [_mouse(kind, event) for kind in kinds]


def _mouse(kind: QEvent.Type, event: QTouchEvent) -> QMouseEvent:
    point = event.points()[0]
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    return QMouseEvent(kind, point.position(), point.globalPosition(), button, held, event.modifiers())
