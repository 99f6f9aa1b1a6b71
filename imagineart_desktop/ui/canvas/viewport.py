"""The mapping between image and widget: zoom, position and rotation, as plain arithmetic.

Zoom 1 is one image pixel per screen pixel, regardless of display scaling. The view rotates around the widget's center;
drawing happens upright, with a rotated painter.
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
    """A view of an image in a widget.

    picture: the image's size in pixels. widget: its size in logical pixels. ratio: screen pixels per logical pixel.
    centre: the image point at the widget's center. angle: clockwise rotation in degrees, -180 to 180.
    """

    picture: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    widget: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    ratio: float = 1.0
    zoom: float = 1.0
    centre: QPointF = field(default_factory=lambda: QPointF(0.5, 0.5))
    angle: float = 0.0

    @property
    def scale(self) -> float:
        """Return logical widget pixels per image pixel."""
        return self.zoom / self.ratio

    # Cached, because a stroke reads them several times per event.

    @cached_property
    def middle(self) -> QPointF:
        """Return the widget's center, around which the view rotates."""
        return QPointF(self.widget.width() / 2, self.widget.height() / 2)

    def to_image(self, point: QPointF) -> QPointF:
        """Map a widget point to image pixels."""
        return self.centre + _rotated(point - self.middle, -self.angle) / self.scale

    def to_widget(self, point: QPointF) -> QPointF:
        """Map an image point to the widget."""
        return self.middle + _rotated((point - self.centre) * self.scale, self.angle)

    def rotation_transform(self) -> QTransform:
        """Return the transform that rotates an upright drawing into the view."""
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
        """Return the part of the upright drawing that is visible in this part of the widget."""
        return self.rotation_transform().inverted()[0].mapRect(exposed) if self.angle else exposed

    def image_rect(self) -> QRectF:
        """Return the whole image's area in the widget, before rotation."""
        return self._picture_rect

    @cached_property
    def _picture_rect(self) -> QRectF:
        corner = self.middle - self.centre * self.scale
        return QRectF(corner, QSizeF(self.picture.width() * self.scale, self.picture.height() * self.scale))

    def rect_to_widget(self, rect: QRectF) -> QRectF:
        """Return the bounding box of an image rectangle in the widget."""
        return self.transform().mapRect(rect)

    def fitted(
        self, margin: float = 36.0, *, enlarge: bool = True, area: QRectF | None = None, covered: float = 0.0
    ) -> Viewport:
        """Return a view with all of the image, or an area in its pixels, centered with a margin in logical pixels.

        covered: logical pixels at the widget's lower edge that something covers.
        """
        area = area or QRectF(QPointF(), self.picture)
        width = max(1.0, self.widget.width() - 2 * margin)
        height = max(1.0, self.widget.height() - covered - 2 * margin)
        whole = self.rotation_transform().mapRect(area)
        scale = min(width / whole.width(), height / whole.height())
        if not enlarge:
            scale = min(scale, 1.0)
        fitted = replace(self, zoom=_clamp_zoom(scale * self.ratio), centre=area.center())
        return fitted.panned(QPointF(0, -covered / 2)) if covered else fitted

    def zoomed(self, zoom: float, at: QPointF) -> Viewport:
        """Return a view with another zoom, keeping what is under the widget point `at` in place."""
        under = self.to_image(at)
        changed = replace(self, zoom=_clamp_zoom(zoom))
        return replace(changed, centre=changed.centre + under - changed.to_image(at))._held()

    def panned(self, by: QPointF) -> Viewport:
        """Return a view moved by logical pixels."""
        return replace(self, centre=self.centre - _rotated(by, -self.angle) / self.scale)._held()

    def angle_to(self, point: QPointF) -> float:
        """Return the direction of a widget point from the center, in degrees clockwise from the right."""
        return math.degrees(math.atan2(point.y() - self.middle.y(), point.x() - self.middle.x()))

    def rotated_to(self, angle: float, at: QPointF) -> Viewport:
        """Return a view rotated to an angle in degrees, keeping what is under the widget point `at` in place."""
        under = self.to_image(at)
        changed = replace(self, angle=math.remainder(angle, 360.0))
        return replace(changed, centre=changed.centre + under - changed.to_image(at))._held()

    def _held(self) -> Viewport:
        """Clamp the position so that the image can't be lost: its edge never passes the widget's center."""
        x = min(max(self.centre.x(), 0.0), self.picture.width())
        y = min(max(self.centre.y(), 0.0), self.picture.height())
        return replace(self, centre=QPointF(x, y))


def _clamp_zoom(zoom: float) -> float:
    return min(max(zoom, MIN_ZOOM), MAX_ZOOM)


def _rotated(vector: QPointF, angle: float) -> QPointF:
    """Rotate a vector clockwise; y points down."""
    if not angle:
        return vector
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return QPointF(vector.x() * cosine - vector.y() * sine, vector.x() * sine + vector.y() * cosine)
