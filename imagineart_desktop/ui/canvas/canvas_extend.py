"""Guides for extending the image: the added margins, dragged by their edges, and the boxes that are sent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from imagineart_desktop.imaging import Margins, Rect, Size, kept_area
from imagineart_desktop.ui.theme import tokens

_GRAB_DISTANCE = 14.0
"""Distance from an edge, in logical pixels, within which it can be grabbed."""

_SNAP = 8
"""Grid, in image pixels, that dragged edges snap to."""

_MAX_MARGIN = 8192


class ExtendGuides:
    """The margins added to the image and the areas to send, drawn as guides.

    margins: how much the image grows per side. boxes: the areas sent, in pixels of the extended image. overlap: image
    pixels repainted along each side that grows.
    """

    def __init__(self) -> None:
        self.margins = Margins()
        self.boxes: Sequence[Rect] = ()
        self.overlap = 0
        self.size: Size = (1, 1)
        self._held: frozenset[str] = frozenset()

    def area(self) -> QRectF:
        """Return the extended image's area, in pixels of the original image."""
        left, top, right, bottom = self.margins
        return QRectF(-left, -top, self.size[0] + left + right, self.size[1] + top + bottom)

    def edges_at(self, point: QPointF, scale: float) -> frozenset[str]:
        """Return the edges at a point: one, two at a corner, or none. scale: logical pixels per image pixel."""
        area, reach = self.area(), _GRAB_DISTANCE / scale
        if not area.adjusted(-reach, -reach, reach, reach).contains(point):
            return frozenset()
        near = {
            "left": abs(point.x() - area.left()),
            "right": abs(point.x() - area.right()),
            "top": abs(point.y() - area.top()),
            "bottom": abs(point.y() - area.bottom()),
        }
        return frozenset(name for name, far in near.items() if far <= reach)

    def cursor_at(self, point: QPointF, scale: float) -> Qt.CursorShape:
        """Return the cursor shape for a press at this point."""
        edges = self.edges_at(point, scale)
        if len(edges) == 2:
            falling = edges in ({"left", "top"}, {"right", "bottom"})
            return Qt.CursorShape.SizeFDiagCursor if falling else Qt.CursorShape.SizeBDiagCursor
        if edges & {"left", "right"}:
            return Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.SizeVerCursor if edges else Qt.CursorShape.OpenHandCursor

    def take_hold(self, point: QPointF, scale: float) -> bool:
        """Grab the edges at a point. Return whether there are any."""
        self._held = self.edges_at(point, scale)
        return bool(self._held)

    @property
    def is_dragging(self) -> bool:
        """Return whether an edge is being dragged."""
        return bool(self._held)

    def drag_to(self, point: QPointF, *, evenly: bool) -> Margins:
        """Return the margins with the grabbed edges moved to `point`. evenly: move the opposite edges too.

        The image never shrinks.
        """
        wanted = {
            "left": -point.x(),
            "top": -point.y(),
            "right": point.x() - self.size[0],
            "bottom": point.y() - self.size[1],
        }
        opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
        found = self.margins._asdict()
        for name in self._held:
            value = min(max(0, round(wanted[name] / _SNAP) * _SNAP), _MAX_MARGIN)
            found[name] = value
            if evenly:
                found[opposite[name]] = value
        return Margins(**found)

    def let_go(self) -> None:
        """End the drag."""
        self._held = frozenset()

    def paint(self, painter: QPainter, to_widget: QTransform, exposed: QRectF) -> None:
        """Draw the guides above the image, in widget pixels, within `exposed`."""
        if not any(self.margins) and not self.boxes:
            return
        # Lines are up to three pixels wide; skip those that aren't visible.
        seen = to_widget.inverted()[0].mapRect(exposed.adjusted(-3, -3, 3, 3))
        accent = QColor(tokens().accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if any(self.margins):
            around = QPainterPath()
            around.addRect(self.area())
            kept = kept_area(self.size, self.margins, self.overlap).moved(-self.margins.left, -self.margins.top)
            around.addRect(QRectF(kept.left, kept.top, kept.width, kept.height))
            soft = QColor(accent)
            soft.setAlpha(70)
            shape = to_widget.map(around)
            painter.fillPath(shape, soft)
            painter.setPen(QPen(accent, 1.5))
            painter.drawPolygon(to_widget.map(self.area()))
        dashed = QPen(accent, 1.5, Qt.PenStyle.DashLine)
        for box in self.boxes:
            place = QRectF(box.left, box.top, box.width, box.height).translated(-self.margins.left, -self.margins.top)
            if place.contains(seen) or not place.intersects(seen):
                continue
            painter.setPen(QPen(QColor(0, 0, 0, 120), 3))
            painter.drawPolygon(to_widget.map(place))
            painter.setPen(dashed)
            painter.drawPolygon(to_widget.map(place))
        if any(self.margins):
            self._label(painter, to_widget)

    def _label(self, painter: QPainter, to_widget: QTransform) -> None:
        area = self.area()
        words = f"{area.width():.0f} × {area.height():.0f}"
        width = painter.fontMetrics().horizontalAdvance(words) + 14
        place = QRectF(0, 0, width, 22)
        place.moveCenter(to_widget.map(QPointF(area.center().x(), area.top())))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 17, 19, 210))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(QColor("#f2f3f4"))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.setBrush(Qt.BrushStyle.NoBrush)
