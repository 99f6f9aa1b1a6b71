"""Draws the mask over the image: as a tint, in black and white, or as an outline.

Draws straight from the mask's memory and only where something is painted; when zoomed out, from half-size copies that
follow every change. A repaint therefore costs only as much as the painted area in view, not the whole image.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from imagineart_desktop.imaging import EMPTY, Mask, Rect
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.ui.canvas.outline import DARK, LIGHT, draw_outline
from imagineart_desktop.workspace.image_pyramid import CRISP_ZOOM
from imagineart_desktop.workspace.screen_copy import ScreenCache, pixel_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TINT = QColor(255, 64, 96, 128)
"""Default color and strength."""

_MIN_LEVEL_EDGE = 256
"""Shorter edge, in pixels, below which no further half-size copy is made."""

_STRIP_PIXELS = 2**16
"""Pixels looked up and drawn at once. With more, Qt would draw parts in other threads and wait for them."""

_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied


_ANTS = 0xFFFFFFFF, 0xFF000000
"""Light and dark dashes."""

_SQUARE = 32
"""Side, in screen pixels, of the squares in which the animated outline is repainted."""


class MaskView(StrEnum):
    """How the mask is displayed. Values are the names shown to the user."""

    TINT = "Tint"
    BLACK_WHITE = "Black and white"
    OUTLINE = "Outline"


class MaskOverlay:
    """Draws one mask: uint8, height × width, 255 = painted."""

    def __init__(self) -> None:
        self._view = MaskView.TINT
        self.tint = TINT
        self._copy = ScreenCache()
        self._revision = 0
        """Incremented whenever the appearance changes."""
        self._tables: _ColorTables | None = None
        self._painted = self._painted_since_count = self._meanwhile = self._stale = EMPTY
        self._levels: list[Mask] = []

    def set_view(self, view: MaskView) -> None:
        """Switch to another view."""
        self._view = view
        self._invalidate_colors()

    def set_tint(self, tint: QColor) -> None:
        """Change the tint's color and strength."""
        self.tint = tint
        self._invalidate_colors()

    def _invalidate_colors(self) -> None:
        self._tables = None
        self._revision += 1

    def _color_table(self, *, lined: bool) -> NDArray[np.uint64]:
        """Return the color table to draw the mask with. lined: include the outline."""
        if self._tables is None:
            self._tables = _ColorTables.of(self._view, self.tint)
        return self._tables.lined if lined else self._tables.plain

    def set_mask(self, mask: Mask) -> None:
        """Show another mask that isn't painted yet."""
        self._copy.drop()
        self._revision += 1
        self._painted = self._painted_since_count = self._meanwhile = self._stale = EMPTY
        self._levels = [mask]
        while min(self._levels[-1].shape) >= 2 * _MIN_LEVEL_EDGE:
            height, width = self._levels[-1].shape
            self._levels.append(np.zeros((height // 2, width // 2), np.uint8))

    def changed(self, area: Rect) -> None:
        """Note that part of the mask was painted. The half-size copies are updated when they're next drawn."""
        self._revision += 1
        self._painted = self._painted.united(area)
        self._painted_since_count = self._painted_since_count.united(area)
        self._meanwhile = self._meanwhile.united(area)
        self._stale = self._stale.united(area)

    def hidden(self) -> None:
        """Free what is cached for the view."""
        self._copy.drop()

    def stale(self) -> Rect:
        """Return the area where the half-size copies are outdated; the caller must update it with `follow`."""
        area, self._stale = self._stale, EMPTY
        return area

    @property
    def changed_meanwhile(self) -> Rect:
        """Return what was painted since `mark_changed_async`."""
        return self._meanwhile

    def mark_changed_async(self, area: Rect) -> None:
        """Note a change of a large area. The caller then updates the half-size copies with `follow`."""
        self._painted = self._painted.united(area)
        self._painted_since_count = self._painted_since_count.united(area)
        self._meanwhile = EMPTY

    def follow(self, area: Rect) -> None:
        """Update the half-size copies in an area. May run on any thread; call `levels_updated` afterwards."""
        if area.is_empty:
            return
        for larger, smaller in zip(self._levels, self._levels[1:], strict=False):
            area = Rect(area.left // 2, area.top // 2, -(-area.right // 2), -(-area.bottom // 2)).intersected(
                Rect.of_shape(smaller.shape)
            )
            if area.is_empty:
                return
            source = larger[2 * area.top : 2 * area.bottom, 2 * area.left : 2 * area.right]
            cv2.resize(source, (area.width, area.height), dst=smaller[area.slices], interpolation=cv2.INTER_AREA)

    def levels_updated(self) -> None:
        """Redraw at the next paint: the half-size copies were updated."""
        self._revision += 1

    def begin_bounds_update(self) -> None:
        """Start collecting painted areas while the painted bounds are being computed."""
        self._painted_since_count = EMPTY

    def set_painted_bounds(self, painted: Rect) -> None:
        """Set the painted bounds as counted, extended by what was painted since counting started."""
        self._painted = painted.united(self._painted_since_count)
        self._revision += 1

    def paint(
        self, painter: QPainter, target: QRectF, exposed: QRectF, zoom: float, *, outlined: bool = False, phase: int = 0
    ) -> None:
        """Draw into `target`, only within `exposed`. zoom: screen pixels per mask pixel.

        outlined: whether to draw the outline of the painted area. phase: how far its dashes have moved.
        """
        if self._view is MaskView.BLACK_WHITE:
            painter.fillRect(target.intersected(exposed), Qt.GlobalColor.black)
        if self._view is MaskView.OUTLINE and not outlined:
            return
        # Of the screen that's painted on: a cached copy has its own, where a pixel is a pixel.
        line = max(1, round(painter.device().devicePixelRatioF())) if outlined else 0
        if zoom < 1:
            look = (self._revision, line, phase)
            self._copy.paint(
                painter,
                target,
                exposed,
                look,
                lambda on, whole, part: self._paint(on, whole, part, zoom, line, phase),
            )
        else:
            self._paint(painter, target, exposed, zoom, line, phase)

    def _paint(
        self,
        painter: QPainter,
        target: QRectF,
        exposed: QRectF,
        zoom: float,
        line: int,
        phase: int,
    ) -> None:
        """Draw as `paint` does. line: width of the outline in screen pixels, 0 for none."""
        scale = target.width() / self._levels[0].shape[1]
        part = self._visible_part(target, exposed, scale)
        if part.is_empty:
            return
        ratio = zoom / scale
        if zoom < 1 or line:
            sample, left, top = self._sampled(target.topLeft(), part, zoom, ratio)
            # Dashes keep their place on the image while it is panned.
            on_x, on_y = left - pixel_of(target.left() * ratio), top - pixel_of(target.top() * ratio)
            shown = draw_outline(sample, on_x, on_y, phase, line) if line else sample[1:, 1:]
            place = QRectF(left / ratio, top / ratio, shown.shape[1] / ratio, shown.shape[0] / ratio)
            self._draw(painter, place, shown, self._color_table(lined=line > 0))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_ZOOM)
        corner = target.topLeft() + QPointF(part.left, part.top) * scale
        place = QRectF(corner.x(), corner.y(), part.width * scale, part.height * scale)
        self._draw(painter, place, self._levels[0][part.slices], self._color_table(lined=False))

    def outline_region(self, target: QRectF, exposed: QRectF, zoom: float) -> QRegion:
        """Return the outline's region as squares."""
        region = QRegion()
        scale = target.width() / self._levels[0].shape[1]
        part = self._visible_part(target, exposed, scale)
        if part.is_empty:
            return region
        ratio = zoom / scale
        sample, left, top = self._sampled(target.topLeft(), part, zoom, ratio)
        lines = draw_outline(sample, left, top, 0, 1)
        found = cv2.inRange(lines, LIGHT, DARK)
        padded = np.pad(found, [(0, -length % _SQUARE) for length in found.shape])
        squares = padded.reshape(padded.shape[0] // _SQUARE, _SQUARE, -1, _SQUARE).any(axis=(1, 3))
        side = math.ceil(_SQUARE / ratio) + 2
        for row, column in np.argwhere(squares).tolist():
            corner = int((left + column * _SQUARE) / ratio) - 1, int((top + row * _SQUARE) / ratio) - 1
            region += QRect(*corner, side, side)
        return region

    def _visible_part(self, target: QRectF, exposed: QRectF, scale: float) -> Rect:
        """Return the part of the mask to draw. scale: logical pixels per mask pixel."""
        seen = QRectF(
            (exposed.left() - target.left()) / scale,
            (exposed.top() - target.top()) / scale,
            exposed.width() / scale,
            exposed.height() / scale,
        ).toAlignedRect()
        return Rect(seen.left() - 1, seen.top() - 1, seen.right() + 2, seen.bottom() + 2).intersected(self._painted)

    def _sampled(self, origin: QPointF, part: Rect, zoom: float, ratio: float) -> tuple[Mask, int, int]:
        """Return the mask sampled at screen pixels, so that parts painted at different times fit together.

        Returns the samples, which start one row and one column before the visible part, and the visible part's left and
        top in screen pixels. ratio: screen pixels per logical pixel.
        """
        depth = 0
        while depth + 1 < len(self._levels) and zoom * 2 ** (depth + 1) <= 1:
            depth += 1
        if depth:
            self.follow(self.stale())
        step = zoom * 2**depth
        left, top = origin.x() * ratio, origin.y() * ratio
        first_x, first_y = math.floor(left + part.left * zoom) - 1, math.floor(top + part.top * zoom) - 1
        size = int(part.width * zoom) + 4, int(part.height * zoom) + 4
        shift_x, shift_y = (first_x + 0.5 - left) / step - 0.5, (first_y + 0.5 - top) / step - 0.5
        level = self._levels[depth]
        # OpenCV uses 16-bit pixel coordinates there, so pass it no more than needed.
        from_x, from_y = max(0, int(shift_x) - 2), max(0, int(shift_y) - 2)
        cut = level[from_y : int(shift_y + size[1] / step) + 3, from_x : int(shift_x + size[0] / step) + 3]
        if not cut.size:
            return np.zeros((size[1], size[0]), np.uint8), first_x + 1, first_y + 1
        place = np.array([[1 / step, 0, shift_x - from_x], [0, 1 / step, shift_y - from_y]])
        how = cv2.INTER_NEAREST if zoom >= CRISP_ZOOM else cv2.INTER_LINEAR
        values = cv2.warpAffine(cut, place, size, flags=how | cv2.WARP_INVERSE_MAP)
        return np.asarray(values, np.uint8), first_x + 1, first_y + 1

    def _draw(self, painter: QPainter, place: QRectF, values: Mask, table: NDArray[np.uint64]) -> None:
        """Draw in strips, so that looked-up values are still in the processor's cache when drawn."""
        height, width = values.shape
        rows = max(16, _STRIP_PIXELS // width)
        tall = place.height() / height
        pairs = np.zeros((min(rows, height), (width + 1) // 2 * 2), np.uint8)
        colours = np.empty((len(pairs), pairs.shape[1] // 2), np.uint64)
        for top in range(0, height, rows):
            strip = values[top : top + rows]
            pairs[: len(strip), :width] = strip
            np.take(table, pairs[: len(strip)].view(np.uint16), mode="clip", out=colours[: len(strip)])
            image = QImage(colours.data, width, len(strip), 4 * pairs.shape[1], _PREMULTIPLIED)
            painter.drawImage(QRectF(place.left(), place.top() + top * tall, place.width(), len(strip) * tall), image)


class _ColorTables(NamedTuple):
    """Colors of pairs of mask values, with and without the outline."""

    plain: NDArray[np.uint64]
    lined: NDArray[np.uint64]

    @classmethod
    def of(cls, view: MaskView, tint: QColor) -> _ColorTables:
        """Return the tables of a view."""
        colours = _colors_of(view, tint)
        plain = _pair_table(colours)
        light = QColor(*(255 - (255 - part) // 2 for part in (tint.red(), tint.green(), tint.blue())))
        colours[LIGHT], colours[DARK] = _ANTS if view is MaskView.OUTLINE else (light.rgba(), 0)
        return cls(plain, _pair_table(colours))


def _colors_of(view: MaskView, tint: QColor) -> NDArray[np.uint32]:
    """Return 256 premultiplied colors, one per mask value."""
    values = np.arange(256, dtype=np.uint32)
    if view is MaskView.OUTLINE:
        return np.zeros(256, np.uint32)
    if view is MaskView.BLACK_WHITE:
        alpha, red, green, blue = np.full(256, 255, np.uint32), values, values, values
    else:
        alpha = tint.alpha() * values // 255
        red, green, blue = (channel * alpha // 255 for channel in (tint.red(), tint.green(), tint.blue()))
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _pair_table(colours: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return 65536 pairs of colors, one per pair of adjacent values: looking up two is as fast as one."""
    return colours[np.arange(65536, dtype=np.uint16).view(np.uint8)].view(np.uint64)
