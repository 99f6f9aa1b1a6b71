"""Gray levels of color pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.support.pixel_libraries import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Grey: TypeAlias = "NDArray[np.float32]"
"""height × width, float32, 0 to 255."""


def grey_of(pixels: Pixels) -> Grey:
    """Return the mean of the first three channels."""
    total = pixels[:, :, 0].astype(np.uint16)
    total += pixels[:, :, 1]
    total += pixels[:, :, 2]
    return np.asarray(total / np.float32(3), np.float32)
