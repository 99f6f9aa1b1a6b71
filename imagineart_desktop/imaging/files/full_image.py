"""Full-fidelity images: all bits, original colors, profile, and transparency as in the file, but upright.

The canvas shows 8-bit sRGB, and that's what is sent; this is what's preserved outside the mask.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from imagineart_desktop.imaging.files.cicp import cicp_of
from imagineart_desktop.imaging.files.decoding import decode_samples
from imagineart_desktop.imaging.files.file_metadata import FileMetadata, read_metadata
from imagineart_desktop.imaging.files.formats import USER_FORMATS, is_float_tiff
from imagineart_desktop.imaging.files.loading import Pixels, load_picture, open_checked, report_decoding
from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.imaging.files.profiles import is_non_srgb_profile, to_srgb
from imagineart_desktop.imaging.files.progressive_preview import OnRows, ProgressivePreview
from imagineart_desktop.imaging.files.wide_samples import bits_of, read_16_bit
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16]"
"""height × width × channels, uint8 or uint16."""

_KEPT_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK")
"""Pillow modes that lose nothing here, provided the file has 8 bits per channel."""

_TIFF_CHANNELS = 277
_HDR = "This is an HDR image. It’s shown and sent in standard range; nothing outside the mask changes."
_CHANGED = "Pixels outside the mask change slightly too."
_FLOAT = f"Floating-point values are clipped to 0–1 and kept with 16 bits. {_CHANGED}"


class ColorModel(Enum):
    """Color model, apart from alpha."""

    GREY = 1
    RGB = 3
    CMYK = 4

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.value)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class FullImage:
    """An image at full fidelity.

    samples: height × width × channels, uint8 or uint16, upright; alpha, if any, is last.

    profile: ICC profile of the colors; None for sRGB or if the file has none. facts: other metadata of the file.
    losses: sentences about what isn't preserved of the file.
    """

    samples: Samples
    colours: ColorModel
    alpha: bool
    profile: bytes | None = None
    facts: FileMetadata = field(default_factory=FileMetadata)
    losses: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.samples.shape[1]), int(self.samples.shape[0])

    @property
    def deep(self) -> bool:
        """Whether the channels have 16 bits."""
        return self.samples.dtype == np.uint16

    @property
    def top(self) -> int:
        """Maximum value of a channel: 255 or 65535."""
        return 65535 if self.deep else 255

    @property
    def is_srgb8(self) -> bool:
        """Whether the samples are 8-bit sRGB, so they're displayed unchanged."""
        return self.colours is ColorModel.RGB and not self.deep and not is_non_srgb_profile(self.profile)

    def shown(self, area: Rect | None = None) -> Pixels:
        """Return the image or a part of it for display: 8-bit sRGB, height × width × 3 or 4."""
        part = self.samples if area is None else self.samples[area.slices]
        if self.is_srgb8:
            return np.ascontiguousarray(part)
        if self.deep and self.colours is ColorModel.GREY and not self.alpha:
            eight = np.rint(part / 257.0).astype(np.uint8)
        else:
            # Keep the high byte, as Pillow does for 16 bits per channel.
            eight = (part >> 8).astype(np.uint8) if self.deep else np.ascontiguousarray(part)
        image = Image.fromarray(eight[:, :, 0] if eight.shape[2] == 1 else eight, self._mode)
        if self.profile is not None and not (self.deep and self.colours is ColorModel.GREY):
            image.info["icc_profile"] = self.profile
        return np.ascontiguousarray(np.asarray(to_srgb(image)))

    def with_samples(self, samples: Samples) -> FullImage:
        """Return a copy with other samples of the same kind."""
        return replace(self, samples=samples)

    @property
    def _mode(self) -> str:
        plain = {ColorModel.GREY: "L", ColorModel.RGB: "RGB", ColorModel.CMYK: "CMYK"}[self.colours]
        return plain + ("A" if self.alpha else "")


def load_full_image(
    source: Path | bytes,
    *,
    name: str | None = None,
    reach: ReportProgress | None = None,
    show_rows: OnRows | None = None,
) -> FullImage:
    """Load an image at full fidelity; of an animation, its first frame. Raises PictureError.

    reach: called with the share read so far; may raise WorkCanceledError. show_rows: displays the rows decoded so far.

    Gray, RGB, and CMYK are preserved with 8 bits per channel, or 16 if more than 8 can be read; palette and 1-bit
    images become 8 bits per channel. Everything else (other color models, 32-bit samples, floating point that can't be
    read as 16 bits) is converted to 8-bit sRGB as displayed. `losses` lists what was lost.
    """
    label = name or (source.name if isinstance(source, Path) else None)
    with open_checked(source, label, USER_FORMATS) as image:
        profile, facts, bits = image.info.get("icc_profile"), read_metadata(image), bits_of(image, source)
        channels, floating = _channels_in_file(image), is_float_tiff(image)
        found = _of_wide(image, source, bits, profile) if bits > 8 else None
        if found is None:
            with report_decoding(image, source, reach, show_rows) as rows:
                found = _of_image(image, profile, rows)
        mode = image.mode
    picture = found or full_image_of(load_picture(source, name=name).pixels)
    losses = _losses(picture, bits, channels, "" if found else mode, facts)
    return replace(picture, facts=facts, losses=(_FLOAT, *losses) if floating else losses)


def describe_losses(source: Path | bytes) -> tuple[str, ...]:
    """Return sentences about what an image loses when a part of it is changed. Raises PictureError.

    Decodes it only if its header isn't enough to tell.
    """
    with open_checked(source, None, USER_FORMATS) as image:
        cicp = cicp_of(image, source)
        hdr = cicp is not None and cicp.is_hdr
        extra = _channels_in_file(image) > len(image.getbands()) and image.mode != "P"
        # All bits of a PNG are always read.
        whole = image.format == "PNG" or (image.mode in _KEPT_MODES and bits_of(image, source) <= 8)
        if whole and not extra:
            return (_HDR,) if hdr else ()
    return load_full_image(source).losses


def _losses(picture: FullImage, bits: int, channels: int, other_mode: str, facts: FileMetadata) -> tuple[str, ...]:
    """Describe the losses.

    bits, channels: of the file; other_mode: Pillow's name of a color mode that isn't preserved.
    """
    said = []
    if other_mode == "LAB":
        said.append(f"This image has Lab colors, which become sRGB. {_CHANGED}")
    elif bits > 8 and not picture.deep:
        said.append(f"This image has {bits} bits per channel; only 8 are kept. {_CHANGED}")
    elif other_mode:
        said.append(f"This image’s colors become 8-bit sRGB. {_CHANGED}")
    if channels > picture.samples.shape[2] and not other_mode:
        said.append("This image has extra channels, which the result won’t have.")
    if facts.cicp is not None and facts.cicp.is_hdr:
        said.append(_HDR)
    return tuple(said)


def _channels_in_file(image: Image.Image) -> int:
    """Return a TIFF's number of channels; 0 for other formats, which have those of their mode."""
    tags: Any = getattr(image, "tag_v2", {})
    said = tags.get(_TIFF_CHANNELS, 0)
    return said if isinstance(said, int) else 0


def full_image_of(pixels: Pixels) -> FullImage:
    """Wrap 8-bit sRGB pixels (height × width × 3 or 4) as a full-fidelity image."""
    return FullImage(pixels, ColorModel.RGB, alpha=pixels.shape[2] == 4)


def _of_wide(image: Image.Image, source: Path | bytes, bits: int, profile: bytes | None) -> FullImage | None:
    samples = read_16_bit(image, source if isinstance(source, bytes) else source.read_bytes(), bits)
    if samples is None:
        return None
    if image.mode == "CMYK":
        return FullImage(samples, ColorModel.CMYK, False, profile)
    count = samples.shape[2]
    return FullImage(samples, ColorModel.GREY if count < 3 else ColorModel.RGB, count in (2, 4), profile)


def _of_image(image: Image.Image, profile: bytes | None, rows: ProgressivePreview | None) -> FullImage | None:
    clear = "transparency" in image.info
    image.load()
    # Read after decoding: Pillow rotates a TIFF during decoding.
    orientation, mode = orientation_of(image), image.mode
    if mode.startswith("I;16"):
        samples = decode_samples(image, orientation).astype(np.uint16, copy=False)
        return FullImage(samples, ColorModel.GREY, False, profile)
    if mode == "1":
        image, mode = image.convert("L"), "L"
    elif mode in ("P", "PA"):
        image = image.convert("RGBA" if clear or mode == "PA" else "RGB")
    elif clear and mode in ("L", "RGB"):
        image = image.convert(f"{mode}A")
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return None
    colours = {"L": ColorModel.GREY, "LA": ColorModel.GREY, "CMYK": ColorModel.CMYK}.get(image.mode, ColorModel.RGB)
    taken = rows.samples() if rows is not None else None
    samples = decode_samples(image, orientation) if taken is None else taken
    return FullImage(samples, colours, image.mode.endswith("A"), profile)
