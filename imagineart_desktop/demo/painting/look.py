"""What a request says about colors and style, as it shows in the demo's images: tinted, and named on the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from imagineart_desktop.imaging import Mask, Pixels
from imagineart_desktop.models import FieldKind, ModelRequest
from imagineart_desktop.models.palette import colors_of, preset_of
from imagineart_desktop.support.wording import pluralize

_PRESETS = {
    "EMBER": ("#2b0f0a", "#b23a1e", "#f6b04a"),
    "FRESH": ("#0e4b4f", "#4fc3a1", "#f1fbe9"),
    "JUNGLE": ("#0c2414", "#3f7d3a", "#d9e7a0"),
    "MAGIC": ("#1b0b3a", "#8a3ffc", "#ffd1f7"),
    "MELON": ("#2f4f2f", "#ff7a6b", "#ffe8c7"),
    "MOSAIC": ("#1d2f6f", "#d9663d", "#f4e3b2"),
    "PASTEL": ("#6b6f93", "#f2b8c6", "#fdf6e3"),
    "ULTRAMARINE": ("#050a30", "#2747c9", "#cfe3ff"),
}
"""The demo's own idea of each preset, from dark to light."""

_SHARE = 0.75
"""How much of an image's color is replaced by the palette's."""

_STRIP = 24
"""The strip of the palette's colors is this part of the shorter edge high."""

_STYLE_FIELDS = ("style", "style_preset")
_MAX_CODES = 2


@dataclass(frozen=True, slots=True)
class Look:
    """colors: of the palette, as red, green and blue with a weight. words: name the style; empty if there is none."""

    colors: Sequence[tuple[tuple[int, int, int], float]] = ()
    words: str = ""


def look_of(request: ModelRequest, style_images: Sequence[Pixels] = ()) -> Look:
    """Return what a request says about colors and style. style_images: height × width × 3, uint8.

    Without a palette the colors are those of the style images, dark and light.
    """
    colors: list[tuple[tuple[int, int, int], float]] = []
    words = []
    for name, field in request.schema.fields.items():
        value = request.values[name]
        if field.kind is FieldKind.PALETTE and value is not None:
            colors += [(color.rgb, color.weight) for color in colors_of(value)]
            colors += [(_rgb(code), 1.0) for code in _PRESETS.get(preset_of(value) or "", ())]
        elif field.kind is FieldKind.CODES and value:
            words.append(" ".join(value[:_MAX_CODES]))
        elif name in _STYLE_FIELDS and value not in (None, field.default):
            words.append(field.option_text(value))
    if style_images:
        words.append(pluralize(len(style_images), "style image"))
        colors = colors or [color for image in style_images for color in _colors_of(image)]
    return Look(colors, " · ".join(words))


def _colors_of(image: Pixels) -> list[tuple[tuple[int, int, int], float]]:
    """Return the mean colors of an image's dark and light half."""
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    ordered = small[np.argsort(small.sum(axis=1))]
    halves = [half.mean(axis=0).round().astype(int).tolist() for half in np.array_split(ordered, 2)]
    return [((red, green, blue), 1.0) for red, green, blue in halves]


def tint(picture: Pixels, look: Look, mask: Mask | None = None) -> None:
    """Recolor an image with the palette from dark to light, in place, with a strip of its colors along the top.

    mask: uint8, height × width; only pixels where it's 255 change, without the strip.
    """
    if not look.colors:
        return
    toned = _toned(picture[:, :, :3], look)
    if mask is None:
        picture[:, :, :3] = toned
        _put_strip(picture, look)
    else:
        painted = mask >= 128
        picture[painted, :3] = toned[painted]


def _toned(picture: Pixels, look: Look) -> Pixels:
    ordered = sorted(look.colors, key=lambda color: sum(color[0]))
    # One color alone still shades from dark to light.
    stops = [(0, 0, 0), *(rgb for rgb, _ in ordered), (255, 255, 255)] if len(ordered) == 1 else [c for c, _ in ordered]
    weights = [1.0] * len(stops) if len(ordered) == 1 else [weight for _, weight in ordered]
    ends = np.cumsum(weights)
    places = (ends - np.array(weights) / 2) / ends[-1] * 255
    levels = np.arange(256)
    table = np.stack([np.interp(levels, places, [stop[band] for stop in stops]) for band in range(3)], axis=-1)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    mapped = table.astype(np.uint8)[grey]
    return np.asarray(cv2.addWeighted(picture, 1 - _SHARE, mapped, _SHARE, 0), np.uint8)


def _put_strip(picture: Pixels, look: Look) -> None:
    height, width = picture.shape[:2]
    ends = np.cumsum([weight for _, weight in look.colors])
    left = 0
    for (rgb, _), end in zip(look.colors, ends / ends[-1] * width, strict=True):
        picture[: max(1, min(height, width) // _STRIP), left : round(end), :3] = rgb
        left = round(end)


def _rgb(code: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(code[1:])
    return red, green, blue
