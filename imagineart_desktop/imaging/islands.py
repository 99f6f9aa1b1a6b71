"""The separate areas of a mask; specks beside each other are one."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.mask import THRESHOLD, Mask

_BESIDE = 0.01
"""Areas whose gap is less than twice this share of the longer edge belong together."""

Group = tuple[Rect, list[int]]
"""The box round some areas, and their labels."""


def islands(mask: Mask) -> list[Mask]:
    """One mask for each painted area, from the top down.

    mask: uint8, height × width, 255 = painted, counted as it would be sent. An unpainted mask has none.
    """
    painted = (mask >= THRESHOLD).astype(np.uint8)
    count, labels, figures, _ = cv2.connectedComponentsWithStats(painted, connectivity=8)
    bounds = [_box(figures[label]) for label in range(1, count)]
    groups = _merged(_near(bounds, mask.shape), mask.shape)
    if len(groups) <= 1:
        return [mask] * len(groups)
    separate = []
    for box, members in sorted(groups, key=lambda group: (group[0].top, group[0].left)):
        chosen = np.zeros(count, np.uint8)
        chosen[members] = 1
        island = np.zeros_like(mask)
        island[box.slices] = mask[box.slices] * chosen[labels[box.slices]]
        separate.append(island)
    return separate


def _box(figures: NDArray[np.int32]) -> Rect:
    left, top = int(figures[cv2.CC_STAT_LEFT]), int(figures[cv2.CC_STAT_TOP])
    return Rect(left, top, left + int(figures[cv2.CC_STAT_WIDTH]), top + int(figures[cv2.CC_STAT_HEIGHT]))


def _reach(shape: tuple[int, ...], box: Rect) -> Rect:
    return box.grown(max(2, round(_BESIDE * max(shape)))).intersected(Rect.of_shape(shape))


def _near(bounds: list[Rect], shape: tuple[int, ...]) -> list[Group]:
    """A first grouping, quick also for thousands of specks: areas whose reaches touch each other."""
    reach = partial(_reach, shape)
    drawn = np.zeros(shape, np.uint8)
    for box in bounds:
        drawn[reach(box).slices] = 1
    count, labels, _, _ = cv2.connectedComponentsWithStats(drawn, connectivity=4)
    groups: list[Group | None] = [None] * count
    for label, box in enumerate(bounds, start=1):
        place = int(labels[box.top, box.left])
        known = groups[place]
        members = [] if known is None else known[1]
        members.append(label)
        groups[place] = (box if known is None else known[0].united(box), members)
    return [group for group in groups if group is not None]


def _merged(groups: list[Group], shape: tuple[int, ...]) -> list[Group]:
    """Until none overlap."""
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
