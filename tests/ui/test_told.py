"""Messages where nothing happens, and what is restored after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider

from imagineart_desktop.app import default_window_size
from imagineart_desktop.imaging import Brush, Margins, Rect, RequestArea, coverage, encode_grey_png
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.mask_facts import MaskSummary
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import CheckBox
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.window_driver import Driver, child, opened

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def place(canvas: MaskCanvas, x: float, y: float) -> QPoint:
    return canvas.viewport_state.to_widget(QPointF(x, y)).toPoint()


async def says(at: Driver, act: Callable[[], object], words: str) -> None:
    message = at.window.inpaint.facts.message
    message.clear()
    act()
    await at.until(lambda: words in message.text())


async def test_it_is_said_where_an_operation_changes_nothing(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        actions, stack = at.window.window_actions, canvas.document.undo_stack
        await says(at, actions["mask.transparency"].trigger, "No part of the image is transparent.")
        await says(at, actions["mask.clear"].trigger, "Nothing changed")
        actions.tool("magic wand").trigger()
        QTest.mouseClick(canvas, LEFT, pos=place(canvas, 300, 200))
        await at.until(lambda: stack.count() == 1)
        assert at.window.inpaint.facts.message.text() == ""
        await says(at, lambda: QTest.mouseClick(canvas, LEFT, pos=place(canvas, 300, 200)), "Nothing changed")
        assert stack.count() == 1
        at.drag(canvas, [(300, 200), (301, 200)], ALT)
        await at.until(lambda: stack.count() == 2)
        assert at.window.inpaint.facts.message.text() == ""


async def test_smart_select_says_that_it_found_nothing(tmp_path: Path, theme: Theme) -> None:
    Image.fromarray(np.full((300, 400, 3), 120, np.uint8)).save(tmp_path / "plain.png")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(tmp_path / "plain.png")
        at.window.window_actions.tool("smart select").trigger()
        await says(at, lambda: at.drag(canvas, [(100, 100), (101, 101)]), "Nothing was found in the box.")


async def test_an_empty_mask_file_and_a_saved_mask_are_told(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        inpaint = at.window.inpaint
        (tmp_path / "black.png").write_bytes(encode_grey_png(np.zeros((400, 600), np.uint8)))
        await inpaint.masks.read_mask(tmp_path / "black.png")
        assert inpaint.facts.message.text() == "That mask is empty."
        await inpaint.masks.write_mask(tmp_path / "saved.png")
        assert str(tmp_path / "saved.png") in inpaint.facts.message.text()


async def test_a_picture_that_is_painted_all_over_does_not_match(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        facts = at.window.inpaint.facts
        at.window.window_actions["mask.fill"].trigger()
        await at.until(lambda: "The whole image is painted" in facts.message.text())
        await at.until(lambda: facts._export.text() == "600 × 400 · 8-bit PNG")
        canvas.set_tool("eraser")
        at.drag(canvas, [(100, 100), (200, 100)])
        await at.until(lambda: "Mask matches" in facts._export.text())
        assert facts.message.text() == ""


@pytest.mark.parametrize("sent_first", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_what_is_sent_is_described_alike_whether_it_is_known_before_or_after_the_coverage(
    application: QApplication, *, whole: bool, sent_first: bool
) -> None:
    full, part = np.full((2, 3), 255, np.uint8), np.eye(2, 3, dtype=np.uint8) * 255
    before, now = (part, full) if whole else (full, part)
    facts = MaskSummary()
    facts.show_coverage(coverage(before), (3, 2), Margins())
    if sent_first:
        facts.show_sent([RequestArea(Rect(0, 0, 3, 2), (3, 2))])
        facts.show_coverage(coverage(now), (3, 2), Margins())
    else:
        facts.show_coverage(coverage(now), (3, 2), Margins())
        facts.show_sent([RequestArea(Rect(0, 0, 3, 2), (3, 2))])
    assert facts._export.text() == ("3 × 2 · 8-bit PNG" if whole else "3 × 2 · 8-bit PNG · Mask matches")
    facts.show_measuring()
    facts.show_coverage(coverage(before), (3, 2), Margins())
    assert facts._export.text() == "Measuring…"


async def test_an_empty_clipboard_is_told_until_a_picture_is_pasted(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        clipboard = QGuiApplication.clipboard()
        clipboard.setText("words")
        at.window.opener.paste()
        assert at.window.status.said.text() == "There is no image on the clipboard."
        image = QImage(20, 30, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        clipboard.setImage(image)
        at.window.opener.paste()
        await at.until(lambda: at.window.inpaint.canvas.document.size == (20, 30))
        assert at.window.status.said.text() == ""
        clipboard.clear()


async def test_the_picture_on_the_canvas_is_copied_also_where_the_library_has_it_not(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        QTest.keyClick(canvas, Qt.Key.Key_C, CTRL | SHIFT)
        await at.until(lambda: at.window.status.said.text() == "Copied 1 image.")
        assert clipboard.image().size() == QSize(600, 400)
        QTest.keyClick(canvas, Qt.Key.Key_C, CTRL | SHIFT | ALT)
        assert at.window.status.said.text() == "Copied 1 file."
        (url,) = clipboard.mimeData().urls()
        assert Path(url.toLocalFile()).is_file()
        clipboard.clear()


def wand_options(page: InpaintPage) -> dict[str, int | bool]:
    return {option.id: option.saved() for option in page.canvas.tool_controller.tools["magic wand"].options}


async def test_brush_and_options_are_there_again_after_a_restart(tmp_path: Path, theme: Theme, photos: Path) -> None:
    brush = Brush(size=33, hardness=0.4, opacity=0.7, spacing=0.3, smoothing=0.5, pressure_size=False)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        inpaint = at.window.inpaint
        usual = wand_options(inpaint)["tolerance"]
        inpaint.canvas.set_brush(brush)
        child(inpaint.options, QSlider, "tolerance").setValue(77)
        child(inpaint.options, CheckBox, "contiguous").setChecked(False)
        inpaint.options.amount.set_value(21)
        at.window.go_to("inpaint")
        at.window.window_actions.tool("lasso").trigger()
        at.window.go_to("generate")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        inpaint = at.window.inpaint
        assert inpaint.canvas.tool_controller.brush == brush
        assert wand_options(inpaint) == {"tolerance": 77, "contiguous": False}
        assert child(inpaint.options, QSlider, "tolerance").value() == 77
        assert not child(inpaint.options, CheckBox, "contiguous").isChecked()
        assert inpaint.options.amount.value() == 21
        assert inpaint.canvas.tool_controller.tool.id == "lasso"
        assert at.window.window_actions.tool("lasso").isChecked()
        assert not at.window.window_actions.tool("brush").isChecked()
        assert inpaint.options._name.text() == "Lasso"
    preferences = Preferences(AppPaths.below(tmp_path).settings)
    stored = {"tool": "CHISEL", "brush": {"size": -4, "opacity": "x"}, "tolerance": None}
    preferences.stored.setValue("values/tools", json.dumps(stored))
    preferences.save()
    async with opened(tmp_path, theme) as at:
        inpaint = at.window.inpaint
        assert inpaint.canvas.tool_controller.brush == replace(Brush(), size=1)
        assert inpaint.canvas.tool_controller.tool.id == "brush"
        assert wand_options(inpaint)["tolerance"] == usual


def test_a_window_that_opens_for_the_first_time_is_no_larger_than_the_screen() -> None:
    assert default_window_size(QSize(2560, 1440)) == QSize(1440, 900)
    small = default_window_size(QSize(1366, 768))
    assert small.width() == 1366
    assert small.height() < 768


async def test_long_words_in_the_status_bar_end_in_dots(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(1024, 700), at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (300, 200)])
        await at.until(lambda: "mask" in at.window.status.facts.text())
        at.window.say("A sentence that goes on and on, " * 8)
        window = at.window
        await at.until(lambda: window.status.said.width() > 20)
        assert window.width() == 1024
        for part in (window.status.service, window.status.said, window.status.facts):
            end = part.mapTo(window, part.rect().bottomRight())
            assert 0 < part.width() < 1024
            assert end.x() < 1024
        window.grab()
        assert window.status.said.toolTip().startswith("A sentence that goes on")
