"""A calm landscape for a prompt and a seed: sky, light, hazy ridges, and water where it fits."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from imagineart_desktop.demo.painting.palette import Mood, colour, derive_mood, make_rng
from imagineart_desktop.imaging import Pixels, Size

Canvas = NDArray[np.float32]
"""3 × height × width, 0 to 1: NumPy adds a color to one plane after the other four times as fast as to pixels."""

_DRAFT_EDGE = 1024
"""Longer edge, in pixels, at which the scene is painted; beyond that it's enlarged, with grain added."""

_BLUR = 4
"""How many times smaller clouds and glow are made: they have no edges."""


def paint_scene(prompt: str, seed: int, size: Size, *, detail: int = 3) -> Pixels:
    """Paint a scene. Returns height × width × 3, uint8, exactly `size` (width, height).

    detail: number of ridges; the seed may add one.
    """
    rng = make_rng("scene", prompt, seed)
    mood = derive_mood(prompt, rng)
    scale = min(1.0, _DRAFT_EDGE / max(size))
    width, height = max(8, round(size[0] * scale)), max(8, round(size[1] * scale))
    canvas = _sky(width, height, mood, rng)
    horizon = int(height * rng.uniform(0.52, 0.68))
    _light(canvas, horizon, mood, rng)
    _ridges(canvas, horizon, mood, rng, detail + int(rng.integers(0, 2)))
    if mood.water:
        _water(canvas, horizon + int(height * 0.12), mood, rng)
    return _finish(canvas, size, rng)


def _sky(width: int, height: int, mood: Mood, rng: np.random.Generator) -> Canvas:
    top = colour(mood.hue, 0.62, 0.20) if mood.dark else colour(mood.hue, 0.46, 0.62)
    low = colour(mood.accent_hue, 0.35, 0.50) if mood.dark else colour(mood.accent_hue, 0.26, 0.96)
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None] ** 1.3
    shades = top[:, None, None] * (1 - share) + low[:, None, None] * share
    canvas = np.broadcast_to(shades, (3, height, width)).astype(np.float32)
    veil = _noise(width, height, rng, octaves=5, stretch=3.5)
    veil -= 0.55
    veil *= 2.2
    np.clip(veil, 0, 1, out=veil)
    veil *= 0.10 if mood.dark else 0.35
    _blend(canvas, (low * 0.4 + 0.6).astype(np.float32), veil)
    if mood.dark:
        _stars(canvas, rng)
    return canvas


def _blend(canvas: Canvas, shade: NDArray[np.float32], share: NDArray[np.float32]) -> None:
    """Blend a color into the canvas in place. shade: 3, or 3 × rows × 1; share: height × width, 0 to 1."""
    for plane, tone in zip(canvas, shade, strict=True):
        plane += (tone - plane) * share


def _stars(canvas: Canvas, rng: np.random.Generator) -> None:
    _, height, width = canvas.shape
    count = width * height // 1800
    xs, ys = rng.integers(0, width, count), rng.integers(0, height, count)
    canvas[:, ys, xs] += rng.random(count, dtype=np.float32) ** 3


def _light(canvas: Canvas, horizon: int, mood: Mood, rng: np.random.Generator) -> None:
    """Add a sun or a moon with its glow."""
    _, height, width = canvas.shape
    x, y = width * rng.uniform(0.2, 0.8), horizon * rng.uniform(0.3, 0.85)
    radius = min(width, height) * rng.uniform(0.045, 0.11)
    across = np.arange(width, dtype=np.float32) - np.float32(x)
    down = np.arange(height, dtype=np.float32) - np.float32(y)
    shade = colour(mood.accent_hue, 0.10, 1.0).astype(np.float32)
    draft = np.exp(_distance(across[_BLUR // 2 :: _BLUR], down[_BLUR // 2 :: _BLUR]) * np.float32(-1 / (radius * 3.2)))
    draft *= 0.55
    glow = np.asarray(cv2.resize(draft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    for plane, tone in zip(canvas, shade, strict=True):
        plane += tone * glow
    rows, columns = (slice(max(0, int(middle - radius) - 1), int(middle + radius) + 3) for middle in (y, x))
    near = _distance(across[columns], down[rows])
    _blend(canvas[:, rows, columns], shade, np.clip(np.float32(radius + 0.5) - near, 0, 1))


def _distance(across: NDArray[np.float32], down: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.sqrt(across[None, :] ** 2 + down[:, None] ** 2), np.float32)


def _ridges(canvas: Canvas, horizon: int, mood: Mood, rng: np.random.Generator, count: int) -> None:
    """Add hills; each is darker and more saturated than the one behind it."""
    _, height, width = canvas.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    haze = canvas[:, min(height - 1, horizon)].mean(axis=1)
    near = colour(mood.hue + 0.03, 0.55, 0.10 if mood.dark else 0.20)
    for index in range(count):
        depth = (index + 1) / count
        base = horizon + (height - horizon) * depth**1.6 * 0.72 - height * 0.05
        line = _profile(width, rng, roughness=0.45 + 0.2 * (1 - depth)) * height * (0.09 + 0.07 * depth)
        edge = (base - line).astype(np.float32)
        top = max(0, int(edge.min()) - 1)
        cover = np.clip(rows[top:] - edge[None, :] + 0.5, 0, 1)
        tone = haze * (1 - depth) ** 1.2 + near * (1 - (1 - depth) ** 1.2)
        fade = np.clip((rows[top:] - base) / height * 1.6, 0, 0.35)
        shade = np.clip(tone[:, None, None] * (1 - fade * 0.6) + haze[:, None, None] * fade * 0.25, 0, 1)
        _blend(canvas[:, top:], shade.astype(np.float32), cover)


def _water(canvas: Canvas, shore: int, mood: Mood, rng: np.random.Generator) -> None:
    """Add a reflection below the shore, broken by ripples."""
    _, height, width = canvas.shape
    depth = height - shore
    if depth < 4:
        return
    rows = np.arange(shore, height)
    mirrored = np.clip(2 * shore - rows, 0, height - 1)
    near = np.linspace(0, 1, depth, dtype=np.float32)
    sway = np.sin(rows * 0.9 + rng.uniform(0, 6)) * (1 + 5 * near) + rng.normal(0, 0.6, depth)
    columns = np.clip(np.arange(width)[None, :] + sway[:, None], 0, width - 1).astype(np.int32)
    tint = colour(mood.hue, 0.5, 0.16 if mood.dark else 0.45)
    share = (0.25 + 0.35 * near)[:, None]
    canvas[:, shore:] = canvas[:, mirrored[:, None], columns] * (1 - share) + tint[:, None, None] * share


def _finish(canvas: Canvas, size: Size, rng: np.random.Generator) -> Pixels:
    """Scale to full size, and add a fine grain against banding."""
    width, height = size
    grain = np.rint(rng.normal(0, 2.55, (256, 256))).astype(np.int16)
    grain = np.tile(grain, (-(-height // 256), -(-width // 256)))[:height, :width]
    np.clip(canvas, 0, 1, out=canvas)
    planes = [cv2.convertScaleAbs(plane, alpha=255) for plane in canvas]
    if canvas.shape[:0:-1] != size:
        planes = [cv2.resize(plane, size, interpolation=cv2.INTER_CUBIC) for plane in planes]
    return np.asarray(cv2.merge([cv2.add(plane, grain, dtype=cv2.CV_8U) for plane in planes]), np.uint8)


def _profile(width: int, rng: np.random.Generator, roughness: float) -> NDArray[np.float32]:
    """Return a line of hills: width values, 0 to 1."""
    x = np.linspace(0, 1, width, dtype=np.float32)
    line = np.zeros(width, np.float32)
    strength, knots = 1.0, 3
    while knots < width / 3:
        heights = rng.random(knots + 1)
        line += (strength * np.interp(x * knots, np.arange(knots + 1), heights)).astype(np.float32)
        strength *= roughness
        knots *= 2
    smooth = max(1, width // 256) * 2 + 1
    line = np.asarray(cv2.GaussianBlur(line[None, :], (smooth, 1), 0), np.float32)[0]
    low, high = float(line.min()), float(line.max())
    return np.asarray((line - low) / max(high - low, 1e-6), np.float32)


def _noise(
    width: int, height: int, rng: np.random.Generator, *, octaves: int, stretch: float = 1.0
) -> NDArray[np.float32]:
    """Return cloud noise, height × width, 0 to 1. stretch: horizontal stretch factor."""
    draft = max(1, width // _BLUR), max(1, height // _BLUR)
    total = np.zeros(draft[::-1], np.float32)
    strength, knots = 1.0, 3.0
    for _ in range(octaves):
        rows = max(2, round(knots * height / max(width, height) * stretch))
        columns = max(2, round(knots * width / max(width, height)))
        field = rng.random((rows, columns), dtype=np.float32)
        total += strength * np.asarray(cv2.resize(field, draft, interpolation=cv2.INTER_CUBIC), np.float32)
        strength *= 0.5
        knots *= 2
    low, high = float(total.min()), float(total.max())
    total -= low
    total /= max(high - low, 1e-6)
    return np.asarray(cv2.resize(total, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
