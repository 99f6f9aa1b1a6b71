"""What moves or softens the mask's edge, at a cost that follows the painted area and not how far it moves.

As in `mask`, every operation changes the mask in place and returns the rectangle that changed. reach: called with the
share that is done; may raise WorkCancelledError, which leaves the mask changed in part.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.mask import THRESHOLD, Mask, around_painted, painted_bounds, untold
from imagineart_desktop.support import Reach
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL = 16
"""Pixels up to which a round kernel costs less than distances."""

_BAND = 1024
"""Rows that are looked at together, so that memory does not follow the picture's height."""

_PLATEAU = 0.02
_MOST_PLATEAUS = 3
"""Values that this share of all painted pixels has are kept as they are, up to so many."""

_STEPS = (1, 48, THRESHOLD, 208)
"""Values of a soft edge whose way is measured."""

_SHARP = 6.0
"""Pixels of the standard deviation that are left in a reduced copy."""


def grow(mask: Mask, pixels: int, reach: Reach = untold) -> Rect:
    """The painted area reaches further out by so many pixels, with round corners; soft edges as in `spread`."""
    area = around_painted(mask, pixels)
    if not area.is_empty:
        mask[area.slices] = spread(mask[area.slices], pixels, reach)
    return area


def shrink(mask: Mask, pixels: int, reach: Reach = untold) -> Rect:
    """The painted area draws back by so many pixels; the picture's own edge does not eat into it."""
    area = painted_bounds(mask)
    if not area.is_empty:
        around = around_painted(mask, 1)
        mask[around.slices] = 255 - spread(255 - mask[around.slices], pixels, reach)
    return area


def feather(mask: Mask, radius: int, reach: Reach = untold) -> Rect:
    """The painted area's edge becomes soft over about `radius` pixels to both sides."""
    area = around_painted(mask, 2 * radius)
    if not area.is_empty:
        mask[area.slices] = cv2.convertScaleAbs(blurred(mask[area.slices], radius / 2, reach))
    return area


def smooth(mask: Mask, radius: int, reach: Reach = untold) -> Rect:
    """Corners are rounded and ragged edges become even, about `radius` pixels wide; as sharp as they were."""
    area = around_painted(mask, 2 * radius)
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


def spread(part: Mask, pixels: int, reach: Reach = untold) -> Mask:
    """Each value reaches out by so many pixels, in a circle; where two meet, the greater one wins.

    Up to 16 pixels that is so of every value. Beyond, of some steps up to the greatest and of values that much of the
    area has: what counts as painted is exact, and so are flat areas; between two of these values a soft edge becomes a
    straight ramp. What lies outside of the array reaches in nowhere.
    """
    if pixels <= _SMALL:
        side = 2 * pixels + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        return _by_bands(part, pixels, lambda near: np.asarray(cv2.dilate(near, disc), np.uint8), reach)
    levels = _levels(part)
    result = part.copy()
    for top in range(0, part.shape[0], _BAND):
        reach(top / part.shape[0])
        above, bottom = max(0, top - pixels), min(top + _BAND, part.shape[0])
        near = part[above : bottom + pixels]
        rows = slice(top - above, bottom - above)
        within = _within(near, pixels, levels, rows)
        np.maximum(result[top:bottom], within, out=result[top:bottom])
    return result


def _by_bands(part: Mask, around: int, work: Callable[[Mask], Mask], reach: Reach) -> Mask:
    """Return what the work makes of the whole, band by band. around: rows next to a pixel that it depends on."""
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


def _within(near: Mask, pixels: int, levels: list[int], rows: slice) -> Mask:
    """Return what reaches the rows. near: they and as much around as may reach them."""
    result = np.zeros((rows.stop - rows.start, near.shape[1]), np.uint8)
    lower: tuple[int, NDArray[np.float32]] | None = None
    for level in levels:
        _, away = cv2.threshold(near, level - 1, 255, cv2.THRESH_BINARY_INV)
        if not cv2.countNonZero(away):
            result[:] = level
            lower = None
            continue
        if cv2.countNonZero(away) == away.size:
            break
        distance = np.asarray(cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)[rows]
        reached = distance <= pixels
        if lower is not None:
            below, nearer = lower
            ramp = np.flatnonzero((nearer <= pixels) ^ reached)
            near_by, far_off = nearer.reshape(-1)[ramp], distance.reshape(-1)[ramp]
            share = (pixels - near_by) / (far_off - near_by)
            result.reshape(-1)[ramp] = (below + (level - below) * share).astype(np.uint8)
        np.maximum(result, reached.view(np.uint8) * np.uint8(level), out=result)
        lower = level, distance
    return result


def blurred(part: Mask, sigma: float, reach: Reach = untold) -> NDArray[np.uint8] | NDArray[np.float32]:
    """A Gaussian blur, 0 to 255. sigma: pixels; a large one is done on a reduced copy, which it does not show.

    The values at the array's edge go on outside of it.
    """
    factor = int(sigma / _SHARP)
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
    # Taking means and drawing lines between them blurs, too.
    left = np.sqrt((sigma / factor) ** 2 - 1 / 12 - 1 / 6)
    soft = cv2.GaussianBlur(small, (0, 0), float(left), borderType=cv2.BORDER_REPLICATE)
    reach(0.6)
    large = cv2.resize(soft, (size[0] * factor, size[1] * factor), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[factor : factor + height, factor : factor + width], np.float32)
