"""Outlines of the mask, along its pixel edges, and of the shape being drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from imagineart_desktop.imaging import Mask
from imagineart_desktop.imaging.mask.mask import THRESHOLD
from imagineart_desktop.support.pixel_libraries import cv2, np

LIGHT, DARK = 1, 2
"""Mask values reserved for the two outline colors; mask values this low are practically unpainted."""

_PERIOD, _ACROSS, _DOWN = 24, 3, 2
"""Dash pattern: stripes that hardly any edge runs parallel to, 4 screen pixels across, 6 down."""

DASH_STEP = 6
"""How far the dashes move per step."""


def draw_outline(values: Mask, left: int, top: int, phase: int, width: int) -> Mask:
    """Return the sampled mask with the outline drawn in, without its first row and column.

    values: height × width, including one row above and one column left of the visible part. left, top: its position, so
    that areas painted at different times fit. width: of the line. All in screen pixels.
    """
    _, marked = cv2.threshold(values, THRESHOLD - 1, 255, cv2.THRESH_BINARY)
    here = marked[1:, 1:]
    edge = cv2.bitwise_or(cv2.bitwise_xor(here, marked[1:, :-1]), cv2.bitwise_xor(here, marked[:-1, 1:]))
    if width > 1:
        edge = cv2.dilate(edge, np.ones((width, width), np.uint8), anchor=(width - 1, width - 1))
    _, shown = cv2.threshold(values[1:, 1:], DARK, 255, cv2.THRESH_TOZERO)
    dashes = _dashes(edge.shape, left, top, phase)
    return np.asarray(cv2.copyTo(dashes, edge, np.asarray(shown)), np.uint8)


def _dashes(shape: tuple[int, ...], left: int, top: int, phase: int) -> Mask:
    """Return LIGHT and DARK stripes, height × width."""
    steps, across = np.arange(_PERIOD), (np.arange(shape[1]) + left) * _ACROSS
    stripes = np.where((across + steps[:, None]) % _PERIOD < _PERIOD // 2, LIGHT, DARK).astype(np.uint8)
    return stripes[((np.arange(shape[0]) + top) * _DOWN + phase) % _PERIOD]


def stroke_two_tone(painter: QPainter, path: QPainterPath, *, dashed: bool) -> None:
    """Stroke a path light on dark so that it's visible on any background."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
    painter.drawPath(path)
    painter.setPen(QPen(QColor("#ffffff"), 1.5, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.drawPath(path)
