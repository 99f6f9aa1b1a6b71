"""What the canvas shows beside the image: squares behind what is transparent, and what the brush does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from imagineart_desktop.imaging import encode_png
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import colour_at, opened, point_at


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
async def test_squares_show_through_what_is_transparent(tmp_path: Path, theme: Theme, mode: ThemeMode) -> None:
    pixels = np.zeros((80, 120, 4), np.uint8)
    pixels[:, :60] = (200, 40, 40, 255)
    (tmp_path / "half.png").write_bytes(encode_png(pixels))
    async with opened(tmp_path / "home", theme, at_once=("inpaint",)) as at:
        theme.set_mode(mode)
        canvas = await at.on_canvas(tmp_path / "half.png")
        canvas.zoom_to(4.0)
        # Without the line round a brush, and repainted in parts.
        canvas.set_tool("hand")
        grabbed = canvas.grab().toImage()

        def colors(left: int, right: int) -> set[str]:
            corner, end = (canvas.viewport_state.to_widget(QPointF(x, y)) for x, y in ((left, 20), (right, 60)))
            xs, ys = range(int(corner.x()), int(end.x()), 3), range(int(corner.y()), int(end.y()), 3)
            return {colour_at(grabbed, QPoint(x, y)).name() for x in xs for y in ys}

        assert colors(70, 110) == {QColor(tokens().check).name(), QColor(tokens().check_other).name()}
        assert colors(10, 50) == {"#c82828"}


def label(canvas: MaskCanvas) -> str:
    return canvas.tool_cursor.words()


async def test_what_the_brush_does_is_said_at_the_pointer(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        middle = canvas.rect().center()
        point_at(canvas, middle)
        canvas.tool_cursor._flash.stop()
        assert label(canvas) == ""
        plain = canvas.grab().toImage()
        QTest.keyClick(canvas, Qt.Key.Key_4)
        assert label(canvas) == "64 px · 40%"
        canvas.tool_cursor._flash.stop()
        assert label(canvas) == "40%"
        assert canvas.grab().toImage() != plain
        QTest.keyClick(canvas, Qt.Key.Key_0)
        assert label(canvas) == "64 px · 100%"
        at.window.window_actions.tool("eraser").trigger()
        canvas.tool_cursor._flash.stop()
        assert label(canvas) == "Subtract"
        at.window.window_actions.tool("lasso").trigger()
        assert label(canvas) == ""
        at.window.window_actions["mask.intersect"].trigger()
        assert label(canvas) == "Intersect"
        at.window.window_actions["mask.add"].trigger()
        at.window.window_actions.tool("brush").trigger()
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        canvas.tool_cursor._flash.stop()
        assert label(canvas) == ""
        # By a key while the pointer is elsewhere: at the lower edge.
        QTest.keyClick(canvas, Qt.Key.Key_4)
        place = canvas.tool_cursor.label_rect(None)
        assert place.bottom() > canvas.height() - 40
        point_at(canvas, canvas.rect().bottomRight() - QPoint(2, 2))
        assert canvas.rect().toRectF().contains(canvas.tool_cursor.label_rect(canvas.tool_cursor.at))
