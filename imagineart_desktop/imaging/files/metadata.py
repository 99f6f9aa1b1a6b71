"""EXIF and text in image files. Damaged metadata never prevents reading the pixels: it counts as absent."""

from __future__ import annotations

import struct
from typing import IO

from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE
from imagineart_desktop.support.pixel_libraries import Image, PngImagePlugin

_ORIENTATION = 0x0112
_LATE = (b"eXIf", b"iTXt", b"tEXt", b"zTXt")


def exif_of(image: Image.Image) -> Image.Exif:
    """Return the EXIF block; empty if there is none or it's damaged. Decodes no pixel."""
    try:
        # A PNG's own method would decode the whole image first; `read_late_chunks` has already found what that would
        # find.
        return Image.Image.getexif(image)
    except Exception:  # Pillow lets through whatever a damaged block makes its parser raise.
        return Image.Exif()


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if the file doesn't say."""
    if image.format == "JXL" and not getattr(image, "jpeg", False):
        # The decoder applies the header's orientation, which takes precedence, except for an image transcoded from
        # JPEG.
        return 1
    value = exif_of(image).get(_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def read_late_chunks(image: Image.Image) -> None:
    """Add to a PNG's `info` the chunks after its pixels, which Pillow reads only after decoding them."""
    if not isinstance(image, PngImagePlugin.PngImageFile) or image.fp is None:
        return
    file, place = image.fp, image.fp.tell()
    try:
        late = PngImagePlugin.PngStream(file)
        for kind, start, length in _behind_pixels(file):
            file.seek(start)
            late.call(kind, start, length)
        image.info.update(late.im_info)
    except Exception:  # noqa: S110 - as above: damage here costs the pixels nothing
        pass
    finally:
        file.seek(place)


def _behind_pixels(file: IO[bytes]) -> list[tuple[bytes, int, int]]:
    """Return kind, position of the content, and its length in bytes, per text or EXIF chunk after the pixels."""
    found: list[tuple[bytes, int, int]] = []
    place, seen_pixels = len(PNG_SIGNATURE), False
    while True:
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return found
        length, kind = struct.unpack(">I4s", head)
        seen_pixels |= kind == b"IDAT"
        if seen_pixels and kind in _LATE:
            found.append((kind, place + 8, length))
        place += 12 + length
