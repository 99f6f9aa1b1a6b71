"""Removes metadata from a PNG without recompressing its pixels."""

from __future__ import annotations

import zlib
from pathlib import Path

from imagineart_desktop.imaging.files.encoding import png_chunk
from imagineart_desktop.imaging.files.formats import USER_FORMATS
from imagineart_desktop.imaging.files.image_file import ExportProfile
from imagineart_desktop.imaging.files.integrity import is_complete
from imagineart_desktop.imaging.files.loading import open_checked
from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE, png_chunks
from imagineart_desktop.imaging.files.profiles import is_non_srgb_profile, srgb_profile

_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"sBIT", b"pHYs", b"IDAT", b"IEND")
_COLOURS = (b"iCCP", b"sRGB", b"gAMA", b"cHRM")
_HEAD_END = len(PNG_SIGNATURE) + 25


def strip_png(path: Path, profile: ExportProfile) -> bytes | None:
    """Return the file with its pixels and the requested color profile; None if the pixels would have to change.

    Raises PictureError, OSError.
    """
    with open_checked(path, None, USER_FORMATS) as image:
        turned = orientation_of(image) != 1
        foreign = is_non_srgb_profile(image.info.get("icc_profile"))
        if image.format != "PNG" or turned or (foreign and profile is not ExportProfile.KEPT):
            return None
    if not is_complete(path):
        return None
    data = path.read_bytes()
    kept = _PIXELS + (_COLOURS if profile is ExportProfile.KEPT else ())
    parts = [data[start:end] for kind, start, end in png_chunks(data) if kind in kept]
    plain = PNG_SIGNATURE + b"".join(parts)
    if profile is not ExportProfile.SRGB:
        return plain
    own = png_chunk(b"iCCP", b"sRGB\x00\x00" + zlib.compress(srgb_profile()))
    return plain[:_HEAD_END] + own + plain[_HEAD_END:]
