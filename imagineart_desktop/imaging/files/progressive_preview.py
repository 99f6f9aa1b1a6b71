"""Reduced preview of an image that's still being decoded: the rows so far, from the top."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.decoding import STRIP_PIXELS, Array, UprightSamples, strip_of
from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EDGE = 1024
"""Approximate longer edge of the preview in pixels."""

_LEAST_SIDE = 3000
"""Longer edge in pixels below which an image is decoded before a preview could be seen."""

_STEP = 0.12
"""Share of the image after which the preview is updated again."""

_MODES = ("L", "RGB", "RGBA")

OnRows: TypeAlias = "Callable[[NDArray[np.uint8], Size], object]"
"""Receives the preview, height × width × 4, transparent where nothing is decoded yet, and the image's own size."""


class ProgressivePreview:
    """Follows a decoder that fills the image from top to bottom, in a different thread than the decoder's.

    Besides showing the preview, it copies the samples, so that little is left to do once the image is decoded.
    """

    def __init__(self, image: Image.Image, show: OnRows) -> None:
        self._image = image
        self._show = show
        self._factor = max(1, max(image.size) // _EDGE)
        width, height = (-(-side // self._factor) for side in image.size)
        self._small = np.zeros((height, width, 4), np.uint8)
        self._done = 0
        self._looked = 0.0
        self._samples: UprightSamples | None = None
        self._takes = "transparency" not in image.info
        self._pool = ThreadPoolExecutor(1)
        self._looking: Future[None] | None = None

    @classmethod
    def of(cls, image: Image.Image, show: OnRows | None) -> ProgressivePreview | None:
        """Return None if there's nothing to gain. show: called in the thread that follows the decoder."""
        # An interlaced image has all rows early, but none is finished before the end.
        wanted = image.mode in _MODES and max(image.size) >= _LEAST_SIDE and not image.info.get("interlace")
        return cls(image, show) if wanted and show is not None else None

    def look(self, share: float) -> None:
        """Report that about this share of the image is decoded. Called in the decoding thread."""
        if share < self._looked + _STEP or share >= 1:
            return
        self._looked = share
        self._wait()
        self._looking = self._pool.submit(self._follow, share)

    def samples(self) -> Array | None:
        """Return the samples of the image, which must be decoded; None if none were copied."""
        self._wait()
        return None if self._samples is None else self._samples.all()

    def close(self) -> None:
        """Stop following."""
        self._pool.shutdown()

    def _wait(self) -> None:
        if self._looking is not None:
            self._looking.result()

    def _follow(self, share: float) -> None:
        # Rows seen at the last update were finished before the decoder made this call.
        if self._takes:
            self._samples = self._samples or UprightSamples(self._image, orientation_of(self._image))
            self._samples.take(self._done * self._factor)
        top, bottom = self._done * self._factor, int(self._image.height * share)
        bottom -= bottom % self._factor
        if bottom <= top:
            return
        rows = self._reduced(top, bottom)
        # The number of bytes read only hints at the decoder's progress: empty rows aren't decoded yet, and the last
        # non-empty row may be incomplete.
        there = np.flatnonzero(rows[:, :, :3].any(axis=(1, 2)))
        if there.size and (count := int(there[-1])):
            self._small[self._done : self._done + count] = rows[:count]
            self._done += count
            self._show(self._small.copy(), self._image.size)

    def _reduced(self, top: int, bottom: int) -> NDArray[np.uint8]:
        """Return these rows, reduced. All before the last non-empty one are complete.

        The decoder goes on while strips are read, so the lowest one with rows is read twice, and those above it later.
        """
        height = max(1, STRIP_PIXELS // (self._image.width * self._factor)) * self._factor
        strips: list[NDArray[np.uint8]] = []
        is_found = False
        for start in reversed(range(top, bottom, height)):
            strip = self._reduced_strip(start, min(bottom, start + height))
            there = np.flatnonzero(strip[:, :, :3].any(axis=(1, 2)))
            if there.size and not is_found:
                is_found = True
                strip[: there[-1]] = self._reduced_strip(start, min(bottom, start + height))[: there[-1]]
            strips.insert(0, strip)
        return np.concatenate(strips)

    def _reduced_strip(self, top: int, bottom: int) -> NDArray[np.uint8]:
        return np.array(strip_of(self._image, top, bottom).reduce(self._factor).convert("RGBA"))
