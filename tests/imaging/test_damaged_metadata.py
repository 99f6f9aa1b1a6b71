"""Damaged metadata costs nothing but itself: the pixels and all other metadata are read."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import is_complete, load_picture
from imagineart_desktop.imaging.files.encoding import png_chunk
from imagineart_desktop.imaging.files.formats import USER_FORMATS
from imagineart_desktop.imaging.files.loading import open_checked
from imagineart_desktop.imaging.files.png_texts import png_chunks
from imagineart_desktop.imaging.files.upload_format import normalize_for_upload

PIXELS = np.arange(6 * 9 * 3, dtype=np.uint8).reshape(6, 9, 3)
BOMB = zlib.compress(b"\0" * 4_000_000, 9)


def png(*chunks: bytes, behind: bool = False) -> bytes:
    """Return a PNG with a text and other chunks, before or behind the pixels."""
    held = io.BytesIO()
    Image.fromarray(PIXELS).save(held, "PNG")
    data = held.getvalue()
    place = next(start for kind, start, _ in png_chunks(data) if kind == (b"IEND" if behind else b"IDAT"))
    return data[:place] + png_chunk(b"tEXt", b"parameters\0a cup") + b"".join(chunks) + data[place:]


def jpeg(marker: int, content: bytes) -> bytes:
    held = io.BytesIO()
    Image.fromarray(PIXELS).save(held, "JPEG", quality=95)
    data = held.getvalue()
    segment = b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content
    return data[:2] + segment + data[2:]


def with_wrong_checksum(kind: bytes, content: bytes) -> bytes:
    return png_chunk(kind, content)[:-4] + b"\0\1\2\3"


CHUNKS = {
    "text with a wrong checksum": with_wrong_checksum(b"tEXt", b"a\0b"),
    "profile with a wrong checksum": with_wrong_checksum(b"iCCP", b"a\0\0b"),
    "private chunk with a wrong checksum": with_wrong_checksum(b"caBX", b"abc"),
    "profile without a name": png_chunk(b"iCCP", b"nonsense"),
    "profile that unpacks to megabytes": png_chunk(b"iCCP", b"a\0\0" + BOMB),
    "short gamma": png_chunk(b"gAMA", b"\0"),
    "short resolution": png_chunk(b"pHYs", b"\0\0\0"),
    "empty rendering intent": png_chunk(b"sRGB", b""),
    "unknown compression": png_chunk(b"zTXt", b"a\0\7x"),
    "text that unpacks to megabytes": png_chunk(b"zTXt", b"a\0\0" + BOMB),
}


@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
@pytest.mark.parametrize("chunk", CHUNKS.values(), ids=CHUNKS.keys())
def test_a_damaged_chunk_costs_only_itself(tmp_path: Path, chunk: bytes, behind: bool) -> None:
    data, path = png(chunk, behind=behind), tmp_path / "image.png"
    path.write_bytes(data)
    assert is_complete(path)
    for source in (data, path):
        assert np.array_equal(load_picture(source).pixels, PIXELS)
        with open_checked(source, None, USER_FORMATS) as image:
            assert image.info["parameters"] == "a cup"


@pytest.mark.parametrize(
    ("marker", "content"), [(0xE0, b"JFIF"), (0xE2, b"ICC_PROFILE\0"), (0xE2, b"ICC_PROFILE\0\1"), (0xEE, b"Adobe\0")]
)
def test_a_short_segment_of_a_jpeg_costs_only_itself(tmp_path: Path, marker: int, content: bytes) -> None:
    data, path = jpeg(marker, content), tmp_path / "image.jpg"
    path.write_bytes(data)
    wanted = load_picture(jpeg(0xFE, b"a comment")).pixels
    for source in (data, path):
        assert np.array_equal(load_picture(source).pixels, wanted)


@pytest.mark.parametrize("data", [png(CHUNKS["short gamma"]), jpeg(0xEE, b"Adobe\0")], ids=["PNG", "JPEG"])
def test_what_is_sent_is_read_by_every_program(data: bytes) -> None:
    sent = normalize_for_upload(data)
    with Image.open(io.BytesIO(sent)) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), load_picture(data).pixels)
