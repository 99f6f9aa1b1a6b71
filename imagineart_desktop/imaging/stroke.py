"""A stroke: the brush's dabs along a path, painted into the mask as one shape.

Within a stroke every pixel takes the strongest dab that touched it, so opacity does not build up where the stroke
crosses itself. What the stroke covers so is laid over the mask as it was before: it paints its share of what was left
unpainted, an eraser takes its share of what was painted. So a second stroke does build up. The cost of a segment
follows the brush, not the picture.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from imagineart_desktop.imaging.brush import DABS, PHASES, Brush
from imagineart_desktop.imaging.combining import Combine
from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask import Mask
from imagineart_desktop.imaging.patches import Recorder, TilePlace, tiles_in
from imagineart_desktop.support.pixel_libraries import cv2, np

_MOST_TOGETHER = 4
"""Dabs are laid together as long as the box round them holds no more pixels than so many dabs."""

_WORTH_CUTTING = 100
"""Pixels of a dab's side from which on it is cut to what can change."""


class _Dab(NamedTuple):
    """A dab, or the part of one that matters, where it goes. left, top: pixels of the picture, perhaps outside."""

    image: Mask
    left: int
    top: int

    def place(self) -> Rect:
        """Return what it takes of the picture."""
        height, width = self.image.shape
        return Rect(self.left, self.top, self.left + width, self.top + height)


class _Centre(NamedTuple):
    """Where a dab's middle is, in steps of 1 / PHASES from the first pixel's, and how it looks."""

    across: int
    down: int
    size: float
    opacity: float


class _Look(NamedTuple):
    """The brush under a pressure. step: pixels to the next dab; dabs: phases of their placement → how they look."""

    pressure: float
    size: float
    opacity: float
    step: float
    dabs: dict[tuple[int, int], Mask]


class _Covered(NamedTuple):
    """What a stroke covers of a tile. alone: nothing was painted there before, so the mask itself says it."""

    alone: bool
    share: Mask


class Stroke:
    """One stroke into a mask, from pointer down to pointer up.

    recorder: keeps the mask as it was before the stroke, which is told to it here.
    """

    def __init__(
        self, mask: Mask, brush: Brush, combine: Combine = Combine.ADD, recorder: Recorder | None = None
    ) -> None:
        self._mask = mask
        self._brush = brush
        self._erases = combine is Combine.SUBTRACT
        self._recorder = recorder or Recorder(mask)
        self._covered: dict[TilePlace, _Covered] = {}
        self._centre: _Centre | None = None
        self._look: _Look | None = None
        self._last: tuple[float, float] | None = None
        self._pressure = 1.0
        self._to_next = 0.0

    def move_to(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Paints from the last point to (x, y), in pixels of the picture; returns what changed. pressure: 0 to 1."""
        if self._last is None:
            self._last, self._pressure = (x, y), pressure
            self._to_next = self._look_at(pressure).step
            first = self._dab_at(x, y, pressure)
            return self._lay([first], first.place())
        start_x, start_y = self._last
        length = math.hypot(x - start_x, y - start_y)
        together: list[_Dab] = []
        changed = EMPTY
        left = top = right = bottom = 0
        at = self._to_next
        while at <= length:
            share = at / length
            now = self._pressure + (pressure - self._pressure) * share
            dab = self._dab_at(start_x + (x - start_x) * share, start_y + (y - start_y) * share, now)
            height, width = dab.image.shape
            own = dab.left, dab.top, dab.left + width, dab.top + height
            if together:
                larger = min(left, own[0]), min(top, own[1]), max(right, own[2]), max(bottom, own[3])
                if (larger[2] - larger[0]) * (larger[3] - larger[1]) > _MOST_TOGETHER * dab.image.size:
                    changed = changed.united(self._lay(together, Rect(left, top, right, bottom)))
                    together = []
                    larger = own
                left, top, right, bottom = larger
            else:
                left, top, right, bottom = own
            together.append(dab)
            at += self._look_at(now).step
        self._to_next = at - length
        self._last, self._pressure = (x, y), pressure
        return changed.united(self._lay(together, Rect(left, top, right, bottom)))

    def _look_at(self, pressure: float) -> _Look:
        if self._look is None or self._look.pressure != pressure:
            brush = self._brush
            size, opacity = brush.size_at(pressure), brush.opacity_at(pressure)
            self._look = _Look(pressure, size, opacity, brush.step_at(pressure), {})
        return self._look

    def _dab_at(self, x: float, y: float, pressure: float) -> _Dab:
        # Pixel (column, row) has its centre at (column + ½, row + ½).
        if self._brush.is_thin:
            across, down = math.floor(x) * PHASES, math.floor(y) * PHASES
        else:
            across, down = math.floor((x - 0.5) * PHASES + 0.5), math.floor((y - 0.5) * PHASES + 0.5)
        look, phase = self._look_at(pressure), (across % PHASES, down % PHASES)
        image = look.dabs.get(phase)
        if image is None:
            image = look.dabs[phase] = DABS.dab(look.size, self._brush.hardness, look.opacity, *phase)
        side = image.shape[0]
        placed = _Dab(image, across // PHASES - side // 2, down // PHASES - side // 2)
        last, self._centre = self._centre, _Centre(across, down, look.size, look.opacity)
        cuts = side >= _WORTH_CUTTING and last is not None and last[2:] == self._centre[2:]
        return _cut(placed, last, self._centre) if cuts and last is not None else placed

    def _lay(self, dabs: list[_Dab], box: Rect) -> Rect:
        """Lays the strongest of the dabs over the mask. box: round all of them."""
        visible = box.intersected(Rect.of_shape(self._mask.shape))
        if visible.is_empty or not dabs:
            return EMPTY
        strongest = dabs[0].image if len(dabs) == 1 else _strongest(dabs, box)
        for at, tile in tiles_in(visible, self._mask.shape):
            part = tile.intersected(visible)
            self._compose(at, tile, part, strongest[part.moved(-box.left, -box.top).slices])
        return visible

    def _compose(self, at: TilePlace, tile: Rect, area: Rect, strongest: Mask) -> None:
        """One tile's part. area: in the mask."""
        before = self._recorder.before(at, tile)
        covered = self._covered.get(at)
        if covered is None:
            covered = self._covered[at] = _Covered(not self._erases and not before.any(), np.zeros_like(before))
        target = self._mask[area.slices]
        if covered.alone:
            np.maximum(target, strongest, out=target)
            return
        rows, columns = area.moved(-tile.left, -tile.top).slices
        share = covered.share[rows, columns]
        np.maximum(share, strongest, out=share)
        cv2.multiply(before[rows, columns], cv2.bitwise_not(share), dst=target, scale=1 / 255)
        if not self._erases:
            np.add(target, share, out=target)


def _cut(dab_here: _Dab, last: _Centre, at: _Centre) -> _Dab:
    """The part of a dab that is nearer to its middle than to that of the same dab before, which covers the rest.

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
    # The dab's middle lies up to a pixel right of and below the array's.
    left = half if half * across < back else back * across + chord * abs(down)
    right = half if -half * across < back else -back * across + chord * abs(down)
    up = half if half * down < back else back * down + chord * abs(across)
    low = half if -half * down < back else -back * down + chord * abs(across)
    first_x, first_y = max(0, half - math.ceil(left)), max(0, half - math.ceil(up))
    image = dab_here.image[first_y : half + math.ceil(low) + 2, first_x : half + math.ceil(right) + 2]
    return _Dab(image, dab_here.left + first_x, dab_here.top + first_y)


def _strongest(dabs: list[_Dab], box: Rect) -> Mask:
    image = np.zeros((box.height, box.width), np.uint8)
    for one in dabs:
        left, top = one.left - box.left, one.top - box.top
        height, width = one.image.shape
        part = image[top : top + height, left : left + width]
        np.maximum(part, one.image, out=part)
    return image
