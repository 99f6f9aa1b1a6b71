"""Rectangles in whole pixels. Arrays are indexed [row, column]; sizes are (width, height)."""

from __future__ import annotations

from dataclasses import dataclass

Size = tuple[int, int]
"""(width, height) in pixels."""


@dataclass(frozen=True, slots=True)
class Rect:
    """Rectangle with left ≤ x < right, top ≤ y < bottom, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Width in pixels; 0 if empty."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Height in pixels; 0 if empty."""
        return max(0, self.bottom - self.top)

    @property
    def is_empty(self) -> bool:
        """Whether it contains no pixel."""
        return self.right <= self.left or self.bottom <= self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        """(rows, columns) for indexing an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def united(self, other: Rect) -> Rect:
        """Return the bounding box of both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersected(self, other: Rect) -> Rect:
        """Return the intersection."""
        cut = Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        return EMPTY if cut.is_empty else cut

    def grown(self, pixels: int) -> Rect:
        """Return the rectangle enlarged by this many pixels on every side."""
        return Rect(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def moved(self, across: int, down: int) -> Rect:
        """Return the rectangle shifted to the right and down by this many pixels."""
        return Rect(self.left + across, self.top + down, self.right + across, self.bottom + down)

    @classmethod
    def of_size(cls, size: Size) -> Rect:
        """Return the rectangle of a whole image."""
        return cls(0, 0, *size)

    @classmethod
    def of_shape(cls, shape: tuple[int, ...]) -> Rect:
        """Return the rectangle of a whole array."""
        return cls(0, 0, shape[1], shape[0])


EMPTY = Rect(0, 0, 0, 0)
