"""Leaves out metadata that keeps Pillow from reading the pixels: damaged or too long, it counts as absent."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from pathlib import Path

from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE, unreadable_chunks

_JPEG_START = b"\xff\xd8"
_START_OF_SCAN = 0xDA
_WITHOUT_CONTENT = (0x01, *range(0xD0, 0xD8))
_SEGMENTS = {0xE0: (b"JFIF", 7), 0xE2: (b"ICC_PROFILE\0", 14), 0xEE: (b"Adobe", 7)}
"""Marker → how the content of a segment starts, and the bytes that Pillow takes for granted then."""


def leave_out_unreadable(source: Path | bytes) -> Path | io.BytesIO:
    """Return something that Pillow can open: the source, or a copy without unreadable metadata.

    Raises OSError, ValueError.
    """
    if isinstance(source, bytes):
        return io.BytesIO(without_unreadable(source) or source)
    with source.open("rb") as file:
        if not file.read(len(PNG_SIGNATURE)).startswith((PNG_SIGNATURE, _JPEG_START)):
            return source
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            rest = without_unreadable(data)
    return source if rest is None else io.BytesIO(rest)


def without_unreadable(data: bytes | mmap.mmap) -> bytes | None:
    """Return an image file without its unreadable metadata; None if there is nothing to leave out."""
    if data[: len(PNG_SIGNATURE)] == PNG_SIGNATURE:
        left_out = [(start, end) for _, start, end in unreadable_chunks(data)]
    elif data[:2] == _JPEG_START:
        left_out = list(_short_segments(data))
    else:
        return None
    if not left_out:
        return None
    kept, place = [], 0
    for start, end in left_out:
        kept.append(data[place:start])
        place = end
    return b"".join([*kept, data[place:]])


def _short_segments(data: bytes | mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield start and end of each segment of a JPEG's header that is shorter than its beginning promises."""
    place = len(_JPEG_START)
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker in _WITHOUT_CONTENT:
            place += 2
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        beginning, least = _SEGMENTS.get(marker, (b"", 0))
        content = data[place + 4 : min(end, place + 4 + least)]
        if len(content) < least and content.startswith(beginning):
            yield place, end
        if marker == _START_OF_SCAN or end < place + 4:
            return
        place = end
