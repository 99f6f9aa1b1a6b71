"""The mask and what is done to the whole of it.

A mask is uint8, height × width, 255 = painted. Every operation changes it in place and returns the rectangle that
changed; the cost of those that look at neighbours follows the painted area, not the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.support import Reach
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Mask: TypeAlias = "NDArray[np.uint8]"
"""height × width, uint8, 255 = painted."""

THRESHOLD = 128
"""From this value on a pixel counts as painted when the mask is sent."""

_BAND = 1024
"""Rows that are looked at together, so that little memory is taken beside the mask."""

_LABELED = 0.8
"""Of removing small areas, when all are found."""


def new_mask(size: Size) -> Mask:
    """An unpainted mask. size: (width, height) in pixels."""
    return np.zeros((size[1], size[0]), np.uint8)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is painted. painted, total: pixels; bounds: the smallest rectangle round what is painted."""

    painted: int
    total: int
    bounds: Rect

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.painted / self.total if self.total else 0.0


def coverage(mask: Mask) -> Coverage:
    """Return what the mask covers, counted as it would be sent."""
    painted, bounds = 0, EMPTY
    for top in range(0, mask.shape[0], _BAND):
        marked = mask[top : top + _BAND] >= THRESHOLD
        painted += int(np.count_nonzero(marked))
        bounds = bounds.united(_bounds(marked).moved(0, top))
    return Coverage(painted, mask.size, bounds)


def painted_bounds(mask: Mask) -> Rect:
    """The smallest rectangle round all that is not zero."""
    return _bounds(mask)


def _bounds(marked: NDArray[np.generic]) -> Rect:
    rows = np.flatnonzero(marked.any(axis=1))
    if not rows.size:
        return EMPTY
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(marked[top:bottom].any(axis=0))
    return Rect(int(columns[0]), top, int(columns[-1]) + 1, bottom)


def invert(mask: Mask) -> Rect:
    """Painted becomes unpainted and the other way round."""
    np.subtract(255, mask, out=mask)
    return Rect.of_shape(mask.shape)


def clear(mask: Mask) -> Rect:
    """Nothing is painted any more."""
    changed = painted_bounds(mask)
    mask[changed.slices] = 0
    return changed


def fill(mask: Mask) -> Rect:
    """Everything is painted."""
    mask[:] = 255
    return Rect.of_shape(mask.shape)


def untold(_share: float) -> None:
    """Ignore progress: the default where no caller follows it."""


def remove_specks(mask: Mask, pixels: int, reach: Reach = untold) -> Rect:
    """Painted islands of fewer pixels than that go. reach: called with the share that is done; may raise."""
    return _without_small(mask, pixels, reach, painted=True)


def fill_holes(mask: Mask, pixels: int | None = None, reach: Reach = untold) -> Rect:
    """Unpainted holes inside painted areas are painted. pixels: only those of fewer pixels; None for all.

    What touches the edge of the picture is no hole. reach: called with the share that is done; may raise.
    """
    return _without_small(mask, pixels, reach, painted=False)


def _without_small(mask: Mask, pixels: int | None, reach: Reach, *, painted: bool) -> Rect:
    area = around_painted(mask, 1)
    if area.is_empty:
        return area
    part = mask[area.slices]
    # Diagonal neighbours belong together on the painted side and not on the other, so that an edge has one side only.
    if painted:
        count, labels, figures, _ = cv2.connectedComponentsWithStats((part >= THRESHOLD).view(np.uint8), connectivity=8)
        sizes, chosen = figures[:, cv2.CC_STAT_AREA], np.ones(count, bool)
        chosen[0] = False
    else:
        labels, sizes, chosen = _holes(part < THRESHOLD)
    if pixels is not None:
        chosen &= sizes < pixels
    for top in range(0, len(part), _BAND):
        reach(_LABELED + (1 - _LABELED) * top / len(part))
        rows = slice(top, top + _BAND)
        part[rows][chosen[labels[rows]]] = 0 if painted else 255
    return area


def small_holes(mask: Mask, share: float) -> tuple[int, int]:
    """Count holes up to a share of what is painted. Returns their number, and the pixels of the largest."""
    if not mask.size:
        return 0, 0
    unpainted = mask < THRESHOLD
    _, sizes, hole = _holes(unpainted)
    found = sizes[hole & (sizes <= share * (mask.size - np.count_nonzero(unpainted)))]
    return len(found), int(found.max(initial=0))


def close_pinholes(mask: Mask, share: float) -> None:
    """Paint holes that are no larger than a share of what is painted, and faint spots of that size within it.

    Faint ones would let the old image shine through a result as much as holes do.
    """
    part = mask[around_painted(mask, 1).slices]
    if not part.size:
        return
    most = share * np.count_nonzero(part >= THRESHOLD)
    for below in (255, THRESHOLD):
        labels, sizes, hole = _holes(part < below)
        part[(hole & (sizes <= most))[labels]] = 255


def _holes(unpainted: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Label unpainted areas: labels by pixel; by label, its number of pixels, and whether painted areas enclose it."""
    count, labels, figures, _ = cv2.connectedComponentsWithStats(unpainted.astype(np.uint8), connectivity=4)
    hole = np.ones(count, bool)
    hole[0] = False
    hole[np.unique(np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1])))] = False
    return np.asarray(labels, np.int32), np.asarray(figures[:, cv2.CC_STAT_AREA], np.int32), hole


def around_painted(mask: Mask, margin: int) -> Rect:
    """Return the painted area, enlarged by a margin in pixels."""
    bounds = painted_bounds(mask)
    return bounds if bounds.is_empty else bounds.grown(margin).intersected(Rect.of_shape(mask.shape))
