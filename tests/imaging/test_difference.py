"""Differences between two pictures: exact figures, pictures of different sizes, and transparency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.imaging import difference, load_picture


def plain(
    value: int, width: int, height: int, channels: int = 3
) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((height, width, channels), value, np.uint8)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(1, 64), st.integers(1, 9), st.integers(1, 9))
def test_the_distance_is_exact_and_never_wraps_round(one: int, other: int, gain: int, width: int, height: int) -> None:
    found = difference(plain(one, width, height), plain(other, width, height))
    assert found.largest == abs(one - other)
    assert found.share == float(one != other)
    assert np.all(found.amplified(gain) == min(255, abs(one - other) * gain))


def test_a_single_pixel_is_found(photos: Path) -> None:
    pixels = load_picture(photos / "coffee.png").pixels
    other = pixels.copy()
    other[17, 23, 1] ^= 1
    found = difference(pixels, other)
    assert (found.largest, found.resized) == (1, False)
    assert found.share == 1 / (pixels.shape[0] * pixels.shape[1])
    assert np.argwhere(found.amplified(64)).tolist() == [[17, 23, 1]]


def test_another_size_is_brought_to_the_first_ones(photos: Path) -> None:
    pixels = load_picture(photos / "coffee.png").pixels
    larger = np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)
    found = difference(pixels, larger)
    assert found.resized
    assert found.values.shape == pixels.shape
    assert found.largest == 0
    assert difference(larger, pixels).values.shape == larger.shape


def test_transparency_counts_and_hidden_colours_do_not() -> None:
    clear, hidden = plain(0, 4, 3, 4), plain(200, 4, 3, 4)
    hidden[:, :, 3] = 0
    assert difference(clear, hidden).largest == 0
    assert difference(plain(0, 4, 3), clear).largest == 255
    assert difference(plain(90, 4, 3), plain(90, 4, 3)).largest == 0
