"""The mask as it is seen: a tint over the picture, or black and white.

Drawn from the mask's own memory, only where something is painted; zoomed out from halves of the mask that follow every
change. So a repaint costs what is seen of what is painted, and not what the picture holds.
"""

from __future__ import annotations

import math
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from imagineart_desktop.imaging import EMPTY, Mask, Rect, new_mask
from imagineart_desktop.ui.canvas.pyramid import CRISP_ZOOM

TINT = QColor(255, 64, 96, 128)

_SMALLEST = 256
"""Pixels of the shorter edge below which no further half is made."""

_STRIP = 2**15
"""Pixels that are looked up and drawn at once."""

_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied


class MaskView(StrEnum):
    """How the mask is seen, by the name that the user sees."""

    TINT = "Tint"
    BLACK_WHITE = "Black and white"
    OUTLINE = "Outline"


class MaskOverlay:
    """Draws one mask. mask: uint8, height × width, 255 = painted."""

    def __init__(self) -> None:
        self._view = MaskView.TINT
        self._colours = _colours_of(self._view)
        self.wrap(new_mask((1, 1)))

    def show_as(self, view: MaskView) -> None:
        """Another look; an outline is drawn by others."""
        self._view = view
        self._colours = _colours_of(view)

    def wrap(self, mask: Mask) -> None:
        """Shows another mask, which is not painted yet."""
        self._painted = self._fresh = self._meanwhile = EMPTY
        self._levels = [mask]
        while min(self._levels[-1].shape) >= 2 * _SMALLEST:
            height, width = self._levels[-1].shape
            self._levels.append(np.zeros((height // 2, width // 2), np.uint8))

    def changed(self, area: Rect) -> None:
        """A part of the mask was painted."""
        self._painted = self._painted.united(area)
        self._fresh = self._fresh.united(area)
        self._meanwhile = self._meanwhile.united(area)
        self.follow(area)

    @property
    def meanwhile(self) -> Rect:
        """What was painted since `changed_later`."""
        return self._meanwhile

    def changed_later(self, area: Rect) -> None:
        """The same for a large part; the caller brings the halves up with `follow`."""
        self._painted = self._painted.united(area)
        self._fresh = self._fresh.united(area)
        self._meanwhile = EMPTY

    def follow(self, area: Rect) -> None:
        """Brings the halves up to what is painted there. May run on any thread."""
        for larger, smaller in zip(self._levels, self._levels[1:], strict=False):
            area = Rect(area.left // 2, area.top // 2, -(-area.right // 2), -(-area.bottom // 2)).intersected(
                Rect.of_shape(smaller.shape)
            )
            if area.is_empty:
                return
            source = larger[2 * area.top : 2 * area.bottom, 2 * area.left : 2 * area.right]
            cv2.resize(source, (area.width, area.height), dst=smaller[area.slices], interpolation=cv2.INTER_AREA)

    def start_counting(self) -> None:
        """From now on what is painted is new to whoever looks for the painted bounds."""
        self._fresh = EMPTY

    def counted(self, painted: Rect) -> None:
        """All that was painted when the counting started lies in here."""
        self._painted = painted.united(self._fresh)

    def paint(self, painter: QPainter, target: QRectF, exposed: QRectF, zoom: float) -> None:
        """Draws into `target`, only what lies in `exposed`. zoom: screen pixels to a mask pixel."""
        if self._view is MaskView.BLACK_WHITE:
            painter.fillRect(target.intersected(exposed), Qt.GlobalColor.black)
        scale = target.width() / self._levels[0].shape[1]
        seen = QRectF(
            (exposed.left() - target.left()) / scale,
            (exposed.top() - target.top()) / scale,
            exposed.width() / scale,
            exposed.height() / scale,
        ).toAlignedRect()
        part = Rect(seen.left() - 1, seen.top() - 1, seen.right() + 2, seen.bottom() + 2).intersected(self._painted)
        if part.is_empty:
            return
        if zoom < 1:
            self._paint_reduced(painter, target.topLeft(), part, zoom, zoom / scale)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_ZOOM)
        corner = target.topLeft() + QPointF(part.left, part.top) * scale
        place = QRectF(corner.x(), corner.y(), part.width * scale, part.height * scale)
        self._draw(painter, place, self._levels[0][part.slices])

    def _paint_reduced(self, painter: QPainter, origin: QPointF, part: Rect, zoom: float, ratio: float) -> None:
        """Sampled at the screen's own pixels, so that parts that are painted at different times fit each other.

        ratio: screen pixels to a logical one.
        """
        depth = 0
        while depth + 1 < len(self._levels) and zoom * 2 ** (depth + 1) <= 1:
            depth += 1
        step = zoom * 2**depth
        left, top = origin.x() * ratio, origin.y() * ratio
        first_x, first_y = math.floor(left + part.left * zoom), math.floor(top + part.top * zoom)
        size = int(part.width * zoom) + 2, int(part.height * zoom) + 2
        shift_x, shift_y = (first_x + 0.5 - left) / step - 0.5, (first_y + 0.5 - top) / step - 0.5
        level = self._levels[depth]
        # OpenCV counts pixels in 16 bits there: it is given no more than is wanted.
        from_x, from_y = max(0, int(shift_x) - 2), max(0, int(shift_y) - 2)
        cut = level[from_y : int(shift_y + size[1] / step) + 3, from_x : int(shift_x + size[0] / step) + 3]
        if not cut.size:
            return
        place = np.array([[1 / step, 0, shift_x - from_x], [0, 1 / step, shift_y - from_y]])
        values = cv2.warpAffine(cut, place, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        target = QRectF(first_x / ratio, first_y / ratio, size[0] / ratio, size[1] / ratio)
        self._draw(painter, target, np.asarray(values, np.uint8))

    def _draw(self, painter: QPainter, place: QRectF, values: Mask) -> None:
        """In strips, so that what is looked up is still in the processor's cache when it is drawn."""
        height, width = values.shape
        rows = max(16, _STRIP // width)
        tall = place.height() / height
        for top in range(0, height, rows):
            strip = values[top : top + rows]
            pairs = np.zeros((len(strip), (width + 1) // 2 * 2), np.uint8)
            pairs[:, :width] = strip
            colours = np.take(self._colours, pairs.view(np.uint16), mode="clip")
            image = QImage(colours.data, width, len(strip), 4 * pairs.shape[1], _PREMULTIPLIED)
            painter.drawImage(QRectF(place.left(), place.top() + top * tall, place.width(), len(strip) * tall), image)


def _colours_of(view: MaskView) -> NDArray[np.uint64]:
    """65536 pairs of premultiplied colours, one for each two values side by side: two are found as fast as one."""
    values = np.arange(256, dtype=np.uint32)
    if view is MaskView.BLACK_WHITE:
        alpha, red, green, blue = np.full(256, 255, np.uint32), values, values, values
    else:
        alpha = TINT.alpha() * values // 255
        red, green, blue = (channel * alpha // 255 for channel in (TINT.red(), TINT.green(), TINT.blue()))
    colours = np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)
    return colours[np.arange(65536, dtype=np.uint16).view(np.uint8)].view(np.uint64)
