"""Converts results from 8-bit sRGB to the colors and depth of the image they're composited into."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.full_image import ColorModel, FullImage
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.files.profiles import from_srgb
from imagineart_desktop.support.pixel_libraries import Image, cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Values: TypeAlias = "NDArray[np.float32]"
"""height × width × channels, float32, 0 to 255."""


def to_colors_of(picture: FullImage, rgb: Values) -> Values:
    """Convert sRGB to the image's own colors, without alpha.

    rgb: height × width × 3, 0 to 255, including fractions. Returns height × width × channels, 0 to the image's `top`.
    Conversion through a profile works in 8 bits and loses the fractions.
    """
    scale = 257.0 if picture.deep else 1.0
    if picture.profile is not None and not (picture.deep and picture.colours is ColorModel.GREY):
        through = _through_profile(picture, np.clip(np.rint(rgb), 0, 255).astype(np.uint8), picture.profile)
        if through is not None:
            return through.astype(np.float32) * np.float32(scale)
    if picture.colours is ColorModel.GREY:
        own = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[:, :, None]
    elif picture.colours is ColorModel.CMYK:
        # Match Pillow's interpretation of CMYK without a profile, which is what was displayed.
        own = np.concatenate((255.0 - rgb, np.zeros((*rgb.shape[:2], 1), np.float32)), axis=2)
    else:
        own = rgb
    return np.asarray(own * np.float32(scale), np.float32)


def _through_profile(picture: FullImage, rgb: Pixels, profile: bytes) -> Pixels | None:
    mode = {ColorModel.GREY: "L", ColorModel.RGB: "RGB", ColorModel.CMYK: "CMYK"}[picture.colours]
    if picture.alpha and picture.colours is ColorModel.GREY:
        return None
    converted = from_srgb(Image.fromarray(rgb), profile, mode)
    if converted is None:
        return None
    values = np.asarray(converted)
    return np.asarray(values[:, :, None] if values.ndim == 2 else values, np.uint8)
