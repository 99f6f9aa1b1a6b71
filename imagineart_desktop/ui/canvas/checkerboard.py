"""The checkerboard behind transparent images."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.screen_copy import ScreenCache

_SQUARE_SIZE = 8
"""Logical pixels, regardless of zoom."""


def paint_on_checkerboard(
    painter: QPainter, image: ImagePyramid, target: QRectF, zoom: float, exposed: QRectF, copy: ScreenCache
) -> None:
    """Draw an image over the checkerboard, which shows through where the image is transparent.

    The squares keep their places when only a part of the image is repainted. See `ImagePyramid.paint`.
    """
    if not image.is_opaque:
        painter.fillRect(target.intersected(exposed), QBrush(_tile(tokens().check, tokens().check_other)))
    image.paint(painter, target, zoom, exposed, copy)


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
