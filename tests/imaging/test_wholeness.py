"""Truncated or changed files are distinguished from complete ones without decoding."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import is_complete


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_file_that_is_cut_off_is_not_whole(tmp_path: Path, kind: str) -> None:
    held = io.BytesIO()
    noise = np.random.default_rng(7).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    small = io.BytesIO()
    Image.fromarray(noise[:20, :20]).save(small, "JPEG")
    options = {"exif": b"Exif\x00\x00" + small.getvalue()} if kind == "JPEG" else {}
    Image.fromarray(noise).save(held, kind, **options)
    data, path = held.getvalue(), tmp_path / "picture"
    path.write_bytes(data)
    assert is_complete(path)
    for length in (0, 1, 15, 40, len(data) // 2, len(data) - 20):
        path.write_bytes(data[:length])
        assert not is_complete(path)


def test_a_png_with_a_changed_byte_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.effect_noise((64, 64), 40).save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert not is_complete(path)
