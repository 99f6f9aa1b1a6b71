"""Masks from files.

The rule for which side is painted: where a picture has transparency, the transparent part is painted (a hole to be
filled), unless nearly all is transparent or more than half around strokes of one color (a layer that was painted on):
then the opaque part is. Without transparency white is painted, or the lighter of two values in a file from elsewhere.
A file that may mean the opposite is read all the same and marked as doubtful.
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
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage, new_mask, untold
from imagineart_desktop.support import Reach
from imagineart_desktop.support.pixel_libraries import Image, cv2, np


@dataclass(frozen=True, slots=True, eq=False)
class MaskReading:
    """A mask as it was read. mask: uint8, height × width, 255 = painted. doubtful: perhaps it is meant inverted.

    opaque_is_painted: the file is a transparent layer with strokes on it.
    """

    mask: Mask
    doubtful: bool
    opaque_is_painted: bool = False


_ALIKE = 8
"""Levels by which transparency may vary and still mean nothing."""

_MOSTLY, _NEARLY_ALL = 0.5, 0.8
"""Transparent shares from which on a picture may be, and is, strokes on a transparent layer."""

_SAMPLED = 1_000_000
"""Pixels that are looked at to know whether strokes have one color."""

_ROWS = 512
"""Rows whose means are computed at once: a mean takes six bytes a pixel."""

_READ = 0.6
"""Of reading a mask, when its file is decoded."""

_ONE_COLOR = 24
"""Levels by which the color of strokes may vary."""


class Fit(Enum):
    """How to fit a mask of another size: scale it, or center and crop it."""

    SCALE = "scale"
    CENTRE = "centre"


class MaskFormat(Enum):
    """How a mask is saved: bits of a pixel, and what painted pixels are."""

    WHITE = (8, 255)
    BLACK = (8, 0)
    WHITE_1_BIT = (1, 255)
    BLACK_1_BIT = (1, 0)


def encode_mask(mask: Mask, kind: MaskFormat) -> bytes:
    """PNG. mask: uint8, height × width, 255 = painted; of one bit, what is half painted or more is painted."""
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
    fit: Fit | None = None,
    foreign: bool = False,
    reach: Reach = untold,
) -> MaskReading:
    """The file as a mask for a picture of this size. fit: what is done with one of another size.

    foreign: it was made elsewhere, and two dark values may mean painted and not. reach: called with the share that is
    done; may raise WorkCancelledError. Raises PictureError, SizeMismatchError.
    """
    picture = load_picture(source, name=name, reach=lambda share: reach(_READ * share))
    if picture.size != size and fit is None:
        raise SizeMismatchError(picture.size, size)
    pixels = picture.pixels
    strokes = doubtful = False
    if pixels.shape[2] == 4 and _tells_something(pixels[:, :, 3]):
        strokes, doubtful = _strokes_on_clear(pixels)
        mask = pixels[:, :, 3] if strokes else 255 - pixels[:, :, 3]
    else:
        mask = _means(pixels, lambda share: reach(_READ + (1 - _READ) * share))
        mask = _spread(mask) if foreign else mask
    if picture.size != size:
        mask = _fitted(np.ascontiguousarray(mask), size, fit)
    return MaskReading(np.ascontiguousarray(mask), doubtful or coverage(mask).share > 0.5, strokes)


def _strokes_on_clear(pixels: Pixels) -> tuple[bool, bool]:
    """Whether a picture is strokes on a transparent layer rather than one with a hole, and whether that is doubtful."""
    visible = pixels[:, :, 3] >= THRESHOLD
    clear = 1 - float(np.count_nonzero(visible)) / visible.size
    if clear <= _MOSTLY or clear == 1:
        return False, False
    colors = pixels[visible][:: max(1, visible.size // _SAMPLED), :3]
    one_color = int(np.ptp(np.percentile(colors, (1, 99), axis=0), axis=0).max()) <= _ONE_COLOR
    return one_color or clear >= _NEARLY_ALL, not one_color


def _means(pixels: Pixels, reach: Reach) -> Mask:
    """Return how light each pixel is, as the mean of red, green and blue."""
    means = np.empty(pixels.shape[:2], np.uint8)
    for top in range(0, len(pixels), _ROWS):
        reach(top / len(pixels))
        rows = slice(top, top + _ROWS)
        means[rows] = np.rint(grey_of(pixels[rows])).astype(np.uint8)
    return means


def _tells_something(alpha: Mask) -> bool:
    """Return whether transparency marks a part of the picture: it is not alike everywhere, or all is transparent."""
    least, most = int(alpha.min()), int(alpha.max())
    return most - least > _ALIKE or most == 0


def _spread(mask: Mask) -> Mask:
    """Masks of two values that are both dark (0 and 1, or a colour on black) are meant as painted and not."""
    most = int(mask.max())
    if not 0 < most < THRESHOLD:
        return mask
    values = np.unique(mask)
    return np.where(mask == most, 255, 0).astype(np.uint8) if len(values) <= 2 else mask


def _fitted(mask: Mask, size: Size, fit: Fit | None) -> Mask:
    if fit is Fit.SCALE:
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
