"""Recognizes TIFFs whose samples Pillow and OpenCV would decode to wrong pixels, and previews of camera raw files."""

from __future__ import annotations

from typing import Any

from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import Image

_SUBFILE, _BITS, _COLORS, _CHANNELS, _PLANES, _SUB_IMAGES, _KIND, _DNG = 254, 258, 262, 277, 284, 330, 339, 50706
_WHITE_IS_ZERO, _SEPARATE, _SIGNED, _REDUCED = 0, 2, 2, 1


def misread_tiff_reason(image: Image.Image, label: Message) -> Message | None:
    """Return why an opened TIFF would be shown wrong; None if its pixels can be trusted."""
    tags: Any = getattr(image, "tag_v2", {})
    bits, kinds = _numbers(tags, _BITS), _numbers(tags, _KIND)
    if _numbers(tags, _SUBFILE)[:1] == (_REDUCED,) and (_SUB_IMAGES in tags or _DNG in tags):
        return Message("image.camera_raw", label=label)
    if max(bits, default=1) > 8 and tags.get(_PLANES) == _SEPARATE and tags.get(_CHANNELS, 1) != 1:
        return Message("image.planar_tiff", label=label)
    # Pillow doesn't scale 12 bits, takes signed bytes for unsigned ones, and inverts only 8 bits.
    inverted = bits == (16,) and tags.get(_COLORS) == _WHITE_IS_ZERO
    if bits == (12,) or inverted or (set(bits) == {8} and _SIGNED in kinds):
        return Message("image.unusual_tiff", label=label)
    return None


def _numbers(tags: Any, tag: int) -> tuple[Any, ...]:
    value = tags.get(tag, ())
    return value if isinstance(value, tuple) else (value,)
