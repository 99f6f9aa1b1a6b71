"""The checkerboard behind transparent images."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from imagineart_desktop.ui.theme.current import tokens

_SQUARE_SIZE = 8
"""Logical pixels, regardless of zoom."""


def checkerboard() -> QBrush:
    """Return the checkerboard of the current theme."""
    return QBrush(_tile(tokens().check, tokens().check_other))


def paint_image(painter: QPainter, place: QRectF, image: QImage | QPixmap) -> None:
    """Draw a whole image, over the checkerboard where it's transparent."""
    if image.hasAlphaChannel():
        painter.fillRect(place, checkerboard())
    if isinstance(image, QImage):
        painter.drawImage(place, image)
    else:
        painter.drawPixmap(place, image, QRectF(image.rect()))


def over_checkerboard(image: QImage, ratio: float) -> QPixmap:
    """Return an image over the checkerboard. ratio: device pixels of the image per logical pixel."""
    pixmap = QPixmap(image.size())
    pixmap.setDevicePixelRatio(ratio)
    painter = QPainter(pixmap)
    paint_image(painter, QRectF(QPointF(), QSizeF(image.size()) / ratio), image)
    painter.end()
    return pixmap


@lru_cache(maxsize=2)
def _tile(one: str, other: str) -> QPixmap:
    tile = QPixmap(2 * _SQUARE_SIZE, 2 * _SQUARE_SIZE)
    tile.fill(QColor(one))
    painter = QPainter(tile)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((0, 0), (_SQUARE_SIZE, _SQUARE_SIZE)):
        painter.fillRect(x, y, _SQUARE_SIZE, _SQUARE_SIZE, QColor(other))
    painter.end()
    return tile
