"""Simple composite: the result inside the mask, the unchanged source everywhere else."""

from __future__ import annotations

from imagineart_desktop.imaging.errors import SizeMismatchError
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.pixel_libraries import cv2, np


def blend_inside_mask(source: Pixels, result: Pixels, mask: Mask) -> Pixels:
    """Return the source with the result inside the mask; all other pixels stay bit-identical to the source.

    source, result: height × width × 3 or 4, uint8; a result of another size is resized to the source's (Lanczos). mask:
    uint8, height × width, 255 = painted. The output has the source's shape. Raises SizeMismatchError.
    """
    height, width = source.shape[:2]
    if mask.shape != (height, width):
        raise SizeMismatchError((mask.shape[1], mask.shape[0]), (width, height))
    if result.shape[:2] != (height, width):
        result = np.asarray(cv2.resize(result, (width, height), interpolation=cv2.INTER_LANCZOS4), np.uint8)
    painted = mask >= THRESHOLD
    combined = source.copy()
    combined[painted, :3] = result[painted, :3]
    if source.shape[2] == 4:
        combined[painted, 3] = result[painted, 3] if result.shape[2] == 4 else 255
    return combined
