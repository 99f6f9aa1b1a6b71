"""Reads what the JPEG XL decoder omits: the bit depth (it returns 8 bits), and the XMP packet.

See ISO/IEC 18181-1 for the header and 18181-2 for the boxes.
"""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.imaging.files.media_boxes import box_content

_START = b"\xff\x0a"
_READ = 64
_MAX_PACKET = 16 * 2**20
_SIZES = (9, 13, 18, 30)
"""Bits of a height or width, by selector."""

_INTEGER_DEPTHS, _FLOAT_DEPTHS = (8, 10, 12), (32, 16, 24)
_RATIO_BITS, _ORIENTATION_BITS = 3, 3


class _BitReader:
    """Reads integers from bytes, lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value


def jxl_bits(source: Path | bytes) -> int:
    """Return the bits per channel of a JPEG XL file; 8 if unknown."""
    bits = _BitReader(_codestream(source))
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


def _skip_size(bits: _BitReader) -> None:
    small = bits.take(1)
    bits.take(5 if small else _SIZES[bits.take(2)])
    if not bits.take(_RATIO_BITS):
        bits.take(5 if small else _SIZES[bits.take(2)])


def jxl_xmp(source: Path | bytes) -> bytes | None:
    """Return the XMP packet of a JPEG XL file; None if there is none or it's compressed."""
    found = box_content(source, (b"xml ",), _MAX_PACKET)
    return None if found is None else found[1]


def _codestream(source: Path | bytes) -> bytes:
    """Return the beginning of the codestream, extracted from the container if there is one."""
    if isinstance(source, bytes):
        head = source[:_READ]
    else:
        with source.open("rb") as file:
            head = file.read(_READ)
    if head.startswith(_START):
        return head
    found = box_content(source, (b"jxlc", b"jxlp"), _READ)
    if found is None:
        return b""
    # A partial codestream begins with its index.
    return found[1][4:] if found[0] == b"jxlp" else found[1]
