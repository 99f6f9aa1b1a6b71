"""Rectangle, ellipse, and polygon selections, combined with the mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.mask import Mask
from imagineart_desktop.imaging.mask.mask_ops import BooleanOp, apply_op
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
"""(x, y) in image pixels; pixel (0, 0) covers 0 ≤ x < 1."""

_FRACTION_BITS = 6


def rectangle(mask: Mask, start: Point, end: Point, combine: BooleanOp) -> Rect:
    """Select all pixels between two corners; whole pixels only."""
    xs, ys = sorted((start[0], end[0])), sorted((start[1], end[1]))
    area = Rect(round(xs[0]), round(ys[0]), round(xs[1]), round(ys[1])).intersected(Rect.of_shape(mask.shape))
    return apply_op(mask, np.full((area.height, area.width), 255, np.uint8), area, combine)


def ellipse(mask: Mask, start: Point, end: Point, combine: BooleanOp) -> Rect:
    """Select the ellipse inscribed between two corners, antialiased."""
    angles = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    centre_x, centre_y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    x = centre_x + abs(end[0] - start[0]) / 2 * np.cos(angles)
    y = centre_y + abs(end[1] - start[1]) / 2 * np.sin(angles)
    return polygon(mask, list(zip(x.tolist(), y.tolist(), strict=True)), combine)


def polygon(mask: Mask, points: Sequence[Point], combine: BooleanOp) -> Rect:
    """Select the area inside a closed line (even-odd), antialiased; fewer than three points enclose none."""
    if len(points) < 3:
        return EMPTY
    corners = np.asarray(points, np.float64)
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    area = Rect(int(low[0]) - 1, int(low[1]) - 1, int(high[0]) + 2, int(high[1]) + 2)
    area = area.intersected(Rect.of_shape(mask.shape))
    if area.is_empty:
        return apply_op(mask, np.zeros((0, 0), np.uint8), area, combine)
    # OpenCV's coordinates refer to pixel centers.
    local = np.rint((corners - (area.left + 0.5, area.top + 0.5)) * (1 << _FRACTION_BITS)).astype(np.int32)
    return apply_op(mask, _filled(local, area), area, combine)


def _filled(line: NDArray[np.int32], area: Rect) -> Mask:
    """Fill a polygon.

    OpenCV fills half a pixel too far on every side; averaging inside and complement corrects that.
    """
    far = max(area.width, area.height) * 4 << _FRACTION_BITS
    frame = np.array([(-far, -far), (far, -far), (far, far), (-far, far)], np.int32)
    inside, outside = (np.zeros((area.height, area.width), np.uint8) for _ in range(2))
    cv2.fillPoly(inside, [line], 255, lineType=cv2.LINE_AA, shift=_FRACTION_BITS)
    cv2.fillPoly(outside, [frame, line], 255, lineType=cv2.LINE_AA, shift=_FRACTION_BITS)
    return np.asarray(cv2.addWeighted(inside, 0.5, 255 - outside, 0.5, 0), np.uint8)
