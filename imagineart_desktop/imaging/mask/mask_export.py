"""The pair sent for inpainting: an image and a mask of exactly its size, in the model's mask colors."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.imaging.errors import EmptyMaskError, FullMaskError, SizeMismatchError
from imagineart_desktop.imaging.files.encoding import encode_grey_png, encode_png
from imagineart_desktop.imaging.files.full_image import full_image_of
from imagineart_desktop.imaging.files.full_image_codec import encode_full_image
from imagineart_desktop.imaging.files.loading import Pixels, load_picture
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.pixel_libraries import cv2, np


@dataclass(frozen=True, slots=True)
class ImageMaskPair:
    """Two PNGs of the same size. size: (width, height) in pixels."""

    image_png: bytes
    mask_png: bytes
    size: Size


def export_mask(mask: Mask, painted_value: int) -> bytes:
    """Return the mask as an 8-bit grayscale PNG with only the values 0 and 255, and both of them.

    mask: uint8, height × width, 255 = painted. painted_value: 0 or 255, the value the model expects for painted pixels.
    Raises EmptyMaskError, FullMaskError.
    """
    kind = cv2.THRESH_BINARY if painted_value == 255 else cv2.THRESH_BINARY_INV
    _, two_colours = cv2.threshold(mask, THRESHOLD - 1, 255, kind)
    white = cv2.countNonZero(two_colours)
    painted = white if painted_value == 255 else mask.size - white
    if not painted:
        raise EmptyMaskError
    if painted == mask.size:
        raise FullMaskError
    return encode_grey_png(np.asarray(two_colours, np.uint8))


def with_transparency(mask_png: bytes) -> bytes:
    """Return a mask as 8-bit RGBA PNG whose black part is transparent as well. mask_png: as from `export_mask`."""
    grey = load_picture(mask_png).pixels[:, :, 0]
    return encode_png(np.dstack([grey] * 4))


def export_pair(pixels: Pixels, mask: Mask, painted_value: int) -> ImageMaskPair:
    """Return image and mask, ready to send. Raises EmptyMaskError, FullMaskError, SizeMismatchError."""
    height, width = pixels.shape[:2]
    if mask.shape != (height, width):
        raise SizeMismatchError((mask.shape[1], mask.shape[0]), (width, height))
    return ImageMaskPair(encode_full_image(full_image_of(pixels)), export_mask(mask, painted_value), (width, height))
