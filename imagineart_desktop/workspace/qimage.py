"""Conversion between NumPy pixel arrays and QImage."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.support.pixel_libraries import np


def to_qimage(pixels: Pixels) -> QImage:
    """Return a QImage with its own copy. pixels: height × width × 3 or 4, uint8, sRGB."""
    return qimage_view(np.ascontiguousarray(pixels)).convertToFormat(display_format(pixels))


def qimage_view(pixels: Pixels, area: QRect | None = None) -> QImage:
    """Return a QImage that shares the pixels' memory, which the caller must keep alive while the image is used.

    pixels: height × width × 3 or 4, uint8, sRGB, contiguous. area: the part to return, None for all.
    """
    height, width, channels = pixels.shape
    area = QRect(0, 0, width, height) if area is None else area
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    memory = pixels.reshape(-1)[(area.top() * width + area.left()) * channels :]
    return QImage(memory.data, area.width(), area.height(), channels * width, kind)


def display_format(pixels: Pixels) -> QImage.Format:
    """Return the image format that Qt paints fastest."""
    return QImage.Format.Format_RGB32 if pixels.shape[2] == 3 else QImage.Format.Format_ARGB32_Premultiplied


def from_qimage(image: QImage) -> Pixels:
    """Return a copy of the pixels: height × width × 3 or 4, uint8, sRGB."""
    alpha = image.hasAlphaChannel()
    kind = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    plain = image.convertToFormat(kind)
    channels = 4 if alpha else 3
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * channels].reshape(plain.height(), plain.width(), channels).copy()
