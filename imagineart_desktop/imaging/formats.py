"""The image formats that can be opened: names, file endings, decoders."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from PIL import Image

    from imagineart_desktop.imaging.float_tiff import FloatTiffFile

_HEAD = 32
"""Number of bytes that identify formats with separate decoders."""

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")
_FLOAT_TIFF = "FLOAT_TIFF"
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JXL_STARTS = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a")


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """name: on the screen and in the database; decoder: Pillow's name; endings: of files, the usual one first."""

    name: str
    decoder: str
    endings: tuple[str, ...]
    is_result: bool = False
    """Whether the service may return it."""


FORMATS = (
    ImageFormat("PNG", "PNG", (".png",), is_result=True),
    ImageFormat("JPEG", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), is_result=True),
    ImageFormat("WebP", "WEBP", (".webp",), is_result=True),
    ImageFormat("AVIF", "AVIF", (".avif",), is_result=True),
    ImageFormat("GIF", "GIF", (".gif",), is_result=True),
    ImageFormat("TIFF", "TIFF", (".tif", ".tiff")),
    ImageFormat("BMP", "BMP", (".bmp",)),
    ImageFormat("HEIC", "HEIF", (".heic", ".heif", ".hif")),
    ImageFormat("JPEG XL", "JXL", (".jxl",)),
)

RESULT_FORMATS = tuple(kind.decoder for kind in FORMATS if kind.is_result)
"""Formats that the service may return, by Pillow's name."""

USER_FORMATS = tuple(kind.decoder for kind in FORMATS)
"""Formats that a user may open."""

ENDINGS = tuple(ending for kind in FORMATS for ending in kind.endings)
"""Of files that can be opened."""

_NAMES = {kind.decoder: kind.name for kind in FORMATS} | {"MPO": "JPEG"}
"""An MPO is a JPEG with more images after the first."""

_registered: set[str] = set()


def format_name(decoder: str | None) -> str:
    """Return the name of Pillow's format on the screen and in the database."""
    return _NAMES.get(decoder or "", decoder or "")


def decoders_for(source: Path | bytes, formats: tuple[str, ...]) -> list[str]:
    """Return the formats to try, with the decoders of HEIC and JPEG XL loaded where the bytes are such. Raises OSError.

    Loading them takes longer than opening a small image.
    """
    head = source[:_HEAD] if isinstance(source, bytes) else _head(source)
    wanted = _special(head)
    if wanted in (*formats, _FLOAT_TIFF) and wanted not in _registered:
        _register(wanted)
    # What has floating-point samples is for their decoder, which comes first and leaves the others.
    first = [wanted] if wanted == _FLOAT_TIFF and "TIFF" in formats else []
    return first + [name for name in formats if name not in ("HEIF", "JXL") or name == wanted]


def is_float_tiff(image: Image.Image) -> TypeGuard[FloatTiffFile]:
    """Whether an image was opened by the decoder of floating-point samples, which is loaded with the first of them."""
    if _FLOAT_TIFF not in _registered:
        return False
    from imagineart_desktop.imaging.float_tiff import FloatTiffFile

    return isinstance(image, FloatTiffFile)


def _special(head: bytes) -> str:
    if head.startswith(_JXL_STARTS):
        return "JXL"
    if head.startswith(_TIFF_STARTS):
        return _FLOAT_TIFF
    return "HEIF" if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS and b"avif" not in head else ""


def _register(name: str) -> None:
    if name == "HEIF":
        import_module("pillow_heif").register_heif_opener(thumbnails=False)
    elif name == _FLOAT_TIFF:
        import_module("imagineart_desktop.imaging.float_tiff")
    else:
        import_module("pillow_jxl")
    _registered.add(name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)
