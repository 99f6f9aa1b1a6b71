"""Lightness and colours of the result brought to those of its surroundings.

Mean and deviation in Lab, measured on a ring just outside the mask where source and result show the same; so what is
corrected is what the service changed, not what it painted.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging.loading import Pixels
from imagineart_desktop.imaging.mask import THRESHOLD, Mask

_LEAST_RING = 48
"""Pixels, below which nothing is measured."""

_LEAST_GAIN, _MOST_GAIN = 0.67, 1.5
_FLAT = 1.5
"""Deviation in Lab below which there is none to speak of."""

_RING = 0.04
"""The ring's width, of the longer edge of what is looked at."""


@dataclass(frozen=True, slots=True)
class Tone:
    """value → (value − before) × gain + after, for L, a and b each."""

    before: tuple[float, float, float]
    gain: tuple[float, float, float]
    after: tuple[float, float, float]

    def applied(self, rgb: Pixels) -> NDArray[np.float32]:
        """height × width × 3, uint8, sRGB. Returns float32, 0 to 255."""
        lab = _lab(rgb)
        lab -= np.array(self.before, np.float32)
        lab *= np.array(self.gain, np.float32)
        lab += np.array(self.after, np.float32)
        back = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
        return np.asarray(np.clip(back * np.float32(255), 0, 255), np.float32)


def measure_tone(sent: Pixels, result: Pixels, mask: Mask) -> Tone | None:
    """How the result has to be changed; None where too little lies round the mask to tell.

    sent, result: of one size, height × width × 3, uint8; mask: of that size, 255 = painted.
    """
    ring = _ring(mask)
    if np.count_nonzero(ring) < _LEAST_RING:
        return None
    before, after = _lab(result)[ring], _lab(sent)[ring]
    means = before.mean(axis=0), after.mean(axis=0)
    spreads = before.std(axis=0), after.std(axis=0)
    gains = []
    for was, shall in zip(*spreads, strict=True):
        flat = was < _FLAT or shall < _FLAT
        gains.append(1.0 if flat else float(np.clip(shall / was, _LEAST_GAIN, _MOST_GAIN)))
    return Tone(_three(means[0]), (gains[0], gains[1], gains[2]), _three(means[1]))


def _ring(mask: Mask) -> NDArray[np.bool_]:
    painted = (mask >= THRESHOLD).astype(np.uint8)
    width = max(6, round(_RING * max(mask.shape)))
    near = cv2.dilate(painted, np.ones((3, 3), np.uint8))
    far = cv2.dilate(painted, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1)))
    return np.asarray((far > 0) & (near == 0), np.bool_)


def _lab(rgb: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab), np.float32)


def _three(values: NDArray[np.float32]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
