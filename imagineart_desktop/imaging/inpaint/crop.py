"""Which part of a picture is sent, and at what size."""

from __future__ import annotations

from typing import Protocol

from imagineart_desktop.imaging.geometry import Rect, Size

LEAST_CONTEXT = 8
"""Pixels of the picture that are sent round what is painted in any case, for a model wants both colours of a mask."""

_OWN_CONTEXT = 64
_LEAST_BOX = 64


class WorkingSize(Protocol):
    """What a model works on best; `models` says so of each."""

    @property
    def best_pixels(self) -> int:
        """How many pixels its own pictures have."""

    @property
    def least_edge(self) -> int:
        """Pixels of the shorter edge below which a picture is scaled up before it is sent."""

    @property
    def most_edge(self) -> int:
        """Pixels of the longer edge of its own pictures."""

    @property
    def most_pixels(self) -> int:
        """More than these are scaled down before they are sent."""

    @property
    def widest(self) -> float:
        """The longer edge divided by the shorter one, at most."""


def crop_box(painted: Rect, canvas: Size, context: int | None, working: WorkingSize) -> Rect:
    """The box that is sent for a painted area: with its context, inside the canvas, and no narrower than models like.

    Where the context would leave the canvas on one side, more is taken of the other. context: see `RoundTrip`.
    """
    longer = max(painted.width, painted.height)
    margin = max(LEAST_CONTEXT, max(_OWN_CONTEXT, longer // 2) if context is None else context)
    width = max(painted.width + 2 * margin, _LEAST_BOX)
    height = max(painted.height + 2 * margin, _LEAST_BOX)
    width = min(max(width, round(height / working.widest)), canvas[0])
    height = min(max(height, round(width / working.widest)), canvas[1])
    left = _start(painted.left, painted.right, width, canvas[0])
    top = _start(painted.top, painted.bottom, height, canvas[1])
    return Rect(left, top, left + width, top + height)


def _start(begin: int, end: int, length: int, limit: int) -> int:
    return min(max(0, (begin + end - length) // 2), limit - length)


def whole_size(canvas: Size, working: WorkingSize) -> Size:
    """The size at which a whole picture is sent: as it is, unless that is more or less than the model takes."""
    return _scaled(canvas, _whole_scale(canvas, working))


def part_size(box: Size, canvas: Size, working: WorkingSize) -> Size:
    """The size at which a part of a picture is sent: scaled to what the model does best, and never to less than it
    would have in the whole picture."""
    scale = min((working.best_pixels / (box[0] * box[1])) ** 0.5, working.most_edge / max(box))
    scale = max(scale, min(working.least_edge / min(box), working.most_edge / max(box)))
    return _scaled(box, max(scale, _whole_scale(canvas, working)))


def _whole_scale(canvas: Size, working: WorkingSize) -> float:
    scale: float = min(1.0, (working.most_pixels / (canvas[0] * canvas[1])) ** 0.5)
    if min(canvas) < working.least_edge:
        scale = max(scale, min(working.least_edge / min(canvas), working.most_edge / max(canvas)))
    return scale


def _scaled(size: Size, scale: float) -> Size:
    if abs(scale - 1.0) < 1e-9:
        return size
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
