"""Thumbnails for grids: JPEG because one loads in a third of a millisecond, WebP where the image is transparent."""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.imaging.files.loading import Pixels, load_picture
from imagineart_desktop.support.pixel_libraries import cv2, np

_QUALITY = 85
_OPAQUE = 255


def make_thumbnail(source: Path | bytes, edge: int) -> bytes:
    """Return a JPEG, or a WebP with transparency, of at most `edge` pixels in its longer edge. Raises PictureError."""
    return thumbnail_of(load_picture(source, at_least=edge).pixels, edge)


def thumbnail_of(pixels: Pixels, edge: int) -> bytes:
    """Return what `make_thumbnail` returns, of decoded pixels (height × width × 3 or 4)."""
    small = reduce_to(pixels, edge)
    if small.shape[2] == 4 and small[:, :, 3].min() < _OPAQUE:
        to_bgra = cv2.cvtColor(small, cv2.COLOR_RGBA2BGRA)
        _, encoded = cv2.imencode(".webp", to_bgra, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
    else:
        to_bgr = cv2.cvtColor(small, cv2.COLOR_RGBA2BGR if small.shape[2] == 4 else cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(".jpg", to_bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
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
