"""How something new joins what is painted."""

from __future__ import annotations

from enum import Enum

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask import Mask, painted_bounds
from imagineart_desktop.support.pixel_libraries import np


class Combine(Enum):
    """How something new joins what is painted."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


def combined(mask: Mask, shape: Mask, area: Rect, combine: Combine) -> Rect:
    """Joins a shape with the mask, in place; returns what changed. shape: uint8 of the area's height × width."""
    if combine is Combine.INTERSECT:
        return _intersected(mask, shape, area)
    if area.is_empty:
        return EMPTY
    part = mask[area.slices]
    if combine is Combine.ADD:
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
