"""An image in the frame that it's extended to, whose edges can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from imagineart_desktop.models import Size
from imagineart_desktop.ui.theme import paint_image, tokens

_MARGIN = 20.0
_GRAB_DISTANCE = 8.0
"""How near to an edge of the frame a press starts to drag it, in logical pixels."""

_MAX_ENLARGEMENT = 3.0
"""Maximum width and height of a dragged frame, in multiples of the image's."""


class FrameView(QWidget):
    """Shows an image centered in a frame. has_frame: whether there is one; else only the image is shown."""

    dragged = Signal(object)
    """The new size of the frame around the image, in pixels of the image."""

    def __init__(self, image: QImage, size: Size, *, has_frame: bool) -> None:
        """size: of the image, which may be shown from a smaller copy."""
        super().__init__()
        self._image = image
        self._size = size
        self._frame = size
        self._has_frame = has_frame
        self._dragged_edges: tuple[bool, bool] | None = None
        """Which edges are being dragged: left or right, top or bottom."""
        self._drag_scale = 1.0
        self.setMouseTracking(has_frame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The image in its new frame" if has_frame else "The image")

    def sizeHint(self) -> QSize:
        """Return a size with space for a wide frame."""
        return QSize(460, 380)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which the frame can still be dragged."""
        return QSize(220, 180)

    def set_ratio(self, size: Size) -> None:
        """Show the smallest frame of this ratio around the image."""
        if self._dragged_edges is not None:
            return
        width, height = self._size
        wanted = size[0] / size[1]
        self._frame = (max(width, round(height * wanted)), max(height, round(width / wanted)))
        self.update()

    def frame_rect(self) -> QRectF:
        """Return where the frame is in the widget."""
        scale = self._scale()
        return self._centered(self._frame[0] * scale, self._frame[1] * scale)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the background, the image, and the frame around it."""
        t, painter = tokens(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(t.ground))
        frame, scale = self.frame_rect(), self._scale()
        if self._has_frame:
            painter.fillRect(frame, QColor(t.accent_soft))
        paint_image(painter, self._centered(self._size[0] * scale, self._size[1] * scale), self._image)
        if self._has_frame:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawRect(frame)
            painter.setBrush(QColor(t.accent))
            for handle in _handles(frame):
                painter.drawRect(QRectF(handle.x() - 4, handle.y() - 4, 8, 8))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to drag the edges under the pointer."""
        edges = self._edges_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and any(edges):
            # The scale stays during a drag: the edge follows the pointer.
            self._drag_scale = self._scale()
            self._dragged_edges = edges

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edges, both sides alike, or show which ones a press would drag."""
        if self._dragged_edges is None:
            self.setCursor(_cursor(*self._edges_at(event.position())))
            return
        away = event.position() - QRectF(self.rect()).center()
        reach = (abs(away.x()) * 2 / self._drag_scale, abs(away.y()) * 2 / self._drag_scale)
        sides = [
            round(min(_MAX_ENLARGEMENT * own, max(own, wanted))) if is_dragged else before
            for own, wanted, is_dragged, before in zip(self._size, reach, self._dragged_edges, self._frame, strict=True)
        ]
        self._frame = (sides[0], sides[1])
        self.dragged.emit(self._frame)
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the drag, and fit the frame into the view."""
        self._dragged_edges = None
        self.update()

    def _scale(self) -> float:
        """Return how many logical pixels a pixel of the image takes."""
        if self._dragged_edges is not None:
            return self._drag_scale
        room = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        return max(0.001, min(room[0] / self._frame[0], room[1] / self._frame[1]))

    def _centered(self, width: float, height: float) -> QRectF:
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _edges_at(self, at: QPointF) -> tuple[bool, bool]:
        frame = self.frame_rect()
        if not self._has_frame or not frame.adjusted(
            -_GRAB_DISTANCE, -_GRAB_DISTANCE, _GRAB_DISTANCE, _GRAB_DISTANCE
        ).contains(at):
            return False, False
        return (
            min(abs(at.x() - frame.left()), abs(at.x() - frame.right())) <= _GRAB_DISTANCE,
            min(abs(at.y() - frame.top()), abs(at.y() - frame.bottom())) <= _GRAB_DISTANCE,
        )


def _handles(frame: QRectF) -> list[QPointF]:
    """Return the middles of the edges, and the corners."""
    center = frame.center()
    xs, ys = (frame.left(), center.x(), frame.right()), (frame.top(), center.y(), frame.bottom())
    return [QPointF(x, y) for x in xs for y in ys if (x, y) != (center.x(), center.y())]


def _cursor(horizontal: bool, vertical: bool) -> Qt.CursorShape:
    if horizontal and vertical:
        return Qt.CursorShape.SizeAllCursor
    if horizontal:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if vertical else Qt.CursorShape.ArrowCursor
