"""The brush: its round dabs, and the pulled-string stabilizer for the pointer."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagineart_desktop.support.pixel_libraries import np

if TYPE_CHECKING:
    from numpy.typing import NDArray


MIN_SIZE, MAX_SIZE = 1.0, 2000.0
"""Diameter in pixels."""

_PIXEL_SIZES = (1, 3)
"""Diameters for which a dab centered on a pixel covers whole pixels."""

PHASES = 4
"""Dabs are placed at the nearest quarter pixel; each placement is rendered once."""


@dataclass(frozen=True, slots=True)
class Brush:
    """Brush settings. size: diameter in pixels; hardness: 0 soft to 1 hard; opacity: 0 to 1.

    spacing: share of the diameter. smoothing: 0 to 1, the length of the string by which the pointer pulls the brush.
    pressure_size, pressure_opacity: whether pen pressure changes these.
    """

    size: float = 64.0
    hardness: float = 0.8
    opacity: float = 1.0
    spacing: float = 0.1
    smoothing: float = 0.0
    pressure_size: bool = True
    pressure_opacity: bool = False

    @property
    def is_pixel_brush(self) -> bool:
        """Whether the brush paints whole pixels. Its dabs are centered on pixels, so that 1 px gives a line of 1 px."""
        return self.size in _PIXEL_SIZES and self.size * (1 - self.hardness) <= 1

    def size_at(self, pressure: float) -> float:
        """Return the diameter at this pressure, 0 to 1, quantized in steps too small to see."""
        if not self.pressure_size or pressure >= 1:
            return self.size
        size = max(MIN_SIZE, self.size * pressure)
        step = max(0.25, size / 64)
        return max(MIN_SIZE, round(size / step) * step)

    def spacing_at(self, pressure: float) -> float:
        """Return the distance between two dabs in pixels."""
        return max(1.0 if self.is_pixel_brush else 0.5, self.size_at(pressure) * self.spacing)

    def opacity_at(self, pressure: float) -> float:
        """Return the opacity at this pressure."""
        return self.opacity * (round(pressure * 64) / 64 if self.pressure_opacity and pressure < 1 else 1)


class DabCache:
    """LRU cache of rendered dabs, limited in bytes. Thread-safe."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple[float, float, float, int, int], NDArray[np.uint8]] = OrderedDict()
        self._lock = threading.Lock()
        self.held_bytes = 0

    def dab(self, size: float, hardness: float, opacity: float, phase_x: int, phase_y: int) -> NDArray[np.uint8]:
        """Return a dab: uint8, side × side, antialiased; its center is the array's middle plus phase / 4 pixels."""
        look = size, hardness, opacity, phase_x, phase_y
        with self._lock:
            image = self._kept.get(look)
            if image is not None:
                self._kept.move_to_end(look)
                return image
        image = _rendered(*look)
        with self._lock:
            if look not in self._kept:
                self._kept[look] = image
                self.held_bytes += image.nbytes
            while self.held_bytes > self._most and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self.held_bytes -= oldest.nbytes
        return image


DABS = DabCache(96 * 2**20)
"""Holds all placements of the largest brush."""


def _rendered(size: float, hardness: float, opacity: float, phase_x: int, phase_y: int) -> NDArray[np.uint8]:
    radius = size / 2
    half = math.ceil(radius) + 1
    offset = np.arange(-half, half + 1, dtype=np.float32)
    dx = offset - phase_x / PHASES
    dy = offset - phase_y / PHASES
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


def prerender_dabs(brush: Brush) -> None:
    """Render the brush's dabs ahead of use, since a large one takes a millisecond. Call in a background thread."""
    for phase_x in range(PHASES):
        for phase_y in range(PHASES):
            DABS.dab(brush.size, brush.hardness, brush.opacity, phase_x, phase_y)


class StrokeStabilizer:
    """Stroke stabilizer: the pointer pulls the brush on a string, so that a shaky hand draws a steady line.

    length: of the string, in image pixels. The result doesn't depend on the number or speed of pointer events.
    """

    def __init__(self, length: float) -> None:
        self._length = length
        self._at: tuple[float, float] | None = None

    def pull(self, x: float, y: float) -> tuple[float, float]:
        """Return the brush's position for the pointer at (x, y)."""
        if self._at is None or self._length <= 0:
            self._at = x, y
            return self._at
        across, down = x - self._at[0], y - self._at[1]
        distance = math.hypot(across, down)
        if distance > self._length:
            share = (distance - self._length) / distance
            self._at = self._at[0] + across * share, self._at[1] + down * share
        return self._at
