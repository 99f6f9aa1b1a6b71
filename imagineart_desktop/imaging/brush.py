"""The brush: round dabs along a path, painted into the mask as one shape.

Within a stroke every pixel takes the strongest dab that touched it, so opacity does not build up where the stroke
crosses itself. The cost of a segment follows the brush, not the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging.combining import Combine
from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask import Mask

MIN_SIZE, MAX_SIZE = 1.0, 2000.0
"""Pixels of the diameter."""

_PHASES = 4
"""Dabs are placed at quarters of a pixel; each placement is rendered once."""


@dataclass(frozen=True, slots=True)
class Brush:
    """size: diameter in pixels; hardness: 0 soft to 1 hard; opacity: 0 to 1; spacing: share of the diameter.

    smoothing: 0 to 1, how long the string is by which the pointer pulls the brush; pressure_size, pressure_opacity:
    what the pressure of a pen changes.
    """

    size: float = 64.0
    hardness: float = 0.8
    opacity: float = 1.0
    spacing: float = 0.1
    smoothing: float = 0.0
    pressure_size: bool = True
    pressure_opacity: bool = False

    def size_at(self, pressure: float) -> float:
        """The diameter under this pressure, 0 to 1, in steps that the eye does not see."""
        if not self.pressure_size or pressure >= 1:
            return self.size
        size = max(MIN_SIZE, self.size * pressure)
        step = max(0.25, size / 64)
        return max(MIN_SIZE, round(size / step) * step)

    def step_at(self, pressure: float) -> float:
        """Pixels between two dabs."""
        return max(0.5, self.size_at(pressure) * self.spacing)

    def opacity_at(self, pressure: float) -> float:
        """The opacity under this pressure."""
        return self.opacity * (round(pressure * 64) / 64 if self.pressure_opacity and pressure < 1 else 1)


@lru_cache(maxsize=256)
def dab(size: float, hardness: float, opacity: float, phase_x: int, phase_y: int) -> NDArray[np.uint8]:
    """One dab: uint8, side × side, antialiased, its centre at the array's middle plus phase / 4 pixels."""
    radius = size / 2
    half = math.ceil(radius) + 1
    offset = np.arange(-half, half + 1, dtype=np.float32)
    dx = offset - phase_x / _PHASES
    dy = offset - phase_y / _PHASES
    distance = np.sqrt(dy[:, None] ** 2 + dx[None, :] ** 2)
    edge = np.clip(radius + 0.5 - distance, 0, 1)
    soft = radius * (1 - hardness)
    if soft > 0.5:
        fall = np.clip((radius - distance) / soft, 0, 1)
        edge = np.minimum(edge, fall * fall * (3 - 2 * fall))
    if size < 2:
        edge *= min(1.0, size * size)
        edge /= max(float(edge.max()), 1e-6)
    return np.rint(edge * (255 * opacity)).astype(np.uint8)


def prepare(brush: Brush) -> None:
    """Renders the brush's dabs before they are wanted, for a large one takes a millisecond. For another thread."""
    for phase_x in range(_PHASES):
        for phase_y in range(_PHASES):
            dab(brush.size, brush.hardness, brush.opacity, phase_x, phase_y)


class Stroke:
    """One stroke into a mask, from pointer down to pointer up."""

    def __init__(self, mask: Mask, brush: Brush, combine: Combine = Combine.ADD) -> None:
        self._mask = mask
        self._brush = brush
        self._combine = combine
        self._last: tuple[float, float] | None = None
        self._pressure = 1.0
        self._to_next = 0.0

    def reach(self, x: float, y: float) -> Rect:
        """What a move to this point may change, for those who must keep it first."""
        last = self._last or (x, y)
        half = math.ceil(self._brush.size / 2) + 2
        box = Rect(
            math.floor(min(x, last[0])),
            math.floor(min(y, last[1])),
            math.ceil(max(x, last[0])),
            math.ceil(max(y, last[1])),
        )
        return Rect(box.left - half, box.top - half, box.right + half + 1, box.bottom + half + 1).intersected(
            Rect.of_shape(self._mask.shape)
        )

    def move_to(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Paints from the last point to (x, y), in pixels of the picture; returns what changed. pressure: 0 to 1."""
        if self._last is None:
            self._last, self._pressure = (x, y), pressure
            self._to_next = self._brush.step_at(pressure)
            return self._put(x, y, pressure)
        start_x, start_y = self._last
        length = math.hypot(x - start_x, y - start_y)
        changed = EMPTY
        at = self._to_next
        while at <= length:
            share = at / length
            now = self._pressure + (pressure - self._pressure) * share
            place = start_x + (x - start_x) * share, start_y + (y - start_y) * share
            changed = changed.united(self._put(*place, now))
            at += self._brush.step_at(now)
        self._to_next = at - length
        self._last, self._pressure = (x, y), pressure
        return changed

    def _put(self, x: float, y: float, pressure: float) -> Rect:
        # Pixel (column, row) has its centre at (column + ½, row + ½).
        column, row = x - 0.5, y - 0.5
        whole_x, whole_y = math.floor(column), math.floor(row)
        brush = self._brush
        image = dab(
            brush.size_at(pressure),
            brush.hardness,
            brush.opacity_at(pressure),
            int((column - whole_x) * _PHASES),
            int((row - whole_y) * _PHASES),
        )
        half = image.shape[0] // 2
        place = Rect(whole_x - half, whole_y - half, whole_x + half + 1, whole_y + half + 1)
        visible = place.intersected(Rect.of_shape(self._mask.shape))
        if visible.is_empty:
            return EMPTY
        part = image[
            visible.top - place.top : visible.bottom - place.top,
            visible.left - place.left : visible.right - place.left,
        ]
        target = self._mask[visible.slices]
        if self._combine is Combine.SUBTRACT:
            np.minimum(target, 255 - part, out=target)
        else:
            np.maximum(target, part, out=target)
        return visible


class PulledString:
    """A stabiliser: the pointer pulls the brush by a string, so that a hand that trembles draws a steady line.

    length: of the string, in pixels of the picture. It does not depend on how many events there are, or how fast.
    """

    def __init__(self, length: float) -> None:
        self._length = length
        self._at: tuple[float, float] | None = None

    def pull(self, x: float, y: float) -> tuple[float, float]:
        """Where the brush is when the pointer is at (x, y)."""
        if self._at is None or self._length <= 0:
            self._at = x, y
            return self._at
        across, down = x - self._at[0], y - self._at[1]
        distance = math.hypot(across, down)
        if distance > self._length:
            share = (distance - self._length) / distance
            self._at = self._at[0] + across * share, self._at[1] + down * share
        return self._at
