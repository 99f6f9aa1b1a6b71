"""Masks from files.

The rule for which side is painted: where a picture has transparency, the transparent part is painted (a hole to be
filled); otherwise white is painted. A file in which more is painted than not is read all the same, but said to be
doubtful, for it may have been made for a model with the other polarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imagineart_desktop.imaging.errors import SizeMismatchError
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.imaging.loading import load_picture
from imagineart_desktop.imaging.mask import Mask, coverage


@dataclass(frozen=True, slots=True, eq=False)
class MaskReading:
    """A mask as it was read. mask: uint8, height × width, 255 = painted. doubtful: perhaps it is meant inverted."""

    mask: Mask
    doubtful: bool


def read_mask(source: Path | bytes, size: Size, *, name: str | None = None) -> MaskReading:
    """The file as a mask for a picture of this size. Raises PictureError, SizeMismatchError."""
    picture = load_picture(source, name=name)
    if picture.size != size:
        raise SizeMismatchError(picture.size, size)
    pixels = picture.pixels
    if pixels.shape[2] == 4 and int(pixels[:, :, 3].min()) < 255:
        mask = 255 - pixels[:, :, 3]
    else:
        mask = np.rint(pixels[:, :, :3].mean(axis=2)).astype(np.uint8)
    return MaskReading(np.ascontiguousarray(mask), coverage(mask).share > 0.5)
