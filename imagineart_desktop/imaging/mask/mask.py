"""The mask and the operations on all of it.

A mask is uint8, height × width, 255 = painted. Every operation modifies it in place and returns the changed rectangle;
the cost of those that depend on neighboring pixels scales with the painted area, not the image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Mask: TypeAlias = "NDArray[np.uint8]"
"""height × width, uint8, 255 = painted."""

THRESHOLD = 128
"""Minimum value at which a pixel counts as painted when the mask is sent."""

_BAND = 1024
"""Rows processed together, to limit memory use besides the mask."""

_LABELING_SHARE = 0.8
"""Share of the progress of removing small areas that's done once all are found."""


def new_mask(size: Size) -> Mask:
    """Return an unpainted mask. size: (width, height) in pixels."""
    return np.zeros((size[1], size[0]), np.uint8)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is painted. painted, total: pixels; bounds: the bounding box of the painted area."""

    painted: int
    total: int
    bounds: Rect

    @property
    def share(self) -> float:
        """Painted share, 0 to 1."""
        return self.painted / self.total if self.total else 0.0


def coverage(mask: Mask) -> Coverage:
    """Return what the mask covers, thresholded as when sent."""
    painted, bounds = 0, EMPTY
    for top in range(0, mask.shape[0], _BAND):
        marked = mask[top : top + _BAND] >= THRESHOLD
        painted += int(np.count_nonzero(marked))
        bounds = bounds.united(_bounds(marked).moved(0, top))
    return Coverage(painted, mask.size, bounds)


def painted_bounds(mask: Mask) -> Rect:
    """Return the bounding box of all nonzero pixels."""
    return _bounds(mask)


def _bounds(marked: NDArray[np.generic]) -> Rect:
    rows = np.flatnonzero(marked.any(axis=1))
    if not rows.size:
        return EMPTY
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(marked[top:bottom].any(axis=0))
    return Rect(int(columns[0]), top, int(columns[-1]) + 1, bottom)


def invert(mask: Mask) -> Rect:
    """Swap painted and unpainted."""
    np.subtract(255, mask, out=mask)
    return Rect.of_shape(mask.shape)


def clear(mask: Mask) -> Rect:
    """Make everything unpainted."""
    changed = painted_bounds(mask)
    mask[changed.slices] = 0
    return changed


def fill(mask: Mask) -> Rect:
    """Paint everything."""
    mask[:] = 255
    return Rect.of_shape(mask.shape)


def no_progress(_share: float) -> None:
    """Ignore progress: the default if the caller doesn't track it."""


def remove_small_regions(mask: Mask, pixels: int, reach: ReportProgress = no_progress) -> Rect:
    """Remove painted regions with fewer pixels than this. reach: called with the share done; may raise."""
    return _without_small(mask, pixels, reach, painted=True)


def fill_holes(mask: Mask, pixels: int | None = None, reach: ReportProgress = no_progress) -> Rect:
    """Paint the unpainted holes inside painted areas. pixels: only holes with fewer pixels than this; None for all.

    An area that touches the image border isn't a hole. reach: called with the share done; may raise.
    """
    return _without_small(mask, pixels, reach, painted=False)


def _without_small(mask: Mask, pixels: int | None, reach: ReportProgress, *, painted: bool) -> Rect:
    area = grown_bounds(mask, 1)
    if area.is_empty:
        return area
    part = mask[area.slices]
    # Diagonal neighbors are connected on the painted side but not on the unpainted one, so an edge never belongs to
    # both.
    if painted:
        count, labels, figures, _ = cv2.connectedComponentsWithStats((part >= THRESHOLD).view(np.uint8), connectivity=8)
        sizes, chosen = figures[:, cv2.CC_STAT_AREA], np.ones(count, bool)
        chosen[0] = False
    else:
        labels, sizes, chosen = _holes(part < THRESHOLD)
    if pixels is not None:
        chosen &= sizes < pixels
    for top in range(0, len(part), _BAND):
        reach(_LABELING_SHARE + (1 - _LABELING_SHARE) * top / len(part))
        rows = slice(top, top + _BAND)
        part[rows][chosen[labels[rows]]] = 0 if painted else 255
    return area


def small_holes(mask: Mask, share: float) -> tuple[int, int]:
    """Count holes up to a share of the painted area. Return (number, pixels of the largest)."""
    if not mask.size:
        return 0, 0
    unpainted = mask < THRESHOLD
    _, sizes, hole = _holes(unpainted)
    found = sizes[hole & (sizes <= share * (mask.size - np.count_nonzero(unpainted)))]
    return len(found), int(found.max(initial=0))


def fill_small_holes(mask: Mask, share: float) -> None:
    """Paint holes no larger than a share of the painted area, and faint spots of that size within it.

    Faint spots would let the old image show through a result just as holes do.
    """
    part = mask[grown_bounds(mask, 1).slices]
    if not part.size:
        return
    most = share * np.count_nonzero(part >= THRESHOLD)
    for below in (255, THRESHOLD):
        labels, sizes, hole = _holes(part < below)
        part[(hole & (sizes <= most))[labels]] = 255


def _holes(unpainted: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Label unpainted areas.

    Return (labels per pixel; per label, its pixel count; per label, whether it's enclosed).

    A label is enclosed if painted areas surround it.
    """
    count, labels, figures, _ = cv2.connectedComponentsWithStats(unpainted.astype(np.uint8), connectivity=4)
    hole = np.ones(count, bool)
    hole[0] = False
    hole[np.unique(np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1])))] = False
    return np.asarray(labels, np.int32), np.asarray(figures[:, cv2.CC_STAT_AREA], np.int32), hole


def grown_bounds(mask: Mask, margin: int) -> Rect:
    """Return the bounds of the painted area, enlarged by a margin in pixels."""
    bounds = painted_bounds(mask)
    return bounds if bounds.is_empty else bounds.grown(margin).intersected(Rect.of_shape(mask.shape))
