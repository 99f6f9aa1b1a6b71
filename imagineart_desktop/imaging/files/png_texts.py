"""Removes PNG texts that are too long to read, before anything is decompressed in full."""

from __future__ import annotations

import io
import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from imagineart_desktop.support.pixel_libraries import PngImagePlugin

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_MOST = 32
"""Maximum number of texts; as many as fit into Pillow's limit on their total size."""

Chunk = tuple[bytes, int, int]
"""Four-letter kind, start, and start of the next chunk."""


def without_long_texts(source: Path | bytes) -> Path | io.BytesIO:
    """Return something that Pillow can open: a PNG loses texts that decompress to over a megabyte.

    Raises OSError, ValueError.
    """
    if isinstance(source, bytes):
        return io.BytesIO(_without_long_texts(source) or source)
    with source.open("rb") as file:
        if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
            return source
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            short = _without_long_texts(data)
    return source if short is None else io.BytesIO(short)


def png_chunks(data: bytes | mmap.mmap) -> Iterator[Chunk]:
    """Yield the chunks of a PNG, as far as they're present."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        yield kind, place, place + 12 + length
        place += 12 + length


def _without_long_texts(data: bytes | mmap.mmap) -> bytes | None:
    """Return the file without the texts that are too long; None if there's nothing to remove."""
    if data[: len(PNG_SIGNATURE)] != PNG_SIGNATURE:
        return None
    texts = [chunk for chunk in png_chunks(data) if chunk[0] in _TEXTS]
    left_out = [chunk for number, chunk in enumerate(texts) if number >= _MOST or _is_long(data, chunk)]
    if not left_out:
        return None
    kept, place = [], 0
    for _, start, end in left_out:
        kept.append(data[place:start])
        place = end
    return b"".join([*kept, data[place:]])


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
