"""Fast PNG encoding: these images are sent or stored only once, so speed matters more than the last kilobyte."""

from __future__ import annotations

import os
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ZLIB_HEAD = b"\x78\x01"
_ADLER = 65521

_STRIP = 2**19
"""Bytes that are compressed by themselves: so few that of a mask with little painted most strips are alike."""

_GREY_8_BIT = struct.pack(">BBBBB", 8, 0, 0, 0, 0)


def encode_png(pixels: Pixels) -> bytes:
    """Encode as lossless PNG. pixels: height × width × 3 or 4, uint8, sRGB."""
    order = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    swapped = cv2.cvtColor(pixels, order)
    # Trying all filters on each row takes half as long again and saves no byte of a photograph.
    options = [
        *(cv2.IMWRITE_PNG_COMPRESSION, 1),
        *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
        *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_DEFAULT),
    ]
    done, encoded = cv2.imencode(".png", swapped, options)
    if not done:
        raise ValueError(f"no PNG can be made of an array of shape {pixels.shape}")
    return encoded.tobytes()


def encode_grey_png(grey: NDArray[np.uint8]) -> bytes:
    """8-bit greyscale PNG. grey: height × width, uint8.

    It is compressed in strips, side by side, and those of one value once for all of the same size.
    """
    height, width = grey.shape
    head = struct.pack(">II", width, height) + _GREY_8_BIT
    rows = max(1, _STRIP // width)
    starts = range(0, height, rows)
    work = partial(_strip, grey, rows)
    if len(starts) == 1:
        strips = [work(0)]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            strips = list(pool.map(work, starts))
    checksum = 1
    for strip in strips:
        checksum = _joined(checksum, strip.checksum, strip.length)
    chunks = [png_chunk(b"IDAT", strip.data) for strip in strips]
    end = png_chunk(b"IDAT", struct.pack(">I", checksum)) + png_chunk(b"IEND", b"")
    return b"".join([PNG_SIGNATURE, png_chunk(b"IHDR", head), png_chunk(b"IDAT", _ZLIB_HEAD), *chunks, end])


class _Strip(NamedTuple):
    """Some rows, compressed. length: uncompressed bytes; checksum: their Adler-32."""

    data: bytes
    length: int
    checksum: int


def _strip(grey: NDArray[np.uint8], rows: int, top: int) -> _Strip:
    part = grey[top : top + rows]
    last = top + rows >= len(grey)
    value = int(part[0, 0])
    if int(part.min()) == value == int(part.max()):
        # The next thread waits for what it would otherwise compress as well.
        with _turn:
            return _flat_strip(value, part.shape, last=last)
    return _compressed(part, last=last)


_turn = threading.Lock()


@lru_cache(maxsize=8)
def _flat_strip(value: int, shape: tuple[int, int], *, last: bool) -> _Strip:
    return _compressed(np.full(shape, value, np.uint8), last=last)


def _compressed(part: NDArray[np.uint8], *, last: bool) -> _Strip:
    filtered = np.empty((part.shape[0], part.shape[1] + 1), np.uint8)
    filtered[:, 0] = 0
    filtered[:, 1:] = part
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(filtered.data) + packer.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
    return _Strip(data, filtered.size, zlib.adler32(filtered.data))


def _joined(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two parts joined. length: bytes of the second."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)
    return (high % _ADLER) << 16 | low % _ADLER


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk with length and checksum. kind: four letters."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
