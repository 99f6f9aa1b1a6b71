"""Choice of the part of an image to send, and of its size."""

from __future__ import annotations

from typing import Protocol

from imagineart_desktop.imaging.geometry import Rect, Size

MIN_CONTEXT = 8
"""Minimum context in pixels around the painted area: models need both mask colors."""

_DEFAULT_CONTEXT = 64
_MIN_BOX = 64


class WorkingSize(Protocol):
    """The image sizes a model works best with; defined per model in `models`."""

    @property
    def native_pixels(self) -> int:
        """Number of pixels in the model's own images."""

    @property
    def min_edge(self) -> int:
        """Shorter edge in pixels below which an image is scaled up before sending."""

    @property
    def max_edge(self) -> int:
        """Longer edge of the model's own images, in pixels."""

    @property
    def max_pixels(self) -> int:
        """Images with more pixels than this are scaled down before sending."""

    @property
    def widest(self) -> float:
        """Maximum ratio of the longer to the shorter edge."""


def crop_box(painted: Rect, canvas: Size, context: int | None, working: WorkingSize) -> Rect:
    """Return the box to send for a painted area: includes its context and stays within the canvas and the aspect limit.

    If the context would extend beyond one side of the canvas, the box takes more on the other side. context: see
    `RoundTrip`.
    """
    longer = max(painted.width, painted.height)
    margin = max(MIN_CONTEXT, max(_DEFAULT_CONTEXT, longer // 2) if context is None else context)
    width = max(painted.width + 2 * margin, _MIN_BOX)
    height = max(painted.height + 2 * margin, _MIN_BOX)
    width = min(max(width, round(height / working.widest)), canvas[0])
    height = min(max(height, round(width / working.widest)), canvas[1])
    left = _start(painted.left, painted.right, width, canvas[0])
    top = _start(painted.top, painted.bottom, height, canvas[1])
    return Rect(left, top, left + width, top + height)


def _start(begin: int, end: int, length: int, limit: int) -> int:
    return min(max(0, (begin + end - length) // 2), limit - length)


def full_send_size(canvas: Size, working: WorkingSize) -> Size:
    """Return the size at which to send a whole image: its own, unless the model's limits require scaling."""
    return _scaled(canvas, _whole_scale(canvas, working))


def crop_send_size(box: Size, canvas: Size, working: WorkingSize) -> Size:
    """Return the size at which to send a part of an image: the model's best size.

    It's never smaller than the part would be if the whole image were sent.
    """
    scale = min((working.native_pixels / (box[0] * box[1])) ** 0.5, working.max_edge / max(box))
    scale = max(scale, min(working.min_edge / min(box), working.max_edge / max(box)))
    return _scaled(box, max(scale, _whole_scale(canvas, working)))


def _whole_scale(canvas: Size, working: WorkingSize) -> float:
    scale: float = min(1.0, (working.max_pixels / (canvas[0] * canvas[1])) ** 0.5)
    if min(canvas) < working.min_edge:
        scale = max(scale, min(working.min_edge / min(canvas), working.max_edge / max(canvas)))
    return scale


def _scaled(size: Size, scale: float) -> Size:
    if abs(scale - 1.0) < 1e-9:
        return size
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
