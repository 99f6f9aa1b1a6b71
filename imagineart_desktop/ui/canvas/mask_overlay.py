"""The mask as it is seen: a tint over the picture, drawn from the mask's own memory.

At full size no pixel is copied: Qt reads the array through a colour table. Zoomed out, a reduced copy is drawn that
follows every change, so that a repaint costs what is seen and not what the picture holds.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from imagineart_desktop.imaging import Mask, Rect, new_mask

TINT = QColor(255, 64, 96, 128)


class MaskView(StrEnum):
    """How the mask is seen, by the name that the user sees."""

    TINT = "Tint"
    BLACK_WHITE = "Black and white"
    OUTLINE = "Outline"


class MaskOverlay:
    """Draws one mask. mask: uint8, height × width, 255 = painted."""

    def __init__(self) -> None:
        self._use_view(MaskView.TINT)
        self._mask = new_mask((1, 1))
        self._step = 1
        self._reduced: NDArray[np.uint32] = np.zeros((1, 1), np.uint32)
        self._image = QImage()

    def show_as(self, view: MaskView) -> None:
        """Another look; an outline is drawn by others."""
        self._use_view(view)
        self._use_step(self._step)

    def _use_view(self, view: MaskView) -> None:
        values = np.arange(256, dtype=np.uint32)
        if view is MaskView.BLACK_WHITE:
            alpha, red, green, blue = np.full(256, 255, np.uint32), values, values, values
        else:
            alpha = TINT.alpha() * values // 255
            red, green, blue = (channel * alpha // 255 for channel in (TINT.red(), TINT.green(), TINT.blue()))
        self._premultiplied = (alpha << 24 | red << 16 | green << 8 | blue).astype(np.uint32)
        self._colours = [
            QColor(value, value, value).rgba()
            if view is MaskView.BLACK_WHITE
            else QColor(TINT.red(), TINT.green(), TINT.blue(), TINT.alpha() * value // 255).rgba()
            for value in range(256)
        ]

    def wrap(self, mask: Mask) -> None:
        """Shows another mask."""
        self._mask = mask
        self._use_step(1)

    def changed(self, area: Rect) -> None:
        """A part of the mask was painted."""
        if self._step > 1 and not area.is_empty:
            rows = slice(area.top // self._step, -(-area.bottom // self._step))
            columns = slice(area.left // self._step, -(-area.right // self._step))
            self._reduced[rows, columns] = self._premultiplied[self._mask[:: self._step, :: self._step][rows, columns]]

    def paint(self, painter: QPainter, target: QRectF, exposed: QRectF, zoom: float) -> None:
        """Draws into `target`, only what lies in `exposed`. zoom: screen pixels to a mask pixel."""
        seen = target.intersected(exposed)
        if seen.isEmpty():
            return
        step = 1
        while zoom * step * 2 <= 1:
            step *= 2
        if step != self._step:
            self._use_step(step)
        across, down = self._image.width() / target.width(), self._image.height() / target.height()
        source = QRectF(
            (seen.left() - target.left()) * across,
            (seen.top() - target.top()) * down,
            seen.width() * across,
            seen.height() * down,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 1)
        if self._step > 1:
            painter.drawImage(seen, self._image, source)
            return
        # Qt turns the whole source into 32 bits before it scales: it is given no more than is seen.
        cut = source.toAlignedRect().adjusted(-1, -1, 1, 1).intersected(self._image.rect())
        painter.drawImage(seen, self._image.copy(cut), source.translated(-cut.left(), -cut.top()))

    def _use_step(self, step: int) -> None:
        self._step = step
        if step == 1:
            height, width = self._mask.shape
            self._image = QImage(self._mask.data, width, height, width, QImage.Format.Format_Indexed8)
            self._image.setColorTable(self._colours)
            return
        self._reduced = self._premultiplied[self._mask[::step, ::step]]
        height, width = self._reduced.shape
        self._image = QImage(self._reduced.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
