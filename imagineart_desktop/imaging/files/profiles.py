"""Color management: ICC profiles, and conversion of any image to 8-bit sRGB."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeAlias

from imagineart_desktop.support.pixel_libraries import Image, ImageCms, np

Convert: TypeAlias = "Callable[[Image.Image], Image.Image]"

_CREATED = slice(24, 36)
"""Where the header of a profile has the time when it was made (ICC.1:2010, 7.2.1)."""

_NO_TIME = bytes(12)

_TIFF_BITS, _TIFF_SAMPLE_KIND, _TIFF_UNSIGNED = 258, 339, 1

_CONVERTED_MODES = ("RGB", "RGBA", "CMYK", "L")


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert the image to 8-bit RGB or RGBA, through its profile if it has one."""
    return srgb_converter(image)(image)


def srgb_converter(image: Image.Image) -> Convert:
    """Return a function that converts the image or any part of it to 8-bit RGB or RGBA, through its profile if any.

    A part is converted as it would be within the whole. If nothing has to change, the function returns its argument.
    """
    eight_bit = _eight_bit_converter(image)
    if eight_bit is not None:
        return eight_bit
    # Lab has a band named A that isn't transparency.
    target = "RGBA" if (image.mode != "LAB" and "A" in image.getbands()) or "transparency" in image.info else "RGB"
    profile = image.info.get("icc_profile")
    source = _usable(profile) if profile and image.mode in _CONVERTED_MODES else None
    transform = None if source is None else _transform(source, _srgb(), image.mode.replace("RGBA", "RGB"), "RGB")

    def convert(part: Image.Image) -> Image.Image:
        if transform is not None:
            try:
                return _through(part, transform)
            except _profile_errors():
                pass
        return part if part.mode == target else part.convert(target)

    return convert


def _through(part: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    alpha = part.getchannel("A") if part.mode == "RGBA" else None
    converted = transform.apply(part.convert("RGB") if part.mode == "RGBA" else part)
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _eight_bit_converter(image: Image.Image) -> Convert | None:
    """Return a converter for 16- or 32-bit or floating-point gray to 8 bits, with alpha if one value is transparent.

    16-bit values keep their scale. None for other images.
    """
    if not (image.mode.startswith("I") or image.mode == "F"):
        return None
    key = image.info.get("transparency")
    least, most = _extrema(image) if image.mode in ("I", "F") else (0, 65535)
    scale = 1.0
    # Pillow reads 32-bit values as signed ones, whatever they are.
    unsigned = image.mode == "I" and _has_unsigned_samples(image)
    if image.mode == "I" and (most > 65535 or (unsigned and least < 0)):
        scale = 255 / (0xFFFFFFFF if unsigned else 0x7FFFFFFF)
    elif image.mode.startswith("I;16") or (image.mode == "I" and most > 255):
        scale = 1 / 257.0
    elif image.mode == "F" and most <= 1.0:
        scale = 255.0

    def convert(part: Image.Image) -> Image.Image:
        samples = np.asarray(part)
        values = (samples.view(np.uint32) if unsigned else samples).astype(np.float64)
        grey = Image.fromarray(np.clip(np.rint(values * scale), 0, 255).astype(np.uint8))
        if key is None:
            return grey.convert("RGB")
        grey.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
        return grey.convert("RGBA")

    return convert


def _extrema(image: Image.Image) -> tuple[float, float]:
    least, most = image.getextrema()
    if isinstance(least, tuple) or isinstance(most, tuple):
        raise TypeError("one channel is expected")
    return least, most


def _has_unsigned_samples(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    kinds = tags.get(_TIFF_SAMPLE_KIND, (_TIFF_UNSIGNED,))
    return image.format == "TIFF" and set(tags.get(_TIFF_BITS, ())) == {32} and set(kinds) == {_TIFF_UNSIGNED}


def from_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image | None:
    """Convert an RGB image to a profile's colors; None if it's unusable or sRGB. mode: L, RGB, or CMYK."""
    target = _usable(profile)
    transform = None if target is None else _transform(_srgb(), target, image.mode, mode)
    try:
        return None if transform is None else transform.apply(image)
    except _profile_errors():
        return None


def is_non_srgb_profile(profile: bytes | None) -> bool:
    """Return whether this profile's colors differ from sRGB; an unreadable one counts as sRGB, as it is displayed."""
    return profile is not None and _usable(profile) is not None


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, always with the same bytes: files of the same image are equal."""
    made = _srgb().tobytes()
    return made[: _CREATED.start] + _NO_TIME + made[_CREATED.stop :]


def _profile_errors() -> tuple[type[Exception], ...]:
    return ImageCms.PyCMSError, OSError, ValueError, TypeError


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _usable(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    """Return the profile, or None if it can't be read or is sRGB."""
    try:
        read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return None if "srgb" in (ImageCms.getProfileDescription(read) or "").lower() else read
    except _profile_errors():
        return None


def _transform(
    source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile, mode: str, output_mode: str
) -> ImageCms.ImageCmsTransform | None:
    try:
        return ImageCms.ImageCmsTransform(source, target, mode, output_mode, ImageCms.Intent.PERCEPTUAL)
    except _profile_errors():
        return None
