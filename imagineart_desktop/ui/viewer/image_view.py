"""The viewer: shows one image, or before and after with a slider between them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.ui.canvas.checkerboard import paint_on_checkerboard
from imagineart_desktop.ui.canvas.image_canvas import ImageCanvas
from imagineart_desktop.ui.theme import paint_icon, tokens
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.screen_copy import ScreenCache

_HANDLE = 15.0
_GRAB_DISTANCE = 18.0
_ZOOM_STEP = 1.25
_SLIDER_STEP = 0.05
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_SAME_SHAPE = 0.02
"""Tolerance within which two aspect ratios count as equal, since sizes are rounded to whole pixels."""


class ImageViewer(ImageCanvas):
    """A zoomable view of an image, with an optional before and after slider.

    Dragging moves the slider, pans an image larger than the view, or drags out an image that is fully visible. With
    Ctrl, an image is always dragged out. A double click toggles between fit and 100 %, the keys 0 and 1 choose one of
    them, + and − zoom, and Shift with an arrow moves the slider. Arrows pan a zoomed image.

    in_list: arrow keys always go to the widget that shows the list, and pan the image with Shift; a single click
    toggles between fit and 100 %.
    """

    menu_wanted = Signal(QPoint)
    drag_out_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, in_list: bool = False) -> None:
        super().__init__(parent)
        self._in_list = in_list
        self._clicked_at: QPointF | None = None
        """Where a press began that may become a click."""
        self._before: ImagePyramid | None = None
        self._copy_before = ScreenCache()
        self._words = ("Before", "After")
        self._comparing = False
        self._split = 0.5
        self._sliding = False
        self._drag_from: QPointF | None = None
        self._pressed = False
        """Whether the mouse was pressed here since the view was shown."""
        self.setAccessibleName("Image")

    @property
    def comparing(self) -> bool:
        """Return whether before and after are shown."""
        return self._comparing and self._before is not None

    def show_picture(
        self, after: ImagePyramid | None, before: ImagePyramid | None = None, *, keep_view: bool = False
    ) -> None:
        """Show an image. before: the image it was made from, for comparing.

        keep_view: keep the zoom, and the position as a fraction of the size, even if the size differs.
        """
        self._before = before
        seen = self.viewport_state if keep_view and not self._fitted else None
        self.show_pyramid(after, keep_view=keep_view)
        if seen is not None and after is not None and self._fitted:
            self._fitted = False
            size = self.viewport_state.picture
            across, down = size.width() / seen.picture.width(), size.height() / seen.picture.height()
            centre = QPointF(seen.centre.x() * across, seen.centre.y() * down)
            self._set_view(replace(self._measured(), zoom=seen.zoom, centre=centre))

    def set_words(self, before: str, after: str) -> None:
        """Set the labels of both sides of the slider."""
        self._words = (before, after)
        self.update()

    def set_comparing(self, on: bool) -> None:
        """Show or hide the slider."""
        self._comparing = on
        self.update()

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Draw the image; left of the slider, the one before."""
        super().paint_picture(painter, target, exposed)
        if not self.comparing or self._before is None:
            return
        x = target.left() + target.width() * self._split
        place = _fit_before_rect(self._before.size.toSizeF(), target)
        painter.save()
        painter.setClipRect(QRectF(target.left(), target.top(), x - target.left(), target.height()))
        if place != target:
            painter.fillRect(target, QColor(tokens().ground))
        zoom = place.width() * self.devicePixelRatioF() / self._before.size.width()
        paint_on_checkerboard(painter, self._before, place, zoom, exposed, self._copy_before)
        painter.restore()
        self._paint_slider(painter, target.intersected(QRectF(self.rect())), x)

    def _paint_slider(self, painter: QPainter, seen: QRectF, x: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0, 70), 4), (QColor("#ffffff"), 2)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
        handle = QRectF(0, 0, 2 * _HANDLE, 2 * _HANDLE)
        handle.moveCenter(QPointF(self._handle_x(seen, x), seen.center().y()))
        painter.setPen(QPen(QColor(0, 0, 0, 70), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(handle)
        paint_icon(painter, "arrow-left-right", "#30343a", handle.adjusted(7, 7, -7, -7))
        before, after = self._words
        paint_view_label(painter, QRectF(seen.left(), seen.top(), x - seen.left(), seen.height()), before)
        paint_view_label(painter, QRectF(x, seen.top(), seen.right() - x, seen.height()), after, at_right=True)

    def _handle_x(self, seen: QRectF, x: float) -> float:
        """Return the x coordinate of the handle, kept visible so that it can be grabbed at any zoom."""
        return min(max(x, seen.left() + _HANDLE), max(seen.left() + _HANDLE, seen.right() - _HANDLE))

    def _slider_at(self, point: QPointF) -> bool:
        if not self.comparing:
            return False
        target = self.viewport_state.image_rect()
        x = target.left() + target.width() * self._split
        seen = target.intersected(QRectF(self.rect()))
        handle = QPointF(self._handle_x(seen, x), seen.center().y())
        on_line = abs(point.x() - x) < _GRAB_DISTANCE and seen.top() <= point.y() <= seen.bottom()
        return on_line or (point - handle).manhattanLength() < 2 * _GRAB_DISTANCE

    def _drags_out(self, event: QMouseEvent) -> bool:
        target = self.viewport_state.image_rect()
        if event.button() != Qt.MouseButton.LeftButton or not self.has_picture or self._is_space_down:
            return False
        forced = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return target.contains(event.position()) and (forced or QRectF(self.rect()).contains(target))

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Pan with the left button as well."""
        return super().wants_pan(event) or event.button() == Qt.MouseButton.LeftButton

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the slider or the image."""
        self._pressed = True
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() and not self._is_space_down
        self._clicked_at = event.position() if plain and not self._slider_at(event.position()) else None
        if event.button() == Qt.MouseButton.LeftButton and self._slider_at(event.position()):
            self._sliding = True
        elif self._drags_out(event):
            self._drag_from = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the slider, pan the image, or start dragging it out."""
        if self._clicked_at is not None and _is_drag(event.position() - self._clicked_at):
            self._clicked_at = None
        if self._sliding:
            target = self.viewport_state.image_rect()
            self._slide_to((event.position().x() - target.left()) / max(1.0, target.width()))
        elif self._drag_from is not None:
            if _is_drag(event.position() - self._drag_from):
                self._drag_from = None
                self.drag_out_requested.emit()
        else:
            super().mouseMoveEvent(event)
            self.update_cursor()
            if not self.is_panning and not self._is_space_down and self._slider_at(event.position()):
                self.setCursor(Qt.CursorShape.SplitHCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture. In a list, a click toggles the zoom."""
        self._sliding = False
        self._drag_from = None
        clicked, self._clicked_at = self._clicked_at, None
        super().mouseReleaseEvent(event)
        if self._in_list and clicked is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggle_zoom(clicked)

    def give_up_press(self) -> None:
        """Also discard a pending click or drag."""
        super().give_up_press()
        self._clicked_at = self._drag_from = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle 0, 1, + and − as with Ctrl; Shift and an arrow moves the slider."""
        steps = {Qt.Key.Key_Left: -_SLIDER_STEP, Qt.Key.Key_Right: _SLIDER_STEP}
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self.comparing and shift and (step := steps.get(Qt.Key(event.key()))) is not None:
            self._slide_to(self._split + step)
        elif event.key() in _ARROWS and (self._fitted or self._in_list) and not (shift and self._in_list):
            event.ignore()
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() == Qt.Key.Key_1:
            self.zoom_to(1.0)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_to(self.zoom * _ZOOM_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_to(self.zoom / _ZOOM_STEP)
        else:
            super().keyPressEvent(event)

    def _slide_to(self, share: float) -> None:
        self._split = min(max(share, 0.0), 1.0)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Toggle between fit and 100 %, unless the first click opened the view and only the second one happened in it.

        If a single click zooms, the first of the two has already done so.
        """
        if self._pressed and not self._in_list:
            self.toggle_zoom(event.position())

    def toggle_zoom(self, at: QPointF | None = None) -> None:
        """Zoom to 100 % around a point of the widget, its center by default; from 100 %, fit the image."""
        if abs(self.zoom - 1) < 0.001:
            self.fit()
        else:
            self.zoom_to(1.0, at)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget earlier presses."""
        super().hideEvent(event)
        self._copy_before.drop()
        self._pressed = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the image's menu."""
        if self.has_picture:
            self.menu_wanted.emit(event.globalPos())


def _is_drag(way: QPointF) -> bool:
    return way.manhattanLength() >= QApplication.startDragDistance()


def _fit_before_rect(before: QSizeF, target: QRectF) -> QRectF:
    """Return the rectangle of the image before over the one after: uncropped and with its own aspect ratio."""
    if abs(before.width() * target.height() / (before.height() * target.width()) - 1) <= _SAME_SHAPE:
        return target
    place = QRectF(QPointF(), before.scaled(target.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(target.center())
    return place


def paint_view_label(painter: QPainter, part: QRectF, words: str, *, at_right: bool = False) -> None:
    """Draw the label of a part of a view in its upper corner, unless the part is too narrow or out of view."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(0, int(part.width()) - 28))
    width = metrics.horizontalAdvance(shown) + 12
    if len(shown) < min(3, len(words)) or part.width() < width + 16:
        return
    left = part.right() - 8 - width if at_right else part.left() + 8
    tag = QRectF(left, part.top() + 8, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(16, 17, 19, 190))
    painter.drawRoundedRect(tag, 4, 4)
    painter.setPen(QColor("#f2f3f4"))
    painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), shown)
