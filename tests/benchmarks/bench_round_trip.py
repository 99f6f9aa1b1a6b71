"""Benchmark of the program's share of an inpaint, without the service, and the quality of its seam on photographs."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagineart_desktop.imaging import (
    FullImage,
    InpaintSettings,
    Margins,
    Mask,
    Pixels,
    RawResult,
    RequestImages,
    SendMode,
    build_requests,
    composite,
    encode_full_image,
    full_image_of,
    load_full_image,
    load_picture,
    new_mask,
)
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, WorkingSize
from imagineart_desktop.resources import resource_path
from tests.benchmarks.measuring import Figure, median_ms
from tests.imaging.inpaint_fixtures import SMALL

WORKING = IDEOGRAM_V2_EDIT.working_size
PHOTOS = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg")
FEATHER = 12
TINT = np.array([1.05, 0.97, 0.9], np.float32)
LIFT = 8.0
QUALITY = 88
SEAM = 16
"""Pixels to both sides of the mask's edge."""


async def figures(*, quick: bool) -> list[Figure]:
    if quick:
        found = await asyncio.to_thread(_times, (300, 200), 1, SMALL)
        return found + await asyncio.to_thread(_seams, PHOTOS[:1], (300, 200), SMALL)
    found = await asyncio.to_thread(_times, (6000, 4000), 5, WORKING)
    return found + await asyncio.to_thread(_seams, PHOTOS, (1500, 1000), WORKING)


def _times(size: tuple[int, int], rounds: int, working: WorkingSize) -> list[Figure]:
    """Measure the steps; the floor is one PNG decode and encode of the same image, the least that storing it takes."""
    pixels = _grown("coffee.png", size)
    mask = _disc(size, min(size) // 6)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=92)
    png = encode_full_image(full_image_of(pixels))
    floor = median_ms(lambda: _there_and_back(png), rounds)
    found = []
    for kind, data in (("PNG", png), ("JPEG", held.getvalue())):
        for mode in SendMode:
            settings = InpaintSettings(mode=mode, feather=FEATHER, tone_match=True)
            (piece,) = build_requests(load_full_image(data), mask, settings, working, 0)
            raw = _spoiled(_sent(piece))
            name = f"{kind} {size[0]} × {size[1]}, {mode.replace('_', ' ')}"
            found.append(
                Figure(f"round trip, out, {name}", median_ms(_out(data, mask, settings, working), rounds), floor, 1.0)
            )
            found.append(Figure(f"round trip, home, {name}", median_ms(_home(data, piece, raw), rounds), floor, 1.0))
            # The source is cached if it was just sent, and for every further variation.
            again = median_ms(_home_again(load_full_image(data), piece, raw), rounds)
            found.append(Figure(f"round trip, home, source at hand, {name}", again, floor, 1.0))
    return found


def _there_and_back(png: bytes) -> object:
    pixels = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))
    return cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def _out(data: bytes, mask: Mask, settings: InpaintSettings, working: WorkingSize) -> Callable[[], object]:
    return lambda: build_requests(load_full_image(data), mask, settings, working, 0)


def _home(data: bytes, piece: RequestImages, raw: Pixels) -> Callable[[], object]:
    return lambda: _home_again(load_full_image(data), piece, raw)()


def _home_again(source: FullImage, piece: RequestImages, raw: Pixels) -> Callable[[], object]:
    returned = RawResult(raw, piece.mask, piece.box, piece.pair.size, FEATHER, tone_match=True)
    return lambda: encode_full_image(composite(source, Margins(), [returned]).picture)


def _seams(photos: tuple[str, ...], size: tuple[int, int], working: WorkingSize) -> list[Figure]:
    """Compare how visible the mask's edge is, with and without tone matching.

    The service paints the same again, but re-encodes it, shifts its colors and returns another size. The floor is the
    raw result with a hard edge.
    """
    found = []
    for photo in photos:
        source = full_image_of(_grown(photo, size))
        mask = _disc(size, size[1] * 26 // 100)
        (piece,) = build_requests(source, mask, InpaintSettings(mode=SendMode.ONLY_MASKED), working, 0)
        sent, ring = _sent(piece), _ring(mask)
        for cast, raw in (("cast everywhere", _spoiled(sent)), ("cast inside", _spoiled_inside(sent, piece))):
            hard = _result(source, piece, raw, 0, tone_match=False)
            for words, tone in (("raw", False), ("tone match", True)):
                made = _result(source, piece, raw, FEATHER, tone_match=tone)
                figures = (
                    ("SSIM", _ssim(source.samples, made, ring), _ssim(source.samples, hard, ring), ""),
                    ("PSNR", _psnr(source.samples, made, ring), _psnr(source.samples, hard, ring), "dB"),
                )
                for measure, value, floor, unit in figures:
                    name = f"seam {measure}, {photo}, {cast}, {words}"
                    found.append(Figure(name, value, floor, unit=unit, beside="hard, as it came", least=1.0))
    return found


def _result(source: FullImage, piece: RequestImages, raw: Pixels, feather: int, *, tone_match: bool) -> Pixels:
    returned = RawResult(raw, piece.mask, piece.box, piece.pair.size, feather, tone_match)
    return np.asarray(composite(source, Margins(), [returned]).picture.samples, np.uint8)


def _spoiled(sent: Pixels) -> Pixels:
    """Return the image re-encoded, tinted and smaller, as services do."""
    return _returned(np.clip(sent[:, :, :3] * TINT + LIFT, 0, 255).astype(np.uint8))


def _returned(pixels: Pixels) -> Pixels:
    small = cv2.resize(pixels, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _spoiled_inside(sent: Pixels, piece: RequestImages) -> Pixels:
    """Return the same, but tinted only where it was painted."""
    white = 255 - load_picture(piece.pair.mask_png).pixels[:, :, :1]
    tinted = np.clip(sent[:, :, :3] * TINT + LIFT, 0, 255).astype(np.uint8)
    return _returned(np.where(white >= 128, tinted, sent[:, :, :3]))


def _sent(piece: RequestImages) -> Pixels:
    return load_picture(piece.pair.image_png).pixels


def _grown(photo: str, size: tuple[int, int]) -> Pixels:
    pixels = load_picture(resource_path("photos") / photo).pixels[:, :, :3]
    large = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.int16)
    grain = np.random.default_rng(1).normal(0, 3, large.shape).astype(np.int16)
    return np.asarray(np.clip(large + grain, 0, 255), np.uint8)


def _disc(size: tuple[int, int], radius: int) -> Mask:
    mask = new_mask(size)
    cv2.circle(mask, (size[0] // 2, size[1] // 2), radius, 255, -1)
    return mask


def _ring(mask: Mask) -> NDArray[np.bool_]:
    kernel = np.ones((2 * SEAM + 1, 2 * SEAM + 1), np.uint8)
    return np.asarray(cv2.dilate(mask, kernel) != cv2.erode(mask, kernel), np.bool_)


def _psnr(before: NDArray[np.generic], after: Pixels, where: NDArray[np.bool_]) -> float:
    far = (before[where].astype(np.float64) - after[where]) ** 2
    return float(10 * np.log10(255**2 / max(1e-9, float(far.mean()))))


def _ssim(before: NDArray[np.generic], after: Pixels, where: NDArray[np.bool_]) -> float:
    """Return SSIM as in Wang et al. 2004, on luminance, with their Gaussian window of 11 × 11 and σ 1.5."""
    x, y = (cv2.cvtColor(np.asarray(p, np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float64) for p in (before, after))

    def blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)

    mean_x, mean_y = blurred(x), blurred(y)
    var_x, var_y = blurred(x * x) - mean_x**2, blurred(y * y) - mean_y**2
    both = blurred(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = ((2 * mean_x * mean_y + c1) * (2 * both + c2)) / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return float(index[where].mean())
