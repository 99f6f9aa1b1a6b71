"""The word “Demo” on every image from the demo server, and the style if one was requested."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imagineart_desktop.imaging import Mask, Pixels, Rect, coverage

_MIN_HEIGHT = 10
"""Minimum label height in pixels; a smaller one would be unreadable."""


def put_label(picture: Pixels, area: Rect | None = None, mask: Mask | None = None, *, words: str = "") -> None:
    """Draw the label into the lower right corner of the area (by default, the whole image), in place.

    words: the style, left out if there is no room for it. mask: uint8, height × width; only pixels where it's 255
    change. An area too small for a label gets none.
    """
    area = area or Rect.of_shape(picture.shape)
    height = max(_MIN_HEIGHT, min(area.width, area.height) // 28)
    margin = height // 2
    tag = _tag(f"Demo · {words}" if words else "Demo", height)
    if words and tag.shape[1] + 2 * margin > area.width:
        tag = _tag("Demo", height)
    right, bottom = area.right - margin, area.bottom - margin
    place = Rect(right - tag.shape[1], bottom - tag.shape[0], right, bottom)
    if mask is not None:
        inner = _place_inside(mask, area, (tag.shape[1], tag.shape[0]))
        if inner is None:
            return
        place = inner
    if place.left < area.left or place.top < area.top:
        return
    part = picture[place.slices]
    share = tag[:, :, 3:].astype(np.float32) / 255
    part[:, :, :3] = (part[:, :, :3] * (1 - share) + tag[:, :, :3] * share).astype(np.uint8)


def _place_inside(mask: Mask, area: Rect, size: tuple[int, int]) -> Rect | None:
    """Return where a label of this size fits inside the painted area: low in its middle column."""
    centre = (area.left + area.right) // 2
    left = centre - size[0] // 2
    if left < area.left or size[0] > area.width:
        return None
    painted = (mask[area.top : area.bottom, left : left + size[0]] >= 128).all(axis=1)
    run = np.convolve(painted.astype(np.int64), np.ones(size[1], np.int64), "valid") == size[1]
    places = np.flatnonzero(run)
    if not places.size:
        return None
    top = area.top + int(places[int(places.size * 0.8)])
    return Rect(left, top, left + size[0], top + size[1])


def put_label_inside(mask: Mask, picture: Pixels, *, words: str = "") -> None:
    """Draw the label inside the painted area only."""
    put_label(picture, coverage(mask).bounds, mask, words=words)


def _tag(text: str, height: int) -> Pixels:
    font = ImageFont.load_default(height)
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = probe.textbbox((0, 0), text, font=font)
    pad = height // 2
    size = round(right - left) + 2 * pad, round(bottom - top) + 2 * (pad // 2 + 1)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=pad, fill=(16, 17, 19, 150))
    draw.text((pad - left, pad // 2 + 1 - top), text, font=font, fill=(255, 255, 255, 230))
    return np.asarray(image)
