"""Sources of every kind, services that distort their results in every way, and a round trip through the engine."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from imagineart_desktop.imaging import (
    ColorModel,
    CompositeResult,
    FullImage,
    InpaintSettings,
    Mask,
    Pixels,
    RawResult,
    RequestImages,
    build_requests,
    composite,
    load_picture,
    new_mask,
)
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, WorkingSize

WORKING = IDEOGRAM_V2_EDIT.working_size
SMALL = WorkingSize(native_pixels=160 * 160, max_edge=240, min_edge=40, max_pixels=200 * 200)
"""A model with small pictures, so that many can be tried."""

Service = Callable[[Pixels, Mask], Pixels]
"""A function of the image sent and its mask (255 = painted) to the result."""


def scene(width: int, height: int, channels: int = 3, seed: int = 0) -> Pixels:
    """Return an image with edges and gradients."""
    rng = np.random.default_rng(seed)
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    picture = np.empty((height, width, channels), np.float32)
    for k in range(channels):
        across = 60 * np.sin(columns / rng.uniform(4, 23) + k)
        picture[:, :, k] = 128 + across + 50 * np.cos(rows / rng.uniform(5, 19) - k)
    for _ in range(12):
        x, y, side = rng.integers(0, width), rng.integers(0, height), int(rng.integers(2, max(3, width // 4)))
        picture[y : y + side, x : x + side] = rng.integers(0, 256, channels)
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


def source_of(kind: str, width: int, height: int, seed: int = 0) -> FullImage:
    """Return a full image: grey, grey_alpha, rgb, rgba, cmyk or rgb_profile; the first four also with the suffix 16."""
    name, deep = kind.removesuffix("16"), kind.endswith("16")
    channels = {"grey": 1, "grey_alpha": 2, "rgb": 3, "rgba": 4, "cmyk": 4, "rgb_profile": 3}[name]
    samples: NDArray[Any] = scene(width, height, channels, seed)
    if deep:
        noise = np.random.default_rng(seed).integers(0, 256, samples.shape, dtype=np.uint16)
        samples = samples.astype(np.uint16) * 256 + noise
    colours = {"grey": ColorModel.GREY, "grey_alpha": ColorModel.GREY, "cmyk": ColorModel.CMYK}.get(
        name, ColorModel.RGB
    )
    profile = other_profile() if name == "rgb_profile" else None
    return FullImage(samples, colours, name in ("grey_alpha", "rgba"), profile)


@cache
def other_profile() -> bytes:
    """Return an RGB profile that isn't sRGB: red and blue are swapped. Cached, because it contains the time."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = data.index(b"rXYZ"), data.index(b"bXYZ")
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    for name in (b"s\x00R\x00G\x00B", b"sRGB"):
        start = data.find(name, 132)
        while start >= 0:
            data[start : start + len(name)] = name.replace(b"s", b"x")
            start = data.find(name, start + 1)
    return bytes(data)


def faithful(sent: Pixels, mask: Mask) -> Pixels:
    """Repaint only the painted area."""
    result = sent.copy()
    result[mask >= 128] = 255 - result[mask >= 128]
    return result


def other_size(sent: Pixels, mask: Mask) -> Pixels:
    result = faithful(sent, mask)
    return np.asarray(cv2.resize(result, (max(1, sent.shape[1] * 3 // 4), max(1, sent.shape[0] * 3 // 4))), np.uint8)


def larger(sent: Pixels, mask: Mask) -> Pixels:
    return np.asarray(cv2.resize(faithful(sent, mask), (sent.shape[1] * 2 + 1, sent.shape[0] * 2 + 1)), np.uint8)


def other_ratio(sent: Pixels, mask: Mask) -> Pixels:
    side = max(sent.shape[:2])
    return np.asarray(cv2.resize(faithful(sent, mask), (side, side + 40)), np.uint8)


def cut(sent: Pixels, mask: Mask) -> Pixels:
    """Return only the middle, as a square."""
    result, side = faithful(sent, mask), min(sent.shape[:2])
    top, left = (sent.shape[0] - side) // 2, (sent.shape[1] - side) // 2
    return np.ascontiguousarray(result[top : top + side, left : left + side])


def padded(sent: Pixels, mask: Mask) -> Pixels:
    """Add black bars around the image to make it square."""
    result, side = faithful(sent, mask), max(sent.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - sent.shape[0]) // 2, (side - sent.shape[1]) // 2
    square[top : top + sent.shape[0], left : left + sent.shape[1]] = result
    return square


def shifted(sent: Pixels, mask: Mask, by: tuple[int, int] = (3, -2)) -> Pixels:
    return np.roll(faithful(sent, mask), (by[1], by[0]), axis=(0, 1))


def recoloured(sent: Pixels, mask: Mask) -> Pixels:
    result = faithful(sent, mask).astype(np.float32) * np.array([1.06, 0.92, 0.85], np.float32) + 14
    return np.clip(result, 0, 255).astype(np.uint8)


def recoloured_inside(sent: Pixels, mask: Mask) -> Pixels:
    """Repaint the same content, with a color cast in the painted area only."""
    result = sent.copy()
    result[mask >= 128] = recoloured(sent, new_mask((sent.shape[1], sent.shape[0])))[mask >= 128]
    return result


def unchanged(sent: Pixels, mask: Mask) -> Pixels:
    return sent.copy()


def inverted(sent: Pixels, mask: Mask) -> Pixels:
    return faithful(sent, np.asarray(255 - mask, np.uint8))


def transparent(sent: Pixels, mask: Mask) -> Pixels:
    alpha = np.full(sent.shape[:2], 255, np.uint8)
    alpha[::2] = 60
    return np.dstack((faithful(sent, mask), alpha))


def a_pixel(sent: Pixels, mask: Mask) -> Pixels:
    return np.full((1, 1, 3), 200, np.uint8)


SERVICES: tuple[Service, ...] = (
    faithful, other_size, larger, other_ratio, cut, padded, shifted, recoloured,
    recoloured_inside, unchanged, inverted, transparent,
    a_pixel,
)  # fmt: skip


def answered(piece: RequestImages, service: Service) -> Pixels:
    """Return the service's result for a request."""
    sent = load_picture(piece.pair.image_png).pixels[:, :, :3]
    mask = 255 - np.asarray(Image.open(io.BytesIO(piece.pair.mask_png)))
    return service(np.ascontiguousarray(sent), np.asarray(mask, np.uint8))


def results_of(
    picture: FullImage, mask: Mask, settings: InpaintSettings, service: Service, working: WorkingSize = WORKING
) -> list[RawResult]:
    """Return the results of all requests."""
    return [
        RawResult(
            answered(piece, service),
            piece.mask,
            piece.box,
            piece.pair.size,
            settings.feather,
            settings.tone_match,
            settings.overlap,
        )
        for piece in build_requests(picture, mask, settings, working, 0)
    ]


def travelled(
    picture: FullImage, mask: Mask, settings: InpaintSettings, service: Service, working: WorkingSize = WORKING
) -> CompositeResult:
    """Run the complete round trip: send, receive, composite."""
    return composite(picture, settings.margins, results_of(picture, mask, settings, service, working))


def without_and_with_tone_match(
    picture: FullImage, mask: Mask, settings: InpaintSettings, service: Service
) -> list[NDArray[Any]]:
    """Return the samples of one round trip, composited without and with tone matching."""
    results = results_of(picture, mask, settings, service)
    homes = ([replace(result, tone_match=on) for result in results] for on in (False, True))
    return [composite(picture, settings.margins, home).picture.samples for home in homes]
