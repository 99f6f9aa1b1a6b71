"""Preview of raw results pasted into their source, without seam, tone matching, or registration."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.imaging.files.full_image import FullImage
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.inpaint.outpainting import enlarge_canvas
from imagineart_desktop.imaging.inpaint.request_images import flatten_alpha
from imagineart_desktop.imaging.inpaint.settings import Margins
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.pixel_libraries import cv2, np


def paste_raw_results(source: FullImage, margins: Margins, results: Sequence[tuple[Pixels, Rect, Mask]]) -> Pixels:
    """Return the source with each result stretched over the box that was sent: height × width × 3, uint8.

    results: raw result, height × width × 3 or 4, uint8; its box; its mask of the whole canvas. Where boxes overlap,
    each painted area shows its own result.
    """
    shown = flatten_alpha(enlarge_canvas(source, margins).shown()).copy()
    stretched = [(_stretched(raw, box), box, mask) for raw, box, mask in results]
    for pixels, box, _ in stretched:
        shown[box.slices] = pixels
    for pixels, box, mask in stretched:
        np.copyto(shown[box.slices], pixels, where=(mask[box.slices] >= THRESHOLD)[:, :, None])
    return shown


def _stretched(raw: Pixels, box: Rect) -> Pixels:
    way = cv2.INTER_AREA if box.width < raw.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(flatten_alpha(raw), (box.width, box.height), interpolation=way), np.uint8)
