"""Between NumPy's pixels and Qt's pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import Pixels


def to_image(pixels: Pixels) -> QImage:
    """A QImage with its own copy. pixels: height × width × 3 or 4, uint8, sRGB."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    data = np.ascontiguousarray(pixels)
    shown = QImage.Format.Format_RGB32 if channels == 3 else QImage.Format.Format_ARGB32_Premultiplied
    return QImage(data.data, width, height, channels * width, kind).convertToFormat(shown)


def to_pixels(image: QImage) -> Pixels:
    """height × width × 3 or 4, uint8, sRGB, with its own copy."""
    alpha = image.hasAlphaChannel()
    kind = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    plain = image.convertToFormat(kind)
    channels = 4 if alpha else 3
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * channels].reshape(plain.height(), plain.width(), channels).copy()
