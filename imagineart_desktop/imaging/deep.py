"""A picture as its file holds it: all of its bits, its own colours, profile and transparency, and upright.

The canvas paints on 8-bit sRGB and that is what is sent; what is kept outside the mask is this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagineart_desktop.imaging.decoding import decode_samples, upright
from imagineart_desktop.imaging.file_facts import FileFacts, facts_of
from imagineart_desktop.imaging.formats import USER_FORMATS
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.loading import Pixels, load_picture, open_checked
from imagineart_desktop.imaging.metadata import orientation_of
from imagineart_desktop.imaging.profiles import to_srgb

Samples = NDArray[np.uint8] | NDArray[np.uint16]
"""height × width × channels, uint8 or uint16."""

_TIFF_BITS, _TIFF_KIND, _TIFF_UNSIGNED = 258, 339, 1
_PNG_DEPTH, _PNG_KIND, _PNG_GREY_ALPHA = 24, 25, 4
"""Where a PNG's head says how many bits a channel has, and what the channels are."""


class Colours(Enum):
    """What the channels are, alpha aside."""

    GREY = 1
    RGB = 3
    CMYK = 4

    @property
    def channels(self) -> int:
        """How many."""
        return int(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class DeepPicture:
    """A picture in full. samples: height × width × channels, uint8 or uint16, upright; the last is alpha if it has any.

    profile: ICC profile of the colours, None for sRGB or where the file says nothing. facts: what else the file says.
    """

    samples: Samples
    colours: Colours
    alpha: bool
    profile: bytes | None = None
    facts: FileFacts = field(default_factory=FileFacts)

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.samples.shape[1]), int(self.samples.shape[0])

    @property
    def deep(self) -> bool:
        """Whether a channel has 16 bits."""
        return self.samples.dtype == np.uint16

    @property
    def top(self) -> int:
        """The largest value of a channel: 255 or 65535."""
        return 65535 if self.deep else 255

    def shown(self, area: Rect | None = None) -> Pixels:
        """The picture, or a part of it, as it is shown: 8-bit sRGB, height × width × 3 or 4."""
        part = self.samples if area is None else self.samples[area.slices]
        if self.colours is Colours.RGB and not self.deep and self.profile is None:
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


def load_deep(source: Path | bytes, *, name: str | None = None) -> DeepPicture:
    """The picture in full; of an animation the first frame. Raises PictureError.

    8 and 16 bits a channel, grey, RGB and CMYK (of 8 bits) stay as they are; palettes and single bits become 8 bits a
    channel. What has other colours, 32 bits or floating point is taken as it is shown: 8-bit sRGB.
    """
    label = name or (source.name if isinstance(source, Path) else None)
    with open_checked(source, label, USER_FORMATS) as image:
        profile, facts = image.info.get("icc_profile"), facts_of(image)
        if _has_16_bits(image, source):
            data = source if isinstance(source, bytes) else source.read_bytes()
            read = _read_16_bits(image, data, profile)
            if read is not None:
                return replace(read, facts=facts)
        found = _of_image(image, profile)
    return replace(found or deep_of(load_picture(source, name=name).pixels), facts=facts)


def deep_of(pixels: Pixels) -> DeepPicture:
    """8-bit sRGB (height × width × 3 or 4) as a picture in full."""
    return DeepPicture(pixels, Colours.RGB, alpha=pixels.shape[2] == 4)


def _of_image(image: Image.Image, profile: bytes | None) -> DeepPicture | None:
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
    return DeepPicture(decode_samples(image, orientation), colours, image.mode.endswith("A"), profile)


def _has_16_bits(image: Image.Image, source: Path | bytes) -> bool:
    """Whether the file has 16 bits a channel and more than one, which Pillow would halve."""
    if image.format == "PNG":
        head = source[: _PNG_DEPTH + 1] if isinstance(source, bytes) else _head(source)
        return len(head) > _PNG_DEPTH and head[_PNG_DEPTH] == 16
    if image.format == "TIFF" and image.mode in ("RGB", "RGBA"):
        tags: Any = getattr(image, "tag_v2", {})
        unsigned = all(kind == _TIFF_UNSIGNED for kind in tags.get(_TIFF_KIND, (1,)))
        return unsigned and set(tags.get(_TIFF_BITS, ())) == {16}
    return False


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_PNG_DEPTH + 1)


def _read_16_bits(image: Image.Image, data: bytes, profile: bytes | None) -> DeepPicture | None:
    """Through OpenCV, which keeps all bits; None where it cannot."""
    try:
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if samples is None or samples.dtype != np.uint16:
        return None
    samples = samples[:, :, None] if samples.ndim == 2 else samples
    key = image.info.get("transparency")
    if samples.shape[2] == 1 and isinstance(key, int):
        opaque = np.where(samples == key, 0, 65535).astype(np.uint16)
        samples = np.concatenate((samples, opaque), axis=2)
        colours = Colours.GREY
    elif samples.shape[2] == 1:
        colours = Colours.GREY
    elif image.format == "PNG" and data[_PNG_KIND] == _PNG_GREY_ALPHA:
        # Which OpenCV makes three equal colours of.
        samples, colours = samples[:, :, (0, 3)], Colours.GREY
    else:
        order = cv2.COLOR_BGR2RGB if samples.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        samples, colours = cv2.cvtColor(samples, order), Colours.RGB
    # OpenCV follows a TIFF's own by itself.
    turned = upright(np.asarray(samples, np.uint16), 1 if image.format == "TIFF" else orientation_of(image))
    return DeepPicture(np.ascontiguousarray(turned), colours, turned.shape[2] in (2, 4), profile)
