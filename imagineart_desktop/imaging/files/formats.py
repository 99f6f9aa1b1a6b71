"""The image formats that can be opened: names, extensions, decoders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from PIL import Image

    from imagineart_desktop.imaging.files.float_tiff import FloatTiffFile

_SIGNATURE_BYTES = 32
"""Number of bytes that identify a format."""

_HEIC_BRANDS = rb"heic|heix|heim|heis|hevc|hevx|mif1|msf1|heif"
_FLOAT_TIFF = "FLOAT_TIFF"


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """An image format.

    name: on screen and in the database; decoder: Pillow's name; endings: extensions, default first.

    start: regular expression for the first bytes; `.` matches any byte.
    """

    name: str
    decoder: str
    extensions: tuple[str, ...]
    start: bytes
    is_result: bool = False
    """Whether the service may return it."""


FORMATS = (
    ImageFormat("PNG", "PNG", (".png",), rb"\x89PNG", is_result=True),
    ImageFormat("JPEG", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), rb"\xff\xd8\xff", is_result=True),
    ImageFormat("WebP", "WEBP", (".webp",), rb"RIFF....WEBP", is_result=True),
    ImageFormat("AVIF", "AVIF", (".avif",), rb"....ftyp.*avi[fs]", is_result=True),
    ImageFormat("GIF", "GIF", (".gif",), rb"GIF8[79]a", is_result=True),
    ImageFormat("TIFF", "TIFF", (".tif", ".tiff"), rb"II[*+]\0|MM\0[*+]"),
    # “BM” alone may also begin a text. The four zeros are reserved bytes.
    ImageFormat("BMP", "BMP", (".bmp",), rb"BM....\0\0\0\0"),
    ImageFormat("HEIC", "HEIF", (".heic", ".heif", ".hif"), rb"....ftyp(?!.*avif)(?:%s)" % _HEIC_BRANDS),
    ImageFormat("JPEG XL", "JXL", (".jxl",), rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
)

RESULT_FORMATS = tuple(kind.decoder for kind in FORMATS if kind.is_result)
"""Formats that the service may return, by Pillow's name."""

USER_FORMATS = tuple(kind.decoder for kind in FORMATS)
"""Formats that a user may open, by Pillow's name."""

ENDINGS = tuple(ending for kind in FORMATS for ending in kind.extensions)
"""Extensions of files that can be opened."""

_NAMES = {kind.decoder: kind.name for kind in FORMATS} | {"MPO": "JPEG"}
"""An MPO is a JPEG with more images after the first."""

_SPECIAL = {"HEIF": "HEIF", "JXL": "JXL", "TIFF": _FLOAT_TIFF}
"""Format → the additional decoder that its files need."""

_registered: set[str] = set()


def format_name(decoder: str | None) -> str:
    """Return the name on screen and in the database for one of Pillow's formats."""
    return _NAMES.get(decoder or "", decoder or "")


def decoders_for(source: Path | bytes, formats: tuple[str, ...]) -> list[str]:
    """Return the formats to try. Registers a decoder for HEIC, JPEG XL, or float TIFF only if needed.

    Raises OSError.

    Importing these decoders takes longer than opening a small image.
    """
    wanted = _SPECIAL.get(_decoder_by_start(source, formats), "")
    if wanted and wanted not in _registered:
        _register(wanted)
    # The decoder for floating-point samples comes first and rejects all other files.
    first = [wanted] if wanted == _FLOAT_TIFF else []
    return first + [name for name in formats if name not in ("HEIF", "JXL") or name == wanted]


def has_known_signature(source: Path | bytes, formats: tuple[str, ...]) -> bool:
    """Return whether the first bytes match one of the formats. Raises OSError."""
    return bool(_decoder_by_start(source, formats))


def is_float_tiff(image: Image.Image) -> TypeGuard[FloatTiffFile]:
    """Return whether an image was opened by the floating-point decoder, which is imported on first use."""
    if _FLOAT_TIFF not in _registered:
        return False
    from imagineart_desktop.imaging.files.float_tiff import FloatTiffFile

    return isinstance(image, FloatTiffFile)


def _decoder_by_start(source: Path | bytes, formats: tuple[str, ...]) -> str:
    """Return which of the formats matches the first bytes; empty for none. Raises OSError."""
    head = source[:_SIGNATURE_BYTES] if isinstance(source, bytes) else _head(source)
    found = (kind.decoder for kind in FORMATS if kind.decoder in formats and re.match(kind.start, head, re.DOTALL))
    return next(found, "")


def _register(name: str) -> None:
    if name == "HEIF":
        import_module("pillow_heif").register_heif_opener(thumbnails=False)
    elif name == _FLOAT_TIFF:
        import_module("imagineart_desktop.imaging.files.float_tiff")
    else:
        import_module("pillow_jxl")
    _registered.add(name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_SIGNATURE_BYTES)
