"""Connected regions of a mask; specks close to each other count as one region."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_GAP = 0.01
"""Regions closer than twice this share of the longer edge are grouped."""

Group = tuple[Rect, list[int]]
"""The bounding box of some regions, and their labels."""


def connected_regions(mask: Mask) -> list[Mask]:
    """Return one mask per region group, from top to bottom.

    mask: uint8, height × width, 255 = painted, thresholded as when sent. An unpainted mask has none.
    """
    area = coverage(mask).bounds
    labels, boxes = _labelled(mask, area)
    groups = _grouped(boxes, mask.shape)
    if len(groups) <= 1:
        return [mask] * len(groups)
    separate = []
    for box, members in groups:
        chosen = np.zeros(len(boxes) + 1, np.uint8)
        chosen[members] = 1
        island = np.zeros_like(mask)
        island[box.slices] = mask[box.slices] * chosen[labels[box.moved(-area.left, -area.top).slices]]
        separate.append(island)
    return separate


def region_bounds(mask: Mask) -> list[Rect]:
    """Return the bounding boxes of the same regions, without their masks."""
    boxes = _labelled(mask, coverage(mask).bounds)[1]
    return [box for box, _ in _grouped(boxes, mask.shape)]


def _labelled(mask: Mask, area: Rect) -> tuple[NDArray[np.int32], list[Rect]]:
    """Label connected regions. Return (label of each pixel, from 1; bounding boxes).

    area: bounds of all that's painted.
    """
    if area.is_empty:
        return np.zeros((0, 0), np.int32), []
    painted = (mask[area.slices] >= THRESHOLD).view(np.uint8)
    count, labels, figures, _ = cv2.connectedComponentsWithStats(painted, connectivity=8)
    boxes = [_box(figures[label]).moved(area.left, area.top) for label in range(1, count)]
    return np.asarray(labels, np.int32), boxes


def _grouped(boxes: list[Rect], shape: tuple[int, ...]) -> list[Group]:
    """Return the region groups, from top to bottom."""
    groups = _merged(_near(boxes, shape), shape)
    return sorted(groups, key=lambda group: (group[0].top, group[0].left))


def _box(figures: NDArray[np.int32]) -> Rect:
    left, top = int(figures[cv2.CC_STAT_LEFT]), int(figures[cv2.CC_STAT_TOP])
    return Rect(left, top, left + int(figures[cv2.CC_STAT_WIDTH]), top + int(figures[cv2.CC_STAT_HEIGHT]))


def _reach(shape: tuple[int, ...], box: Rect) -> Rect:
    return box.grown(max(2, round(_MAX_GAP * max(shape)))).intersected(Rect.of_shape(shape))


def _near(bounds: list[Rect], shape: tuple[int, ...]) -> list[Group]:
    """Group regions whose enlarged boxes touch: a first pass that's fast even for thousands of specks."""
    if not bounds:
        return []
    around = [_reach(shape, box) for box in bounds]
    reaches = np.array([(reach.left, reach.top, reach.right, reach.bottom) for reach in around])
    # Use a grid of the boxes' edges only: all pixels between two edges are alike, and few boxes make a small grid.
    columns, rows = np.unique(reaches[:, (0, 2)]), np.unique(reaches[:, (1, 3)])
    lefts, rights = (np.searchsorted(columns, reaches[:, side]) for side in (0, 2))
    tops, bottoms = (np.searchsorted(rows, reaches[:, side]) for side in (1, 3))
    drawn = np.zeros((len(rows), len(columns)), np.uint8)
    for left, top, right, bottom in zip(lefts, tops, rights, bottoms, strict=True):
        drawn[top:bottom, left:right] = 1
    count, labels, _, _ = cv2.connectedComponentsWithStats(drawn, connectivity=4)
    groups: list[Group | None] = [None] * count
    for label, (box, top, left) in enumerate(zip(bounds, tops, lefts, strict=True), start=1):
        place = int(labels[top, left])
        known = groups[place]
        members = [] if known is None else known[1]
        members.append(label)
        groups[place] = (box if known is None else known[0].united(box), members)
    return [group for group in groups if group is not None]


def _merged(groups: list[Group], shape: tuple[int, ...]) -> list[Group]:
    """Merge groups until none overlap."""
    reach = partial(_reach, shape)
    while True:
        kept: list[Group] = []
        for box, members in groups:
            near = [other for other in kept if not reach(other[0]).intersected(reach(box)).is_empty]
            for other in near:
                kept.remove(other)
                box, members = box.united(other[0]), members + other[1]
            kept.append((box, members))
        if len(kept) == len(groups):
            return kept
        groups = kept
