"""Chunks of PNG files, and those that keep the pixels from being read. Nothing is decompressed in full."""

from __future__ import annotations

import io
import mmap
import struct
import zlib
from collections.abc import Iterator

from imagineart_desktop.support.pixel_libraries import PngImagePlugin

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_READ_BY_PILLOW = (*_TEXTS, b"cHRM", b"eXIf", b"gAMA", b"iCCP", b"pHYs", b"sRGB")
_MOST = 32
"""Maximum number of texts; as many as fit into Pillow's limit on their total size."""

Chunk = tuple[bytes, int, int]
"""Four-letter kind, start, and start of the next chunk."""


def png_chunks(data: bytes | mmap.mmap) -> Iterator[Chunk]:
    """Yield the chunks of a PNG, as far as they're present."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        yield kind, place, place + 12 + length
        place += 12 + length


def unreadable_chunks(data: bytes | mmap.mmap) -> list[Chunk]:
    """Return the chunks besides the pixels that stop Pillow: damaged ones, and texts of over a megabyte."""
    found, texts = [], 0
    for chunk in png_chunks(data):
        if not chunk[0][:1].islower():
            continue
        texts += chunk[0] in _TEXTS
        too_much = chunk[0] in _TEXTS and (texts > _MOST or _is_long(data, chunk))
        if too_much or _is_damaged(data, chunk):
            found.append(chunk)
    return found


def _is_damaged(data: bytes | mmap.mmap, chunk: Chunk) -> bool:
    kind, start, end = chunk
    if end > len(data):
        # A file that is cut off: there is nothing behind it to get at.
        return False
    content = data[start + 8 : end - 4]
    if zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(data[end - 4 : end], "big"):
        return True
    if kind not in _READ_BY_PILLOW:
        return False
    try:
        PngImagePlugin.PngStream(io.BytesIO(content)).call(kind, 0, len(content))
    except Exception:  # Pillow lets through whatever damaged content makes its parser raise.
        return True
    return False


def _is_long(data: bytes | mmap.mmap, chunk: Chunk) -> bool:
    kind, start, end = chunk
    if end - start > PngImagePlugin.MAX_TEXT_CHUNK:
        return True
    if kind == b"tEXt":
        return False
    _, _, rest = data[start + 8 : end - 4].partition(b"\0")
    if kind == b"iTXt":
        if rest[:1] == b"\0":
            return False
        rest = rest[1:2] + rest[2:].split(b"\0", 2)[-1]
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(rest[1:], PngImagePlugin.MAX_TEXT_CHUNK)
    except zlib.error:
        return False
    return bool(unpacking.unconsumed_tail)
