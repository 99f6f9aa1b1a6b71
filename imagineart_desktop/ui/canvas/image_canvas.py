"""A picture that can be zoomed and moved: what the viewer and the mask canvas have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.canvas.checkerboard import paint_on_checkerboard
from imagineart_desktop.ui.canvas.touch_gestures import Pinch, as_mouse
from imagineart_desktop.ui.canvas.viewport import Viewport
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.image_pyramid import Pyramid
from imagineart_desktop.workspace.mime import Taken, may_take, take
from imagineart_desktop.workspace.screen_copy import ScreenCopy

_WHEEL_STEP = 1.2
_ARROW = 40.0
_SHADOW = 10
_MOST_COVERED = 0.5
"""Of the height that `fit` leaves free of the picture, where more is covered."""

_FREQUENT = QPaintEvent, QMouseEvent
"""Events that come with every dab of a stroke and have handlers of their own; their class is known faster than type."""

_TAP_MS = 400
"""Milliseconds for which Space is held at most when it is tapped; longer is meant for the hand."""


class PictureCanvas(QWidget):
    """Shows one picture. Wheel, pinch and keys zoom; Space, the middle button and two fingers move."""

    can_turn = False
    zoom_changed = Signal(float)
    dropped = Signal(list)
    """list of `Taken`."""
    tapped = Signal()
    """Space was pressed and let go, and nothing moved with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.covered: Callable[[], float] = lambda: 0.0
        """How much of its lower edge something lies over, in logical pixels."""
        self.viewport_state = Viewport()
        self._pyramid: Pyramid | None = None
        self._copy = ScreenCopy()
        self._fitted = True
        self._space = False
        self._tap = QElapsedTimer()
        self._panning_from: QPointF | None = None
        self._turning = False
        self._pinching = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(200, 160)

    # The picture

    @property
    def has_picture(self) -> bool:
        """Return whether something is shown."""
        return self._pyramid is not None

    def show_pyramid(self, pyramid: Pyramid | None, *, keep_view: bool = False) -> None:
        """Shows a picture, fitted unless the view is to be kept."""
        same_size = pyramid is not None and self._pyramid is not None and pyramid.size == self._pyramid.size
        self._pyramid = pyramid
        if pyramid is not None:
            size = QSizeF(pyramid.size)
            self.viewport_state = replace(self.viewport_state, picture=size)
            if not (keep_view and same_size):
                self.viewport_state = replace(self.viewport_state, angle=0.0)
                self.fit()
        self.update()

    # The view

    @property
    def zoom(self) -> float:
        """Screen pixels to a picture pixel."""
        return self.viewport_state.zoom

    @property
    def is_fitted(self) -> bool:
        """Return whether the whole picture is shown, also after the widget is resized."""
        return self._fitted

    def fit(self) -> None:
        """All of the picture."""
        self._fitted = True
        covered = min(self.covered(), self.height() * _MOST_COVERED)
        self._set_view(self._measured().fitted(area=self.shown_area(), covered=covered))

    def shown_area(self) -> QRectF | None:
        """Return what `fit` brings into sight, in pixels of the picture; None for the picture."""
        return None

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Another zoom round a point of the widget, its middle if none is given."""
        if self._pyramid is None:
            return
        self._fitted = False
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._set_view(self._measured().zoomed(zoom, at or middle))

    def pan(self, by: QPointF) -> None:
        """Moves the picture by logical pixels."""
        if self._pyramid is not None:
            self._fitted = False
            self._set_view(self.viewport_state.panned(by))

    def turn_to(self, angle: float, at: QPointF | None = None) -> None:
        """Turns the view to so many degrees, clockwise, round a point of the widget."""
        if self._pyramid is not None and self.can_turn:
            self._set_view(self._measured().turned_to(angle, at or self.viewport_state.middle))
            if self._fitted:
                self.fit()

    def _measured(self) -> Viewport:
        return replace(self.viewport_state, widget=QSizeF(self.width(), self.height()), ratio=self.devicePixelRatioF())

    def _set_view(self, view: Viewport) -> None:
        self.viewport_state = view
        self.update()
        self.zoom_changed.emit(view.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stays fitted, or keeps its middle."""
        super().resizeEvent(event)
        self.viewport_state = self._measured()
        if self._fitted and self._pyramid is not None:
            self.fit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, shadow, picture, and what a subclass lays on it."""
        painter = QPainter(self)
        view = self.viewport_state
        target, exposed = view.picture_rect(), view.upright(QRectF(event.rect()))
        covered = self._pyramid is not None and self._pyramid.is_opaque and not view.angle
        if not covered or not target.contains(exposed):
            ground = QRegion(event.rect())
            if covered:
                ground -= QRegion(target.toAlignedRect().adjusted(1, 1, -1, -1))
            for part in cast("Iterable[QRect]", ground):
                painter.fillRect(part, QColor(tokens().ground))
        if self._pyramid is None:
            return
        painter.save()
        if view.angle:
            painter.setTransform(view.turning())
        if not target.contains(exposed):
            self._paint_shadow(painter, target)
        self.paint_picture(painter, target, exposed)
        painter.restore()
        self.paint_above(painter, QRectF(event.rect()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is seen, so nothing is kept for it."""
        super().hideEvent(event)
        self._copy.drop()

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """The picture in its place; subclasses draw more. exposed: the only part that must be drawn."""
        if self._pyramid is not None:
            paint_on_checkerboard(painter, self._pyramid, target, self.zoom, exposed, self._copy)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """What lies above all, in the widget's own pixels; for subclasses. exposed: all that must be drawn."""

    def _paint_shadow(self, painter: QPainter, target: QRectF) -> None:
        """Plain strips round the picture, one on the other: a soft edge that costs next to nothing.

        Darkened ground instead of a veil on it, for what is opaque is drawn many times as fast.
        """
        colour = QColor(tokens().ground)
        share = 1 - (26 if tokens().dark else 5) / 255
        inner = target.toRect()
        for step in (_SHADOW, _SHADOW // 2):
            colour = QColor(*(round(part * share) for part in (colour.red(), colour.green(), colour.blue())))
            outer = inner.adjusted(-step, -step + 4, step, step + 4)
            above, below = max(0, inner.top() - outer.top()), outer.bottom() - inner.bottom()
            painter.fillRect(outer.left(), outer.top(), outer.width(), above, colour)
            painter.fillRect(outer.left(), inner.bottom() + 1, outer.width(), below, colour)
            top = max(outer.top(), inner.top())
            for left in (outer.left(), inner.right() + 1):
                painter.fillRect(left, top, step, inner.bottom() + 1 - top, colour)

    # Hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer, sideways it moves; two fingers on a pad move, with Ctrl they zoom."""
        two_fingers = not event.pixelDelta().isNull()
        across, turned = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # With Alt, Qt takes a wheel that is turned for one that is pushed sideways.
            across, turned = 0, turned or across
        if two_fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(event.pixelDelta()))
        elif turned:
            self.zoom_to(self.zoom * _WHEEL_STEP ** (turned / 120), event.position())
        else:
            self.pan(QPointF(_ARROW * across / 120, 0))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinching zooms, two fingers that turn turn the view."""
        if isinstance(event, _FREQUENT):
            return super().event(event)
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_to(self.zoom * (1 + event.value()), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.turn_to(self.viewport_state.angle + event.value(), event.position())
                return True
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.needs_key(event):
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        event.accept()
        if event.pointCount() >= 2:
            if not self._pinching:
                self._pinching = True
                self.give_up_press()
            if event.type() == QEvent.Type.TouchUpdate:
                pinch = Pinch.of(*event.points()[:2])
                self.pan(pinch.moved)
                self.zoom_to(self.zoom * pinch.factor, pinch.about)
                self.turn_to(self.viewport_state.angle + pinch.turned, pinch.about)
        elif not self._pinching:
            handlers = {
                QEvent.Type.MouseButtonPress: self.mousePressEvent,
                QEvent.Type.MouseMove: self.mouseMoveEvent,
                QEvent.Type.MouseButtonRelease: self.mouseReleaseEvent,
            }
            for mouse in as_mouse(event, at_release=self.acts_at_press):
                handlers[mouse.type()](mouse)
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._pinching = False
        if event.type() == QEvent.Type.TouchCancel:
            self.give_up_press()

    @property
    def acts_at_press(self) -> bool:
        """Return whether a press alone does something that a second finger could not take back."""
        return False

    def give_up_press(self) -> None:
        """What a press began never was."""
        self._panning_from = None

    def end_press(self) -> None:
        """What a press began is done: the button was let go, perhaps where it was not seen."""
        if self.is_panning:
            self._panning_from = None
            self.update_cursor()

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Return whether a press starts a pan."""
        left = event.button() == Qt.MouseButton.LeftButton
        return event.button() == Qt.MouseButton.MiddleButton or (left and self._space)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Starts a pan, with Shift a turn."""
        if self.wants_pan(event):
            self._panning_from = event.position()
            self._tap.invalidate()
            self._turning = self.can_turn and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with it."""
        if not event.buttons():
            self.end_press()
        if self._panning_from is None:
            return
        if self._turning:
            before, now = (self.viewport_state.direction_of(p) for p in (self._panning_from, event.position()))
            self.turn_to(self.viewport_state.angle + now - before)
        else:
            self.pan(event.position() - self._panning_from)
        self._panning_from = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Ends it."""
        self.end_press()

    def leaveEvent(self, event: QEvent) -> None:
        """A pointer that leaves with no button down has let go."""
        if not QGuiApplication.mouseButtons():
            self.end_press()
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nobody will say any more that the button and Space are let go."""
        self._space = False
        self.end_press()
        self.update_cursor()
        super().focusOutEvent(event)

    @property
    def is_panning(self) -> bool:
        """Return whether the picture is being moved."""
        return self._panning_from is not None

    def needs_key(self, event: QKeyEvent) -> bool:
        """Return whether the key does something here that comes before a shortcut of the window: Space is the hand."""
        return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space for the hand, arrows to move."""
        arrows = {
            Qt.Key.Key_Left: QPointF(_ARROW, 0),
            Qt.Key.Key_Right: QPointF(-_ARROW, 0),
            Qt.Key.Key_Up: QPointF(0, _ARROW),
            Qt.Key.Key_Down: QPointF(0, -_ARROW),
        }
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._tap.start()
                self.update_cursor()
        elif (step := arrows.get(Qt.Key(event.key()))) is not None:
            self.pan(step)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.update_cursor()
            if self._tap.isValid() and not self._tap.hasExpired(_TAP_MS):
                self.tapped.emit()
            self._tap.invalidate()
        else:
            super().keyReleaseEvent(event)

    def update_cursor(self) -> None:
        """The cursor that fits what a press would do."""
        if self.is_panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes pictures."""
        if may_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands on what was dropped."""
        taken: list[Taken] = take(event.mimeData())
        if taken:
            event.acceptProposedAction()
            self.dropped.emit(taken)
