"""Reads a PNG's pixel data in larger pieces than its chunks. Some programs write one chunk per 8 KB.

The decoder releases and acquires Python's lock once per piece: with small pieces it constantly waits for other threads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.files.png_texts import png_chunks

if TYPE_CHECKING:
    from PIL import Image

_PIECE = 2**18
"""Bytes."""

Read = Callable[[int], bytes]


def join_chunks(read: Read, image: Image.Image, source: Path | bytes) -> Read:
    """Return a function that reads the same as `read`, but in larger pieces if the image is a plain PNG in memory."""
    if image.format != "PNG" or not isinstance(source, bytes) or getattr(image, "is_animated", False):
        return read
    left = _pixel_bytes(source)

    def joined(size: int) -> bytes:
        nonlocal left
        pieces, held = [read(size)], 0
        while pieces[-1]:
            left -= len(pieces[-1])
            held += len(pieces[-1])
            # Never read beyond the last piece: what follows is read differently.
            if left <= 0 or held >= _PIECE:
                break
            pieces.append(read(size))
        return b"".join(pieces)

    return joined


def _pixel_bytes(data: bytes) -> int:
    """Return the available bytes of the first uninterrupted run of pixel chunks."""
    count = 0
    for kind, start, end in png_chunks(data):
        if kind == b"IDAT":
            count += min(end - 4, len(data)) - start - 8
        elif count:
            break
    return count
