"""The base of the viewer and the mask canvas: an image that can be zoomed and panned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import singledispatchmethod
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
from imagineart_desktop.ui.canvas.touch_gestures import Pinch, mouse_events_from_touch
from imagineart_desktop.ui.canvas.viewport import Viewport
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.mime import ImageSource, accepts_mime, sources_from_mime
from imagineart_desktop.workspace.screen_copy import ScreenCache

_WHEEL_STEP = 1.2
_ARROW_PAN = 40.0
_SHADOW = 10
_MAX_COVERED_SHARE = 0.5
"""Largest share of the height that `fit` keeps clear for what covers it."""

_TAP_MS = 400
"""Longest hold of Space, in milliseconds, that counts as a tap; a longer one means the hand."""


class ImageCanvas(QWidget):
    """Shows one image. Wheel, pinch and keys zoom; Space, the middle button and two fingers pan."""

    can_turn = False
    zoom_changed = Signal(float)
    dropped = Signal(list)
    """list of `ImageSource`."""
    tapped = Signal()
    """Space was pressed and released without panning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.covered: Callable[[], float] = lambda: 0.0
        """How much of the lower edge is covered by something, in logical pixels."""
        self.viewport_state = Viewport()
        self._pyramid: ImagePyramid | None = None
        self._copy = ScreenCache()
        self._fitted = True
        self._is_space_down = False
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

    # The image

    @property
    def has_picture(self) -> bool:
        """Return whether something is shown."""
        return self._pyramid is not None

    def show_pyramid(self, pyramid: ImagePyramid | None, *, keep_view: bool = False) -> None:
        """Show an image. Fit it, unless `keep_view` is set and the size is unchanged."""
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
        """Return the zoom in screen pixels per image pixel."""
        return self.viewport_state.zoom

    @property
    def is_fitted(self) -> bool:
        """Return whether the whole image is shown, even after resizing the widget."""
        return self._fitted

    def fit(self) -> None:
        """Fit the whole image."""
        self._fitted = True
        covered = min(self.covered(), self.height() * _MAX_COVERED_SHARE)
        self._set_view(self._measured().fitted(area=self.shown_area(), covered=covered))

    def shown_area(self) -> QRectF | None:
        """Return what `fit` should bring into view, in image pixels; None for the image."""
        return None

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Set the zoom around a point of the widget, by default its center."""
        if self._pyramid is None:
            return
        self._fitted = False
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._set_view(self._measured().zoomed(zoom, at or middle))

    def pan(self, by: QPointF) -> None:
        """Pan by logical pixels."""
        if self._pyramid is not None:
            self._fitted = False
            self._set_view(self.viewport_state.panned(by))

    def rotate_to(self, angle: float, at: QPointF | None = None) -> None:
        """Rotate the view clockwise to an angle in degrees, around a point of the widget."""
        if self._pyramid is not None and self.can_turn:
            self._set_view(self._measured().rotated_to(angle, at or self.viewport_state.middle))
            if self._fitted:
                self.fit()

    def _measured(self) -> Viewport:
        return replace(self.viewport_state, widget=QSizeF(self.width(), self.height()), ratio=self.devicePixelRatioF())

    def _set_view(self, view: Viewport) -> None:
        self.viewport_state = view
        self.update()
        self.zoom_changed.emit(view.zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted, or keep the center."""
        super().resizeEvent(event)
        self.viewport_state = self._measured()
        if self._fitted and self._pyramid is not None:
            self.fit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw background, shadow, image, and what a subclass adds."""
        painter = QPainter(self)
        view = self.viewport_state
        target, exposed = view.image_rect(), view.upright(QRectF(event.rect()))
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
            painter.setTransform(view.rotation_transform())
        if not target.contains(exposed):
            self._paint_shadow(painter, target)
        self.paint_picture(painter, target, exposed)
        painter.restore()
        self.paint_above(painter, QRectF(event.rect()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Free the cache: nothing is visible."""
        super().hideEvent(event)
        self._copy.drop()

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Draw the image; subclasses draw more. exposed: the only part that must be drawn."""
        if self._pyramid is not None:
            paint_on_checkerboard(painter, self._pyramid, target, self.zoom, exposed, self._copy)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw what lies on top, in widget pixels; for subclasses. exposed: the only part that must be drawn."""

    def _paint_shadow(self, painter: QPainter, target: QRectF) -> None:
        """Draw plain strips around the image in two steps: a soft edge at almost no cost.

        Uses a darkened background color instead of a translucent overlay, because opaque drawing is many times as fast.
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

    # Input

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Wheel zooms at the pointer, sideways it pans; two fingers on a trackpad pan, or zoom with Ctrl."""
        two_fingers = not event.pixelDelta().isNull()
        across, turned = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # With Alt, Qt reports a vertical wheel as a horizontal one.
            across, turned = 0, turned or across
        if two_fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(event.pixelDelta()))
        elif turned:
            self.zoom_to(self.zoom * _WHEEL_STEP ** (turned / 120), event.position())
        else:
            self.pan(QPointF(_ARROW_PAN * across / 120, 0))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinch to zoom; rotate with two fingers."""
        return self._handles(event) or super().event(event)

    @singledispatchmethod
    def _handles(self, _event: QEvent) -> bool:
        """Handle an event for which QWidget has no handler. Return whether it's done."""
        return False

    @_handles.register
    def _handles_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.zoom * (1 + event.value()), event.position())
            return True
        if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
            self.rotate_to(self.viewport_state.angle + event.value(), event.position())
            return True
        return False

    @_handles.register
    def _handles_key(self, event: QKeyEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.needs_key(event):
            event.accept()
            return True
        return False

    @_handles.register
    def _handles_touch(self, event: QTouchEvent) -> bool:
        event.accept()
        if event.pointCount() >= 2:
            if not self._pinching:
                self._pinching = True
                self.give_up_press()
            if event.type() == QEvent.Type.TouchUpdate:
                pinch = Pinch.of(*event.points()[:2])
                self.pan(pinch.moved)
                self.zoom_to(self.zoom * pinch.factor, pinch.about)
                self.rotate_to(self.viewport_state.angle + pinch.turned, pinch.about)
        elif not self._pinching:
            handlers = {
                QEvent.Type.MouseButtonPress: self.mousePressEvent,
                QEvent.Type.MouseMove: self.mouseMoveEvent,
                QEvent.Type.MouseButtonRelease: self.mouseReleaseEvent,
            }
            for mouse in mouse_events_from_touch(event, at_release=self.acts_at_press):
                handlers[mouse.type()](mouse)
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._pinching = False
        if event.type() == QEvent.Type.TouchCancel:
            self.give_up_press()
        return True

    @property
    def acts_at_press(self) -> bool:
        """Return whether a press alone does something that a second finger couldn't undo."""
        return False

    def give_up_press(self) -> None:
        """Cancel the gesture in progress."""
        self._panning_from = None

    def end_press(self) -> None:
        """End the gesture: the button was released, perhaps where this widget couldn't see it."""
        if self.is_panning:
            self._panning_from = None
            self.update_cursor()

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Return whether a press starts a pan."""
        left = event.button() == Qt.MouseButton.LeftButton
        return event.button() == Qt.MouseButton.MiddleButton or (left and self._is_space_down)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a pan, or with Shift a rotation."""
        if self.wants_pan(event):
            self._panning_from = event.position()
            self._tap.invalidate()
            self._turning = self.can_turn and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue panning or rotating."""
        if not event.buttons():
            self.end_press()
        if self._panning_from is None:
            return
        if self._turning:
            before, now = (self.viewport_state.angle_to(p) for p in (self._panning_from, event.position()))
            self.rotate_to(self.viewport_state.angle + now - before)
        else:
            self.pan(event.position() - self._panning_from)
        self._panning_from = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the pan or rotation."""
        self.end_press()

    def leaveEvent(self, event: QEvent) -> None:
        """Treat a pointer leaving with no button down as a release."""
        if not QGuiApplication.mouseButtons():
            self.end_press()
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Reset Space and button state: their release won't arrive here anymore."""
        self._is_space_down = False
        self.end_press()
        self.update_cursor()
        super().focusOutEvent(event)

    @property
    def is_panning(self) -> bool:
        """Return whether the image is being panned."""
        return self._panning_from is not None

    def needs_key(self, event: QKeyEvent) -> bool:
        """Return whether the key takes priority over a window shortcut: Space pans."""
        return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space enables panning; arrows pan."""
        arrows = {
            Qt.Key.Key_Left: QPointF(_ARROW_PAN, 0),
            Qt.Key.Key_Right: QPointF(-_ARROW_PAN, 0),
            Qt.Key.Key_Up: QPointF(0, _ARROW_PAN),
            Qt.Key.Key_Down: QPointF(0, -_ARROW_PAN),
        }
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._is_space_down = True
                self._tap.start()
                self.update_cursor()
        elif (step := arrows.get(Qt.Key(event.key()))) is not None:
            self.pan(step)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End Space panning; emit `tapped` after a short press."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_space_down = False
            self.update_cursor()
            if self._tap.isValid() and not self._tap.hasExpired(_TAP_MS):
                self.tapped.emit()
            self._tap.invalidate()
        else:
            super().keyReleaseEvent(event)

    def update_cursor(self) -> None:
        """Set the cursor that matches what a press would do."""
        if self.is_panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._is_space_down:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept images."""
        if accepts_mime(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Emit what was dropped."""
        taken: list[ImageSource] = sources_from_mime(event.mimeData())
        if taken:
            event.acceptProposedAction()
            self.dropped.emit(taken)
