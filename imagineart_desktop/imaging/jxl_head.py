"""Depth of a JPEG XL image, read from its header (ISO/IEC 18181-1): the decoder gives 8 bits of it."""

from __future__ import annotations

import struct
from pathlib import Path

_START = b"\xff\x0a"
_READ = 4096
_SIZES = (9, 13, 18, 30)
"""Bits of a height or width, by selector."""

_INTEGER_DEPTHS, _FLOAT_DEPTHS = (8, 10, 12), (32, 16, 24)
_RATIO_BITS, _ORIENTATION_BITS = 3, 3


class _Bits:
    """Reads numbers from bytes, lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value


def jxl_bits(source: Path | bytes) -> int:
    """Return the bits per channel of a JPEG XL file; 8 where that cannot be told."""
    if isinstance(source, bytes):
        head = source[:_READ]
    else:
        with source.open("rb") as file:
            head = file.read(_READ)
    bits = _Bits(_codestream(head)[:64])
    if bits.take(16) != int.from_bytes(_START, "little"):
        return 8
    _skip_size(bits)
    if bits.take(1):  # all defaults
        return 8
    if bits.take(1):  # extra fields
        bits.take(_ORIENTATION_BITS)
        if bits.take(1):
            _skip_size(bits)
        if bits.take(1) or bits.take(1):  # a preview or an animation, whose headers follow
            return 8
    depths = _FLOAT_DEPTHS if bits.take(1) else _INTEGER_DEPTHS
    selector = bits.take(2)
    return depths[selector] if selector < 3 else 1 + bits.take(6)


def _skip_size(bits: _Bits) -> None:
    small = bits.take(1)
    bits.take(5 if small else _SIZES[bits.take(2)])
    if not bits.take(_RATIO_BITS):
        bits.take(5 if small else _SIZES[bits.take(2)])


def _codestream(head: bytes) -> bytes:
    """The first piece of the image itself, out of the container if there is one."""
    place = 0
    if head.startswith(_START):
        return head
    while place + 8 <= len(head):
        size, kind = struct.unpack_from(">I4s", head, place)
        if kind in (b"jxlc", b"jxlp"):
            return head[place + (8 if kind == b"jxlc" else 12) :]
        if size < 8:
            break
        place += size
    return b""
