"""Reduced copy of the sent image, used to compare results with it quickly regardless of image size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.grayscale import Grey, grey_of
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SentPart: TypeAlias = Callable[[Rect], Pixels]
"""Returns what was sent for a part of the box, at the size of the box: height × width × 3. Converts only that part."""

LONGEST = 640
"""Pixels of the longer edge."""


@dataclass(frozen=True, slots=True, eq=False)
class SentPreview:
    """A box, reduced. box: its size in pixels. sent: what was sent, height × width × 3.

    painted: how much of each pixel is painted, 0 to 255. seen: 255 where nothing is painted nearby, so that source and
    result can be compared there.
    """

    box: Size
    sent: Pixels
    grey: Grey
    painted: Mask
    seen: NDArray[np.uint8]
    bounds: Rect
    """Bounds of the painted area, in the box."""

    @classmethod
    def of(cls, sent: Pixels, mask: Mask) -> SentPreview:
        """Reduce what was sent.

        sent: height × width × 3, uint8, at the size of the box; mask: of the box, 255 = painted.
        """
        box = int(sent.shape[1]), int(sent.shape[0])
        scale = min(1.0, LONGEST / max(box))
        size = max(1, round(box[0] * scale)), max(1, round(box[1] * scale))
        small = np.asarray(cv2.resize(sent, size, interpolation=cv2.INTER_AREA), np.uint8)
        _, two_colours = cv2.threshold(mask, THRESHOLD - 1, 255, cv2.THRESH_BINARY)
        painted = np.asarray(cv2.resize(two_colours, size, interpolation=cv2.INTER_AREA), np.uint8)
        near = cv2.dilate((painted > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
        seen = np.asarray((1 - near) * 255, np.uint8)
        return cls(box, small, grey_of(small), painted, seen, coverage(mask).bounds)

    @property
    def size(self) -> Size:
        """(width, height) of the reduced copy."""
        return int(self.sent.shape[1]), int(self.sent.shape[0])

    def area(self, of_box: Rect) -> Rect:
        """Return the given part of the box in coordinates of the reduced copy."""
        across, down = self.size[0] / self.box[0], self.size[1] / self.box[1]
        left, right = round(of_box.left * across), round(of_box.right * across)
        return Rect(left, round(of_box.top * down), right, round(of_box.bottom * down))
