"""What the demo makes of the one-step tasks: cut out, replace the background, remove, upscale, extend."""

from __future__ import annotations

import cv2
import numpy as np

from imagineart_desktop.demo.painting.scene import paint_scene
from imagineart_desktop.imaging import Mask, Pixels, Size

_SEARCH_EDGE = 256
"""Longer edge, in pixels, at which the subject is searched for."""

_BORDER = 0.06
"""Share of each edge that is surely background."""

_MIN_SUBJECT, _MAX_SUBJECT = 0.02, 0.95
"""Shares of the image between which what was found can be the subject."""

_FILL_EDGE = 512
"""Longer edge, in pixels, at which a removed area is filled."""

_FILL_RADIUS = 5


def cut_out(source: Pixels) -> Pixels:
    """Return the subject on a transparent ground, height × width × 4, uint8."""
    return np.dstack([source[:, :, :3], _subject(source)])


def replace_background(source: Pixels, prompt: str, seed: int) -> Pixels:
    """Return the subject before a scene for the prompt, height × width × 3, uint8."""
    height, width = source.shape[:2]
    share = _subject(source)[:, :, None].astype(np.float32) / 255
    scene = paint_scene(prompt, seed, (width, height))
    return (source[:, :, :3] * share + scene * (1 - share)).round().astype(np.uint8)


def remove(source: Pixels, mask: Mask) -> Pixels:
    """Return the source with the masked area (255) filled from around it; all other pixels are unchanged."""
    height, width = mask.shape
    scale = min(1.0, _FILL_EDGE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(source[:, :, :3], size, interpolation=cv2.INTER_AREA)
    # Without the edge of the object, which reducing mixes with what surrounds it.
    hole = cv2.dilate(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    filled = cv2.inpaint(small, (hole > 0).astype(np.uint8), _FILL_RADIUS, cv2.INPAINT_TELEA)
    large = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    picture: Pixels = source.copy()
    painted = mask >= 128
    picture[painted, :3] = large[painted]
    return picture


def upscale(source: Pixels, factor: int) -> Pixels:
    """Return the source with `factor` times its width and height, sharpened."""
    height, width = source.shape[:2]
    large = cv2.resize(source, (width * factor, height * factor), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), factor)
    return np.asarray(cv2.addWeighted(large, 1.5, soft, -0.5, 0), np.uint8)


def reframe(source: Pixels, size: Size) -> Pixels:
    """Return an image of this size with the source in its center, as large as fits, and its edges continued.

    The source keeps its pixels where it fits as it is in one direction.
    """
    height, width = source.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    inner = min(size[0], round(width * scale)), min(size[1], round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    kept = source[:, :, :3] if inner == (width, height) else cv2.resize(source[:, :, :3], inner, interpolation=method)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    right, bottom = size[0] - inner[0] - left, size[1] - inner[1] - top
    around = cv2.copyMakeBorder(kept, top, bottom, left, right, cv2.BORDER_REPLICATE)
    picture = np.array(cv2.GaussianBlur(around, (0, 0), max(1.0, min(size) / 40)), np.uint8)
    picture[top : top + inner[1], left : left + inner[0]] = kept
    return picture


def _subject(source: Pixels) -> Mask:
    """Return how much of each pixel belongs to what stands out from the image's border, 0 to 255."""
    height, width = source.shape[:2]
    scale = min(1.0, _SEARCH_EDGE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(source[:, :, :3], size, interpolation=cv2.INTER_AREA)
    margin = max(1, round(_BORDER * size[0])), max(1, round(_BORDER * size[1]))
    inside = margin[0], margin[1], size[0] - 2 * margin[0], size[1] - 2 * margin[1]
    found = np.zeros((size[1], size[0]), np.uint8)
    cv2.setRNGSeed(1)
    cv2.grabCut(small, found, inside, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_RECT)
    subject = (np.isin(found, (cv2.GC_FGD, cv2.GC_PR_FGD)) * 255).astype(np.uint8)
    if not _MIN_SUBJECT <= subject.mean() / 255 <= _MAX_SUBJECT:
        subject[:] = 0
        center = size[0] // 2, size[1] // 2
        cv2.ellipse(subject, center, (size[0] * 2 // 5, size[1] * 2 // 5), 0, 0, 360, 255, -1)
    share = np.asarray(cv2.resize(subject, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.minimum(share, source[:, :, 3]) if source.shape[2] == 4 else share
