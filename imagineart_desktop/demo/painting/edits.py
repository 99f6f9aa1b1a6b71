"""The demo's edits: references composed into one image, and a masked area repainted."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from imagineart_desktop.demo.painting.palette import Mood, colour, derive_mood, make_rng
from imagineart_desktop.demo.painting.scene import paint_scene
from imagineart_desktop.imaging import Mask, Pixels, Rect, Size, coverage


def compose(references: Sequence[Pixels], prompt: str, size: Size, seed: int = 0) -> Pixels:
    """Compose an image: the first reference fills it, graded by the prompt; the others are framed insets.

    references: height × width × 3, uint8. size: (width, height) of the output. seed: 0 for a model
    without one.
    """
    rng = make_rng("edit", prompt, seed, *(reference.shape for reference in references))
    mood = derive_mood(prompt, rng)
    picture = _grade(_scale_to_cover(references[0], size), mood)
    _inset(picture, references[1:])
    return picture


def _inset(picture: Pixels, references: Sequence[Pixels]) -> None:
    """Frame references along the bottom of an image, as far as there is room."""
    size = picture.shape[1], picture.shape[0]
    edge = min(size) // 4
    gap = max(4, min(size) // 40)
    for index, reference in enumerate(references):
        inset = _scale_to_cover(reference, (edge, edge))
        left, top = gap + index * (edge + gap), size[1] - gap - edge
        if left + edge <= size[0]:
            frame = max(2, edge // 60)
            picture[top - frame : top + edge + frame, left - frame : left + edge + frame] = 245
            picture[top : top + edge, left : left + edge] = inset


def _grade(picture: Pixels, mood: Mood) -> Pixels:
    """Mix the image with its brightness in the mood's colors, from shadow to light."""
    shadow, bright = colour(mood.hue, 0.85, 0.30), colour(mood.accent_hue, 0.25, 1.0)
    mixed = 0.45 * np.eye(3) + 0.55 * np.outer(bright - shadow, np.full(3, 1 / 3))
    lifted = 0.55 * 255 * shadow[:, None]
    return np.asarray(cv2.transform(picture, np.hstack([mixed, lifted])), np.uint8)


def repaint(source: Pixels, mask: Mask, prompt: str, seed: int, references: Sequence[Pixels] = ()) -> Pixels:
    """Return the source with the masked area repainted; all other pixels are unchanged.

    source: height × width × 3 or 4, uint8; mask: uint8, height × width, 255 = repaint. references: framed in the area.
    """
    area = coverage(mask).bounds
    picture: Pixels = source.copy()
    scene = paint_scene(prompt, seed, (area.width, area.height), detail=4)
    _inset(scene, references)
    painted = mask[area.slices] >= 128
    lit = _shade_edge(scene, painted)
    part = picture[area.slices]
    part[painted, :3] = lit[painted]
    return picture


def _shade_edge(scene: Pixels, painted: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Pixels:
    """Darken toward the mask's edge, so that the new part appears set into the image."""
    padded = np.pad(painted.astype(np.uint8), 1)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    depth = np.clip(distance / max(6.0, min(painted.shape) * 0.08), 0, 1)[:, :, None]
    shaded: Pixels = (scene * (0.55 + 0.45 * depth)).astype(np.uint8)
    return shaded


def _scale_to_cover(picture: Pixels, size: Size) -> Pixels:
    """Scale the image to cover the size, and crop it from the center."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    scaled = max(size[0], round(width * scale)), max(size[1], round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = np.asarray(cv2.resize(picture[:, :, :3], scaled, interpolation=method), np.uint8)
    left, top = (scaled[0] - size[0]) // 2, (scaled[1] - size[1]) // 2
    cut: Pixels = large[Rect(left, top, left + size[0], top + size[1]).slices].copy()
    return cut
