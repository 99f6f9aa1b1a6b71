"""Recognizes intact files of unsupported kinds, so that they aren't reported as damaged."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO

from imagineart_desktop.support.messages import Message

_ARITHMETIC = frozenset((0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
"""JPEG frame markers for arithmetic coding."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_USUAL_FRAMES = (0xC0, 0xC1, 0xC2)
_TIFF_STARTS = {b"II*\0": "<", b"MM\0*": ">"}
_BIG_ENDIAN_BIG_TIFF = b"MM\0+"
_SAMPLE_FORMAT, _SHORT, _FLOAT = 339, 3, 3
_ALWAYS_THERE = {256, 257, 262}
"""Width, height, and photometric interpretation."""

_INSIDE = 2
"""Maximum number of shorts that a TIFF directory entry stores inline."""


def unsupported_reason(source: Path | bytes, label: Message) -> Message | None:
    """Return why a recognized kind of file isn't supported; None for all others."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            start = file.read(4)
            if start.startswith(b"\xff\xd8"):
                return _odd_jpeg(label, *_frame_of(file))
            if start == _BIG_ENDIAN_BIG_TIFF:
                return Message("image.big_tiff", label=label)
            if start in _TIFF_STARTS and _is_float(file, _TIFF_STARTS[start]):
                return Message("image.float_tiff", label=label)
    except (OSError, IndexError, struct.error):
        return None
    return None


def unsupported_tiff_reason(source: Path | bytes, label: Message) -> Message | None:
    """Return a message if an unrecognized file is a TIFF of an unsupported layout; None for all others."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            order = _TIFF_STARTS.get(file.read(4))
            if order is not None and {tag for tag, *_ in _entries(file, order)} >= _ALWAYS_THERE:
                return Message("image.unusual_tiff", label=label)
    except (OSError, struct.error):
        return None
    return None


def _odd_jpeg(label: Message, marker: int, bits: int) -> Message | None:
    if marker in _ARITHMETIC:
        return Message("image.jpeg_arithmetic", label=label)
    if marker in _USUAL_FRAMES:
        return None if bits == 8 else Message("image.jpeg_bits", label=label, bits=bits)
    return Message("image.jpeg_coding", label=label) if marker in _FRAMES else None


def _frame_of(file: BinaryIO) -> tuple[int, int]:
    """Return marker and bits of a JPEG's first frame. Raises struct.error if the file ends before it."""
    file.seek(2)
    while True:
        start, marker, length = struct.unpack(">BBH", file.read(4))
        if start != 0xFF:
            return 0, 8
        if marker in _FRAMES:
            return marker, file.read(1)[0] if length > 2 else 8
        file.seek(length - 2, io.SEEK_CUR)


def _is_float(file: BinaryIO, order: str) -> bool:
    """Return whether a TIFF has floating-point samples. Raises struct.error."""
    for tag, kind, values, content in _entries(file, order):
        if tag == _SAMPLE_FORMAT and kind == _SHORT:
            if values > _INSIDE:
                file.seek(struct.unpack(f"{order}I", content)[0])
                content = file.read(2)
            return bool(struct.unpack(f"{order}H", content[:2])[0] == _FLOAT)
    return False


def _entries(file: BinaryIO, order: str) -> list[tuple[int, int, int, bytes]]:
    """Return tag, type, number of values, and content or offset per entry of a TIFF's directory.

    Raises struct.error.
    """
    (start,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(start)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    return [struct.unpack(f"{order}HHI4s", file.read(12)) for _ in range(count)]
