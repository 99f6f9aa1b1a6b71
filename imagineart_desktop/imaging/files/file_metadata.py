"""File metadata besides the pixels: print resolution, EXIF (author, time, camera), and color code points."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from imagineart_desktop.imaging.files.cicp import Cicp
from imagineart_desktop.imaging.files.metadata import exif_of
from imagineart_desktop.support.pixel_libraries import Image

_ORIENTATION, _ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
_EXIF, _PLACE = 0x8769, 0x8825
_KEPT = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298)
"""Description, manufacturer, camera, software, time, artist, copyright.

All other tags describe the old file's layout.
"""

_OF_THE_OLD_FILE = (0xA002, 0xA003, 0xA005, 0x927C)
"""Width and height, a pointer, and the maker note, which breaks when moved."""

_INCH = 0.0254


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """Metadata of an image file. dpi: pixels per inch across and down; None if the file doesn't say.

    exif: EXIF block without orientation and thumbnail, as in a PNG's eXIf chunk; empty if there is none. cicp: code
    points of the colors.
    """

    dpi: tuple[float, float] | None = None
    exif: bytes = b""
    cicp: Cicp | None = None

    @property
    def pixels_per_metre(self) -> bytes:
        """The content of a PNG's pHYs chunk; 0 if the file doesn't say."""
        across, down = self.dpi or (0.0, 0.0)
        return struct.pack(">IIB", round(across / _INCH), round(down / _INCH), 1)

    def tags(self) -> dict[int, Any]:
        """Return the EXIF block as tags of a TIFF."""
        if not self.exif:
            return {}
        exif = Image.Exif()
        exif.load(b"Exif\x00\x00" + self.exif)
        return {tag: exif.get_ifd(tag) if tag in (_EXIF, _PLACE) else _as_bytes(exif[tag]) for tag in exif}


def read_metadata(image: Image.Image) -> FileMetadata:
    """Read the metadata of an open image, ignoring whatever is damaged."""
    cicp = image.info.get("cicp")
    try:
        exif = exif_of(image)
        dpi = _dpi(image.info.get("dpi"))
        if dpi is not None and exif.get(_ORIENTATION) in _ON_ITS_SIDE:
            dpi = dpi[1], dpi[0]
        return FileMetadata(dpi, _kept(exif), cicp)
    except Exception:  # Pillow lets through whatever a damaged block makes its parser raise.
        return FileMetadata(cicp=cicp)


def _dpi(said: object) -> tuple[float, float] | None:
    if not isinstance(said, tuple) or len(said) != 2:
        return None
    across, down = float(said[0]), float(said[1])
    # Pillow reports 1 if a file only gives an aspect ratio.
    return (across, down) if all(1 < value < 100_000 for value in (across, down)) else None


def _kept(exif: Image.Exif) -> bytes:
    kept = Image.Exif()
    for tag in _KEPT:
        if tag in exif:
            kept[tag] = _as_bytes(exif[tag])
    for place in (_EXIF, _PLACE):
        inner = {tag: value for tag, value in exif.get_ifd(place).items() if tag not in _OF_THE_OLD_FILE}
        if inner:
            kept[place] = inner
    return kept.tobytes().removeprefix(b"Exif\x00\x00") if len(kept) else b""


def _as_bytes(value: Any) -> Any:
    """Encode text as bytes: Pillow decodes all text as Latin-1, and bytes are written back unchanged."""
    return value.encode("latin-1", "replace") if isinstance(value, str) else value
