"""Enlarges images for outpainting: the new area is masked, and filled so that a model has something to go by."""

from __future__ import annotations

from typing import cast

from imagineart_desktop.imaging.files.full_image import FullImage, Samples
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.inpaint.settings import Margins
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.pixel_libraries import cv2, np

_REDUCED = 512
"""Longer edge in pixels of the copy on which the new area is filled."""

_NEAR, _FAR = 0.01, 0.08
"""Blur of the new area next to the image and far from it, relative to the longer edge of the reduced canvas."""

_FAR_AT = 0.15
"""Distance that counts as far, relative to the same edge."""


def margins_for_ratio(size: Size, ratio: tuple[int, int]) -> Margins:
    """Return the smallest margins, equal on both sides, that give the image this ratio, e.g. (16, 9)."""
    width, height = size
    across = max(width, round(height * ratio[0] / ratio[1])) - width
    down = max(height, round(width * ratio[1] / ratio[0])) - height
    return Margins(across // 2, down // 2, across - across // 2, down - down // 2)


def original_area(size: Size, margins: Margins) -> Rect:
    """Return the area of the image on the enlarged canvas."""
    return Rect(margins.left, margins.top, margins.left + size[0], margins.top + size[1])


def enlarge_canvas(picture: FullImage, margins: Margins) -> FullImage:
    """Return the image on the enlarged canvas, unchanged; the new area is its blurred mirror image."""
    if not any(margins):
        return picture
    width, height = picture.size
    canvas = margins.around(picture.size)
    scale = min(1.0, _REDUCED / max(canvas))
    small_size = max(1, round(width * scale)), max(1, round(height * scale))
    small = _resized(picture.samples, small_size, cv2.INTER_AREA)
    left, top, right, bottom = (max(round(margin * scale), 1 if margin else 0) for margin in margins)
    mirrored = cast("Samples", cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REFLECT))
    filled = _blur_outward(mirrored, Rect(left, top, left + small_size[0], top + small_size[1]))
    samples = _resized(filled, canvas, cv2.INTER_LINEAR).reshape(canvas[1], canvas[0], picture.samples.shape[2])
    samples[original_area(picture.size, margins).slices] = picture.samples
    return picture.with_samples(samples)


def enlarge_mask(mask: Mask, margins: Margins, overlap: int = 0) -> Mask:
    """Return the mask on the enlarged canvas; everything new is painted.

    overlap: pixels of the old image that are painted as well, along each side that grows.
    """
    if not any(margins):
        return mask
    size = mask.shape[1], mask.shape[0]
    width, height = margins.around(size)
    grown = np.full((height, width), 255, np.uint8)
    kept, old = kept_area(size, margins, overlap), original_area(size, margins)
    within = kept.moved(-old.left, -old.top)
    grown[kept.slices] = mask[within.slices]
    return grown


def overlap_pixels(mask: Mask, margins: Margins, overlap: int) -> int:
    """Count the pixels of the old image that are painted only because of the overlap."""
    size = mask.shape[1], mask.shape[0]
    kept = kept_area(size, margins, overlap).moved(-margins.left, -margins.top)
    return int(np.count_nonzero(mask < THRESHOLD) - np.count_nonzero(mask[kept.slices] < THRESHOLD))


def kept_area(size: Size, margins: Margins, overlap: int) -> Rect:
    """Return the part of the enlarged canvas that the overlap leaves to the old image."""
    left, top, right, bottom = (overlap if margin else 0 for margin in margins)
    old = original_area(size, margins)
    return Rect(
        min(old.left + left, old.right),
        min(old.top + top, old.bottom),
        max(old.right - right, old.left),
        max(old.bottom - bottom, old.top),
    )


def _blur_outward(mirrored: Samples, inner: Rect) -> Samples:
    """Blur more with distance from the image: seamless at its edge, and no recognizable repetition farther out."""
    edge = max(mirrored.shape[:2])
    # OpenCV blurs integers with fixed-point arithmetic, which takes five times as long.
    values = mirrored.astype(np.float32)
    near, far = (
        cv2.GaussianBlur(values, (0, 0), max(1.0, share * edge), borderType=cv2.BORDER_REPLICATE)
        for share in (_NEAR, _FAR)
    )
    outside = np.ones(mirrored.shape[:2], np.uint8)
    outside[inner.slices] = 0
    distance = np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, 5), np.float32)
    share = np.clip(distance / np.float32(max(1.0, _FAR_AT * edge)), 0, 1)
    share = share if near.ndim == 2 else share[:, :, None]
    return cast("Samples", np.rint(near * (1 - share) + far * share).astype(mirrored.dtype))


def _resized(samples: Samples, size: Size, way: int) -> Samples:
    """Resize height × width × channels; like OpenCV, drop the last axis if there's a single channel."""
    return cast("Samples", cv2.resize(samples, size, interpolation=way))
