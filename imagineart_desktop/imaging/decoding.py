"""Decoded pictures as arrays, strip by strip: beside Pillow's own copy and the result nothing is held in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from imagineart_desktop.imaging.metadata import orientation_of
from imagineart_desktop.imaging.profiles import Convert, srgb_converter
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"

STRIP_PIXELS = 100_000
"""Below the size of blocks that the allocator maps anew each time (see `support/memory.py`): clearing their pages
costs more than copying the pixels."""

_REDUCED_MODES = ("L", "RGB", "RGBA", "CMYK")
_TRANSPOSED, _FLIPPED_ACROSS, _FLIPPED_DOWN = (5, 6, 7, 8), (2, 3, 6, 7), (3, 4, 7, 8)
"""EXIF orientations whose picture is transposed, then mirrored, to be upright."""


def upright(samples: Array, orientation: int) -> Array:
    """Return a view of the samples (height × width × channels) turned as the EXIF orientation says."""
    if orientation in _TRANSPOSED:
        samples = samples.transpose(1, 0, 2)
    if orientation in _FLIPPED_ACROSS:
        samples = samples[:, ::-1]
    if orientation in _FLIPPED_DOWN:
        samples = samples[::-1]
    return samples


def decode_srgb(image: Image.Image, at_least: int | None = None) -> NDArray[np.uint8]:
    """Decode to height × width × 3 or 4, uint8, sRGB, upright.

    at_least: pixels of the longer edge that suffice; the result may then be a whole fraction of the size.
    """
    image.load()
    times = max(1, max(image.size) // at_least) if at_least else 1
    # Read after decoding: Pillow rotates a TIFF while it decodes it.
    return _assembled(image, orientation_of(image), times, srgb_converter(image))


def decode_samples(image: Image.Image, orientation: int) -> Array:
    """Return a decoded picture's samples, height × width × channels, turned as the EXIF orientation says."""
    return _assembled(image, orientation, 1, lambda part: part)


def _assembled(image: Image.Image, orientation: int, times: int, convert: Convert) -> Array:
    size = -(-image.width // times), -(-image.height // times)
    result: Array | None = None
    place = 0
    for strip in _strips(image, times, convert):
        if result is None:
            height, width = size if orientation in _TRANSPOSED else size[::-1]
            result = np.empty((height, width, strip.shape[2]), strip.dtype)
        _as_in_file(result, orientation)[place : place + len(strip)] = strip
        place += len(strip)
    if result is None:
        raise ValueError("an image without rows")
    return result


def _strips(image: Image.Image, times: int, convert: Convert) -> Iterator[Array]:
    """Yield the picture from its top to its bottom. times: by which each strip is reduced."""
    rows = max(1, STRIP_PIXELS // (image.width * times)) * times
    for top in range(0, image.height, rows):
        bottom = min(image.height, top + rows)
        whole = top == 0 and bottom == image.height
        part = image if whole else image.crop((0, top, image.width, bottom))
        if times == 1:
            part = convert(part)
        elif image.mode in _REDUCED_MODES and "transparency" not in image.info:
            # What follows has less to do. A color that stands for transparency must not be averaged.
            part = convert(part.reduce(times))
        else:
            part = convert(part).reduce(times)
        array = np.asarray(part)
        yield array[:, :, None] if array.ndim == 2 else array


def _as_in_file(result: Array, orientation: int) -> Array:
    """Return a view of the upright array in which the picture lies as it does in its file."""
    if orientation in _FLIPPED_DOWN:
        result = result[::-1]
    if orientation in _FLIPPED_ACROSS:
        result = result[:, ::-1]
    return result.transpose(1, 0, 2) if orientation in _TRANSPOSED else result
