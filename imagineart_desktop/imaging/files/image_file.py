"""Exports an image as a file: format, size, quality, color; reports what couldn't be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from imagineart_desktop.imaging.errors import PictureError
from imagineart_desktop.imaging.files.color_transfer import Values
from imagineart_desktop.imaging.files.encode_progress import encode_with_progress
from imagineart_desktop.imaging.files.file_metadata import FileMetadata
from imagineart_desktop.imaging.files.full_image import ColorModel, FullImage, Samples, full_image_of
from imagineart_desktop.imaging.files.full_image_codec import encode_full_image
from imagineart_desktop.imaging.files.loading import MAX_PIXELS
from imagineart_desktop.imaging.files.profiles import is_non_srgb_profile, srgb_profile
from imagineart_desktop.imaging.files.tiff_file import encode_tiff
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import Image, features, np

MAX_PERCENT = 400
_FINE = 90
"""Quality from which a JPEG keeps full-resolution color."""

_MOST_OPTIMIZED = 3 * 2**25
"""Samples up to which a JPEG's Huffman codes are optimized: holds twice as many bytes, saves a few percent."""

_AVIF_SPEED = 8
"""Speed, 0 to 10: a 24-megapixel photograph takes four seconds instead of ten, at the cost of a seventh more bytes."""

_LARGEST_XMP = 65_000
"""Maximum number of bytes that fit into a JPEG."""


class FileFormat(StrEnum):
    """Formats that can be written."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"
    AVIF = "AVIF"
    TIFF = "TIFF"

    @property
    def extension(self) -> str:
        """File extension without the dot."""
        return {"JPEG": "jpg", "TIFF": "tif"}.get(self.value, self.value.lower())

    @property
    def has_quality(self) -> bool:
        """Whether the format trades quality for size."""
        return self in (FileFormat.JPEG, FileFormat.WEBP, FileFormat.AVIF)

    @property
    def keeps_depth(self) -> bool:
        """Whether the format stores 16 bits per channel."""
        return self in (FileFormat.PNG, FileFormat.TIFF)

    @property
    def longest_edge(self) -> int:
        """Maximum edge length in pixels."""
        return {"JPEG": 65_500, "WebP": 16_383, "AVIF": 65_535}.get(self.value, MAX_PIXELS)

    @property
    def is_available(self) -> bool:
        """Whether this computer's Pillow can write the format."""
        module = {"WebP": "webp", "AVIF": "avif", "JPEG": "jpg"}.get(self.value)
        return module is None or bool(features.check(module))


_HELD = {
    FileFormat.PNG: (ColorModel.GREY, ColorModel.RGB),
    FileFormat.WEBP: (ColorModel.RGB,),
    FileFormat.AVIF: (ColorModel.RGB,),
}
"""Color models that a format supports; other formats support all."""


class ExportProfile(StrEnum):
    """How to convert colors: to sRGB with its profile, not at all, or to sRGB without a profile."""

    SRGB = "srgb"
    KEPT = "kept"
    NONE = "none"


class SizeRule(StrEnum):
    """How the size of the exported image is determined."""

    ORIGINAL = "original"
    LONG_EDGE = "long edge"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Export settings. quality: 1 to 100, for formats that have one.

    amount: longer edge in pixels, which never enlarges, or percent up to `MAX_PERCENT`.
    """

    format: FileFormat = FileFormat.PNG
    quality: int = 90
    rule: SizeRule = SizeRule.ORIGINAL
    amount: int = 2048
    profile: ExportProfile = ExportProfile.SRGB

    def size_of(self, size: Size) -> Size:
        """Return the exported size, (width, height) in pixels, of an image of this size."""
        if self.rule is SizeRule.ORIGINAL:
            return size
        scale = min(1.0, self.amount / max(size)) if self.rule is SizeRule.LONG_EDGE else self.amount / 100
        return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An encoded file. size: (width, height) in pixels; remarks: sentences about what couldn't be kept."""

    data: bytes
    size: Size
    remarks: tuple[str, ...]


def encode_picture(
    picture: FullImage, settings: ExportSettings, xmp: bytes | None = None, reach: ReportProgress | None = None
) -> EncodedImage:
    """Encode an image as a file. xmp: packet for the formats that support one; a PNG gets none.

    reach: called with the share done; may raise to abort. Raises PictureError if the format isn't available or can't
    hold an image of this size.
    """
    kind = settings.format
    if not kind.is_available:
        raise PictureError(Message("image.format_not_available", format=kind.value))
    size = settings.size_of(picture.size)
    if max(size) > kind.longest_edge or size[0] * size[1] > MAX_PIXELS:
        raise PictureError(Message("image.too_large_for_format", width=size[0], height=size[1], format=kind.value))
    remarks: list[str] = []
    # Don't reveal unasked where and with what a photograph was taken.
    picture = replace(picture, facts=FileMetadata(picture.facts.dpi))
    shaped = _resized(_coloured(picture, settings, remarks), size)
    if kind is FileFormat.JPEG and shaped.alpha:
        shaped = _on_white(shaped)
        remarks.append("Transparent parts are white: JPEG has no transparency.")
    if shaped.deep and not kind.keeps_depth:
        shaped = shaped.with_samples(_eight_bits(shaped.samples))
        remarks.append(f"16 bits a channel became 8: {kind.value} holds no more.")
    if kind is FileFormat.JPEG and xmp is not None and len(xmp) > _LARGEST_XMP:
        xmp = None
        remarks.append("The recipe is left out: it is too long for a JPEG.")
    try:
        data = _encoded(shaped, settings, xmp, reach)
    except (OSError, ValueError, MemoryError) as error:
        raise PictureError(Message("image.not_written", format=kind.value)) from error
    return EncodedImage(data, shaped.size, tuple(remarks))


def _coloured(picture: FullImage, settings: ExportSettings, remarks: list[str]) -> FullImage:
    """Convert to the requested colors, with a number of channels that the format supports."""
    kind, keep = settings.format, settings.profile is ExportProfile.KEPT
    fits = picture.colours in _HELD.get(kind, tuple(ColorModel))
    if kind is FileFormat.TIFF and picture.deep and picture.alpha:
        # Hardly any program reads 16-bit gray with alpha.
        fits = picture.colours is ColorModel.RGB
    if keep and fits:
        return picture
    foreign = picture.colours is ColorModel.CMYK or is_non_srgb_profile(picture.profile)
    made = picture
    if foreign:
        made = replace(full_image_of(picture.shown()), facts=picture.facts)
        if keep:
            remarks.append(f"The colors became sRGB: {kind.value} cannot hold them as they were.")
        if picture.deep:
            remarks.append("16 bits a channel became 8 on the way to sRGB.")
    profile = srgb_profile() if settings.profile is ExportProfile.SRGB else None
    if made.colours is ColorModel.GREY and (profile is not None or not fits):
        made = _grey_as_rgb(made)
    return replace(made, profile=profile)


def _grey_as_rgb(picture: FullImage) -> FullImage:
    places = [0, 0, 0, 1] if picture.alpha else [0, 0, 0]
    return replace(picture, samples=picture.samples.take(places, axis=2), colours=ColorModel.RGB)


def _resized(picture: FullImage, size: Size) -> FullImage:
    """Resize with Lanczos, each channel in floating point, colors weighted by their opacity."""
    if size == picture.size:
        return picture
    values = picture.samples.astype(np.float32)
    top = np.float32(picture.top)
    if picture.alpha:
        values[:, :, :-1] *= values[:, :, -1:] / top
    channels = [
        np.asarray(Image.fromarray(np.ascontiguousarray(values[:, :, place])).resize(size, Image.Resampling.LANCZOS))
        for place in range(values.shape[2])
    ]
    made = np.stack(channels, axis=2)
    if picture.alpha:
        made[:, :, :-1] *= top / np.maximum(made[:, :, -1:], 1e-3)
    return picture.with_samples(_whole(made, picture))


def _whole(values: Values, picture: FullImage) -> Samples:
    """Round to integers of the image's depth."""
    whole = np.rint(np.clip(values, 0, picture.top))
    return whole.astype(np.uint16) if picture.deep else whole.astype(np.uint8)


def _on_white(picture: FullImage) -> FullImage:
    values = picture.samples.astype(np.float32)
    opacity = values[:, :, -1:] / np.float32(picture.top)
    flat = values[:, :, :-1] * opacity + np.float32(picture.top) * (1 - opacity)
    return replace(picture, samples=_whole(flat, picture), alpha=False)


def _eight_bits(samples: Samples) -> Samples:
    return np.asarray((samples.astype(np.uint32) * 255 + 32767) // 65535, np.uint8)


def _encoded(picture: FullImage, settings: ExportSettings, xmp: bytes | None, reach: ReportProgress | None) -> bytes:
    if settings.format is FileFormat.PNG:
        return encode_full_image(picture, reach)
    if settings.format is FileFormat.TIFF:
        return encode_tiff(picture, xmp, reach)
    pixels = picture.samples[:, :, 0] if picture.samples.shape[2] == 1 else picture.samples
    options: dict[str, Any] = {"quality": settings.quality}
    if settings.format is FileFormat.JPEG:
        # 4:4:4 or 4:2:0, in Pillow's numbering.
        small = picture.samples.size <= _MOST_OPTIMIZED
        options |= {"subsampling": 0 if settings.quality >= _FINE else 2, "optimize": small}
    if settings.format is FileFormat.AVIF:
        options["speed"] = _AVIF_SPEED
    if picture.facts.dpi is not None:
        options["dpi"] = tuple(map(round, picture.facts.dpi))
    if picture.profile is not None:
        options["icc_profile"] = picture.profile
    if xmp is not None:
        options["xmp"] = xmp
    mode = "CMYK" if picture.colours is ColorModel.CMYK else None
    return encode_with_progress(
        Image.fromarray(np.ascontiguousarray(pixels), mode), settings.format.name, options, reach
    )
