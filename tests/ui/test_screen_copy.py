"""The zoomed-out view is drawn once and copied while panning, and looks the same."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from imagineart_desktop.imaging import Rect
from imagineart_desktop.support import pixel_libraries
from imagineart_desktop.ui.canvas.mask_overlay import MaskOverlay
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.screen_copy import ScreenCache

IMAGE = QImage(600, 500, QImage.Format.Format_RGB32)
VIEW = QRectF(0, 0, 500, 400)
SIZE = QSizeF(900, 750)


class Drawing:
    """A scaled image that counts how often it is drawn."""

    def __init__(self) -> None:
        self.count = 0
        self.drawn = 0.0
        """Screen pixels."""
        IMAGE.fill(0)
        for x in range(0, 600, 7):
            for y in range(0, 500, 5):
                IMAGE.setPixelColor(x, y, QColor(x % 256, y % 256, 90))

    def __call__(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        self.count += 1
        self.drawn += exposed.width() * exposed.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, IMAGE, QRectF(IMAGE.rect()))


def shown(
    copy: ScreenCache, draw: Drawing, corner: QPointF, exposed: QRectF = VIEW, look: int = 0, size: QSizeF = SIZE
) -> NDArray[np.uint8]:
    view = QImage(500, 400, QImage.Format.Format_RGB32)
    view.fill(0)
    painter = QPainter(view)
    copy.paint(painter, QRectF(corner, size), exposed, (look,), draw)
    painter.end()
    return np.frombuffer(view.constBits(), np.uint8).reshape(400, 500, 4)[:, :, :3].copy()


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether the eye sees no difference: Qt rounds a part scaled on its own a little differently."""
    return int(np.abs(one.astype(int) - other).max()) <= 4


def test_a_panned_view_is_copied(theme: Theme) -> None:
    assert theme
    copy, draw, direct = ScreenCache(), Drawing(), Drawing()
    first = shown(copy, draw, QPointF(-100.25, -80.5))
    assert alike(shown(copy, draw, QPointF(-100.25, -80.5)), first)
    assert draw.count == 2
    for step in range(100):
        corner = QPointF(-100.25 - step, -80.5 - step)
        assert alike(shown(copy, draw, corner), shown(ScreenCache(), direct, corner))
    assert draw.count == 2


def test_beyond_what_is_kept_only_the_new_strips_are_drawn(theme: Theme) -> None:
    assert theme
    copy, draw, direct, size = ScreenCache(), Drawing(), Drawing(), QSizeF(4000, 3000)

    def seen(with_: ScreenCache, by: Drawing, left: float) -> NDArray[np.uint8]:
        return shown(with_, by, QPointF(left, -80.5), size=size)

    for _ in range(2):
        seen(copy, draw, -1000.25)
    kept, draws = draw.drawn, draw.count
    for left in range(-1000, -2000, -50):
        assert alike(seen(copy, draw, left - 0.25), seen(ScreenCache(), direct, left - 0.25))
    # A thousand pixels further, each of the new columns was drawn about once.
    assert draw.count > draws
    assert draw.drawn - kept < 1600 * (400 + 2 * 256)

    copy.drop()
    before = draw.count
    seen(copy, draw, -2000.25)
    assert draw.count == before + 1


def test_another_zoom_place_or_look_is_drawn_anew(theme: Theme) -> None:
    assert theme
    copy, draw = ScreenCache(), Drawing()
    for corner, look in ((QPointF(-10, -10), 0), (QPointF(-10.5, -10), 0), (QPointF(-10.5, -10), 1)):
        for _ in range(3):
            shown(copy, draw, corner, look=look)
    assert draw.count == 6


def test_a_small_part_does_not_displace_the_copy(theme: Theme) -> None:
    assert theme
    copy, draw = ScreenCache(), Drawing()
    for _ in range(2):
        shown(copy, draw, QPointF(-10, -10))
    shown(copy, draw, QPointF(-10, -10), QRectF(50, 50, 60, 60), look=1)
    assert draw.count == 3
    shown(copy, draw, QPointF(-10, -10))
    assert draw.count == 3


def test_what_is_drawn_while_a_large_change_is_followed_is_not_kept(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert theme
    mask, area = np.zeros((1024, 1024), np.uint8), Rect(0, 0, 1024, 1024)
    overlay = MaskOverlay()
    overlay.set_mask(mask)

    def seen() -> NDArray[np.uint8]:
        view = QImage(400, 400, QImage.Format.Format_RGB32)
        view.fill(0)
        painter = QPainter(view)
        overlay.paint(painter, QRectF(0, 0, 400, 400), QRectF(0, 0, 400, 400), 400 / 1024)
        painter.end()
        return np.frombuffer(view.constBits(), np.uint8).copy()

    def resize_late(*args: Any, **kwargs: Any) -> Any:
        # As on another thread: the view is painted before the halves have changed.
        assert (seen() == seen()).all()
        return resize(*args, **kwargs)

    resize = cv2.resize
    blank = seen()
    mask[:] = 255
    overlay.mark_changed_async(area)
    monkeypatch.setattr(pixel_libraries.cv2, "resize", resize_late)
    overlay.follow(area)
    monkeypatch.undo()
    overlay.levels_updated()
    assert (seen() != blank).any()
