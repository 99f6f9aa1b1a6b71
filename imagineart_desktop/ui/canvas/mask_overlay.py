"""The mask as it is seen: a tint over the picture, or black and white.

Drawn from the mask's own memory, only where something is painted; zoomed out from halves of the mask that follow every
change. So a repaint costs what is seen of what is painted, and not what the picture holds.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from imagineart_desktop.imaging import EMPTY, Mask, Rect
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.ui.canvas.outline import DARK, LIGHT, lay_outline
from imagineart_desktop.workspace.image_pyramid import CRISP_ZOOM
from imagineart_desktop.workspace.screen_copy import ScreenCopy, pixel_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TINT = QColor(255, 64, 96, 128)
"""Colour and strength, as long as nothing else is wished."""

_SMALLEST = 256
"""Pixels of the shorter edge below which no further half is made."""

_STRIP = 2**16
"""Pixels that are looked up and drawn at once. Of more, Qt would draw parts in other threads, and wait for them."""

_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied


_ANTS = 0xFFFFFFFF, 0xFF000000
"""Light and dark dashes."""

_SQUARE = 32
"""Screen pixels of a square's side in which the moving line is repainted."""


class MaskView(StrEnum):
    """How the mask is seen, by the name that the user sees."""

    TINT = "Tint"
    BLACK_WHITE = "Black and white"
    OUTLINE = "Outline"


class MaskOverlay:
    """Draws one mask. mask: uint8, height × width, 255 = painted."""

    def __init__(self) -> None:
        self._view = MaskView.TINT
        self.tint = TINT
        self._copy = ScreenCopy()
        self._revision = 0
        """Rises with everything that changes the look."""
        self._tables: _Tables | None = None
        self._painted = self._fresh = self._meanwhile = self._stale = EMPTY
        self._levels: list[Mask] = []

    def show_as(self, view: MaskView) -> None:
        """Another look."""
        self._view = view
        self._forget_colours()

    def tint_with(self, tint: QColor) -> None:
        """Another colour and strength of the tint."""
        self.tint = tint
        self._forget_colours()

    def _forget_colours(self) -> None:
        self._tables = None
        self._revision += 1

    def _colours(self, *, lined: bool) -> NDArray[np.uint64]:
        """Return what the mask is painted with. lined: with the line around it."""
        if self._tables is None:
            self._tables = _Tables.of(self._view, self.tint)
        return self._tables.lined if lined else self._tables.plain

    def wrap(self, mask: Mask) -> None:
        """Shows another mask, which is not painted yet."""
        self._copy.drop()
        self._revision += 1
        self._painted = self._fresh = self._meanwhile = self._stale = EMPTY
        self._levels = [mask]
        while min(self._levels[-1].shape) >= 2 * _SMALLEST:
            height, width = self._levels[-1].shape
            self._levels.append(np.zeros((height // 2, width // 2), np.uint8))

    def changed(self, area: Rect) -> None:
        """A part of the mask was painted. The halves are brought up when they are looked at."""
        self._revision += 1
        self._painted = self._painted.united(area)
        self._fresh = self._fresh.united(area)
        self._meanwhile = self._meanwhile.united(area)
        self._stale = self._stale.united(area)

    def hidden(self) -> None:
        """Give back what is kept for the view."""
        self._copy.drop()

    def stale(self) -> Rect:
        """Where the halves are behind; whoever asks brings them up there with `follow`."""
        area, self._stale = self._stale, EMPTY
        return area

    @property
    def meanwhile(self) -> Rect:
        """What was painted since `changed_later`."""
        return self._meanwhile

    def changed_later(self, area: Rect) -> None:
        """Note a change of a large area. The caller then updates the half-size copies with `follow`."""
        self._painted = self._painted.united(area)
        self._fresh = self._fresh.united(area)
        self._meanwhile = EMPTY

    def follow(self, area: Rect) -> None:
        """Bring the halves up to what is painted there. May run on any thread; `followed` comes after it."""
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

    def followed(self) -> None:
        """Redraw at the next paint: the half-size copies were updated."""
        self._revision += 1

    def start_counting(self) -> None:
        """From now on what is painted is new to whoever looks for the painted bounds."""
        self._fresh = EMPTY

    def counted(self, painted: Rect) -> None:
        """All that was painted when the counting started lies in here."""
        self._painted = painted.united(self._fresh)
        self._revision += 1

    def paint(
        self, painter: QPainter, target: QRectF, exposed: QRectF, zoom: float, *, outlined: bool = False, phase: int = 0
    ) -> None:
        """Draws into `target`, only what lies in `exposed`. zoom: screen pixels to a mask pixel.

        outlined: whether a line runs round what counts as painted; phase: how far its dashes have gone on.
        """
        if self._view is MaskView.BLACK_WHITE:
            painter.fillRect(target.intersected(exposed), Qt.GlobalColor.black)
        if self._view is MaskView.OUTLINE and not outlined:
            return
        if zoom < 1:
            look = (self._revision, outlined, phase)
            self._copy.paint(
                painter,
                target,
                exposed,
                look,
                lambda on, whole, part: self._paint(on, whole, part, zoom, outlined, phase),
            )
        else:
            self._paint(painter, target, exposed, zoom, outlined, phase)

    def _paint(
        self,
        painter: QPainter,
        target: QRectF,
        exposed: QRectF,
        zoom: float,
        outlined: bool,
        phase: int,
    ) -> None:
        scale = target.width() / self._levels[0].shape[1]
        part = self._seen(target, exposed, scale)
        if part.is_empty:
            return
        ratio = zoom / scale
        if zoom < 1 or outlined:
            sample, left, top = self._sampled(target.topLeft(), part, zoom, ratio)
            # Dashes keep their place on the picture, however it is panned.
            on_x, on_y = left - pixel_of(target.left() * ratio), top - pixel_of(target.top() * ratio)
            shown = lay_outline(sample, on_x, on_y, phase, max(1, round(ratio))) if outlined else sample[1:, 1:]
            place = QRectF(left / ratio, top / ratio, shown.shape[1] / ratio, shown.shape[0] / ratio)
            self._draw(painter, place, shown, self._colours(lined=outlined))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < CRISP_ZOOM)
        corner = target.topLeft() + QPointF(part.left, part.top) * scale
        place = QRectF(corner.x(), corner.y(), part.width * scale, part.height * scale)
        self._draw(painter, place, self._levels[0][part.slices], self._colours(lined=False))

    def outline_region(self, target: QRectF, exposed: QRectF, zoom: float) -> QRegion:
        """Where the line runs, in squares."""
        region = QRegion()
        scale = target.width() / self._levels[0].shape[1]
        part = self._seen(target, exposed, scale)
        if part.is_empty:
            return region
        ratio = zoom / scale
        sample, left, top = self._sampled(target.topLeft(), part, zoom, ratio)
        lines = lay_outline(sample, left, top, 0, 1)
        found = cv2.inRange(lines, LIGHT, DARK)
        padded = np.pad(found, [(0, -length % _SQUARE) for length in found.shape])
        squares = padded.reshape(padded.shape[0] // _SQUARE, _SQUARE, -1, _SQUARE).any(axis=(1, 3))
        side = math.ceil(_SQUARE / ratio) + 2
        for row, column in np.argwhere(squares).tolist():
            corner = int((left + column * _SQUARE) / ratio) - 1, int((top + row * _SQUARE) / ratio) - 1
            region += QRect(*corner, side, side)
        return region

    def _seen(self, target: QRectF, exposed: QRectF, scale: float) -> Rect:
        """The part of the mask that must be drawn. scale: logical pixels to a mask pixel."""
        seen = QRectF(
            (exposed.left() - target.left()) / scale,
            (exposed.top() - target.top()) / scale,
            exposed.width() / scale,
            exposed.height() / scale,
        ).toAlignedRect()
        return Rect(seen.left() - 1, seen.top() - 1, seen.right() + 2, seen.bottom() + 2).intersected(self._painted)

    def _sampled(self, origin: QPointF, part: Rect, zoom: float, ratio: float) -> tuple[Mask, int, int]:
        """The mask at the screen's own pixels, so that parts that are painted at different times fit each other.

        One row and one column come before what is shown, and where that lies in screen pixels comes with it.
        ratio: screen pixels to a logical one.
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
        # OpenCV counts pixels in 16 bits there: it is given no more than is wanted.
        from_x, from_y = max(0, int(shift_x) - 2), max(0, int(shift_y) - 2)
        cut = level[from_y : int(shift_y + size[1] / step) + 3, from_x : int(shift_x + size[0] / step) + 3]
        if not cut.size:
            return np.zeros((size[1], size[0]), np.uint8), first_x + 1, first_y + 1
        place = np.array([[1 / step, 0, shift_x - from_x], [0, 1 / step, shift_y - from_y]])
        how = cv2.INTER_NEAREST if zoom >= CRISP_ZOOM else cv2.INTER_LINEAR
        values = cv2.warpAffine(cut, place, size, flags=how | cv2.WARP_INVERSE_MAP)
        return np.asarray(values, np.uint8), first_x + 1, first_y + 1

    def _draw(self, painter: QPainter, place: QRectF, values: Mask, table: NDArray[np.uint64]) -> None:
        """In strips, so that what is looked up is still in the processor's cache when it is drawn."""
        height, width = values.shape
        rows = max(16, _STRIP // width)
        tall = place.height() / height
        pairs = np.zeros((min(rows, height), (width + 1) // 2 * 2), np.uint8)
        colours = np.empty((len(pairs), pairs.shape[1] // 2), np.uint64)
        for top in range(0, height, rows):
            strip = values[top : top + rows]
            pairs[: len(strip), :width] = strip
            np.take(table, pairs[: len(strip)].view(np.uint16), mode="clip", out=colours[: len(strip)])
            image = QImage(colours.data, width, len(strip), 4 * pairs.shape[1], _PREMULTIPLIED)
            painter.drawImage(QRectF(place.left(), place.top() + top * tall, place.width(), len(strip) * tall), image)


class _Tables(NamedTuple):
    """Colors of pairs of mask values, without and with the line around the mask."""

    plain: NDArray[np.uint64]
    lined: NDArray[np.uint64]

    @classmethod
    def of(cls, view: MaskView, tint: QColor) -> _Tables:
        """Return the tables of a view."""
        colours = _colours_of(view, tint)
        plain = _in_pairs(colours)
        light = QColor(*(255 - (255 - part) // 2 for part in (tint.red(), tint.green(), tint.blue())))
        colours[LIGHT], colours[DARK] = _ANTS if view is MaskView.OUTLINE else (light.rgba(), 0)
        return cls(plain, _in_pairs(colours))


def _colours_of(view: MaskView, tint: QColor) -> NDArray[np.uint32]:
    """256 premultiplied colours, one for each value of the mask."""
    values = np.arange(256, dtype=np.uint32)
    if view is MaskView.OUTLINE:
        return np.zeros(256, np.uint32)
    if view is MaskView.BLACK_WHITE:
        alpha, red, green, blue = np.full(256, 255, np.uint32), values, values, values
    else:
        alpha = tint.alpha() * values // 255
        red, green, blue = (channel * alpha // 255 for channel in (tint.red(), tint.green(), tint.blue()))
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _in_pairs(colours: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """65536 pairs of colours, one for each two values side by side: two are found as fast as one."""
    return colours[np.arange(65536, dtype=np.uint16).view(np.uint8)].view(np.uint64)
