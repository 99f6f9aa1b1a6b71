"""Where a picture lies in a widget: zoom, place and angle, as plain arithmetic.

Zoom 1 is one picture pixel on one pixel of the screen, whatever the screen's scale. The view turns round the widget's
middle; what is drawn is drawn upright, by a painter that is turned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MIN_ZOOM, MAX_ZOOM = 0.01, 64.0


@dataclass(frozen=True)
class Viewport:
    """picture: its size in pixels; widget: logical pixels; ratio: screen pixels to a logical one; centre: which point
    of the picture lies in the widget's middle; angle: degrees by which the view is turned clockwise, -180 to 180."""

    picture: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    widget: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    ratio: float = 1.0
    zoom: float = 1.0
    centre: QPointF = field(default_factory=lambda: QPointF(0.5, 0.5))
    angle: float = 0.0

    @property
    def scale(self) -> float:
        """Logical pixels of the widget to a picture pixel."""
        return self.zoom / self.ratio

    # Kept, for a stroke asks for them several times with each event.

    @cached_property
    def middle(self) -> QPointF:
        """The widget's, round which the view turns."""
        return QPointF(self.widget.width() / 2, self.widget.height() / 2)

    def to_picture(self, point: QPointF) -> QPointF:
        """A point of the widget in picture pixels."""
        return self.centre + _turned(point - self.middle, -self.angle) / self.scale

    def to_widget(self, point: QPointF) -> QPointF:
        """A point of the picture in the widget."""
        return self.middle + _turned((point - self.centre) * self.scale, self.angle)

    def turning(self) -> QTransform:
        """Return what turns an upright drawing into the view."""
        return self._turning

    def transform(self) -> QTransform:
        """Return the transform from image pixels to the widget."""
        return self._transform

    @cached_property
    def _turning(self) -> QTransform:
        turn = QTransform()
        turn.translate(self.middle.x(), self.middle.y())
        turn.rotate(self.angle)
        turn.translate(-self.middle.x(), -self.middle.y())
        return turn

    @cached_property
    def _transform(self) -> QTransform:
        corner = self._picture_rect.topLeft()
        return QTransform(self.scale, 0, 0, self.scale, corner.x(), corner.y()) * self._turning

    def upright(self, exposed: QRectF) -> QRectF:
        """Return what of the upright drawing is seen in this part of the widget."""
        return self.turning().inverted()[0].mapRect(exposed) if self.angle else exposed

    def picture_rect(self) -> QRectF:
        """Return where the whole picture lies in the widget while the view is upright."""
        return self._picture_rect

    @cached_property
    def _picture_rect(self) -> QRectF:
        corner = self.middle - self.centre * self.scale
        return QRectF(corner, QSizeF(self.picture.width() * self.scale, self.picture.height() * self.scale))

    def rect_to_widget(self, rect: QRectF) -> QRectF:
        """Return what a rectangle of the picture takes of the widget."""
        return self.transform().mapRect(rect)

    def fitted(
        self, margin: float = 36.0, *, enlarge: bool = True, area: QRectF | None = None, covered: float = 0.0
    ) -> Viewport:
        """All of the picture, or an area in its pixels, in the middle, with a margin in logical pixels.

        covered: logical pixels at the lower edge of the widget that something lies over.
        """
        area = area or QRectF(QPointF(), self.picture)
        width = max(1.0, self.widget.width() - 2 * margin)
        height = max(1.0, self.widget.height() - covered - 2 * margin)
        whole = self.turning().mapRect(area)
        scale = min(width / whole.width(), height / whole.height())
        if not enlarge:
            scale = min(scale, 1.0)
        fitted = replace(self, zoom=_in_range(scale * self.ratio), centre=area.center())
        return fitted.panned(QPointF(0, -covered / 2)) if covered else fitted

    def zoomed(self, zoom: float, at: QPointF) -> Viewport:
        """Another zoom; what lies under the point `at` of the widget stays there."""
        under = self.to_picture(at)
        changed = replace(self, zoom=_in_range(zoom))
        return replace(changed, centre=changed.centre + under - changed.to_picture(at))._held()

    def panned(self, by: QPointF) -> Viewport:
        """Moved by logical pixels."""
        return replace(self, centre=self.centre - _turned(by, -self.angle) / self.scale)._held()

    def direction_of(self, point: QPointF) -> float:
        """Degrees in which a point of the widget lies from its middle, clockwise from the right."""
        return math.degrees(math.atan2(point.y() - self.middle.y(), point.x() - self.middle.x()))

    def turned_to(self, angle: float, at: QPointF) -> Viewport:
        """Turned to so many degrees; what lies under the point `at` of the widget stays there."""
        under = self.to_picture(at)
        changed = replace(self, angle=math.remainder(angle, 360.0))
        return replace(changed, centre=changed.centre + under - changed.to_picture(at))._held()

    def _held(self) -> Viewport:
        """The picture can never be lost: its edge goes no further than the widget's middle."""
        x = min(max(self.centre.x(), 0.0), self.picture.width())
        y = min(max(self.centre.y(), 0.0), self.picture.height())
        return replace(self, centre=QPointF(x, y))


def _in_range(zoom: float) -> float:
    return min(max(zoom, MIN_ZOOM), MAX_ZOOM)


def _turned(vector: QPointF, angle: float) -> QPointF:
    """Clockwise, as y points down."""
    if not angle:
        return vector
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return QPointF(vector.x() * cosine - vector.y() * sine, vector.x() * sine + vector.y() * cosine)
