"""Boxes of AVIF, HEIC, and JPEG XL files (ISO/IEC 14496-12), and image properties in them (23008-12)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0}
"""Boxes to descend into, with the number of bytes before their content."""

_MAX_BOXES = 2000
_MAX_PAYLOAD = 64

Property = tuple[bytes, bytes]
"""Kind, and the beginning of the content."""


def image_properties(source: Path | bytes) -> tuple[Property, ...]:
    """Return the properties of all images in the file, the primary image's usually first; empty for other files."""
    with suppress(OSError, struct.error), _opened(source) as file:
        if file.read(8)[4:] == b"ftyp":
            return tuple(_properties(file, 0, file.seek(0, io.SEEK_END), [_MAX_BOXES]))
    return ()


def box_content(source: Path | bytes, wanted: tuple[bytes, ...], most: int) -> tuple[bytes, bytes] | None:
    """Return kind and content of the first top-level box of a wanted kind, or None. most: maximum bytes of content."""
    with suppress(OSError, struct.error), _opened(source) as file:
        for kind, start, end in _boxes(file, 0, file.seek(0, io.SEEK_END), [_MAX_BOXES]):
            if kind in wanted:
                file.seek(start)
                return kind, file.read(min(end - start, most))
    return None


def bits_per_channel(properties: tuple[Property, ...]) -> int:
    """Return the depth of an AVIF or HEIC image; 8 if the file doesn't say."""
    for kind, content in properties:
        if kind == b"av1C" and len(content) > 2:
            high, twelve = content[2] & 0x40, content[2] & 0x20
            return (12 if twelve else 10) if high else 8
        if kind == b"hvcC" and len(content) > 17:
            return 8 + (content[17] & 7)
    return 8


def _properties(file: BinaryIO, place: int, end: int, left: list[int]) -> Iterator[Property]:
    for kind, start, stop in _boxes(file, place, end, left):
        if kind in _CONTAINERS:
            yield from _properties(file, start + _CONTAINERS[kind], stop, left)
        elif kind in (b"colr", b"av1C", b"hvcC"):
            file.seek(start)
            yield kind, file.read(min(stop - start, _MAX_PAYLOAD))


def _boxes(file: BinaryIO, place: int, end: int, left: list[int]) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start, and end of the content per box. left: how many more boxes may be read."""
    while place + 8 <= end and left[0] > 0:
        left[0] -= 1
        file.seek(place)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", file.read(8)), 16
        size = size or end - place
        if size < head or place + size > end:
            return
        yield kind, place + head, place + size
        place += size


def _opened(source: Path | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
