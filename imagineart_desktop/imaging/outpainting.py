"""Pictures made larger than they are: the new area is masked, and filled so that a model has something to go by."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from imagineart_desktop.imaging.deep import DeepPicture, Samples
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.mask import Mask
from imagineart_desktop.imaging.round_trip import Margins

_REDUCED = 512
"""Pixels of the longer edge of the copy on which the new area is filled."""

_BLUR = 0.02
"""Of the reduced canvas's longer edge."""


def margins_for_ratio(size: Size, ratio: tuple[int, int]) -> Margins:
    """The smallest margins, equal on both sides, that give the picture this ratio, e.g. (16, 9)."""
    width, height = size
    across = max(width, round(height * ratio[0] / ratio[1])) - width
    down = max(height, round(width * ratio[1] / ratio[0])) - height
    return Margins(across // 2, down // 2, across - across // 2, down - down // 2)


def original_area(size: Size, margins: Margins) -> Rect:
    """Where the picture lies on the larger canvas."""
    return Rect(margins.left, margins.top, margins.left + size[0], margins.top + size[1])


def enlarged(picture: DeepPicture, margins: Margins) -> DeepPicture:
    """The picture on a larger canvas, itself exactly kept; the new area continues it blurred, as in a mirror."""
    if not any(margins):
        return picture
    width, height = picture.size
    canvas = margins.around(picture.size)
    scale = min(1.0, _REDUCED / max(canvas))
    small_size = max(1, round(width * scale)), max(1, round(height * scale))
    small = _resized(picture.samples, small_size, cv2.INTER_AREA)
    border = [max(round(margin * scale), 1 if margin else 0) for margin in margins]
    left, top, right, bottom = border
    mirrored = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(
        mirrored, (0, 0), max(1.0, _BLUR * max(mirrored.shape[:2])), borderType=cv2.BORDER_REPLICATE
    )
    samples = _resized(cast("Samples", soft), canvas, cv2.INTER_LINEAR).reshape(
        canvas[1], canvas[0], picture.samples.shape[2]
    )
    samples[original_area(picture.size, margins).slices] = picture.samples
    return picture.with_samples(samples)


def enlarged_mask(mask: Mask, margins: Margins) -> Mask:
    """The mask on the larger canvas; all that is new is painted."""
    if not any(margins):
        return mask
    return np.asarray(
        cv2.copyMakeBorder(
            mask, margins.top, margins.bottom, margins.left, margins.right, cv2.BORDER_CONSTANT, value=255
        ),
        np.uint8,
    )


def _resized(samples: Samples, size: Size, way: int) -> Samples:
    """height × width × channels in, and without the last where it is one alone: as OpenCV has it."""
    return cast("Samples", cv2.resize(samples, size, interpolation=way))
