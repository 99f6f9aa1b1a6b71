"""Checks whether an image file is complete, by its structure, without decoding a pixel."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from imagineart_desktop.imaging.errors import PictureError, UnreadablePictureError
from imagineart_desktop.imaging.files.loading import probe_picture
from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE

_READ = 2**20
_START_OF_SCAN = 0xDA


def is_complete(path: Path) -> bool:
    """Return whether an image's header is readable and the file isn't truncated or, for PNG, modified.

    Reads a PNG completely once; of other formats, only head and end. Raises OSError if the file can't be read.
    """
    with path.open("rb") as file:
        beginning = file.read(16)
        if beginning.startswith(PNG_SIGNATURE):
            whole = _png(file)
        elif beginning.startswith(b"\xff\xd8"):
            whole = _jpeg(file)
        elif beginning[:4] == b"RIFF" and len(beginning) == 16:
            whole = 8 + int(struct.unpack("<I", beginning[4:8])[0]) <= file.seek(0, io.SEEK_END)
        elif beginning[4:8] == b"ftyp":
            whole = _boxes(file)
        else:
            whole = True
    if not whole:
        return False
    try:
        probe_picture(path)
    except UnreadablePictureError as error:
        raise error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error)) from None
    except PictureError:
        return False
    return True


def _png(file: BinaryIO) -> bool:
    """Return whether all chunks up to the end are present, and the critical ones match their checksums."""
    length = file.seek(0, io.SEEK_END)
    place = len(PNG_SIGNATURE)
    seen_pixels = False
    while place + 12 <= length:
        file.seek(place)
        size, kind = struct.unpack(">I4s", file.read(8))
        place += 12 + size
        if place > length:
            return False
        if kind == b"IEND":
            return seen_pixels
        if not kind[0] & 0x20 and not _has_checksum(file, size, kind):
            return False
        seen_pixels |= kind == b"IDAT"
    return False


def _has_checksum(file: BinaryIO, size: int, kind: bytes) -> bool:
    checksum = zlib.crc32(kind)
    while size:
        some = file.read(min(size, _READ))
        checksum = zlib.crc32(some, checksum)
        size -= len(some)
    return file.read(4) == struct.pack(">I", checksum)


def _jpeg(file: BinaryIO) -> bool:
    """Return whether an end marker follows the image data; a preview before it has its own end marker."""
    place = 2
    while True:
        file.seek(place)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return False
        if head[1] == _START_OF_SCAN:
            break
        place += 2 + int(struct.unpack(">H", head[2:])[0])
    last = b""
    while some := file.read(_READ):
        if b"\xff\xd9" in last + some:
            return True
        last = some[-1:]
    return False


def _boxes(file: BinaryIO) -> bool:
    """Return whether AVIF's boxes are contiguous up to the end of the file."""
    length = file.seek(0, io.SEEK_END)
    place = 0
    while place + 8 <= length:
        file.seek(place)
        size = int(struct.unpack(">I", file.read(4))[0])
        if size == 1:
            file.seek(place + 8)
            size = int.from_bytes(file.read(8), "big")
        if size == 0:
            return True
        if size < 8 or place + size > length:
            return False
        place += size
    return place == length
