"""A small copy of a picture that is still being decoded: its rows so far, from the top."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.decoding import STRIP_PIXELS
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EDGE = 1024
"""Pixels of the copy's longer edge, about."""

_LEAST_SIDE = 3000
"""Pixels of the longer edge below which a picture is there before it could be looked at."""

_STEP = 0.12
"""Of the picture, after which the copy is looked at again."""

_MODES = ("L", "RGB", "RGBA")

ShowRows: TypeAlias = "Callable[[NDArray[np.uint8], Size], object]"
"""Takes the copy, height × width × 4, transparent where nothing is decoded yet, and the picture's own size."""


class RowsSoFar:
    """Follows one decoder that fills the picture from its top to its bottom."""

    def __init__(self, image: Image.Image, show: ShowRows) -> None:
        self._image = image
        self._show = show
        self._factor = max(1, max(image.size) // _EDGE)
        width, height = (-(-side // self._factor) for side in image.size)
        self._small = np.zeros((height, width, 4), np.uint8)
        self._done = 0
        self._looked = 0.0

    @classmethod
    def of(cls, image: Image.Image, show: ShowRows | None) -> RowsSoFar | None:
        """None where nothing would be gained. show: called in the thread that decodes."""
        wanted = show is not None and image.mode in _MODES and max(image.size) >= _LEAST_SIDE
        return cls(image, show) if wanted and show is not None else None

    def look(self, share: float) -> None:
        """About this share of the picture is decoded."""
        if share < self._looked + _STEP or share >= 1:
            return
        self._looked = share
        top, bottom = self._done * self._factor, int(self._image.height * share)
        bottom -= bottom % self._factor
        if bottom <= top:
            return
        rows = self._reduced(top, bottom)
        # How far the decoder is can only be guessed by the file's length: rows of nothing are still to come, and the
        # last one may be there by half.
        there = np.flatnonzero(rows[:, :, :3].any(axis=(1, 2)))
        if there.size and (count := int(there[-1])):
            self._small[self._done : self._done + count] = rows[:count]
            self._done += count
            self._show(self._small.copy(), self._image.size)

    def _reduced(self, top: int, bottom: int) -> NDArray[np.uint8]:
        """Return these rows, reduced. In strips: a copy of them all costs more than reducing them."""
        height = max(1, STRIP_PIXELS // (self._image.width * self._factor)) * self._factor
        strips = []
        for start in range(top, bottom, height):
            core = self._image.im.crop((0, start, self._image.width, min(bottom, start + height)))
            strips.append(np.asarray(Image.Image()._new(core).reduce(self._factor).convert("RGBA")))
        return np.concatenate(strips)
