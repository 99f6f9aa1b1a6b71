"""Large images over the checkerboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from imagineart_desktop.ui.theme import checkerboard
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.screen_copy import ScreenCache


def paint_on_checkerboard(
    painter: QPainter, image: ImagePyramid, target: QRectF, zoom: float, exposed: QRectF, copy: ScreenCache
) -> None:
    """Draw an image over the checkerboard, which shows through where the image is transparent.

    The squares keep their places when only a part of the image is repainted. See `ImagePyramid.paint`.
    """
    if not image.is_opaque:
        painter.fillRect(target.intersected(exposed), checkerboard())
    image.paint(painter, target, zoom, exposed, copy)
