"""Pixel differences between two images."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support.pixel_libraries import cv2, np

MAX_GAIN = 64
"""With this gain, a difference of 4 out of 255 is already white."""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The difference between two images. values: height × width × 3, uint8, the absolute difference per channel.

    largest: maximum of all, 0 to 255. share: fraction of pixels that differ at all, 0 to 1. resized: whether the second
    image was resized to the first one's size.
    """

    values: Pixels
    largest: int
    share: float
    resized: bool

    def amplified(self, gain: int) -> Pixels:
        """Return the differences times `gain`, clipped to 255."""
        return np.asarray(cv2.convertScaleAbs(self.values, alpha=gain), np.uint8)


def difference(first: Pixels, second: Pixels) -> Difference:
    """Compare the second image, resized to the first one's size, with the first. Slow for large images.

    first, second: height × width × 3 or 4, uint8. Fully transparent pixels are equal to each other.
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
    """Resize with Lanczos when enlarging, with area averaging when reducing."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    shrinks = pixels.shape[1] * pixels.shape[0] > size[0] * size[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _by_alpha(pixels: Pixels) -> Pixels:
    """Return alpha-premultiplied colors and alpha: height × width × 4."""
    if pixels.shape[2] == 3:
        return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    colours = cv2.multiply(pixels[:, :, :3], cv2.merge([pixels[:, :, 3]] * 3), scale=1 / 255)
    return np.dstack([colours, pixels[:, :, 3]])
