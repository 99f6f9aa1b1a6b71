"""The grayscale on which results are compared."""

from __future__ import annotations

import numpy as np

from imagineart_desktop.imaging.files.grayscale import grey_of


def test_grey_is_the_mean_of_red_green_and_blue() -> None:
    colors = [(red := min(255, total), green := min(255, total - red), total - red - green) for total in range(766)]
    pixels = np.array([[(*color, 7) for color in colors]], np.uint8)
    assert np.array_equal(grey_of(pixels), pixels[:, :, :3].mean(axis=2, dtype=np.float32))
