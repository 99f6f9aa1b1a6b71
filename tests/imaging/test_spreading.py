"""Growing, shrinking and feathering by large amounts, compared with the same computed pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from imagineart_desktop.imaging import Mask, Rect, coverage, new_mask
from imagineart_desktop.imaging.mask.morphology import _levels, dilate_values, feather, grow, shrink, smooth

FAR = 20
"""Pixels; far enough that distances are used."""


def grown(mask: Mask, pixels: int) -> Mask:
    """Return the largest value in a circle around each pixel."""
    height, width = mask.shape
    padded = np.pad(mask, pixels)
    result = np.zeros_like(mask)
    for down in range(2 * pixels + 1):
        for across in range(2 * pixels + 1):
            if (down - pixels) ** 2 + (across - pixels) ** 2 <= pixels**2:
                np.maximum(result, padded[down : down + height, across : across + width], out=result)
    return result


def shape() -> Mask:
    mask = new_mask((140, 120))
    cv2.ellipse(mask, (60, 60), (26, 12), 30, 0, 360, 255, -1)
    mask[5, 120] = 255
    return mask


def antialiased() -> Mask:
    return np.asarray(cv2.GaussianBlur(shape(), (0, 0), 0.6), np.uint8)


def soft() -> Mask:
    return np.asarray(cv2.GaussianBlur(shape(), (0, 0), 4), np.uint8)


def faint() -> Mask:
    mask = np.minimum(shape(), 102)
    mask[90:110, 100:130] = 255
    mask[20:40, 5:20] = 180
    return mask


@pytest.mark.parametrize(("made", "off"), [(shape, 0), (antialiased, 90), (soft, 45), (faint, 26)])
def test_growing_and_shrinking_far_is_a_circle_round_every_pixel(made: Callable[[], Mask], off: int) -> None:
    for original in (made(), made()[58:59], made()[:, 60:61]):
        for work, whole in ((grow, grown(original, FAR)), (shrink, 255 - grown(255 - original, FAR))):
            mask = original.copy()
            changed = work(mask, FAR)
            assert np.array_equal(mask >= 128, whole >= 128)
            assert np.abs(mask.astype(int) - whole).max() <= off
            mask[changed.slices] = original[changed.slices]
            assert np.array_equal(mask, original)


def spread_plainly(mask: Mask, pixels: int, levels: list[int]) -> Mask:
    """Like `dilate_values` beyond 16 pixels, but computes the distances of all pixels for each level."""
    result, lower = mask.copy(), None
    for level in levels:
        if not (mask >= level).any():
            break
        if (mask >= level).all():
            np.maximum(result, level, out=result)
            continue
        away = (mask < level).astype(np.uint8)
        distance = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        reached = distance <= pixels
        if lower is not None:
            below, nearer = lower
            ramp = (nearer <= pixels) & ~reached
            share = (pixels - nearer[ramp]) / (distance[ramp] - nearer[ramp])
            result[ramp] = np.maximum(result[ramp], (below + (level - below) * share).astype(np.uint8))
        result[reached] = np.maximum(result[reached], level)
        lower = level, distance
    return result


@pytest.mark.parametrize("least", [0, 30, 102])
def test_only_what_is_near_an_edge_is_computed_and_nothing_differs_for_that(least: int) -> None:
    mask = new_mask((1700, 260))
    cv2.ellipse(mask, (200, 130), (90, 60), 30, 0, 360, 255, -1)
    cv2.ellipse(mask, (1500, 100), (120, 50), 0, 0, 360, 255, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 12), np.uint8)
    # A flat area that is far from the next higher value, and one value that is far from all others.
    mask[40:200, 700:1000] = 102
    mask[250:, 1200] = 180
    mask = np.maximum(mask, np.uint8(least))
    for part in (mask, np.asarray(255 - mask, np.uint8)):
        for pixels in (FAR, 50, 300):
            assert np.array_equal(dilate_values(part, pixels), spread_plainly(part, pixels, _levels(part)))


def blurred(mask: Mask, sigma: float) -> NDArray[np.float64]:
    """Return a Gaussian blur along both axes, with the edge values extended outward."""
    reach = int(5 * sigma)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    found = mask.astype(float)
    for axis in (0, 1):
        padded = np.pad(found, [(reach, reach) if at == axis else (0, 0) for at in (0, 1)], mode="edge")
        found = np.apply_along_axis(lambda line: np.convolve(line, weights, "valid"), axis, padded)
    return found


@pytest.mark.parametrize("radius", [20, 24, 60, 200])
def test_feathering_far_is_a_gaussian(radius: int) -> None:
    mask = new_mask((431, 377))
    cv2.ellipse(mask, (240, 190), (110, 70), 20, 0, 360, 255, -1)
    mask[:90, :60] = 255
    expected = blurred(mask, radius / 2)
    feather(mask, radius)
    assert np.abs(mask - expected).max() <= 3


@pytest.mark.parametrize(("work", "left"), [(grow, 8500), (shrink, 9500), (feather, 9000), (smooth, 9000)])
def test_a_picture_of_one_row_is_worked_on_far_like_any_other(work: Callable[[Mask, int], Rect], left: int) -> None:
    mask = new_mask((20_000, 1))
    mask[0, 9000:11_000] = 255
    work(mask, 500)
    assert coverage(mask).bounds.left == left
