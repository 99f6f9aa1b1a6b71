"""Reading and writing mask files.

Rule for which side is painted: if the image has transparency, the transparent part is painted (a hole to be filled),
unless nearly all of it is transparent, or more than half around strokes of one color (a layer that was painted on);
then the opaque part is. Without transparency, white is painted, or the lighter of two values in a file from another
program. A file that may mean the opposite is still read, but marked as doubtful.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from imagineart_desktop.imaging.errors import SizeMismatchError
from imagineart_desktop.imaging.files.encoding import encode_grey_png
from imagineart_desktop.imaging.files.grayscale import grey_of
from imagineart_desktop.imaging.files.loading import Pixels, load_picture
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage, new_mask, no_progress
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import Image, cv2, np


@dataclass(frozen=True, slots=True, eq=False)
class ReadMask:
    """A mask read from a file. mask: uint8, height × width, 255 = painted. doubtful: it may be meant inverted.

    opaque_is_painted: the file is a transparent layer with strokes on it.
    """

    mask: Mask
    doubtful: bool
    opaque_is_painted: bool = False


_ALIKE = 8
"""Levels by which alpha may vary without meaning anything."""

_MOSTLY, _NEARLY_ALL = 0.5, 0.8
"""Transparent shares from which an image may be, and certainly is, strokes on a transparent layer."""

_SAMPLED = 1_000_000
"""Number of pixels sampled to determine whether strokes have one color."""

_ROWS = 512
"""Rows whose means are computed at once: a mean takes six bytes a pixel."""

_READ = 0.6
"""Share of the progress of reading a mask that's done once its file is decoded."""

_ONE_COLOR = 24
"""Levels by which the color of strokes may vary."""


class MaskFit(Enum):
    """How to fit a mask of another size: scale it, or center and crop it."""

    SCALE = "scale"
    CENTRE = "centre"


class MaskFormat(Enum):
    """How a mask is saved: bits per pixel, and the value of painted pixels."""

    WHITE = (8, 255)
    BLACK = (8, 0)
    WHITE_1_BIT = (1, 255)
    BLACK_1_BIT = (1, 0)


def encode_mask(mask: Mask, kind: MaskFormat) -> bytes:
    """Encode as PNG.

    mask: uint8, height × width, 255 = painted; with 1 bit, pixels at least half painted are painted.
    """
    bits, painted = kind.value
    shown = mask if painted else 255 - mask
    if bits == 8:
        return encode_grey_png(shown)
    held = io.BytesIO()
    Image.fromarray(shown >= THRESHOLD).save(held, "PNG", optimize=True)
    return held.getvalue()


def read_mask(
    source: Path | bytes,
    size: Size,
    *,
    name: str | None = None,
    fit: MaskFit | None = None,
    foreign: bool = False,
    reach: ReportProgress = no_progress,
) -> ReadMask:
    """Read a file as a mask for an image of this size. fit: how to handle a mask of another size.

    foreign: it was made by another program, and two dark values may mean painted and unpainted. reach: called with the
    share done; may raise WorkCanceledError. Raises PictureError, SizeMismatchError.
    """
    picture = load_picture(source, name=name, reach=lambda share: reach(_READ * share))
    if picture.size != size and fit is None:
        raise SizeMismatchError(picture.size, size)
    pixels = picture.pixels
    strokes = doubtful = False
    if pixels.shape[2] == 4 and _alpha_is_meaningful(pixels[:, :, 3]):
        strokes, doubtful = _strokes_on_clear(pixels)
        mask = pixels[:, :, 3] if strokes else 255 - pixels[:, :, 3]
    else:
        mask = _lightness(pixels, lambda share: reach(_READ + (1 - _READ) * share))
        mask = _normalize_two_values(mask) if foreign else mask
    if picture.size != size:
        mask = _fitted(np.ascontiguousarray(mask), size, fit)
    return ReadMask(np.ascontiguousarray(mask), doubtful or coverage(mask).share > 0.5, strokes)


def _strokes_on_clear(pixels: Pixels) -> tuple[bool, bool]:
    """Return whether an image is strokes on a transparent layer rather than one with a hole, and if that's doubtful."""
    visible = pixels[:, :, 3] >= THRESHOLD
    clear = 1 - float(np.count_nonzero(visible)) / visible.size
    if clear <= _MOSTLY or clear == 1:
        return False, False
    colors = pixels[visible][:: max(1, visible.size // _SAMPLED), :3]
    one_color = int(np.ptp(np.percentile(colors, (1, 99), axis=0), axis=0).max()) <= _ONE_COLOR
    return one_color or clear >= _NEARLY_ALL, not one_color


def _lightness(pixels: Pixels, reach: ReportProgress) -> Mask:
    """Return the lightness of each pixel as the mean of red, green, and blue."""
    means = np.empty(pixels.shape[:2], np.uint8)
    for top in range(0, len(pixels), _ROWS):
        reach(top / len(pixels))
        rows = slice(top, top + _ROWS)
        means[rows] = np.rint(grey_of(pixels[rows])).astype(np.uint8)
    return means


def _alpha_is_meaningful(alpha: Mask) -> bool:
    """Return whether alpha marks a part of the image: it varies, or everything is transparent."""
    least, most = int(alpha.min()), int(alpha.max())
    return most - least > _ALIKE or most == 0


def _normalize_two_values(mask: Mask) -> Mask:
    """Spread two dark values (0 and 1, or a color on black) to 0 and 255: they're meant as unpainted and painted."""
    most = int(mask.max())
    if not 0 < most < THRESHOLD:
        return mask
    values = np.unique(mask)
    return np.where(mask == most, 255, 0).astype(np.uint8) if len(values) <= 2 else mask


def _fitted(mask: Mask, size: Size, fit: MaskFit | None) -> Mask:
    if fit is MaskFit.SCALE:
        smaller = size[0] * size[1] < mask.size
        way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(mask, size, interpolation=way), np.uint8)
    fitted = new_mask(size)
    left, top = (size[0] - mask.shape[1]) // 2, (size[1] - mask.shape[0]) // 2
    place = Rect(left, top, left + mask.shape[1], top + mask.shape[0])
    seen = place.intersected(Rect.of_size(size))
    source = Rect(seen.left - left, seen.top - top, seen.right - left, seen.bottom - top)
    fitted[seen.slices] = mask[source.slices]
    return fitted
