"""A picture at full size and at halves of it, so that a zoomed-out repaint touches few pixels."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.canvas.checkerboard import paint_checkerboard
from imagineart_desktop.ui.pixels import to_image

_SMALLEST = 512
"""Pixels of the longer edge below which no further half is made."""

CRISP_ZOOM = 2.0
"""From here on single pixels are shown as squares."""


class Pyramid:
    """Made once, on any thread; painted often."""

    def __init__(self, levels: list[QImage], size: QSize | None = None) -> None:
        """size: of the picture, where the largest level is a reduced copy of it."""
        self._levels = levels
        self._size = size or levels[0].size()

    @classmethod
    def of(cls, pixels: Pixels, size: QSize | None = None) -> Pyramid:
        """pixels: height × width × 3 or 4, uint8, sRGB. size: of the picture, if they are a reduced copy of it."""
        levels = [to_image(pixels)]
        while max(pixels.shape[:2]) > _SMALLEST * 2:
            half = max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)
            pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
            levels.append(to_image(pixels))
        return cls(levels, size)

    @property
    def size(self) -> QSize:
        """In pixels, at full size."""
        return self._size

    @property
    def sharp_zoom(self) -> float:
        """The zoom up to which nothing is missing; 1 where every pixel is here."""
        return self._levels[0].width() / self._size.width()

    @property
    def is_full(self) -> bool:
        """Whether every pixel of the picture is here."""
        return self._levels[0].size() == self._size

    def reduced(self, edge: int) -> Pyramid:
        """The same picture without the levels that a view of so many pixels along its longer edge has no use for."""
        keep = 0
        for place, level in enumerate(self._levels):
            if max(level.width(), level.height()) >= edge:
                keep = place
        return Pyramid(self._levels[keep:], self._size) if keep else self

    @property
    def is_opaque(self) -> bool:
        """Whether nothing shows through."""
        return not self._levels[0].hasAlphaChannel()

    @property
    def small(self) -> QImage:
        """The smallest copy, for thumbnails."""
        return self._levels[-1]

    def paint(self, painter: QPainter, target: QRectF, zoom: float, exposed: QRectF) -> None:
        """Draws the picture into `target`, only what lies in `exposed`. zoom: screen pixels to a picture pixel."""
        seen = target.intersected(exposed)
        if seen.isEmpty():
            return
        level, reduced = 0, zoom / self.sharp_zoom
        while level + 1 < len(self._levels) and reduced * 2 ** (level + 1) <= 1.0:
            level += 1
        image = self._levels[level]
        if image.hasAlphaChannel():
            paint_checkerboard(painter, seen)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_ZOOM)
        across, down = image.width() / target.width(), image.height() / target.height()
        source = QRectF(
            (seen.left() - target.left()) * across,
            (seen.top() - target.top()) * down,
            seen.width() * across,
            seen.height() * down,
        )
        painter.drawImage(seen, image, source)
