"""Messages over the canvas of Inpaint cover no controls."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from imagineart_desktop.ui.compare.pane import CompareMode, ComparePane
from imagineart_desktop.ui.theme import Theme
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.window_driver import settle

CTRL = Qt.KeyboardModifier.ControlModifier


def covered(pane: ComparePane) -> list[str]:
    """Return the buttons of the pane's bar that can't be clicked."""
    settle()
    buttons = [made for made in pane.findChildren(QPushButton) if made.isVisible()]
    assert len(buttons) > 4
    window = pane.window()
    return [
        made.text() for made in buttons if window.childAt(made.mapTo(window, QPoint()) + made.rect().center()) != made
    ]


@pytest.mark.parametrize("size", [(1440, 900), (960, 560)])
async def test_messages_leave_the_bar_of_a_comparison_free(
    tmp_path: Path, theme: Theme, photos: Path, size: tuple[int, int]
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.window.resize(*size)
        QTest.keyClick(page.form.prompt.editor, Qt.Key.Key_Return, CTRL)
        await at.until(lambda: canvas._result_shown and page.result_view.bar.isVisible())
        at.click(page.result_view.bar.compare)
        pane = page.result_view.pane
        await at.until(pane.isVisible)
        page.facts.show_seam(45, 20, lambda: None)
        assert page.facts.message.isVisible()
        page.message.say("The colors of this result were adjusted.", "caution")
        for mode in CompareMode:
            pane.set_mode(mode)
            assert covered(pane) == [], mode
            top = page.message.mapTo(page, QPoint()).y()
            assert top > pane.images.mapTo(page, QPoint()).y()
        page.viewer.leave()
        await at.until(canvas.isVisible)
        settle()
        page.facts.message.clear()
        page.message.say("The colors of this result were adjusted.", "caution")
        settle()
        assert page.message.mapToGlobal(QPoint()).y() - canvas.mapToGlobal(QPoint()).y() == 12
