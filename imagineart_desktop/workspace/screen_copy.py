"""A drawing kept as it lies on the screen at one zoom, so that a view that is panned only copies it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion

_BESIDE = 256
"""Screen pixels around the visible part that are drawn with it, so that panning rarely needs a redraw."""

_STEPS = 64
"""Of a screen pixel: places of the drawing that differ by less look alike."""

_WORTH_KEEPING = 2**16
"""Screen pixels of a repaint from which on a copy is made: a stroke's dirty rectangle is drawn directly."""

Draw = Callable[[QPainter, QRectF, QRectF], None]
"""Draws into a target what lies in an exposed part of it, with the painter's own pixels."""


def pixel_of(at: float) -> int:
    """The screen pixel that a place lies in; what lies next to its beginning counts as in it."""
    return _placed(at)[0]


def _placed(at: float) -> tuple[int, int]:
    """The screen pixel that a place lies in, and how many steps from its beginning."""
    return divmod(round(at * _STEPS), _STEPS)


class ScreenCopy:
    """Kept from the second repaint on that wants the same: while one zooms nothing is worth keeping.

    It belongs to a view, which drops it when it is hidden: it takes some bytes for each pixel of the screen.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._area = QRect()
        self._image = QImage()

    def drop(self) -> None:
        """Free the memory. The next repaints rebuild the copy."""
        self._key, self._area, self._image = (), QRect(), QImage()

    def paint(self, painter: QPainter, target: QRectF, exposed: QRectF, look: tuple[object, ...], draw: Draw) -> None:
        """Draws into `target` what lies in `exposed`. look: all that the drawing depends on, beside its size."""
        seen = target.intersected(exposed)
        if seen.isEmpty() or not painter.worldTransform().isIdentity():
            draw(painter, target, exposed)
            return
        ratio = painter.device().devicePixelRatioF()
        (left, across), (top, down) = _placed(target.x() * ratio), _placed(target.y() * ratio)
        # Directly drawn parts are placed exactly as they are in the copy.
        corner, size = QPointF(left + across / _STEPS, top + down / _STEPS), target.size() * ratio
        target = QRectF(corner / ratio, target.size())
        whole = QRectF(QPointF(across, down) / _STEPS, size)
        wanted = QRectF(seen.topLeft() * ratio, seen.size() * ratio).toAlignedRect().translated(-left, -top)
        wanted = wanted.intersected(whole.toAlignedRect())
        key = (look, ratio, across, down, size.width(), size.height())
        if key != self._key or not self._area.contains(wanted):
            large = wanted.width() * wanted.height() >= _WORTH_KEEPING
            if not large or key != self._key:
                if large:
                    self._key, self._area, self._image = key, QRect(), QImage()
                draw(painter, target, exposed)
                return
            area = wanted.adjusted(-_BESIDE, -_BESIDE, _BESIDE, _BESIDE).intersected(whole.toAlignedRect())
            self._image = _drawn(whole, area, draw, self._area, self._image)
            self._area = area
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(wanted.topLeft() + QPoint(left, top), self._image, wanted.translated(-self._area.topLeft()))
        painter.restore()


def _drawn(whole: QRectF, area: QRect, draw: Draw, known: QRect, before: QImage) -> QImage:
    """Draw a part of the drawing in screen pixels; what another part of it shows is copied.

    whole: where all of the drawing is; known: the area that the image `before` shows.
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
