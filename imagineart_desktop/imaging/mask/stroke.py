"""A brush stroke: dabs along a path, painted into the mask as one shape.

Within a stroke, each pixel takes the strongest dab that touched it, so opacity doesn't build up where the stroke
crosses itself. The resulting coverage is applied to the mask as it was before the stroke: a brush paints its share of
what was unpainted, an eraser removes its share of what was painted. So a second stroke does build up. The cost of a
segment scales with the brush, not the image.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.brush import DABS, PHASES, Brush
from imagineart_desktop.imaging.mask.mask import Mask
from imagineart_desktop.imaging.mask.mask_ops import BooleanOp
from imagineart_desktop.imaging.mask.undo_tiles import TilePlace, TileRecorder, tiles_in
from imagineart_desktop.support.pixel_libraries import cv2, np

_MOST_TOGETHER = 4
"""Dabs are composited together as long as their bounding box has no more pixels than this many dabs."""

_WORTH_CUTTING = 100
"""Side of a dab in pixels from which it's cropped to what can change."""


class _Dab(NamedTuple):
    """A dab, or the relevant part of one, with its position. left, top: image pixels, possibly outside the image."""

    image: Mask
    left: int
    top: int

    def place(self) -> Rect:
        """Return the rectangle that it covers."""
        height, width = self.image.shape
        return Rect(self.left, self.top, self.left + width, self.top + height)


class _DabCenter(NamedTuple):
    """Center of a dab, in steps of 1 / PHASES from the center of the first pixel, and its appearance."""

    across: int
    down: int
    size: float
    opacity: float


class _BrushState(NamedTuple):
    """The brush at a given pressure. step: pixels to the next dab; dabs: placement phases → rendered dab."""

    pressure: float
    size: float
    opacity: float
    step: float
    dabs: dict[tuple[int, int], Mask]


class _DabBatch:
    """Dabs composited together."""

    def __init__(self) -> None:
        self._dabs: list[_Dab] = []
        self._left = self._top = self._right = self._bottom = 0

    @property
    def box(self) -> Rect:
        """The bounding box of all dabs."""
        return Rect(self._left, self._top, self._right, self._bottom)

    def add(self, dab: _Dab) -> bool:
        """Add a dab unless compositing it separately is cheaper. Return whether it was added."""
        image, left, top = dab
        height, width = image.shape
        right, bottom = left + width, top + height
        if self._dabs:
            left = left if left < self._left else self._left
            top = top if top < self._top else self._top
            right = right if right > self._right else self._right
            bottom = bottom if bottom > self._bottom else self._bottom
            if (right - left) * (bottom - top) > _MOST_TOGETHER * height * width:
                return False
        self._left, self._top, self._right, self._bottom = left, top, right, bottom
        self._dabs.append(dab)
        return True

    def strongest(self) -> Mask:
        """Return the maximum of all dabs per pixel of the box."""
        if len(self._dabs) == 1:
            return self._dabs[0].image
        image = np.zeros((self._bottom - self._top, self._right - self._left), np.uint8)
        for one in self._dabs:
            left, top = one.left - self._left, one.top - self._top
            height, width = one.image.shape
            part = image[top : top + height, left : left + width]
            cv2.max(part, one.image, dst=part)
        return image


class _TileCoverage(NamedTuple):
    """A stroke's coverage of a tile. alone: nothing was painted there before, so the mask itself is the coverage."""

    alone: bool
    share: Mask


class Stroke:
    """One stroke into a mask, from pointer down to pointer up.

    recorder: saves the mask as it was before the stroke; notified by this class.
    """

    def __init__(
        self, mask: Mask, brush: Brush, combine: BooleanOp = BooleanOp.ADD, recorder: TileRecorder | None = None
    ) -> None:
        self._mask = mask
        self._brush = brush
        self._is_thin = brush.is_pixel_brush
        self._erases = combine is BooleanOp.SUBTRACT
        self._recorder = recorder or TileRecorder(mask)
        self._covered: dict[TilePlace, _TileCoverage] = {}
        self._centre: _DabCenter | None = None
        self._look: _BrushState | None = None
        self._last: tuple[float, float] | None = None
        self._pressure = 1.0
        self._to_next = 0.0

    def move_to(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Paint from the last point to (x, y), in image pixels; return the changed rectangle. pressure: 0 to 1."""
        changed, together = EMPTY, _DabBatch()
        for dab in self._dabs_to(x, y, pressure):
            if not together.add(dab):
                changed = changed.united(self._lay(together))
                together = _DabBatch()
                together.add(dab)
        return changed.united(self._lay(together))

    def _dabs_to(self, x: float, y: float, pressure: float) -> list[_Dab]:
        """Return the dabs from the last point to this one. The first point has one dab."""
        if self._last is None:
            self._last, self._pressure = (x, y), pressure
            self._to_next = self._look_at(pressure).step
            return [self._dab_at(x, y, self._look_at(pressure))]
        (start_x, start_y), started = self._last, self._pressure
        across, down, pressed = x - start_x, y - start_y, pressure - started
        length = math.hypot(across, down)
        dabs = []
        at = self._to_next
        look = self._look_at(started)
        while at <= length:
            share = at / length
            if pressed:
                look = self._look_at(started + pressed * share)
            dabs.append(self._dab_at(start_x + across * share, start_y + down * share, look))
            at += look.step
        self._to_next = at - length
        self._last, self._pressure = (x, y), pressure
        return dabs

    def _look_at(self, pressure: float) -> _BrushState:
        if self._look is None or self._look.pressure != pressure:
            brush = self._brush
            size, opacity = brush.size_at(pressure), brush.opacity_at(pressure)
            self._look = _BrushState(pressure, size, opacity, brush.spacing_at(pressure), {})
        return self._look

    def _dab_at(self, x: float, y: float, look: _BrushState) -> _Dab:
        # Pixel (column, row) has its center at (column + ½, row + ½).
        if self._is_thin:
            across, down = math.floor(x) * PHASES, math.floor(y) * PHASES
        else:
            across, down = math.floor((x - 0.5) * PHASES + 0.5), math.floor((y - 0.5) * PHASES + 0.5)
        phase = across % PHASES, down % PHASES
        image = look.dabs.get(phase)
        if image is None:
            image = look.dabs[phase] = DABS.dab(look.size, self._brush.hardness, look.opacity, *phase)
        side = image.shape[0]
        placed = _Dab(image, across // PHASES - side // 2, down // PHASES - side // 2)
        if side < _WORTH_CUTTING:
            return placed
        last, self._centre = self._centre, _DabCenter(across, down, look.size, look.opacity)
        return _cut(placed, last, self._centre) if last is not None and last[2:] == self._centre[2:] else placed

    def _lay(self, together: _DabBatch) -> Rect:
        """Apply the maximum of the dabs to the mask."""
        box = together.box
        visible = box.intersected(Rect.of_shape(self._mask.shape))
        if visible.is_empty:
            return EMPTY
        strongest = together.strongest()
        for at, tile in tiles_in(visible, self._mask.shape):
            part = tile.intersected(visible)
            self._compose(at, tile, part, strongest[part.moved(-box.left, -box.top).slices])
        return visible

    def _compose(self, at: TilePlace, tile: Rect, area: Rect, strongest: Mask) -> None:
        """Apply the part of one tile. area: in the mask."""
        before = self._recorder.before(at, tile)
        covered = self._covered.get(at)
        if covered is None:
            covered = self._covered[at] = _TileCoverage(not self._erases and not before.any(), np.zeros_like(before))
        target = self._mask[area.slices]
        if covered.alone:
            cv2.max(target, strongest, dst=target)
            return
        rows, columns = area.moved(-tile.left, -tile.top).slices
        share = covered.share[rows, columns]
        cv2.max(share, strongest, dst=share)
        cv2.multiply(before[rows, columns], cv2.bitwise_not(share), dst=target, scale=1 / 255)
        if not self._erases:
            np.add(target, share, out=target)


def _cut(dab_here: _Dab, last: _DabCenter, at: _DabCenter) -> _Dab:
    """Crop a dab to the part closer to its center than to the previous dab's, which is equal and covers the rest.

    That part is a disc cut by a line; its bounds are those of the disc or the ends of the line.
    """
    across, down = (at.across - last.across) / PHASES, (at.down - last.down) / PHASES
    apart = math.hypot(across, down)
    side = dab_here.image.shape[0]
    half = side // 2
    if not 0 < apart < half:
        return dab_here
    across, down, back = across / apart, down / apart, apart / 2
    chord = math.sqrt(half * half - back * back)
    # The dab's center is up to a pixel right of and below the array's.
    left = half if half * across < back else back * across + chord * abs(down)
    right = half if -half * across < back else -back * across + chord * abs(down)
    up = half if half * down < back else back * down + chord * abs(across)
    low = half if -half * down < back else -back * down + chord * abs(across)
    first_x, first_y = max(0, half - math.ceil(left)), max(0, half - math.ceil(up))
    image = dab_here.image[first_y : half + math.ceil(low) + 2, first_x : half + math.ceil(right) + 2]
    return _Dab(image, dab_here.left + first_x, dab_here.top + first_y)
