"""The viewer: one picture, or before and after with a slider between them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.canvas.picture_canvas import PictureCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid

_HANDLE = 15.0
_GRAB = 18.0


class PictureView(PictureCanvas):
    """Dragging moves the picture, or the slider where that is shown. A double click goes from fit to 100 % and back."""

    menu_wanted = Signal(QPoint)
    drag_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: Pyramid | None = None
        self._comparing = False
        self._split = 0.5
        self._sliding = False
        self.setAccessibleName("Picture")

    @property
    def has_before(self) -> bool:
        """Whether there is something to compare with."""
        return self._before is not None

    @property
    def comparing(self) -> bool:
        """Whether before and after are shown."""
        return self._comparing and self._before is not None

    def show_picture(self, after: Pyramid | None, before: Pyramid | None = None, *, keep_view: bool = False) -> None:
        """Shows a picture; before: what it was made from, for comparing."""
        self._before = before
        self.show_pyramid(after, keep_view=keep_view)

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
        painter.save()
        painter.setClipRect(QRectF(target.left(), target.top(), x - target.left(), target.height()))
        zoom = target.width() * self.devicePixelRatioF() / self._before.size.width()
        self._before.paint(painter, target, zoom, exposed)
        painter.restore()
        self._paint_slider(painter, target, x)

    def _paint_slider(self, painter: QPainter, target: QRectF, x: float) -> None:
        seen = target.intersected(QRectF(self.rect()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#ffffff"), 2))
        painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        middle = QPointF(x, seen.center().y())
        painter.drawEllipse(middle, _HANDLE, _HANDLE)
        painter.setPen(QPen(QColor("#30343a"), 1.6))
        for side in (-1, 1):
            tip = middle + QPointF(side * 8, 0)
            painter.drawLine(tip, tip + QPointF(-side * 4, -4))
            painter.drawLine(tip, tip + QPointF(-side * 4, 4))
        painter.drawLine(middle - QPointF(7, 0), middle + QPointF(7, 0))
        self._paint_tag(painter, QPointF(seen.left() + 8, seen.top() + 8), "Before", right=False)
        self._paint_tag(painter, QPointF(seen.right() - 8, seen.top() + 8), "After", right=True)

    def _paint_tag(self, painter: QPainter, at: QPointF, word: str, *, right: bool) -> None:
        width = painter.fontMetrics().horizontalAdvance(word) + 12
        tag = QRectF(at.x() - width if right else at.x(), at.y(), width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 17, 19, 190))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor("#f2f3f4"))
        painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), word)

    def _slider_at(self, point: QPointF) -> bool:
        target = self.viewport_state.picture_rect()
        return self.comparing and abs(point.x() - target.left() - target.width() * self._split) < _GRAB

    def wants_pan(self, event: QMouseEvent) -> bool:
        """The left button moves the picture, too."""
        return super().wants_pan(event) or event.button() == Qt.MouseButton.LeftButton

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the slider or of the picture; with Ctrl the picture is dragged out."""
        if event.button() == Qt.MouseButton.LeftButton and self._slider_at(event.position()):
            self._sliding = True
        elif event.button() == Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.drag_out.emit()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the slider or the picture."""
        if self._sliding:
            target = self.viewport_state.picture_rect()
            share = (event.position().x() - target.left()) / max(1.0, target.width())
            self._split = min(max(share, 0.0), 1.0)
            self.update()
            return
        super().mouseMoveEvent(event)
        if not self.is_panning:
            self.setCursor(
                Qt.CursorShape.SplitHCursor if self._slider_at(event.position()) else Qt.CursorShape.ArrowCursor
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go."""
        self._sliding = False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """From fit to 100 % and back."""
        if abs(self.zoom - 1) < 0.001:
            self.fit()
        else:
            self.zoom_to(1.0, event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the picture."""
        if self.has_picture:
            self.menu_wanted.emit(event.globalPos())
