"""Typical defects of inpainting results: different size, shifts, color changes, or changes in the wrong places."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from imagineart_desktop.demo.faults import Fault, FaultKind
from imagineart_desktop.imaging import THRESHOLD, Mask, Pixels

_SMALLER = 0.75
_TINT = (1.08, 0.95, 0.86)
_LIFT = 10
_QUALITY = 80


def degrade(fault: Fault, source: Pixels, mask: Mask, paint: Callable[[Mask], Pixels]) -> Pixels:
    """Return a result with the given defect.

    source: height × width × 3 or 4, uint8; paint: repaints what a mask marks.
    """
    match fault.trouble:
        case FaultKind.UNCHANGED:
            return source.copy()
        case FaultKind.INVERTED:
            return paint(np.asarray(255 - mask, np.uint8))
        case FaultKind.OTHER_SIZE:
            height, width = source.shape[:2]
            return _resized(paint(mask), (max(1, round(width * _SMALLER)), max(1, round(height * _SMALLER))))
        case FaultKind.OTHER_RATIO:
            height, width = source.shape[:2]
            side = max(width, height)
            return _resized(paint(mask), (side, side if width != height else max(1, round(side * _SMALLER))))
        case FaultKind.SHIFTED:
            return np.roll(paint(mask), (fault.pixels, fault.pixels), axis=(0, 1))
        case FaultKind.RECOLOURED_INSIDE:
            painted = paint(mask)[:, :, :3]
            return np.where((mask >= THRESHOLD)[:, :, None], _tint(painted), painted)
        case _:
            return _shift_colors(paint(mask))


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _tint(pixels: Pixels) -> Pixels:
    return np.clip(pixels[:, :, :3] * np.array(_TINT, np.float32) + _LIFT, 0, 255).astype(np.uint8)


def _shift_colors(pixels: Pixels) -> Pixels:
    _, encoded = cv2.imencode(".jpg", _tint(pixels), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
