"""JPEG thumbnails for grids; JPEG because one loads in a third of a millisecond."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.imaging.files.loading import Pixels, load_picture
from imagineart_desktop.support.pixel_libraries import cv2, np

_GROUND = 40
"""Gray behind transparent parts."""

_QUALITY = 85


def make_thumbnail(source: Path | bytes, edge: int) -> bytes:
    """Return a JPEG whose longer edge is at most `edge` pixels. Raises PictureError."""
    return thumbnail_of(load_picture(source, at_least=edge).pixels, edge)


def thumbnail_of(pixels: Pixels, edge: int) -> bytes:
    """Return a JPEG of decoded pixels (height × width × 3 or 4), longer edge at most `edge` pixels."""
    small = reduce_to(pixels, edge)
    if small.shape[2] == 4:
        alpha = small[:, :, 3:].astype(np.uint16)
        small = ((small[:, :, :3] * alpha + _GROUND * (255 - alpha)) // 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def reduce_to(pixels: Pixels, edge: int) -> Pixels:
    """Return the image with its longer edge at most `edge` pixels; never enlarged."""
    height, width = pixels.shape[:2]
    scale = edge / max(width, height)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8).reshape(
        size[1], size[0], pixels.shape[2]
    )
