"""The line round what is painted, traced off the window's thread on a reduced copy."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from imagineart_desktop.imaging import Mask

_EDGE = 1024
"""Pixels of the longer edge at which the outline is traced."""

_MOST_DASHED = 4000
"""Corners up to which the line is dashed; Qt's dashes cost by the corner, wherever it lies."""


class Outline:
    """lines: each corners × 2, picture pixels."""

    def __init__(self, lines: list[np.ndarray] | None = None) -> None:
        self._path = QPainterPath()
        self._corners = 0
        for line in lines or []:
            self._corners += len(line)
            self._path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
            self._path.closeSubpath()

    @property
    def path(self) -> QPainterPath:
        """In picture pixels."""
        return self._path

    def paint(self, painter: QPainter, path: QPainterPath) -> None:
        """path: the outline where it lies in the widget."""
        pen = QPen(QColor(255, 150, 175), 1.2)
        if self._corners <= _MOST_DASHED:
            pen.setDashPattern([4, 3])
            pen.setStyle(Qt.PenStyle.CustomDashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._corners <= _MOST_DASHED)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)


def traced(mask: Mask) -> list[np.ndarray]:
    """The lines round what is painted. mask: uint8, height × width, 255 = painted."""
    height, width = mask.shape
    scale = min(1.0, _EDGE / max(width, height))
    small = mask
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    _, marked = cv2.threshold(small, 127, 255, cv2.THRESH_BINARY)
    lines, _ = cv2.findContours(np.pad(np.asarray(marked), 1), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    factor = np.array([width / small.shape[1], height / small.shape[0]])
    return [(line[:, 0, :] - 0.5) * factor for line in lines]


def stroke_twice(painter: QPainter, path: QPainterPath, *, dashed: bool) -> None:
    """Light on dark, so that it is seen on any ground."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
    painter.drawPath(path)
    painter.setPen(QPen(QColor("#ffffff"), 1.5, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.drawPath(path)
