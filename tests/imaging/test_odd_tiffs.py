"""TIFFs of every layout show the pixels they hold, or are refused; never others."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from imagineart_desktop.imaging import PictureError, load_picture, probe_picture
from imagineart_desktop.imaging.files.decoding import upright
from imagineart_desktop.imaging.files.full_image import load_full_image

RAMP = np.arange(5 * 8, dtype=np.uint8).reshape(5, 8) * 6


def tiff(*strips: NDArray[Any], bits: int, channels: int = 1, **tags: Any) -> bytes:
    """Build a TIFF of uncompressed strips. tags: `t` and the number of a tag → its value."""
    height, width = strips[0].shape[:2]
    data = [strip.astype(strip.dtype.newbyteorder("<")).tobytes() for strip in strips]
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    starts = np.cumsum([0, *map(len, data[:-1])]).tolist()
    values = {256: width, 257: height, 258: (bits,) * channels, 259: 1, 262: 1 if channels == 1 else 2, 277: channels}
    values |= {273: tuple(starts), 278: height, 279: tuple(map(len, data))}
    for tag, value in sorted((values | {int(name[1:]): value for name, value in tags.items()}).items()):
        directory[tag] = value
    return _saved(directory) + b"".join(data)


def _saved(directory: TiffImagePlugin.ImageFileDirectory_v2) -> bytes:
    held = io.BytesIO()
    directory.save(held)
    return held.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "I;16"])
def test_a_rotated_uncompressed_tiff_is_upright_from_a_path(tmp_path: Path, mode: str, orientation: int) -> None:
    bands = {"RGB": 3, "RGBA": 4, "CMYK": 4}.get(mode, 1)
    samples = np.repeat(RAMP[:, :, None], bands, axis=2) + np.arange(bands, dtype=np.uint8)
    if mode == "I;16":
        image = Image.fromarray(RAMP.astype(np.uint16) * 257)
    else:
        image = Image.frombytes(mode, (8, 5), samples.tobytes())
    path = tmp_path / "turned.tif"
    image.save(path, tiffinfo={274: orientation})
    found = load_full_image(path)
    wanted = upright(samples, orientation)
    assert np.array_equal(found.samples // (257 if found.deep else 1), wanted)
    assert found.size == probe_picture(path).size == (wanted.shape[1], wanted.shape[0])
    assert np.array_equal(load_picture(path).pixels, found.shown())


def test_unsigned_32_bit_gray_keeps_its_scale() -> None:
    data = tiff(RAMP.astype(np.uint32) * 0x01010101, bits=32)
    assert np.array_equal(load_picture(data).pixels[:, :, 0], RAMP)


def test_signed_32_bit_gray_keeps_its_scale() -> None:
    data = tiff(RAMP.astype(np.int32) * 0x00808080, bits=32, t339=2)
    assert np.abs(load_picture(data).pixels[:, :, 0].astype(int) - RAMP).max() <= 1


def test_floating_point_gray_whose_zero_is_white() -> None:
    data = tiff((1 - RAMP / 255).astype(np.float32), bits=32, t262=0, t339=3)
    assert np.array_equal(load_picture(data).pixels[:, :, 0], RAMP)
    assert np.abs(load_full_image(data).samples[:, :, 0].astype(int) - RAMP.astype(int) * 257).max() <= 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tiff(*[RAMP.astype(np.uint16)] * 3, bits=16, channels=3, t284=2), "interleaved"),
        (tiff(*[RAMP.astype(np.float32)] * 3, bits=32, channels=3, t284=2, t339=(3,) * 3), "interleaved"),
        (tiff(RAMP.astype(np.uint16), bits=16, t262=0), "kind of TIFF"),
        (tiff(RAMP.view(np.int8), bits=8, t339=2), "kind of TIFF"),
        (tiff(np.zeros((5, 12), np.uint8), bits=12, t256=8), "kind of TIFF"),
        (tiff(np.zeros((5, 8, 3), np.uint8), bits=8, channels=3, t254=1, t50706=b"\1\4\0\0"), "camera raw"),
        (tiff(np.zeros((5, 8, 3), np.uint8), bits=8, channels=3, t254=1, t330=8), "camera raw"),
    ],
    ids=["planar 16", "planar float", "white is zero", "signed bytes", "12 bits", "DNG", "raw with sub-images"],
)
def test_what_would_be_shown_wrong_is_refused(data: bytes, words: str) -> None:
    for read in (load_picture, probe_picture, load_full_image):
        with pytest.raises(PictureError, match=words):
            read(data)


def test_separate_channels_of_8_bits_open() -> None:
    planes = [RAMP, RAMP[::-1], RAMP[:, ::-1]]
    data = tiff(*planes, bits=8, channels=3, t284=2)
    assert np.array_equal(load_full_image(data).samples, np.dstack(planes))
