"""The image and mask that are sent: two PNGs of equal size for any size and mask; the mask has exactly two colors."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imagineart_desktop.imaging import (
    EmptyMaskError,
    FullMaskError,
    Mask,
    encode_grey_png,
    export_pair,
    load_picture,
    new_mask,
)
from imagineart_desktop.imaging.files import encoding

sizes = st.one_of(
    st.tuples(st.integers(1, 300), st.integers(1, 300)),
    st.tuples(st.integers(1, 8), st.integers(1, 8192)),
    st.tuples(st.integers(1, 8192), st.integers(1, 8)),
)


def painted(size: tuple[int, int], seed: int, share: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    random = np.random.default_rng(seed)
    mask = random.integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    mask[random.random(mask.shape) > share] = 0
    return mask


@given(sizes, st.integers(0, 2**16), st.floats(0, 1), st.sampled_from((0, 255)), st.sampled_from((3, 4)))
@settings(deadline=None, max_examples=120)
def test_whatever_is_painted(size: tuple[int, int], seed: int, share: float, value: int, channels: int) -> None:
    mask = painted(size, seed, share)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    marked = mask >= 128
    if not marked.any():
        with pytest.raises(EmptyMaskError):
            export_pair(pixels, mask, value)
        return
    if marked.all():
        with pytest.raises(FullMaskError):
            export_pair(pixels, mask, value)
        return
    pair = export_pair(pixels, mask, value)
    with Image.open(io.BytesIO(pair.mask_png)) as sent, Image.open(io.BytesIO(pair.image_png)) as image:
        assert sent.size == image.size == pair.size == size
        assert sent.mode == "L"
        values = np.asarray(sent)
        assert set(np.unique(values)) == {0, 255}
        assert np.array_equal(values == value, marked)
        assert np.array_equal(np.asarray(image), pixels)


@given(st.integers(2, 60), st.integers(2, 60), st.sampled_from(range(1, 9)), st.sampled_from(("JPEG", "PNG", "WEBP")))
@settings(deadline=None, max_examples=60)
def test_a_rotated_photograph_has_the_size_that_is_shown(width: int, height: int, turned: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    held = io.BytesIO()
    Image.new("RGB", (width, height), (9, 80, 160)).save(held, kind, exif=exif)
    picture = load_picture(held.getvalue())
    assert picture.size == ((height, width) if turned >= 5 else (width, height))
    mask = new_mask(picture.size)
    mask[0, 0] = 255
    pair = export_pair(picture.pixels, mask, 0)
    with Image.open(io.BytesIO(pair.mask_png)) as sent, Image.open(io.BytesIO(pair.image_png)) as image:
        assert sent.size == image.size == picture.size


def test_the_largest() -> None:
    mask = new_mask((8192, 8192))
    mask[4000:4100, 17:8000] = 255
    pair = export_pair(np.zeros((8192, 8192, 3), np.uint8), mask, 0)
    assert pair.size == (8192, 8192)


@pytest.mark.parametrize("shape", [(1, 1), (3000, 2100), (2048, 1024), (1, 20_000), (20_000, 1), (4096, 513)])
def test_a_large_mask_that_is_written_in_strips_is_one_picture(shape: tuple[int, int]) -> None:
    grey = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    with Image.open(io.BytesIO(encode_grey_png(grey))) as read:
        assert np.array_equal(np.asarray(read), grey)


def test_strips_of_one_value_are_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed, compress = list[tuple[int, ...]](), encoding._compressed

    def noted(part: Mask, *, last: bool) -> object:
        compressed.append((int(part.min()), int(part.max()), last))
        return compress(part, last=last)

    monkeypatch.setattr(encoding, "_compressed", noted)
    # A width that no other test uses, so that nothing is cached for it.
    mask = new_mask((4099, 2000))
    mask[1000, 7:9] = 255
    mask[1400:] = 255
    with Image.open(io.BytesIO(encode_grey_png(mask))) as read:
        assert np.array_equal(np.asarray(read), mask)
    flat = [strip for strip in compressed if strip[0] == strip[1]]
    assert len(flat) == len(set(flat))
    assert sorted(strip[:2] for strip in flat if not strip[2]) == [(0, 0), (255, 255)]
    assert len(compressed) <= 5
