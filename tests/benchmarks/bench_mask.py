"""Benchmarks of operations on the whole mask, its export, and the memory that undo takes."""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from PIL import Image

from imagineart_desktop.imaging import Brush, Mask, Pixels, Stroke, TileRecorder, export_mask, new_mask
from imagineart_desktop.imaging.mask.morphology import feather, grow
from imagineart_desktop.imaging.mask.selections import select_by_color
from imagineart_desktop.resources import resource_path
from tests.benchmarks.measuring import Figure, median_ms

STROKES = 200
RADIUS = 16
FAR = 50


async def figures(*, quick: bool) -> list[Figure]:
    sides = (512,) if quick else (2048, 4096, 8192)
    rounds = 2 if quick else 5
    found = []
    for side in sides:
        found += [_export(side, rounds), _wand(side, rounds), *_grow_and_feather(side, rounds)]
    found.append(_grow_far(sides[-1]))
    found.append(_undo(sides[-1], 5 if quick else STROKES))
    return found


def _export(side: int, rounds: int) -> Figure:
    mask = new_mask((side, side))
    rows, columns = np.ogrid[:side, :side]
    mask[(rows - side / 2) ** 2 + (columns - side / 2) ** 2 < (side / 4) ** 2] = 255
    value = median_ms(lambda: export_mask(mask, 0), rounds)
    floor = median_ms(lambda: zlib.compress(mask.data, 1), rounds)
    return Figure(f"mask export, {side}²", value, floor, 1.3, beside="zlib level 1 over the raw bytes")


def _photo(side: int) -> Pixels:
    with Image.open(resource_path("photos", "chelsea.png")) as image:
        return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC))


def _wand(side: int, rounds: int) -> Figure:
    pixels = _photo(side)
    at = side // 2, side // 3
    span = (40,) * 3

    def flood() -> None:
        reached = np.zeros((side + 2, side + 2), np.uint8)
        flags = 4 | (255 << 8) | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
        cv2.floodFill(pixels.copy() if not pixels.flags.writeable else pixels, reached, at, 0, span, span, flags)

    mask = new_mask((side, side))
    value = median_ms(lambda: select_by_color(mask, pixels, at, tolerance=40, contiguous=True), rounds)
    return Figure(f"magic wand, {side}²", value, median_ms(flood, rounds), 2.0, beside="cv2.floodFill")


def _painted(side: int) -> Mask:
    """Return a mask with a disc that covers five percent."""
    mask = new_mask((side, side))
    cv2.circle(mask, (side // 2, side // 2), round(side * (0.05 / np.pi) ** 0.5), 255, -1, cv2.LINE_AA)
    return mask


def _grow_and_feather(side: int, rounds: int) -> list[Figure]:
    mask = _painted(side)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RADIUS + 1, 2 * RADIUS + 1))
    dilate = median_ms(lambda: cv2.dilate(mask, kernel), rounds)
    blur = median_ms(lambda: cv2.GaussianBlur(mask, (0, 0), RADIUS / 2), rounds)
    grown = median_ms(lambda: grow(mask.copy(), RADIUS), rounds)
    soft = median_ms(lambda: feather(mask.copy(), RADIUS), rounds)
    return [
        Figure(f"grow by {RADIUS} px, 5 % painted, {side}²", grown, dilate, 0.3, beside="cv2.dilate of the whole"),
        Figure(
            f"feather by {RADIUS} px, 5 % painted, {side}²", soft, blur, 0.3, beside="cv2.GaussianBlur of the whole"
        ),
    ]


def _grow_far(side: int) -> Figure:
    """Measure growing a soft edge by more than a kernel is worth."""
    mask = _painted(side)
    feather(mask, FAR)
    floor = median_ms(lambda: cv2.distanceTransform(255 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), 1)
    value = median_ms(lambda: grow(mask.copy(), FAR), 1)
    name = f"grow by {FAR} px, soft edge, 5 % painted, {side}²"
    return Figure(name, value, floor, 1.0, beside="one cv2.distanceTransform of the whole")


def _undo(side: int, strokes: int) -> Figure:
    """Measure the size of compressed undo tiles for freehand strokes of every size, anywhere on the mask."""
    random = np.random.default_rng(3)
    mask = new_mask((side, side))
    held, tiles = 0, 0
    for _ in range(strokes):
        recorder = TileRecorder(mask)
        brush = Brush(size=float(random.choice([30, 64, 150, 400])), hardness=float(random.random()))
        stroke = Stroke(mask, brush, recorder=recorder)
        x, y = random.uniform(0, side, 2)
        for _ in range(40):
            x, y = np.clip(np.add((x, y), random.normal(0, side / 120, 2)), 0, side)
            stroke.move_to(x, y)
        patch = recorder.finish()
        tiles += patch.size_bytes
        patch.compress()
        held += patch.size_bytes
    name = f"undo memory, {strokes} strokes on {side}²"
    return Figure(name, held / 2**20, tiles / 2**20, unit="MB", beside="the tiles as they are", most=64.0)
