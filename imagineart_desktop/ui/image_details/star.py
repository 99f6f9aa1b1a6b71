"""Drawing of a filled star."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

GOLD = "#f2c14e"
_INNER_RADIUS_RATIO = 0.45
"""Radius of the inner corners, relative to that of the outer ones."""


def paint_star(painter: QPainter, place: QRectF, colour: str | QColor) -> None:
    """Draw a star into a square rectangle."""
    middle, radius = place.center(), place.width() / 2
    corners = []
    for corner in range(10):
        far = radius if corner % 2 == 0 else radius * _INNER_RADIUS_RATIO
        angle = math.pi * (corner / 5 - 0.5)
        corners.append(middle + QPointF(math.cos(angle), math.sin(angle)) * far)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF(corners))
