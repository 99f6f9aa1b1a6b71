"""Where a picture lies in a widget: zoom and place, as plain arithmetic.

Zoom 1 is one picture pixel on one pixel of the screen, whatever the screen's scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

MIN_ZOOM, MAX_ZOOM = 0.01, 64.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """picture: its size in pixels; widget: logical pixels; ratio: screen pixels to a logical one; centre: which point
    of the picture lies in the widget's middle."""

    picture: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    widget: QSizeF = field(default_factory=lambda: QSizeF(1, 1))
    ratio: float = 1.0
    zoom: float = 1.0
    centre: QPointF = field(default_factory=lambda: QPointF(0.5, 0.5))

    @property
    def scale(self) -> float:
        """Logical pixels of the widget to a picture pixel."""
        return self.zoom / self.ratio

    def to_picture(self, point: QPointF) -> QPointF:
        """A point of the widget in picture pixels."""
        middle = QPointF(self.widget.width() / 2, self.widget.height() / 2)
        return self.centre + (point - middle) / self.scale

    def to_widget(self, point: QPointF) -> QPointF:
        """A point of the picture in the widget."""
        middle = QPointF(self.widget.width() / 2, self.widget.height() / 2)
        return middle + (point - self.centre) * self.scale

    def picture_rect(self) -> QRectF:
        """Where the whole picture lies in the widget."""
        corner = self.to_widget(QPointF(0, 0))
        return QRectF(corner, QSizeF(self.picture.width() * self.scale, self.picture.height() * self.scale))

    def rect_to_widget(self, rect: QRectF) -> QRectF:
        """A rectangle of the picture in the widget."""
        return QRectF(self.to_widget(rect.topLeft()), self.to_widget(rect.bottomRight()))

    def fitted(self, margin: float = 36.0, *, enlarge: bool = True) -> Viewport:
        """All of the picture, in the middle, with a margin in logical pixels."""
        width = max(1.0, self.widget.width() - 2 * margin)
        height = max(1.0, self.widget.height() - 2 * margin)
        scale = min(width / self.picture.width(), height / self.picture.height())
        if not enlarge:
            scale = min(scale, 1.0)
        middle = QPointF(self.picture.width() / 2, self.picture.height() / 2)
        return replace(self, zoom=_in_range(scale * self.ratio), centre=middle)

    def zoomed(self, zoom: float, at: QPointF) -> Viewport:
        """Another zoom; what lies under the point `at` of the widget stays there."""
        under = self.to_picture(at)
        changed = replace(self, zoom=_in_range(zoom))
        return replace(changed, centre=changed.centre + under - changed.to_picture(at))._held()

    def panned(self, by: QPointF) -> Viewport:
        """Moved by logical pixels."""
        return replace(self, centre=self.centre - by / self.scale)._held()

    def _held(self) -> Viewport:
        """The picture can never be lost: its edge goes no further than the widget's middle."""
        x = min(max(self.centre.x(), 0.0), self.picture.width())
        y = min(max(self.centre.y(), 0.0), self.picture.height())
        return replace(self, centre=QPointF(x, y))


def _in_range(zoom: float) -> float:
    return min(max(zoom, MIN_ZOOM), MAX_ZOOM)
