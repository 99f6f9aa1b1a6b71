"""A picture as its file holds it: all of its bits, its own colours, profile and transparency, and upright.

The canvas paints on 8-bit sRGB and that is what is sent; what is kept outside the mask is this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from imagineart_desktop.imaging.files.cicp import cicp_of
from imagineart_desktop.imaging.files.decoding import decode_samples
from imagineart_desktop.imaging.files.file_metadata import FileFacts, facts_of
from imagineart_desktop.imaging.files.formats import USER_FORMATS, is_float_tiff
from imagineart_desktop.imaging.files.loading import Pixels, following, load_picture, open_checked
from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.imaging.files.profiles import is_foreign_profile, to_srgb
from imagineart_desktop.imaging.files.progressive_preview import RowsSoFar, ShowRows
from imagineart_desktop.imaging.files.wide_samples import bits_of, read_wide
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.support import Reach
from imagineart_desktop.support.pixel_libraries import Image, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16]"
"""height × width × channels, uint8 or uint16."""

_KEPT_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK")
"""Pillow's modes that lose nothing here, if they have 8 bits per channel in the file."""

_TIFF_CHANNELS = 277
_HDR = "This is an HDR image. It’s shown and sent in standard range; nothing outside the mask changes."
_CHANGED = "Pixels outside the mask change slightly too."
_FLOAT = f"Floating-point values are clipped to 0–1 and kept with 16 bits. {_CHANGED}"


class Colours(Enum):
    """What the channels are, alpha aside."""

    GREY = 1
    RGB = 3
    CMYK = 4

    @property
    def channels(self) -> int:
        """Return how many."""
        return int(self.value)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class DeepPicture:
    """A picture in full. samples: height × width × channels, uint8 or uint16, upright; the last is alpha if it has any.

    profile: ICC profile of the colours, None for sRGB or where the file says nothing. facts: what else the file says.
    losses: what of the file is not kept, in sentences.
    """

    samples: Samples
    colours: Colours
    alpha: bool
    profile: bytes | None = None
    facts: FileFacts = field(default_factory=FileFacts)
    losses: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.samples.shape[1]), int(self.samples.shape[0])

    @property
    def deep(self) -> bool:
        """Return whether a channel has 16 bits."""
        return self.samples.dtype == np.uint16

    @property
    def top(self) -> int:
        """The largest value of a channel: 255 or 65535."""
        return 65535 if self.deep else 255

    @property
    def is_shown_as_it_is(self) -> bool:
        """Return whether the samples are 8-bit sRGB."""
        return self.colours is Colours.RGB and not self.deep and not is_foreign_profile(self.profile)

    def shown(self, area: Rect | None = None) -> Pixels:
        """The picture, or a part of it, as it is shown: 8-bit sRGB, height × width × 3 or 4."""
        part = self.samples if area is None else self.samples[area.slices]
        if self.is_shown_as_it_is:
            return np.ascontiguousarray(part)
        if self.deep and self.colours is Colours.GREY and not self.alpha:
            eight = np.rint(part / 257.0).astype(np.uint8)
        else:
            # The high byte, as Pillow reads what has 16 bits a channel.
            eight = (part >> 8).astype(np.uint8) if self.deep else np.ascontiguousarray(part)
        image = Image.fromarray(eight[:, :, 0] if eight.shape[2] == 1 else eight, self._mode)
        if self.profile is not None and not (self.deep and self.colours is Colours.GREY):
            image.info["icc_profile"] = self.profile
        return np.ascontiguousarray(np.asarray(to_srgb(image)))

    def with_samples(self, samples: Samples) -> DeepPicture:
        """Other pixels of the same kind."""
        return replace(self, samples=samples)

    @property
    def _mode(self) -> str:
        plain = {Colours.GREY: "L", Colours.RGB: "RGB", Colours.CMYK: "CMYK"}[self.colours]
        return plain + ("A" if self.alpha else "")


def load_deep(
    source: Path | bytes,
    *,
    name: str | None = None,
    reach: Reach | None = None,
    show_rows: ShowRows | None = None,
) -> DeepPicture:
    """The picture in full; of an animation the first frame. Raises PictureError.

    reach: called with the share that is read so far; may raise WorkCancelledError. show_rows: shows the rows so far.

    Grey, RGB and CMYK stay as they are, with 8 bits per channel or, where more can be read, with 16; palettes and
    single bits become 8 bits a channel. What has other colours, 32 bits or floating point is taken as it is shown:
    8-bit sRGB. What is lost is in `losses`.
    """
    label = name or (source.name if isinstance(source, Path) else None)
    with open_checked(source, label, USER_FORMATS) as image:
        profile, facts, bits = image.info.get("icc_profile"), facts_of(image), bits_of(image, source)
        channels, floating = _channels_in_file(image), is_float_tiff(image)
        found = _of_wide(image, source, bits, profile) if bits > 8 else None
        if found is None:
            with following(image, source, reach, show_rows) as rows:
                found = _of_image(image, profile, rows)
        mode = image.mode
    picture = found or deep_of(load_picture(source, name=name).pixels)
    losses = _losses(picture, bits, channels, "" if found else mode, facts)
    return replace(picture, facts=facts, losses=(_FLOAT, *losses) if floating else losses)


def losses_of(source: Path | bytes) -> tuple[str, ...]:
    """Return what of a picture is not kept where a part of it is changed, in sentences. Raises PictureError.

    Decodes it only where more than its head is needed to tell.
    """
    with open_checked(source, None, USER_FORMATS) as image:
        cicp = cicp_of(image, source)
        hdr = cicp is not None and cicp.is_hdr
        extra = _channels_in_file(image) > len(image.getbands()) and image.mode != "P"
        # Of a PNG all bits are always read.
        whole = image.format == "PNG" or (image.mode in _KEPT_MODES and bits_of(image, source) <= 8)
        if whole and not extra:
            return (_HDR,) if hdr else ()
    return load_deep(source).losses


def _losses(picture: DeepPicture, bits: int, channels: int, other_mode: str, facts: FileFacts) -> tuple[str, ...]:
    """bits, channels: of the file; other_mode: Pillow's name of colors that are not kept."""
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
    """Return how many a TIFF has; 0 for others, which have those of their mode."""
    tags: Any = getattr(image, "tag_v2", {})
    said = tags.get(_TIFF_CHANNELS, 0)
    return said if isinstance(said, int) else 0


def deep_of(pixels: Pixels) -> DeepPicture:
    """8-bit sRGB (height × width × 3 or 4) as a picture in full."""
    return DeepPicture(pixels, Colours.RGB, alpha=pixels.shape[2] == 4)


def _of_wide(image: Image.Image, source: Path | bytes, bits: int, profile: bytes | None) -> DeepPicture | None:
    samples = read_wide(image, source if isinstance(source, bytes) else source.read_bytes(), bits)
    if samples is None:
        return None
    if image.mode == "CMYK":
        return DeepPicture(samples, Colours.CMYK, False, profile)
    count = samples.shape[2]
    return DeepPicture(samples, Colours.GREY if count < 3 else Colours.RGB, count in (2, 4), profile)


def _of_image(image: Image.Image, profile: bytes | None, rows: RowsSoFar | None) -> DeepPicture | None:
    clear = "transparency" in image.info
    image.load()
    # Read after decoding: Pillow rotates a TIFF while it decodes it.
    orientation, mode = orientation_of(image), image.mode
    if mode.startswith("I;16"):
        samples = decode_samples(image, orientation).astype(np.uint16, copy=False)
        return DeepPicture(samples, Colours.GREY, False, profile)
    if mode == "1":
        image, mode = image.convert("L"), "L"
    elif mode in ("P", "PA"):
        image = image.convert("RGBA" if clear or mode == "PA" else "RGB")
    elif clear and mode in ("L", "RGB"):
        image = image.convert(f"{mode}A")
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return None
    colours = {"L": Colours.GREY, "LA": Colours.GREY, "CMYK": Colours.CMYK}.get(image.mode, Colours.RGB)
    taken = rows.samples() if rows is not None else None
    samples = decode_samples(image, orientation) if taken is None else taken
    return DeepPicture(samples, colours, image.mode.endswith("A"), profile)
