"""Blend weights of the result per painted pixel: the seam fades inward, never outward."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.inpaint.settings import MAX_FEATHER
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, painted_bounds
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REDUCED = 1024
"""Longer edge in pixels of the copy on which the depth of painted areas is measured."""

_SPECK = 3.0
"""Maximum distance in pixels from edge to middle at which an area counts as a speck."""

Weights: TypeAlias = "NDArray[np.float32]"
"""height × width, 0 (source) to 1 (result)."""

_BAND = 256
"""Rows computed together, to limit memory use besides the weights."""


def seam_weights(mask: Mask, feather: int, original: Rect, overlap: int = 0) -> Weights:
    """Return the result's share of each pixel: 0 wherever the mask, as it was sent, isn't painted.

    mask: uint8, 255 = painted; a half-painted pixel gets 0, so that a soft mask has a soft seam inside the area that
    was sent. feather: pixels over which the share rises inward from the edge. original: the part of the mask covered by
    the image itself; the enlarged part has nothing to fade to, so it belongs entirely to the result. overlap: pixels
    next to the new area over which the result fades in, regardless of the feather.

    The image border isn't an edge. An area narrower than twice the feather reaches the full share in its middle.
    """
    if not (feather or overlap) or not (mask < THRESHOLD).any():
        return _strength(mask)
    rising = _ramp(mask, feather, original, overlap)
    for top in range(0, len(mask), _BAND):
        rows = slice(top, top + _BAND)
        part = rising[rows]
        rising[rows] = _strength(mask[rows]) * part * part * (3 - 2 * part)
    return rising


def _strength(mask: Mask) -> Weights:
    """Return the weight of the mask alone: 0 up to half coverage, rising to 1 at full coverage."""
    strength: Weights = mask.astype(np.float32)
    strength -= THRESHOLD - 1
    strength /= np.float32(256 - THRESHOLD)
    return np.clip(strength, 0, 1, out=strength)


def _ramp(mask: Mask, feather: int, original: Rect, overlap: int) -> Weights:
    """Return a ramp from 0 outside the mask to 1, inward from its edge."""
    painted = (mask >= THRESHOLD).view(np.uint8)
    distance = _distance(painted)
    new = painted.copy()
    new[original.slices] = 0
    if new.any():
        # Between the old image and the new area, the share rises within the room available.
        to_new = _distance(1 - new)
        most: Weights = np.full_like(distance, feather + 1)
        most[to_new <= overlap + 0.5] = max(feather, overlap) + 1
        to_new += distance
        to_new -= 1
        np.minimum(most, to_new, out=most)
        del to_new
        distance[new > 0], most[new > 0] = 1, 1
        distance /= np.maximum(most, 1, out=most)
    else:
        distance /= np.float32(feather + 1)
    del new
    rising = np.clip(distance, 0, 1, out=distance)
    _stretch_narrow(rising, painted)
    return rising


def max_feather_of(mask: Mask) -> int:
    """Return the maximum seam width in pixels at which every painted area except specks is all result in its middle.

    mask: as in `seam_weights`. A large mask is measured on a reduced copy; 0 if nothing is painted.
    """
    bounds = painted_bounds(mask)
    scale = max(1.0, max(bounds.width, bounds.height) / _REDUCED)
    # The reduced copy must still show what's beyond the edge.
    around = bounds.grown(math.ceil(2 * scale)).intersected(Rect.of_shape(mask.shape))
    part = (mask[around.slices] >= THRESHOLD).astype(np.uint8)
    if bounds.is_empty or not part.any():
        return 0
    size = max(1, round(part.shape[1] / scale)), max(1, round(part.shape[0] / scale))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    # Bounds at the image border aren't an edge, just as for the seam itself.
    distance = _distance(small) if not small.all() else np.full(small.shape, np.inf, np.float32)
    count, labels = cv2.connectedComponents(small, connectivity=8)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, np.asarray(labels, np.intp).ravel(), distance.ravel())
    thick = deepest[1:][deepest[1:] * scale > _SPECK]
    return int(min(thick.min(initial=np.inf) * scale, MAX_FEATHER))


def _distance(marked: NDArray[np.uint8]) -> Weights:
    """Return the distance in pixels from each marked pixel to the nearest unmarked one."""
    return np.asarray(cv2.distanceTransform(marked, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _stretch_narrow(rising: Weights, painted: NDArray[np.uint8]) -> None:
    """Stretch the ramp of every area too narrow to reach 1."""
    count, labels, figures, _ = cv2.connectedComponentsWithStats(painted, connectivity=8)
    for label in range(1, count):
        left, top, width, height = (int(value) for value in figures[label, :4])
        part = (slice(top, top + height), slice(left, left + width))
        inside = labels[part] == label
        highest = float(rising[part][inside].max())
        if highest < 1:
            rising[part][inside] /= np.float32(highest)
