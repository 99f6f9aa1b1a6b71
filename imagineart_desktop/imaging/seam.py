"""How much of the result each painted pixel takes: the seam fades inwards, never outwards."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.mask import THRESHOLD, Mask

Weights = NDArray[np.float32]
"""height × width, 0 (source) to 1 (result)."""


def weights_of(mask: Mask, feather: int, original: Rect) -> Weights:
    """The result's share of each pixel: 0 wherever the mask, as it was sent, is not painted.

    mask: uint8, 255 = painted; what is painted by half gets none, so that a soft mask has a soft seam inside what was
    sent. feather: pixels over which the share rises from the edge inwards. original: the part of the mask that the
    picture itself covers; in what it was enlarged by there is nothing to fade to, so all of that is the result's.
    The picture's own border is no edge. An area that is narrower than twice the feather reaches the full share in its
    middle.
    """
    weights: Weights = np.clip((mask.astype(np.float32) - (THRESHOLD - 1)) / np.float32(256 - THRESHOLD), 0, 1)
    if not feather:
        return weights
    painted = (mask >= THRESHOLD).astype(np.uint8)
    if painted.all():
        return weights
    distance, full = _distance(painted), np.float32(feather + 1)
    new = painted.copy()
    new[original.slices] = 0
    if new.any():
        # Between the picture and what is new the share rises in the room that there is.
        full = np.minimum(full, distance + _distance(1 - new) - 1)
        distance[new > 0], full[new > 0] = 1, 1
    rising = np.clip(distance / np.maximum(full, 1), 0, 1)
    _lift_narrow(rising, painted)
    return np.asarray(weights * rising * rising * (3 - 2 * rising), np.float32)


def _distance(marked: NDArray[np.uint8]) -> Weights:
    """From each marked pixel to the nearest that is not, in pixels."""
    return np.asarray(cv2.distanceTransform(marked, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _lift_narrow(rising: Weights, painted: NDArray[np.uint8]) -> None:
    """Stretches the rise of every area that is too narrow to come to 1 by itself."""
    count, labels, figures, _ = cv2.connectedComponentsWithStats(painted, connectivity=8)
    for label in range(1, count):
        left, top, width, height = (int(value) for value in figures[label, :4])
        part = (slice(top, top + height), slice(left, left + width))
        inside = labels[part] == label
        highest = float(rising[part][inside].max())
        if highest < 1:
            rising[part][inside] /= np.float32(highest)
