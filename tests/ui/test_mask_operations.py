"""Operations on the whole mask that take their time, and a history that lets its oldest steps go."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt

from imagineart_desktop.imaging import EMPTY, Mask, Rect
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import opened

CTRL = Qt.KeyboardModifier.ControlModifier


async def test_a_long_operation_is_told_and_a_stroke_meanwhile_is_asked_to_wait(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    go_on = threading.Event()

    def slow(mask: Mask) -> Rect:
        go_on.wait(60)
        return EMPTY

    async with opened(tmp_path, theme) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        facts, message = at.window._picture_facts, at.window.inpaint.facts.message
        spawn(canvas.document.operate("Feather", slow))
        await at.until(lambda: facts.text().startswith("Feather …"))
        at.drag(canvas, [(100, 100), (300, 200)])
        assert message.isVisible()
        assert "Wait for “Feather”" in message.accessibleName()
        assert not canvas.document.mask.any()
        go_on.set()
        await at.until(lambda: not canvas.document.busy)
        assert message.isHidden()
        assert not facts.text().startswith("Feather")
        at.drag(canvas, [(100, 100), (300, 200)])
        assert canvas.document.mask.any()
