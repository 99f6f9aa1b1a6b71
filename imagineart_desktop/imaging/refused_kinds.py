"""Recognize intact files of unsupported kinds, so that they are not reported as damaged."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO

_ARITHMETIC = frozenset((0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
"""JPEG frame markers for arithmetic coding."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TIFF_STARTS = {b"II*\0": "<", b"MM\0*": ">"}
_SAMPLE_FORMAT, _SHORT, _FLOAT = 339, 3, 3
_ALWAYS_THERE = {256, 257, 262}
"""Width, height, and what the channels are."""

_INSIDE = 2
"""Maximum number of shorts that a TIFF directory entry stores inline."""


def kind_refused(source: Path | bytes, label: str) -> str:
    """Return why a recognized kind of file is not supported; empty for all others."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            start = file.read(4)
            if start.startswith(b"\xff\xd8") and _frame_of(file) in _ARITHMETIC:
                return f"{label} uses arithmetic coding, which can’t be opened here. Save it as an ordinary JPEG."
            if start in _TIFF_STARTS and _is_float(file, _TIFF_STARTS[start]):
                advice = "Save it with 8 or 16 bits per channel."
                return f"{label} is a floating-point TIFF, which can’t be opened here. {advice}"
    except (OSError, struct.error):
        return ""
    return ""


def unknown_tiff(source: Path | bytes, label: str) -> str:
    """Return that an unrecognized file is a TIFF of an unsupported layout; empty for all others."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            order = _TIFF_STARTS.get(file.read(4))
            if order is not None and {tag for tag, *_ in _entries(file, order)} >= _ALWAYS_THERE:
                advice = "Save it as grayscale, RGB or CMYK with 8 or 16 bits per channel."
                return f"{label} is a kind of TIFF that can’t be opened here. {advice}"
    except (OSError, struct.error):
        return ""
    return ""


def _frame_of(file: BinaryIO) -> int | None:
    """Return the marker of a JPEG's first frame. Raises struct.error if the file ends before it."""
    file.seek(2)
    while True:
        start, marker, length = struct.unpack(">BBH", file.read(4))
        if start != 0xFF:
            return None
        if marker in _FRAMES:
            return int(marker)
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
    """Return tag, type, number of values, and content or place per entry of a TIFF's directory. Raises struct.error."""
    (start,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(start)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    return [struct.unpack(f"{order}HHI4s", file.read(12)) for _ in range(count)]
