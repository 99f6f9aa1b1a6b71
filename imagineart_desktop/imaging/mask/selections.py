"""Selections based on the image: magic wand, smart select, and a magnetic lasso.

pixels: height × width × 3 or 4, uint8, sRGB. Each selection is combined with the mask and returns the changed
rectangle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, fill_small_holes, no_progress
from imagineart_desktop.imaging.mask.mask_ops import BooleanOp, apply_op
from imagineart_desktop.imaging.mask.shapes import Point
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 5
_SMART_EDGE = 480
"""Longer edge in pixels at which GrabCut runs; its time grows with the area."""

_BAND = 3
"""Reduced pixels on both sides of the detected edge within which it's refined at full size."""

_PINHOLE = 0.002
"""Holes up to this share of the selection are closed: they're invisible under the tint, but obvious in a result."""

_FOUND = 0.2
"""Share of the progress of a selection that's done once the object is found and its edge has to be refined."""

_ROWS = 512
"""Rows refined together: refinement takes eight floating-point numbers per pixel."""

_SCISSORS_EDGE = 1024


def select_by_color(
    mask: Mask, pixels: Pixels, at: Point, *, tolerance: int, contiguous: bool, combine: BooleanOp = BooleanOp.ADD
) -> Rect:
    """Select all pixels similar to the one at a point, contiguous with it or everywhere.

    tolerance: 0 to 255, the maximum difference per channel.
    """
    height, width = mask.shape
    column, row = int(at[0]), int(at[1])
    if not (0 <= column < width and 0 <= row < height):
        return EMPTY
    colours = _opaque(pixels)
    if contiguous:
        # OpenCV requires writable input, though with MASK_ONLY it doesn't write.
        colours = colours if colours.flags.writeable else colours.copy()
        reached = np.zeros((height + 2, width + 2), np.uint8)
        flags = 4 | (255 << 8) | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
        span = (tolerance,) * 3
        _, _, _, (left, top, wide, high) = cv2.floodFill(colours, reached, (column, row), 0, span, span, flags)
        area = Rect(left, top, left + wide, top + high)
        found = reached[1:-1, 1:-1][area.slices]
    else:
        centre = colours[row, column].astype(np.int16)
        low, high_ = (np.clip(centre + by, 0, 255).astype(np.uint8) for by in (-tolerance, tolerance))
        found = np.asarray(cv2.inRange(colours, low, high_), np.uint8)
        area = Rect.of_shape(mask.shape)
    return apply_op(mask, found, area, combine)


def select_region(mask: Mask, at: Point, combine: BooleanOp = BooleanOp.ADD) -> Rect:
    """Select the area of the mask around a point that's all painted or all unpainted, like the point itself."""
    height, width = mask.shape
    column, row = int(at[0]), int(at[1])
    if not (0 <= column < width and 0 <= row < height):
        return EMPTY
    _, sides = cv2.threshold(mask, THRESHOLD - 1, 255, cv2.THRESH_BINARY)
    reached = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY
    _, _, _, (left, top, wide, high) = cv2.floodFill(sides, reached, (column, row), 0, 0, 0, flags)
    area = Rect(left, top, left + wide, top + high)
    return apply_op(mask, reached[1:-1, 1:-1][area.slices], area, combine)


def smart_select(
    mask: Mask,
    pixels: Pixels,
    start: Point,
    end: Point,
    combine: BooleanOp = BooleanOp.ADD,
    reach: ReportProgress = no_progress,
) -> Rect:
    """Select the object inside a box: found on a reduced copy, its edge refined at full size.

    start, end: two corners.

    reach: called with the share done; may raise WorkCanceledError.
    """
    box = _box_of(start, end).intersected(Rect.of_shape(mask.shape))
    if box.width < 2 or box.height < 2:
        return EMPTY
    around = box.grown(max(8, max(box.width, box.height) // 4)).intersected(Rect.of_shape(mask.shape))
    part = _opaque(pixels[around.slices])
    inner = Rect(box.left - around.left, box.top - around.top, box.right - around.left, box.bottom - around.top)
    found = _grab(part, inner, reach)
    if not found.any():
        return EMPTY
    found[: inner.top] = found[inner.bottom :] = 0
    found[:, : inner.left] = found[:, inner.right :] = 0
    fill_small_holes(found, _PINHOLE)
    return apply_op(mask, found, around, combine)


def _grab(part: Pixels, inner: Rect, reach: ReportProgress) -> Mask:
    height, width = part.shape[:2]
    scale = min(1.0, _SMART_EDGE / max(height, width))
    small_size = max(2, round(width * scale)), max(2, round(height * scale))
    small = np.asarray(cv2.resize(part, small_size, interpolation=cv2.INTER_AREA), np.uint8)
    labels = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    across, down = small_size[0] / width, small_size[1] / height
    rows = slice(int(inner.top * down), max(int(inner.top * down) + 1, round(inner.bottom * down)))
    columns = slice(int(inner.left * across), max(int(inner.left * across) + 1, round(inner.right * across)))
    labels[rows, columns] = cv2.GC_PR_FGD
    found = _grab_cut(small, labels)
    if scale == 1.0 or not found.any():
        return found
    reach(_FOUND)
    large = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return _refined(part, large, round(_BAND / scale), lambda share: reach(_FOUND + (1 - _FOUND) * share))


def _refined(part: Pixels, rough: Mask, band: int, reach: ReportProgress) -> Mask:
    """Align the edge with that of the image, using a guided filter."""
    result = np.empty_like(rough)
    for top in range(0, len(rough), _ROWS):
        reach(top / len(rough))
        # Means of means reach twice as far.
        above, bottom = max(0, top - 2 * band), min(len(rough), top + _ROWS)
        rows = slice(above, bottom + 2 * band)
        result[top:bottom] = _guided(part[rows], rough[rows], band)[top - above : bottom - above]
    return result


def _guided(part: Pixels, rough: Mask, band: int) -> Mask:
    sure = (rough >= 128).astype(np.float32)
    guide = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    guide_mean, sure_mean = _mean(guide, band), _mean(sure, band)
    spread = _mean(guide * guide, band) - guide_mean * guide_mean
    slope = (_mean(guide * sure, band) - guide_mean * sure_mean) / (spread + np.float32(1e-4))
    filtered = _mean(slope, band) * guide + _mean(sure_mean - slope * guide_mean, band)
    return np.asarray(np.rint(np.clip((filtered - 0.35) / 0.3, 0, 1) * 255), np.uint8)


def _mean(values: NDArray[Any], band: int) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (2 * band + 1, 2 * band + 1)), np.float32)


def _grab_cut(small: Pixels, labels: Mask) -> Mask:
    if not (labels == cv2.GC_BGD).any():
        return np.full(labels.shape, 255, np.uint8)
    background, thing = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    turned = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    cv2.grabCut(turned, labels, (0, 0, 1, 1), background, thing, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.where((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)


class MagneticLasso:
    """A line that follows image edges from one point to the next (intelligent scissors)."""

    def __init__(self, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        self._scale = min(1.0, _SCISSORS_EDGE / max(height, width))
        colours = _opaque(pixels)
        if self._scale < 1:
            size = max(1, round(width * self._scale)), max(1, round(height * self._scale))
            colours = np.asarray(cv2.resize(colours, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._size = colours.shape[1], colours.shape[0]
        self._tool = cv2.segmentation.IntelligentScissorsMB()
        self._tool.setEdgeFeatureCannyParameters(32, 100)
        self._tool.setGradientMagnitudeMaxLimit(200)
        self._tool.applyImage(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY))

    def start_from(self, point: Point) -> None:
        """Start lines from this point until another start is set."""
        self._tool.buildMap(self._inside(point))

    def line_to(self, point: Point) -> list[Point]:
        """Return the line from the start to this point, in image pixels."""
        contour = self._tool.getContour(self._inside(point))
        return [((x + 0.5) / self._scale, (y + 0.5) / self._scale) for x, y in contour.reshape(-1, 2).tolist()]

    def _inside(self, point: Point) -> tuple[int, int]:
        x, y = int(point[0] * self._scale), int(point[1] * self._scale)
        return min(max(x, 0), self._size[0] - 1), min(max(y, 0), self._size[1] - 1)


def from_transparency(mask: Mask, pixels: Pixels, combine: BooleanOp = BooleanOp.ADD) -> Rect:
    """Select the transparent part of the image; nothing if it has no transparency."""
    if pixels.shape[2] < 4:
        return EMPTY
    return apply_op(mask, 255 - pixels[:, :, 3], Rect.of_shape(mask.shape), combine)


def from_luminosity(mask: Mask, pixels: Pixels, combine: BooleanOp = BooleanOp.ADD) -> Rect:
    """Select by lightness: the lighter, the more; weighted by Rec. 601."""
    grey = np.asarray(cv2.cvtColor(_opaque(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
    return apply_op(mask, grey, Rect.of_shape(mask.shape), combine)


def _opaque(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, :3])


def _box_of(start: Point, end: Point) -> Rect:
    xs, ys = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return Rect(int(xs[0]), int(ys[0]), int(np.ceil(xs[1])), int(np.ceil(ys[1])))
