"""Decodes images into arrays strip by strip: only Pillow's own copy and the result are held in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.imaging.files.profiles import Convert, srgb_converter
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"

STRIP_PIXELS = 100_000
"""Stay below the block size that the allocator maps on every request (see `support/memory.py`): clearing those pages
costs more than copying the pixels.
"""

_REDUCED_MODES = ("L", "RGB", "RGBA", "CMYK")
_TRANSPOSED, _FLIPPED_ACROSS, _FLIPPED_DOWN = (5, 6, 7, 8), (2, 3, 6, 7), (3, 4, 7, 8)
"""EXIF orientations that require transposing, then mirroring, to make the image upright."""


def upright(samples: Array, orientation: int) -> Array:
    """Return a view of the samples (height × width × channels) oriented according to EXIF."""
    if orientation in _TRANSPOSED:
        samples = samples.transpose(1, 0, 2)
    if orientation in _FLIPPED_ACROSS:
        samples = samples[:, ::-1]
    if orientation in _FLIPPED_DOWN:
        samples = samples[::-1]
    return samples


def decode_srgb(image: Image.Image, at_least: int | None = None) -> NDArray[np.uint8]:
    """Decode to height × width × 3 or 4, uint8, sRGB, upright.

    at_least: required length of the longer edge in pixels; the result may then be reduced by an integer factor.
    """
    image.load()
    times = max(1, max(image.size) // at_least) if at_least else 1
    # Read after decoding: Pillow rotates a TIFF during decoding.
    return _assembled(image, orientation_of(image), times, srgb_converter(image))


def decode_samples(image: Image.Image, orientation: int) -> Array:
    """Return a decoded image's samples, height × width × channels, oriented according to EXIF."""
    return _assembled(image, orientation, 1, _unchanged)


class UprightSamples:
    """Upright samples of an image, copied from top to bottom, even while the rest is still being decoded."""

    def __init__(self, image: Image.Image, orientation: int) -> None:
        self._image = image
        self._orientation = orientation
        width, height = image.size
        shape = (width, height) if orientation in _TRANSPOSED else (height, width)
        self._upright = np.empty((*shape, len(image.getbands())), np.uint8)
        self._taken = 0

    def take(self, bottom: int) -> None:
        """Copy the rows above `bottom`, which must be decoded."""
        strips = _strips(self._image, 1, _unchanged, self._taken, bottom)
        self._taken = _put(strips, _as_in_file(self._upright, self._orientation), self._taken)

    def all(self) -> Array:
        """Return all samples of the image, which must be decoded."""
        self.take(self._image.height)
        return self._upright


def _assembled(image: Image.Image, orientation: int, times: int, convert: Convert) -> Array:
    size = -(-image.width // times), -(-image.height // times)
    strips = _strips(image, times, convert, 0, image.height)
    first = next(strips, None)
    if first is None:
        raise ValueError("an image without rows")
    height, width = size if orientation in _TRANSPOSED else size[::-1]
    result = np.empty((height, width, first.shape[2]), first.dtype)
    _put(chain([first], strips), _as_in_file(result, orientation), 0)
    return result


def _put(strips: Iterable[Array], target: Array, place: int) -> int:
    """Copy strips one below the other, starting at row `place`. Return the row after the last one."""
    for strip in strips:
        target[place : place + len(strip)] = strip
        place += len(strip)
    return place


def _strips(image: Image.Image, times: int, convert: Convert, start: int, end: int) -> Iterator[Array]:
    """Yield the rows from `start` to `end`. times: factor by which each strip is reduced."""
    rows = max(1, STRIP_PIXELS // (image.width * times)) * times
    for top in range(start, end, rows):
        part = strip_of(image, top, min(end, top + rows))
        if times == 1:
            part = convert(part)
        elif image.mode in _REDUCED_MODES and "transparency" not in image.info:
            # Reduce first so that conversion has less to do. But a color that stands for transparency must not be
            # averaged.
            part = convert(part.reduce(times))
        else:
            part = convert(part).reduce(times)
        array = np.asarray(part)
        yield array[:, :, None] if array.ndim == 2 else array


def strip_of(image: Image.Image, top: int, bottom: int) -> Image.Image:
    """Return a copy of these rows; those below needn't be decoded yet."""
    if (top, bottom) == (0, image.height):
        return image
    return image._new(image.im.crop((0, top, image.width, bottom)))


def _unchanged(part: Image.Image) -> Image.Image:
    return part


def _as_in_file(result: Array, orientation: int) -> Array:
    """Return a view of the upright array in the orientation of the file."""
    if orientation in _FLIPPED_DOWN:
        result = result[::-1]
    if orientation in _FLIPPED_ACROSS:
        result = result[:, ::-1]
    return result.transpose(1, 0, 2) if orientation in _TRANSPOSED else result
