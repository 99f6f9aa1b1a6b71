"""The checkerboard behind transparent images."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.image_pyramid import Pyramid
from imagineart_desktop.workspace.screen_copy import ScreenCopy

_SQUARE = 8
"""Logical pixels, regardless of zoom."""


def paint_on_checkerboard(
    painter: QPainter, image: Pyramid, target: QRectF, zoom: float, exposed: QRectF, copy: ScreenCopy
) -> None:
    """Draw an image over the checkerboard, which shows through where the image is transparent.

    The squares keep their places when only a part of the image is repainted. See `Pyramid.paint`.
    """
    if not image.is_opaque:
        painter.fillRect(target.intersected(exposed), QBrush(_tile(tokens().check, tokens().check_other)))
    image.paint(painter, target, zoom, exposed, copy)


@lru_cache(maxsize=2)
def _tile(one: str, other: str) -> QPixmap:
    tile = QPixmap(2 * _SQUARE, 2 * _SQUARE)
    tile.fill(QColor(one))
    painter = QPainter(tile)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((0, 0), (_SQUARE, _SQUARE)):
        painter.fillRect(x, y, _SQUARE, _SQUARE, QColor(other))
    painter.end()
    return tile
