"""The brush outline at the pointer, with a label for settings that aren't the default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, floor

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from imagineart_desktop.imaging import BooleanOp, Brush
from imagineart_desktop.ui.canvas.outline import stroke_two_tone
from imagineart_desktop.ui.canvas.tool_controller import ToolController
from imagineart_desktop.ui.canvas.viewport import Viewport

_SHOWN_MS = 1500
"""Milliseconds for which a changed brush is described in full."""

_COMBINE_LABELS = {BooleanOp.ADD: "Add", BooleanOp.SUBTRACT: "Subtract", BooleanOp.INTERSECT: "Intersect"}
_GAP = 8.0
_HEIGHT = 20.0
_HARDNESS_DRAG = 200
"""Logical pixels of a drag that span the full hardness range."""


_MAX_CACHED_RADIUS = 160
"""Largest radius, in logical pixels, for which the circle is cached as an image."""

_RING = 2
"""Logical pixels by which the circle's line extends beyond its radius."""


class ToolCursor(QObject):
    """Draws the tool's cursor.

    view: where the image is on the canvas. at: the pointer in canvas pixels, None while it's elsewhere.
    """

    def __init__(self, canvas: QWidget, controller: ToolController, view: Callable[[], Viewport]) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._controller = controller
        self._view = view
        self._dragged: tuple[QPointF, Brush] | None = None
        self._ring: tuple[tuple[float, ...], QImage] | None = None
        self.at: QPointF | None = None
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(_SHOWN_MS)
        self._flash.timeout.connect(canvas.update)

    def flash(self) -> None:
        """Describe the brush in full for a moment."""
        self._flash.start()

    def move_to(self, at: QPointF | None) -> None:
        """Follow the pointer; repaint its old and new position."""
        for point in (self.at, at):
            self._canvas.update(self.label_rect(point).toAlignedRect())
            if point is not None and self._controller.tool.uses_brush:
                radius = self._controller.brush.size / 2 * self._view().scale + 4
                box = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
                self._canvas.update(box.toAlignedRect())
        self.at = at

    def words(self) -> str:
        """Describe the tool: its mode if it doesn't add, its opacity if it isn't full; everything after a change."""
        controller, changed = self._controller, self._flash.isActive()
        if not controller.tool.edits_mask or (self.at is None and not changed):
            return ""
        painting, combine = controller.tool.uses_brush, controller.tool.combine
        parts = [] if combine is BooleanOp.ADD else [_COMBINE_LABELS[combine]]
        if painting and changed:
            parts.append(f"{controller.brush.size:.0f} px")
        if painting and (changed or controller.brush.opacity < 1):
            parts.append(f"{controller.brush.opacity * 100:.0f}%")
        return " · ".join(parts)

    def label_rect(self, at: QPointF | None) -> QRectF:
        """Return the label's area: beside the brush outline, inside the canvas; at the lower edge without a pointer."""
        words = self.words()
        if not words:
            return QRectF()
        view = QRectF(self._canvas.rect())
        box = QRectF(0, 0, self._canvas.fontMetrics().horizontalAdvance(words) + 12, _HEIGHT)
        if at is None:
            box.moveCenter(QPointF(view.center().x(), view.bottom() - 28))
            return box
        radius = self._controller.dab / 2 * self._view().scale if self._controller.tool.uses_brush else 0
        away = radius * 0.71 + _GAP
        box.moveTopLeft(at + QPointF(away, away))
        inside = view.adjusted(4, 4, -4, -4)
        box.moveRight(min(box.right(), inside.right()))
        box.moveBottom(min(box.bottom(), inside.bottom()))
        return box

    def paint(self, painter: QPainter, exposed: QRectF, *, described: bool) -> None:
        """Draw above the image within `exposed`, in canvas pixels. described: whether to draw the label."""
        if self.at is not None and self._controller.tool.uses_brush:
            radius = self._controller.dab / 2 * self._view().scale
            reach = radius + _RING
            if QRectF(self.at.x() - reach, self.at.y() - reach, 2 * reach, 2 * reach).intersects(exposed):
                self._paint_dab(painter, self.at, radius)
        words = self.words() if described else ""
        box = self.label_rect(self.at) if words else QRectF()
        if box.intersects(exposed):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 210))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor("#f2f3f4"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_dab(self, painter: QPainter, at: QPointF, radius: float) -> None:
        """Draw a circle, cached as an image while it's small, since every point of a stroke draws it."""
        if radius > _MAX_CACHED_RADIUS:
            stroke_two_tone(painter, _circle(at, radius), dashed=False)
            return
        ratio = painter.device().devicePixelRatioF()
        inside = QPointF(at.x() * ratio % 1, at.y() * ratio % 1)
        key = radius, ratio, inside.x(), inside.y()
        if self._ring is None or self._ring[0] != key:
            self._ring = key, _ring(radius, ratio, inside)
        image = self._ring[1]
        middle = image.width() // 2
        painter.drawImage(QPointF(floor(at.x() * ratio) - middle, floor(at.y() * ratio) - middle) / ratio, image)

    # Changing the brush by dragging

    def take_hold(self, at: QPointF) -> None:
        """Start a drag that changes the brush."""
        self._dragged = (at, self._controller.brush)

    def let_go(self) -> None:
        """End the drag that changes the brush."""
        self._dragged = None

    def brush_at(self, at: QPointF) -> Brush | None:
        """Return the brush for this drag position: sideways changes size, vertical hardness. None without a drag."""
        if self._dragged is None:
            return None
        start, brush = self._dragged
        moved = at - start
        size = brush.size + moved.x() / self._view().scale
        return replace(brush, size=size, hardness=brush.hardness - moved.y() / _HARDNESS_DRAG)


def _circle(at: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(at, radius, radius)
    return path


def _ring(radius: float, ratio: float, inside: QPointF) -> QImage:
    """Return a circle in screen pixels. inside: its center's position within the center pixel, 0 to 1."""
    half = ceil((radius + _RING) * ratio) + 1
    image = QImage(2 * half + 1, 2 * half + 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    stroke_two_tone(painter, _circle((QPointF(half, half) + inside) / ratio, radius), dashed=False)
    painter.end()
    return image
