"""Where two pictures differ, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support.pixel_libraries import cv2, np

MAX_GAIN = 64
"""From here on a difference of four out of 255 is white."""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """values: height × width × 3, uint8, the distance of each channel. largest: of all, 0 to 255. share: of the pixels
    that differ at all, 0 to 1. resized: whether the second picture was brought to the first one's size."""

    values: Pixels
    largest: int
    share: float
    resized: bool

    def amplified(self, gain: int) -> Pixels:
        """The distances times `gain`, at most 255."""
        return np.asarray(cv2.convertScaleAbs(self.values, alpha=gain), np.uint8)


def difference(first: Pixels, second: Pixels) -> Difference:
    """The second picture, brought to the first one's size, against the first. Takes a moment for large pictures.

    first, second: height × width × 3 or 4, uint8. A pixel that nobody can see is equal to any other such.
    """
    size = int(first.shape[1]), int(first.shape[0])
    resized = second.shape[:2] != first.shape[:2]
    if first.shape[2] == 4 or second.shape[2] == 4:
        seen = cv2.absdiff(_by_alpha(first), _brought(_by_alpha(second), size))
        values = np.maximum(seen[:, :, :3], seen[:, :, 3:])
    else:
        values = cv2.absdiff(first, _brought(second, size))
    distance = values.max(axis=2)
    share = float(np.count_nonzero(distance)) / distance.size
    return Difference(np.ascontiguousarray(values, np.uint8), int(distance.max()), share, resized)


def _brought(pixels: Pixels, size: Size) -> Pixels:
    """Lanczos where it grows, means where it shrinks."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    shrinks = pixels.shape[1] * pixels.shape[0] > size[0] * size[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _by_alpha(pixels: Pixels) -> Pixels:
    """Colours times alpha, and alpha: height × width × 4."""
    if pixels.shape[2] == 3:
        return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    colours = cv2.multiply(pixels[:, :, :3], cv2.merge([pixels[:, :, 3]] * 3), scale=1 / 255)
    return np.dstack([colours, pixels[:, :, 3]])
