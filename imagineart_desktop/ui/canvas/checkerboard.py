"""The ground that shows through transparent images."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from imagineart_desktop.ui.theme import tokens

_SQUARE = 8
"""Logical pixels, whatever the zoom."""


def paint_checkerboard(painter: QPainter, area: QRectF) -> None:
    """Fill an area with squares that keep their places when only a part of it is repainted."""
    painter.fillRect(area, QBrush(_tile(tokens().check, tokens().check_other)))


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
