"""Moves that waited while the window was busy: every point is painted, the screen is updated once."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Brush, Stroke, new_mask
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from tests.waiting import until

PATH = [QPointF(200 + 90 * math.cos(turn / 15), 150 + 90 * math.sin(turn / 15)) for turn in range(101)]


class MovesAndPaints(QObject):
    """Records in which order a widget gets moves and is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.types: list[QEvent.Type] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.Paint):
            self.types.append(event.type())
        return False


async def test_queued_moves_paint_every_point_and_are_shown_once(theme: Theme) -> None:
    assert theme
    canvas = MaskCanvas()
    canvas.resize(400, 300)
    pixels = np.full((300, 400, 3), 90, np.uint8)
    canvas.set_picture(pixels, ImagePyramid.of(pixels))
    canvas.document.start_new((400, 300))
    canvas.show()
    canvas.zoom_to(1.0)
    canvas.set_brush(Brush(size=24, hardness=0.5))
    canvas.repaint()
    order = MovesAndPaints()
    told: list[QPointF] = []
    expected = new_mask((400, 300))
    stroke = Stroke(expected, canvas.tool_controller.brush)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=PATH[0].toPoint())
    start = canvas.viewport_state.to_image(QPointF(PATH[0].toPoint()))
    stroke.move_to(start.x(), start.y())
    QCoreApplication.processEvents()
    canvas.repaint()
    canvas.installEventFilter(order)
    canvas.pointer_moved.connect(told.append)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for at in PATH[1:]:
        point = canvas.viewport_state.to_image(at)
        stroke.move_to(point.x(), point.y())
        move = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton, left, none)
        QCoreApplication.postEvent(canvas, move)
    await until(lambda: QEvent.Type.Paint in order.types)
    assert np.array_equal(canvas.document.mask, expected)
    # Later paints are of the outline, which moves with a timer.
    assert order.types.index(QEvent.Type.Paint) == len(PATH) - 1
    assert told == [canvas.viewport_state.to_image(PATH[-1])]
    assert canvas.tool_cursor.at == PATH[-1]
    canvas.deleteLater()
