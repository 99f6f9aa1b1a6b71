"""The zoomed-out view is drawn once and copied while it is panned, and looks the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from imagineart_desktop.ui.canvas.screen_copy import ScreenCopy
from imagineart_desktop.ui.theme import Theme

IMAGE = QImage(600, 500, QImage.Format.Format_RGB32)
VIEW = QRectF(0, 0, 500, 400)
SIZE = QSizeF(900, 750)


class Drawing:
    """A scaled image, with the number of times that it was drawn."""

    def __init__(self) -> None:
        self.count = 0
        IMAGE.fill(0)
        for x in range(0, 600, 7):
            for y in range(0, 500, 5):
                IMAGE.setPixelColor(x, y, QColor(x % 256, y % 256, 90))

    def __call__(self, painter: QPainter, target: QRectF, _exposed: QRectF) -> None:
        self.count += 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, IMAGE, QRectF(IMAGE.rect()))


def shown(copy: ScreenCopy, draw: Drawing, corner: QPointF, exposed: QRectF = VIEW, look: int = 0) -> NDArray[np.uint8]:
    view = QImage(500, 400, QImage.Format.Format_RGB32)
    view.fill(0)
    painter = QPainter(view)
    copy.paint(painter, QRectF(corner, SIZE), exposed, (look,), draw)
    painter.end()
    return np.frombuffer(view.constBits(), np.uint8).reshape(400, 500, 4)[:, :, :3].copy()


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether the eye sees no difference: Qt's scaling rounds a part on its own a little differently."""
    return int(np.abs(one.astype(int) - other).max()) <= 4


def test_a_panned_view_is_copied(theme: Theme) -> None:
    assert theme
    copy, draw, direct = ScreenCopy(), Drawing(), Drawing()
    first = shown(copy, draw, QPointF(-100.25, -80.5))
    assert alike(shown(copy, draw, QPointF(-100.25, -80.5)), first)
    assert draw.count == 2
    for step in range(100):
        corner = QPointF(-100.25 - step, -80.5 - step)
        assert alike(shown(copy, draw, corner), shown(ScreenCopy(), direct, corner))
    assert draw.count == 2


def test_another_zoom_place_or_look_is_drawn_anew(theme: Theme) -> None:
    assert theme
    copy, draw = ScreenCopy(), Drawing()
    for corner, look in ((QPointF(-10, -10), 0), (QPointF(-10.5, -10), 0), (QPointF(-10.5, -10), 1)):
        for _ in range(3):
            shown(copy, draw, corner, look=look)
    assert draw.count == 6


def test_a_small_part_does_not_displace_the_copy(theme: Theme) -> None:
    assert theme
    copy, draw = ScreenCopy(), Drawing()
    for _ in range(2):
        shown(copy, draw, QPointF(-10, -10))
    shown(copy, draw, QPointF(-10, -10), QRectF(50, 50, 60, 60), look=1)
    assert draw.count == 3
    shown(copy, draw, QPointF(-10, -10))
    assert draw.count == 3
