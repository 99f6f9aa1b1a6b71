"""Boolean operations that combine a shape with the mask, and the difference between two masks."""

from __future__ import annotations

from enum import Enum

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, painted_bounds
from imagineart_desktop.support.pixel_libraries import cv2, np


class BooleanOp(Enum):
    """How a shape is combined with the mask."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


def apply_op(mask: Mask, shape: Mask, area: Rect, combine: BooleanOp) -> Rect:
    """Combine a shape with the mask in place; return the changed area. shape: uint8, height × width of `area`."""
    if combine is BooleanOp.INTERSECT:
        return _intersected(mask, shape, area)
    if area.is_empty:
        return EMPTY
    part = mask[area.slices]
    if combine is BooleanOp.ADD:
        np.maximum(part, shape, out=part)
    else:
        np.minimum(part, 255 - shape, out=part)
    return area


def _intersected(mask: Mask, shape: Mask, area: Rect) -> Rect:
    changed = painted_bounds(mask)
    kept = np.minimum(mask[area.slices], shape) if not area.is_empty else None
    mask[changed.slices] = 0
    if kept is not None:
        mask[area.slices] = kept
    return changed


def added_since(mask: Mask, before: Mask) -> Mask | None:
    """Return what was painted since `before`, a mask of the same size, or None if nothing was.

    If part of `before` was erased, the user repainted it, and the whole mask is returned. Pixels that count as
    unpainted, such as a soft edge, are returned only if connected to newly painted ones.
    """
    then_painted = before >= THRESHOLD
    if (then_painted & (mask < THRESHOLD)).any():
        return mask.copy() if (mask >= THRESHOLD).any() else None
    new = (mask >= THRESHOLD) & ~then_painted
    if not new.any():
        return None
    added = np.where(mask > before, mask, np.uint8(0))
    area = painted_bounds(added)
    part = added[area.slices]
    count, labels = cv2.connectedComponents((part > 0).view(np.uint8), connectivity=8)
    is_new = np.zeros(count, np.uint8)
    is_new[labels[new[area.slices]]] = 1
    part *= is_new[labels]
    return added
