"""Pictures from anywhere, opened safely: upright, in sRGB, 8 bits a channel.

Nothing is believed: the content is what its bytes say, only named formats are decoded, and what would take too much
memory is refused before it is decoded.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from imagineart_desktop.imaging.errors import PictureError
from imagineart_desktop.imaging.file_input import check_file, check_length
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.imaging.png_texts import readable

Pixels = NDArray[np.uint8]
"""height × width × 3 or 4, uint8, sRGB, alpha straight."""

MAX_PIXELS = 300_000_000
RESULT_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
"""What the service may send."""

USER_FORMATS = (*RESULT_FORMATS, "TIFF", "BMP")
"""What a user may open."""

_NAMES = {"JPEG": "JPEG", "WEBP": "WebP"}
_REDUCED_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
_REDUCED_MODES = ("L", "RGB", "RGBA", "CMYK")
_ROTATED = {5, 6, 7, 8}
_EXIF_ORIENTATION = 0x0112

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What a picture's head says. format: “PNG”, “JPEG” …; size: upright, (width, height) in pixels."""

    format: str
    size: Size


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture. pixels: height × width × 3 or 4, uint8, sRGB, upright."""

    pixels: Pixels
    format: str

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


def probe_picture(
    source: Path | bytes, *, name: str | None = None, formats: tuple[str, ...] = USER_FORMATS
) -> PictureInfo:
    """Format and upright size without decoding the pixels. Raises PictureError."""
    with open_checked(source, name, formats) as image:
        width, height = image.size
        if _orientation(image) in _ROTATED:
            width, height = height, width
        return PictureInfo(_NAMES.get(image.format or "", image.format or ""), (width, height))


def load_picture(
    source: Path | bytes,
    *,
    name: str | None = None,
    formats: tuple[str, ...] = USER_FORMATS,
    at_least: int | None = None,
) -> Picture:
    """The picture's pixels; of an animation the first frame. Raises PictureError.

    name: what to call it in an error. at_least: pixels of the longer edge that suffice; the picture may then be a
    fraction of its size, and a JPEG is decoded at one, which is many times faster.
    """
    label = _label(source, name)
    with open_checked(source, name, formats) as image:
        if at_least is not None:
            image.draft(None, (at_least, at_least))
        kind = _NAMES.get(image.format or "", image.format or "")
        return Picture(_decoded(image, label, at_least), kind)


def _decoded(image: Image.Image, label: str, at_least: int | None) -> Pixels:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            image = _reduced(image, at_least)
            upright = ImageOps.exif_transpose(image)
            return np.ascontiguousarray(np.asarray(to_srgb(upright)))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError) as error:
        raise PictureError(f"{label} is damaged and cannot be opened.") from error


def _reduced(image: Image.Image, at_least: int | None) -> Image.Image:
    """The picture at a whole fraction of its size, where less suffices: all that follows has less to do."""
    times = max(image.size) // at_least if at_least else 1
    if times < 2 or image.format not in _REDUCED_FORMATS or image.mode not in _REDUCED_MODES:
        return image
    return image.reduce(times)


def to_srgb(image: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA of 8 bits, through its profile where it has one."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bit(image)
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        converted = _through_profile(image, profile)
        if converted is not None:
            return converted
    return image.convert("RGBA" if has_alpha else "RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, or floating point, to 8 bits, with alpha where one value is transparent.

    16-bit values keep their scale.
    """
    values = np.asarray(image).astype(np.float64)
    clear = values == image.info.get("transparency")
    if image.mode.startswith("I;16") or (image.mode == "I" and values.max(initial=0) > 255):
        values = values / 257.0
    elif image.mode == "F" and values.max(initial=0) <= 1.0:
        values = values * 255.0
    grey = Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
    if "transparency" in image.info:
        grey.putalpha(Image.fromarray(np.where(clear, 0, 255).astype(np.uint8)))
    return grey


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB, or None where its profile is unusable or already sRGB."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if image.mode == "RGBA" else image
    source = _usable(profile)
    converted = None if source is None else _converted(plain, source, _srgb(), "RGB")
    if converted is not None and alpha is not None:
        converted.putalpha(alpha)
    return converted


def from_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image | None:
    """An RGB picture in the colours of a profile, or None where that is unusable or sRGB. mode: L, RGB or CMYK."""
    target = _usable(profile)
    return None if target is None else _converted(image, _srgb(), target, mode)


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def is_foreign_profile(profile: bytes | None) -> bool:
    """Whether colours of this profile differ from sRGB; one that cannot be read counts as sRGB, as it is shown."""
    return profile is not None and _usable(profile) is not None


def has_own_colours(source: Path | bytes) -> bool:
    """Whether a picture's file has colours that sRGB does not stand for: CMYK, or a profile of its own.

    Raises PictureError.
    """
    with open_checked(source, None, USER_FORMATS) as image:
        return image.mode == "CMYK" or is_foreign_profile(image.info.get("icc_profile"))


def srgb_profile() -> bytes:
    """An ICC profile of sRGB."""
    return _srgb().tobytes()


def _usable(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    """The profile, or None where it cannot be read or is sRGB."""
    try:
        read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return None if "srgb" in (ImageCms.getProfileDescription(read) or "").lower() else read
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _converted(
    image: Image.Image,
    source: ImageCms.ImageCmsProfile,
    target: ImageCms.ImageCmsProfile,
    mode: str,
) -> Image.Image | None:
    try:
        return ImageCms.profileToProfile(
            image, source, target, renderingIntent=ImageCms.Intent.PERCEPTUAL, outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def open_checked(source: Path | bytes, name: str | None, formats: tuple[str, ...]) -> Image.Image:
    """The picture's head read, and its size found bearable; no pixel is decoded yet. Raises PictureError."""
    label = _label(source, name)
    _check_bytes(source, label)
    try:
        image = Image.open(readable(source), formats=list(formats))
    except UnidentifiedImageError:
        raise PictureError(f"{label} is not a picture that can be opened here ({_listed(formats)}).") from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise PictureError(f"{label} is damaged and cannot be opened.") from error
    if image.width * image.height > MAX_PIXELS:
        size = f"{image.width} × {image.height}"
        image.close()
        raise PictureError(f"{label} is too large: {size}, the limit is {MAX_PIXELS // 1_000_000} megapixels.")
    return image


def _check_bytes(source: Path | bytes, label: str) -> None:
    if isinstance(source, bytes):
        check_length(len(source), label)
    else:
        check_file(source, label)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 1))
    except (OSError, ValueError, SyntaxError, TypeError):
        return 1


def _label(source: Path | bytes, name: str | None) -> str:
    if name:
        return f"“{name}”"
    return f"“{source.name}”" if isinstance(source, Path) else "This picture"


def _listed(formats: tuple[str, ...]) -> str:
    return ", ".join(_NAMES.get(name, name) for name in formats)
