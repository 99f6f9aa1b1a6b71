"""The tint of the mask, as the user chose it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

from imagineart_desktop.imaging import Rect
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import colour_at, opened


def seen(canvas: MaskCanvas) -> tuple[int, ...]:
    colour = colour_at(canvas.grab().toImage(), canvas.viewport_state.to_widget(QPointF(150, 150)))
    return colour.red(), colour.green(), colour.blue()


async def test_the_tint_has_the_colour_and_strength_that_were_chosen_and_keeps_them(
    tmp_path: Path, theme: Theme
) -> None:
    Image.new("RGB", (600, 400), (200, 100, 40)).save(tmp_path / "plain.png")
    for number in (1, 2):
        async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
            canvas = await at.on_canvas(tmp_path / "plain.png")
            canvas.document.mask[100:200, 100:200] = 255
            canvas.document.changed.emit(Rect(100, 100, 200, 200))
            if number == 1:
                assert seen(canvas) == pytest.approx((227, 82, 68), abs=2)
                at.window.window_actions["mask.tint colour"].trigger()
                (dialog,) = at.window.findChildren(QColorDialog)
                dialog.setCurrentColor(QColor(0, 255, 0, 64))
                assert seen(canvas) == pytest.approx((150, 139, 30), abs=2)
                dialog.reject()
                assert seen(canvas) == pytest.approx((227, 82, 68), abs=2)
                at.window.window_actions["mask.tint colour"].trigger()
                (dialog,) = (shown for shown in at.window.findChildren(QColorDialog) if shown.isVisible())
                dialog.setCurrentColor(QColor(0, 0, 255, 191))
                dialog.accept()
            assert seen(canvas) == pytest.approx((50, 25, 201), abs=2)
