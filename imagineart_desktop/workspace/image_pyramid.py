"""An image pyramid: full size plus successive halves, so that a zoomed-out repaint touches few pixels.

Doesn't copy the full size: paints it from the decoded pixels, converting only the visible part to the format that Qt
paints fastest.
"""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.workspace.qimage import display_format, qimage_view, to_qimage
from imagineart_desktop.workspace.screen_copy import ScreenCache

_SMALLEST = 512
"""Longer edge, in pixels, below which no further half is made."""

CRISP_ZOOM = 2.0
"""Zoom from which single pixels appear as squares."""

_CONVERT_MARGIN = 512
"""Pixels around the view that are prepared with it, so that panning seldom has to wait."""

_MAX_DIRECT_PIXELS = 2**18
"""Largest area, in pixels, painted without conversion if none is cached: a stroke's dirty rectangle."""


_serial = count()


class ImagePyramid:
    """An image and its reduced copies. Built once, on any thread; painted often."""

    def __init__(self, levels: list[QImage], size: QSize | None = None, pixels: Pixels | None = None) -> None:
        """size: of the image, if the largest level is a reduced copy of it. pixels: what that level reads."""
        self._levels = levels
        self._size = size or levels[0].size()
        self._pixels = pixels
        self._ready: tuple[QRect, QImage] | None = None
        self._id = next(_serial)

    @classmethod
    def of(cls, pixels: Pixels, size: QSize | None = None) -> ImagePyramid:
        """Build a pyramid. pixels: height × width × 3 or 4, uint8, sRGB; kept, and must not change.

        size: of the image, if `pixels` is a reduced copy of it.
        """
        part = pixels = np.ascontiguousarray(pixels)
        levels = [qimage_view(pixels)]
        while max(part.shape[:2]) > _SMALLEST * 2:
            half = max(1, part.shape[1] // 2), max(1, part.shape[0] // 2)
            part = np.asarray(cv2.resize(part, half, interpolation=cv2.INTER_AREA), np.uint8)
            levels.append(to_qimage(part))
        return cls(levels, size, pixels)

    @property
    def size(self) -> QSize:
        """Return the full size in pixels."""
        return self._size

    @property
    def max_sharp_zoom(self) -> float:
        """Return the zoom up to which no detail is missing; 1 if every pixel is there."""
        return self._levels[0].width() / self._size.width()

    @property
    def is_full(self) -> bool:
        """Return whether every pixel of the image is present."""
        return self._levels[0].size() == self._size

    def limited_to(self, edge: int) -> ImagePyramid:
        """Return the same image without levels a view doesn't need. edge: the view's longer edge, pixels."""
        keep = 0
        for place, level in enumerate(self._levels):
            if max(level.width(), level.height()) >= edge:
                keep = place
        return ImagePyramid(self._levels[keep:], self._size) if keep else self

    @property
    def is_opaque(self) -> bool:
        """Return whether the image has no transparency."""
        return not self._levels[0].hasAlphaChannel()

    @property
    def small(self) -> QImage:
        """Return the smallest copy, for thumbnails."""
        return to_qimage(self._pixels) if len(self._levels) == 1 and self._pixels is not None else self._levels[-1]

    def paint(self, painter: QPainter, target: QRectF, zoom: float, exposed: QRectF, copy: ScreenCache) -> None:
        """Draw the part of the image in `target` that `exposed` shows. Transparent parts show what is below.

        zoom: screen pixels per image pixel; copy: cached drawing of the view, for zoomed-out images.
        """
        seen = target.intersected(exposed)
        if seen.isEmpty():
            return
        level, reduced = 0, zoom / self.max_sharp_zoom
        while level + 1 < len(self._levels) and reduced * 2 ** (level + 1) <= 1.0:
            level += 1
        if reduced < 1:
            copy.paint(
                painter,
                target,
                seen,
                (self._id, level),
                lambda on, whole, part: self._paint_level(on, level, whole, part, zoom),
            )
        else:
            self._paint_level(painter, level, target, seen, zoom)

    def _paint_level(self, painter: QPainter, level: int, target: QRectF, exposed: QRectF, zoom: float) -> None:
        image, seen = self._levels[level], target.intersected(exposed)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_ZOOM)
        across, down = image.width() / target.width(), image.height() / target.height()
        source = QRectF(
            (seen.left() - target.left()) * across,
            (seen.top() - target.top()) * down,
            seen.width() * across,
            seen.height() * down,
        )
        if level == 0 and self._pixels is not None:
            area, image = self._converted(self._pixels, source)
            source.translate(-area.left(), -area.top())
        painter.drawImage(seen, image, source)

    def _converted(self, pixels: Pixels, source: QRectF) -> tuple[QRect, QImage]:
        """Return (an area of the full-size image that contains `source`, that area ready to draw)."""
        whole = self._levels[0]
        # Smooth scaling reads the neighbors.
        wanted = source.toAlignedRect().adjusted(-2, -2, 2, 2).intersected(whole.rect())
        if self._ready is not None and self._ready[0].contains(wanted):
            return self._ready
        if wanted.width() * wanted.height() <= _MAX_DIRECT_PIXELS:
            return whole.rect(), whole
        area = wanted.adjusted(-_CONVERT_MARGIN, -_CONVERT_MARGIN, _CONVERT_MARGIN, _CONVERT_MARGIN).intersected(
            whole.rect()
        )
        # Freed first, so that two are never held.
        self._ready = None
        self._ready = area, qimage_view(pixels, area).convertToFormat(display_format(pixels))
        return self._ready
