"""A rendered copy of a drawing at one zoom, so that panning only copies pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion

_CACHE_MARGIN = 256
"""Screen pixels around the visible part that are drawn with it, so that panning rarely needs a redraw."""

_SUBPIXEL_STEPS = 64
"""Positions are rounded to this fraction of a screen pixel; closer positions look alike."""

_MIN_CACHED_PIXELS = 2**16
"""Screen pixels from which a repaint creates a copy; a stroke's dirty rectangle is drawn directly."""

DrawFunction = Callable[[QPainter, QRectF, QRectF], None]
"""Draws the exposed part of a target, in the painter's pixels."""


def pixel_of(at: float) -> int:
    """Return the screen pixel that contains a position, rounding positions close to the next one up."""
    return _pixel_and_offset(at)[0]


def _pixel_and_offset(at: float) -> tuple[int, int]:
    """Return the screen pixel that contains a position, and the offset within it in steps."""
    return divmod(round(at * _SUBPIXEL_STEPS), _SUBPIXEL_STEPS)


class ScreenCache:
    """A cached rendering, created at the second repaint with the same parameters.

    While zooming nothing is worth caching. Belongs to a view, which drops it when hidden: it takes several bytes per
    screen pixel.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._area = QRect()
        self._image = QImage()

    def drop(self) -> None:
        """Free the memory. The next repaints rebuild the copy."""
        self._key, self._area, self._image = (), QRect(), QImage()

    def paint(
        self, painter: QPainter, target: QRectF, exposed: QRectF, look: tuple[object, ...], draw: DrawFunction
    ) -> None:
        """Draw into `target` within `exposed`. look: everything the drawing depends on besides its size."""
        seen = target.intersected(exposed)
        if seen.isEmpty() or not painter.worldTransform().isIdentity():
            draw(painter, target, exposed)
            return
        ratio = painter.device().devicePixelRatioF()
        (left, across), (top, down) = _pixel_and_offset(target.x() * ratio), _pixel_and_offset(target.y() * ratio)
        # Align direct drawing exactly as in the copy.
        corner, size = QPointF(left + across / _SUBPIXEL_STEPS, top + down / _SUBPIXEL_STEPS), target.size() * ratio
        target = QRectF(corner / ratio, target.size())
        whole = QRectF(QPointF(across, down) / _SUBPIXEL_STEPS, size)
        wanted = QRectF(seen.topLeft() * ratio, seen.size() * ratio).toAlignedRect().translated(-left, -top)
        wanted = wanted.intersected(whole.toAlignedRect())
        key = (look, ratio, across, down, size.width(), size.height())
        if key != self._key or not self._area.contains(wanted):
            large = wanted.width() * wanted.height() >= _MIN_CACHED_PIXELS
            if not large or key != self._key:
                if large:
                    self._key, self._area, self._image = key, QRect(), QImage()
                draw(painter, target, exposed)
                return
            area = wanted.adjusted(-_CACHE_MARGIN, -_CACHE_MARGIN, _CACHE_MARGIN, _CACHE_MARGIN).intersected(
                whole.toAlignedRect()
            )
            self._image = _render(whole, area, draw, self._area, self._image)
            self._area = area
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(wanted.topLeft() + QPoint(left, top), self._image, wanted.translated(-self._area.topLeft()))
        painter.restore()


def _render(whole: QRectF, area: QRect, draw: DrawFunction, known: QRect, before: QImage) -> QImage:
    """Draw part of the drawing in screen pixels, copying what is already known.

    whole: the entire drawing's position. known: the area shown by the image `before`.
    """
    image = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    corner, common = area.topLeft(), area.intersected(known)
    if not common.isEmpty():
        painter.drawImage(common.topLeft() - corner, before, common.translated(-known.topLeft()))
    for missing in cast("Iterable[QRect]", QRegion(area) - QRegion(common)):
        place = missing.translated(-corner)
        painter.setClipRect(place)
        draw(painter, whole.translated(-QPointF(corner)), QRectF(place))
    painter.end()
    return image
