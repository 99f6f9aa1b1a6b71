"""The keys of the canvas and the bar above it: wherever the mouse was last, and in a small window."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QSpinBox, QToolButton, QWidget

from imagineart_desktop.imaging import BooleanOp
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import CheckBox
from imagineart_desktop.ui.widgets.number_fields import CountField
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.ui.window_driver import Driver, child, opened

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def focused(at: Driver) -> QWidget:
    found = at.window.focusWidget()
    assert found is not None
    return found


async def test_canvas_keys_work_after_the_options_bar_was_used_with_the_mouse(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        options = at.window.inpaint.options
        QTest.keyClick(canvas, Qt.Key.Key_W)
        tolerance, contiguous = child(options, QSlider, "tolerance"), child(options, CheckBox, "contiguous")
        for used in (tolerance, contiguous):
            at.click(used)
            for key, tool in ((Qt.Key.Key_E, "eraser"), (Qt.Key.Key_W, "magic wand")):
                QTest.keyClick(focused(at), key)
                assert canvas.tool_controller.tool.id == tool
        tolerance.setFocus(Qt.FocusReason.TabFocusReason)
        before = tolerance.value()
        QTest.keyClick(tolerance, Qt.Key.Key_Right)
        assert tolerance.value() == before + 1
        QTest.keyClick(tolerance, Qt.Key.Key_I, CTRL)
        await at.until(lambda: canvas.document.undo_stack.count() == 1)
        QTest.keyClick(tolerance, Qt.Key.Key_B)
        assert canvas.tool_controller.tool.id == "brush"


async def test_canvas_keys_work_from_the_form_but_not_behind_what_is_typed(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        prompt = at.window.inpaint.form.prompt.editor
        prompt.setFocus()
        QTest.keyClicks(prompt, "eb7")
        QTest.keyClick(prompt, Qt.Key.Key_I, CTRL)
        QTest.keyClick(prompt, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        await asyncio.sleep(0.05)
        assert prompt.toPlainText() == "eb7"
        assert not at.window.window_actions.tool("eraser").isChecked()
        assert canvas.tool_controller.brush.opacity == 1
        assert canvas.document.undo_stack.count() == 0
        box = next(box for box in at.window.inpaint.form.findChildren(QCheckBox) if box.isVisible())
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_E)
        assert canvas.tool_controller.tool.id == "eraser"
        count = at.window.inpaint.form.findChildren(CountField)[0]
        count.setFocus()
        QTest.keyClick(count, Qt.Key.Key_3)
        QTest.keyClick(count, Qt.Key.Key_9)
        assert (count.value(), canvas.tool_controller.brush.opacity) == (3, 1)


async def test_a_tool_that_is_chosen_with_the_mouse_has_the_keyboard(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.window.inpaint.form.prompt.editor.setFocus()
        made = next(
            made
            for made in at.window.inpaint.findChildren(QToolButton)
            if made.defaultAction() is at.window.window_actions.tool("lasso")
        )
        at.click(made)
        QTest.keyClick(focused(at), Qt.Key.Key_B)
        assert canvas.tool_controller.tool.id == "brush"


async def test_digits_set_the_opacity_and_rate_nothing(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        for key, opacity in ((Qt.Key.Key_4, 0.4), (Qt.Key.Key_9, 0.9), (Qt.Key.Key_0, 1.0)):
            QTest.keyClick(canvas, key)
            assert canvas.tool_controller.brush.opacity == opacity
        at.window.window_actions["brush.fainter"].trigger()
        assert canvas.tool_controller.brush.opacity == pytest.approx(0.9)
        at.window.window_actions["brush.stronger"].trigger()
        assert canvas.tool_controller.brush.opacity == 1.0
        at.window.go_to("gallery")
        QTest.keyClick(at.window.gallery.grid, Qt.Key.Key_3)
        assert canvas.tool_controller.brush.opacity == 1.0


async def test_the_bar_shows_what_holds_for_the_tool_in_the_hand(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        actions = at.window.window_actions

        def shown() -> list[str]:
            return [name for name in ("add", "subtract", "intersect") if actions[f"mask.{name}"].isChecked()]

        actions.tool("rectangle").trigger()
        actions["mask.intersect"].trigger()
        assert canvas.tool_controller.combine is BooleanOp.INTERSECT
        assert shown() == ["intersect"]
        actions.tool("brush").trigger()
        assert shown() == ["add"]
        actions.tool("lasso").trigger()
        assert shown() == ["intersect"]
        actions["mask.subtract"].trigger()
        actions.tool("brush").trigger()
        assert shown() == ["subtract"]


async def test_commands_are_found_by_name_or_it_is_said_that_there_is_none(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        search = at.window.search
        at.window.window_actions["view.commands"].trigger()
        for words in ("subtract from", "intersect with", "opacity 40", "less opacity"):
            search.field.setText(words)
            assert len(search.found()) == 1
            assert search.nothing.isHidden()
        search.field.setText("xyzzy")
        await at.until(search.nothing.isVisible)
        assert search.nothing.text() == "No results. Try another word."
        assert not search.found()
        search.close()


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
async def test_in_a_small_window_nothing_of_the_bar_is_cut_and_the_rest_is_behind_a_sign_that_is_seen(
    tmp_path: Path, theme: Theme, photos: Path, mode: ThemeMode
) -> None:
    async with opened(tmp_path, theme, size=(1024, 700), at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        theme.set_mode(mode)
        options = at.window.inpaint.options
        for tool in ("brush", "magic wand", "rectangle"):
            at.window.window_actions.tool(tool).trigger()
            await asyncio.sleep(0.05)
            found: list[QLabel | QCheckBox] = [*options.findChildren(QLabel), *options.findChildren(QCheckBox)]
            parts = [part for part in found if part.isVisible()]
            assert parts
            for part in parts:
                assert part.width() >= part.sizeHint().width(), (tool, part.text())
            more = options.findChild(QToolButton, "qt_toolbar_ext_button")
            assert isinstance(more, QToolButton)
            assert more.isVisible()
            menu = more.menu()
            assert at.window.window_actions["mask.feather"] in menu.actions()
            assert options.amount in menu.actions()
            image = more.grab().toImage()
            grey = np.array(
                [[image.pixelColor(x, y).lightness() for x in range(image.width())] for y in range(image.height())]
            )
            assert grey.max() - grey.min() > 120


async def test_the_amount_behind_the_sign_is_the_one_that_is_used(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(1024, 700), at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        options = at.window.inpaint.options
        canvas.document.mask[190:210, 290:310] = 255
        more = options.findChild(QToolButton, "qt_toolbar_ext_button")
        assert isinstance(more, QToolButton)
        more.menu().popup(more.mapToGlobal(QPoint(0, 0)))
        (field,) = more.menu().findChildren(QSpinBox)
        field.setValue(20)
        more.menu().close()
        at.window.window_actions["mask.grow"].trigger()
        await at.until(lambda: canvas.coverage.painted > 0)
        assert canvas.coverage.bounds.left == 270
