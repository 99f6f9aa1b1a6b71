"""Grows, shrinks, or softens the mask's edge, at a cost that depends on the painted area, not on the distance.

As in `mask`, every operation modifies the mask in place and returns the changed rectangle. reach: called with the share
done; may raise WorkCanceledError, which leaves the mask partly changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, grown_bounds, no_progress, painted_bounds
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Line = NDArray[np.uint8]

_MAX_KERNEL = 16
"""Pixels up to which a round kernel is cheaper than a distance transform."""

_BAND = 1024
"""Rows processed together, so that memory use doesn't grow with the image height."""

_COLUMNS = 64
"""Columns that are checked for changes together."""

_ROWS = 256
"""Rows in which such columns are looked for together."""

_SLACK = 64
"""Pixels beyond how far it spreads in which a soft edge mostly ends."""

_PLATEAU = 0.02
_MOST_PLATEAUS = 3
"""Values that make up this share of all painted pixels are preserved, up to this many values."""

_STEPS = (1, 48, THRESHOLD, 208)
"""Values of a soft edge whose distance is measured."""

_MAX_SIGMA = 6.0
"""Standard deviation in pixels that remains in a reduced copy."""


def grow(mask: Mask, pixels: int, reach: ReportProgress = no_progress) -> Rect:
    """Expand the painted area by this many pixels, with round corners; soft edges as in `dilate_values`."""
    area = grown_bounds(mask, pixels)
    if not area.is_empty:
        mask[area.slices] = dilate_values(mask[area.slices], pixels, reach)
    return area


def shrink(mask: Mask, pixels: int, reach: ReportProgress = no_progress) -> Rect:
    """Contract the painted area by this many pixels; the image border doesn't eat into it."""
    area = painted_bounds(mask)
    if not area.is_empty:
        around = grown_bounds(mask, 1)
        mask[around.slices] = 255 - dilate_values(255 - mask[around.slices], pixels, reach)
    return area


def feather(mask: Mask, radius: int, reach: ReportProgress = no_progress) -> Rect:
    """Soften the painted area's edge over about `radius` pixels on both sides."""
    area = grown_bounds(mask, 2 * radius)
    if not area.is_empty:
        mask[area.slices] = cv2.convertScaleAbs(blurred(mask[area.slices], radius / 2, reach))
    return area


def smooth(mask: Mask, radius: int, reach: ReportProgress = no_progress) -> Rect:
    """Round corners and even out ragged edges, about `radius` pixels wide; edges stay as sharp as they were."""
    area = grown_bounds(mask, 2 * radius)
    if area.is_empty:
        return area
    part = mask[area.slices]
    soft = blurred(part, radius / 2, lambda share: reach(share / 2))
    for top in range(0, len(part), _BAND):
        reach((1 + top / len(part)) / 2)
        rows = slice(top, top + _BAND)
        steep = np.clip((soft[rows].astype(np.float32) - 127.5) * (radius / 2) + 127.5, 0, 255)
        part[rows] = np.rint(steep).astype(np.uint8)
    return area


def dilate_values(part: Mask, pixels: int, reach: ReportProgress = no_progress) -> Mask:
    """Expand each value by this many pixels, in a circle; where two meet, the greater one wins.

    Up to 16 pixels, this applies to every value. Beyond that, it applies to a few steps up to the maximum and to values
    that cover much of the area: the thresholded mask and flat areas are exact, and between two of these values a soft
    edge becomes a linear ramp. Nothing enters from outside the array.
    """
    if pixels <= _MAX_KERNEL:
        side = 2 * pixels + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        return _by_bands(part, pixels, lambda near: np.asarray(cv2.dilate(near, disc), np.uint8), reach)
    levels = _levels(part)
    result = part.copy()
    for top in range(0, part.shape[0], _BAND):
        reach(top / part.shape[0])
        above, bottom = max(0, top - pixels), min(top + _BAND, part.shape[0])
        band = _Band(part[above : bottom + pixels], slice(top - above, bottom - above), pixels)
        levels_here = [level for level in levels if level <= band.greatest]
        target = result[above : bottom + pixels]
        for area in band.changing(levels_here):
            np.maximum(target[area.slices], band.within(area, levels_here), out=target[area.slices])
    return result


def _by_bands(part: Mask, around: int, work: Callable[[Mask], Mask], reach: ReportProgress) -> Mask:
    """Return the result of `work` on the whole mask, band by band. around: adjacent rows that a pixel depends on."""
    result = np.empty_like(part)
    for top in range(0, part.shape[0], _BAND):
        reach(top / part.shape[0])
        above, bottom = max(0, top - around), min(top + _BAND, part.shape[0])
        result[top:bottom] = work(part[above : bottom + around])[top - above : bottom - above]
    return result


def _levels(part: Mask) -> list[int]:
    counts = cv2.calcHist([part], [0], None, [256], [0, 256])[:, 0]
    counts[0] = 0
    if not counts.any():
        return []
    flat = [int(value) for value in np.argsort(counts)[::-1][:_MOST_PLATEAUS]]
    levels = {value for value in flat if counts[value] > _PLATEAU * counts.sum()}
    greatest = int(np.flatnonzero(counts)[-1])
    soft = bool(counts[1:greatest].any())
    steps = {step for step in _STEPS if step < greatest} if soft else set()
    return sorted(levels | {greatest} | steps)


class _Band:
    """Rows of a mask, with as much around them as may reach them. near: all of it; rows: they, in `near`."""

    def __init__(self, near: Mask, rows: slice, pixels: int) -> None:
        self._near = near
        self._rows = rows
        self._pixels = pixels
        self._least = int(near.min())
        self.greatest = int(near.max())

    def changing(self, levels: list[int]) -> Iterator[Rect]:
        """Yield the areas of `near` in which anything may change: those near an edge. levels: those in the band."""
        width = self._near.shape[1]
        for top in range(self._rows.start, self._rows.stop, _ROWS):
            bottom = min(top + _ROWS, self._rows.stop)
            around = self._near[max(0, top - self._pixels) : bottom + self._pixels]
            lowest, highest = around.min(axis=0), around.max(axis=0)
            marked = [self._may_change(lowest, highest, left, levels) for left in range(0, width, _COLUMNS)]
            for left, right in _runs(marked, width):
                yield Rect(left, top, right, bottom)

    def _may_change(self, lowest: _Line, highest: _Line, left: int, levels: list[int]) -> bool:
        around = slice(max(0, left - self._pixels), left + _COLUMNS + self._pixels)
        least, greatest = int(lowest[around].min()), int(highest[around].max())
        if any(least < level <= greatest for level in levels):
            return True
        # From a flat area that is not the lowest the way goes up to a greater value, however far that is.
        below = max((level for level in levels if level <= least), default=0)
        return below > self._least and levels[-1] > greatest

    def within(self, area: Rect, levels: list[int]) -> Mask:
        """Return what reaches an area of `near`. levels: as for `changing`."""
        result = np.zeros((area.height, area.width), np.uint8)
        lower: tuple[int, NDArray[np.float32]] | None = None
        for level in levels:
            if level <= self._least:
                result[:] = level
                continue
            around = self._pixels + _SLACK
            distance = self._distance(level, area, around)
            reached = distance <= self._pixels
            if lower is not None:
                below, nearer = lower
                ramp = np.flatnonzero((nearer <= self._pixels) ^ reached)
                far_off = distance.reshape(-1)[ramp]
                while ramp.size and far_off.max() > around and around < max(self._near.shape):
                    around *= 4
                    distance = self._distance(level, area, around)
                    far_off = distance.reshape(-1)[ramp]
                near_by = nearer.reshape(-1)[ramp]
                share = (self._pixels - near_by) / (far_off - near_by)
                result.reshape(-1)[ramp] = (below + (level - below) * share).astype(np.uint8)
            if not reached.any():
                break
            np.maximum(result, reached.view(np.uint8) * np.uint8(level), out=result)
            lower = level, distance
        return result

    def _distance(self, level: int, area: Rect, around: int) -> NDArray[np.float32]:
        """Return the distance from each pixel to the nearest of this level: exact up to `around`, larger beyond."""
        whole = area.grown(around).intersected(Rect.of_shape(self._near.shape))
        _, away = cv2.threshold(self._near[whole.slices], level - 1, 255, cv2.THRESH_BINARY_INV)
        inner = area.moved(-whole.left, -whole.top)
        if not cv2.countNonZero(away):
            return np.zeros((area.height, area.width), np.float32)
        distance = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return np.ascontiguousarray(distance[inner.slices], np.float32)


def _runs(marked: list[bool], width: int) -> Iterator[tuple[int, int]]:
    """Yield where columns that are marked begin and end. marked: each for `_COLUMNS` of them."""
    start = 0
    for is_marked, group in groupby(marked):
        end = start + _COLUMNS * len(list(group))
        if is_marked:
            yield start, min(end, width)
        start = end


def blurred(part: Mask, sigma: float, reach: ReportProgress = no_progress) -> NDArray[np.uint8] | NDArray[np.float32]:
    """Return a Gaussian blur, 0 to 255. sigma: pixels; a large one uses a reduced copy, with no visible difference.

    The values at the array's edge are extended outside it.
    """
    factor = int(sigma / _MAX_SIGMA)
    if factor < 2:

        def blur(near: Mask) -> Mask:
            return np.asarray(cv2.GaussianBlur(near, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)

        return _by_bands(part, math.ceil(3 * sigma) + 2, blur, reach)
    height, width = part.shape
    ends = factor + -height % factor, factor + -width % factor
    whole = cv2.copyMakeBorder(part, factor, ends[0], factor, ends[1], cv2.BORDER_REPLICATE)
    size = whole.shape[1] // factor, whole.shape[0] // factor
    reach(0.1)
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    del whole
    reach(0.4)
    # Averaging and linear interpolation blur as well.
    left = np.sqrt((sigma / factor) ** 2 - 1 / 12 - 1 / 6)
    soft = cv2.GaussianBlur(small, (0, 0), float(left), borderType=cv2.BORDER_REPLICATE)
    reach(0.6)
    large = cv2.resize(soft, (size[0] * factor, size[1] * factor), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[factor : factor + height, factor : factor + width], np.float32)
