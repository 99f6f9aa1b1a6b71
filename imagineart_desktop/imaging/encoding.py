"""Pixels to PNG bytes, quickly: what is made here is sent or kept once, so speed counts more than the last kilobyte."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.imaging.loading import Pixels

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY_8_BIT = struct.pack(">BBBBB", 8, 0, 0, 0, 0)


def encode_png(pixels: Pixels) -> bytes:
    """Lossless PNG. pixels: height × width × 3 or 4, uint8, sRGB."""
    order = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    swapped = cv2.cvtColor(pixels, order)
    done, encoded = cv2.imencode(".png", swapped, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError(f"no PNG can be made of an array of shape {pixels.shape}")
    return encoded.tobytes()


def encode_grey_png(grey: NDArray[np.uint8]) -> bytes:
    """8-bit greyscale PNG, in about the time that zlib takes for the bytes. grey: height × width, uint8."""
    height, width = grey.shape
    rows = np.empty((height, width + 1), np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = grey
    head = struct.pack(">II", width, height) + _GREY_8_BIT
    data = zlib.compress(rows.data, 1)
    return PNG_SIGNATURE + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk with length and checksum. kind: four letters."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
