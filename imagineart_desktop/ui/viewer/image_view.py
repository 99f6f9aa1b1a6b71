"""The viewer: one picture, or before and after with a slider between them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.ui.canvas.checkerboard import paint_on_checkerboard
from imagineart_desktop.ui.canvas.image_canvas import PictureCanvas
from imagineart_desktop.ui.theme import paint_icon, tokens
from imagineart_desktop.workspace.image_pyramid import Pyramid
from imagineart_desktop.workspace.screen_copy import ScreenCopy

_HANDLE = 15.0
_GRAB = 18.0
_ZOOM_STEP = 1.25
_SLIDER_STEP = 0.05
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_SAME_SHAPE = 0.02
"""Up to here two ratios of width to height count as the same: sizes are rounded to whole pixels."""


class PictureView(PictureCanvas):
    """Dragging moves the slider; a picture larger than the view is moved, one that is seen whole is dragged out.

    With Ctrl a picture is always dragged out. A double click goes from fit to 100 % and back; so do the keys 0 and 1,
    + and − zoom, Shift with an arrow moves the slider. Arrows move a picture that is zoomed in.

    in_list: arrows always go to whoever shows the list that the picture stands in, and with Shift they move the
    picture; one click goes from fit to 100 % and back.
    """

    menu_wanted = Signal(QPoint)
    drag_out = Signal()

    def __init__(self, parent: QWidget | None = None, *, in_list: bool = False) -> None:
        super().__init__(parent)
        self._in_list = in_list
        self._clicked_at: QPointF | None = None
        """Where a press began that may become a click."""
        self._before: Pyramid | None = None
        self._copy_before = ScreenCopy()
        self._words = ("Before", "After")
        self._comparing = False
        self._split = 0.5
        self._sliding = False
        self._drag_from: QPointF | None = None
        self._pressed = False
        """Whether the mouse was pressed here since the view is shown."""
        self.setAccessibleName("Image")

    @property
    def comparing(self) -> bool:
        """Return whether before and after are shown."""
        return self._comparing and self._before is not None

    def show_picture(self, after: Pyramid | None, before: Pyramid | None = None, *, keep_view: bool = False) -> None:
        """Shows a picture; before: what it was made from, for comparing.

        keep_view: one of another size is shown at the same zoom, too, and at the same place in shares of its size.
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
        """What the two sides of the slider are called."""
        self._words = (before, after)
        self.update()

    def set_comparing(self, on: bool) -> None:
        """Shows or hides the slider."""
        self._comparing = on
        self.update()

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """The picture; left of the slider the one before."""
        super().paint_picture(painter, target, exposed)
        if not self.comparing or self._before is None:
            return
        x = target.left() + target.width() * self._split
        place = _place_for(self._before.size.toSizeF(), target)
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
        paint_tag(painter, QRectF(seen.left(), seen.top(), x - seen.left(), seen.height()), before)
        paint_tag(painter, QRectF(x, seen.top(), seen.right() - x, seen.height()), after, at_right=True)

    def _handle_x(self, seen: QRectF, x: float) -> float:
        """The handle stays within sight, so that it can be taken hold of at any zoom."""
        return min(max(x, seen.left() + _HANDLE), max(seen.left() + _HANDLE, seen.right() - _HANDLE))

    def _slider_at(self, point: QPointF) -> bool:
        if not self.comparing:
            return False
        target = self.viewport_state.picture_rect()
        x = target.left() + target.width() * self._split
        seen = target.intersected(QRectF(self.rect()))
        handle = QPointF(self._handle_x(seen, x), seen.center().y())
        on_line = abs(point.x() - x) < _GRAB and seen.top() <= point.y() <= seen.bottom()
        return on_line or (point - handle).manhattanLength() < 2 * _GRAB

    def _drags_out(self, event: QMouseEvent) -> bool:
        target = self.viewport_state.picture_rect()
        if event.button() != Qt.MouseButton.LeftButton or not self.has_picture or self._space:
            return False
        forced = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return target.contains(event.position()) and (forced or QRectF(self.rect()).contains(target))

    def wants_pan(self, event: QMouseEvent) -> bool:
        """The left button moves the picture, too."""
        return super().wants_pan(event) or event.button() == Qt.MouseButton.LeftButton

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the slider or of the picture."""
        self._pressed = True
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() and not self._space
        self._clicked_at = event.position() if plain and not self._slider_at(event.position()) else None
        if event.button() == Qt.MouseButton.LeftButton and self._slider_at(event.position()):
            self._sliding = True
        elif self._drags_out(event):
            self._drag_from = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the slider or the picture, or starts to drag it out."""
        if self._clicked_at is not None and _is_drag(event.position() - self._clicked_at):
            self._clicked_at = None
        if self._sliding:
            target = self.viewport_state.picture_rect()
            self._slide_to((event.position().x() - target.left()) / max(1.0, target.width()))
        elif self._drag_from is not None:
            if _is_drag(event.position() - self._drag_from):
                self._drag_from = None
                self.drag_out.emit()
        else:
            super().mouseMoveEvent(event)
            self.update_cursor()
            if not self.is_panning and not self._space and self._slider_at(event.position()):
                self.setCursor(Qt.CursorShape.SplitHCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go. In a list, a click zooms."""
        self._sliding = False
        self._drag_from = None
        clicked, self._clicked_at = self._clicked_at, None
        super().mouseReleaseEvent(event)
        if self._in_list and clicked is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggle_zoom(clicked)

    def give_up_press(self) -> None:
        """It becomes no click either."""
        super().give_up_press()
        self._clicked_at = self._drag_from = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """0, 1, + and − as with Ctrl; Shift and an arrow for the slider."""
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
        """From fit to 100 % and back, unless the first click opened the view and only the second one is its own.

        Where one click zooms, the first of the two has done so.
        """
        if self._pressed and not self._in_list:
            self.toggle_zoom(event.position())

    def toggle_zoom(self, at: QPointF | None = None) -> None:
        """Go to 100 % round a point of the widget, its middle if none is given; from there, show the whole picture."""
        if abs(self.zoom - 1) < 0.001:
            self.fit()
        else:
            self.zoom_to(1.0, at)

    def hideEvent(self, event: QHideEvent) -> None:
        """A press from before does not count."""
        super().hideEvent(event)
        self._copy_before.drop()
        self._pressed = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the picture."""
        if self.has_picture:
            self.menu_wanted.emit(event.globalPos())


def _is_drag(way: QPointF) -> bool:
    return way.manhattanLength() >= QApplication.startDragDistance()


def _place_for(before: QSizeF, target: QRectF) -> QRectF:
    """Return where the picture before lies over the one after: whole, and never out of shape."""
    if abs(before.width() * target.height() / (before.height() * target.width()) - 1) <= _SAME_SHAPE:
        return target
    place = QRectF(QPointF(), before.scaled(target.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(target.center())
    return place


def paint_tag(painter: QPainter, part: QRectF, words: str, *, at_right: bool = False) -> None:
    """Says what a part of a view is, in its upper corner; not where the part is too narrow or out of sight."""
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
