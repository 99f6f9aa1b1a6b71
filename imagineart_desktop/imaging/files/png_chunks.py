"""Pixels of a PNG in larger pieces than its chunks. Some programs write a chunk per 8 KB.

The decoder leaves and takes Python's lock once per piece: with small ones it waits for other threads all the time.
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


def joined_pieces(read: Read, image: Image.Image, source: Path | bytes) -> Read:
    """Return what reads the same as `read`, in larger pieces where the image is a plain PNG that is in memory."""
    if image.format != "PNG" or not isinstance(source, bytes) or getattr(image, "is_animated", False):
        return read
    left = _pixel_bytes(source)

    def joined(size: int) -> bytes:
        nonlocal left
        pieces, held = [read(size)], 0
        while pieces[-1]:
            left -= len(pieces[-1])
            held += len(pieces[-1])
            # Never beyond the last piece: what follows it is read otherwise.
            if left <= 0 or held >= _PIECE:
                break
            pieces.append(read(size))
        return b"".join(pieces)

    return joined


def _pixel_bytes(data: bytes) -> int:
    """Return how many bytes of the first chunks of pixels are there, one behind the other."""
    count = 0
    for kind, start, end in png_chunks(data):
        if kind == b"IDAT":
            count += min(end - 4, len(data)) - start - 8
        elif count:
            break
    return count
