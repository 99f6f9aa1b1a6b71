"""The keyboard goes where the user works: to the canvas after a request, a result, Apply and Escape."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.test_canvas_keys import focused
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.window_driver import opened, option_control

CTRL = Qt.KeyboardModifier.ControlModifier


async def test_the_canvas_has_the_keys_after_a_request_a_result_apply_and_escape(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        editor = page.form.prompt.editor
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        assert focused(at) is canvas
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
        assert focused(at) is canvas
        # Visited again while the request is pending, but nothing typed.
        editor.setFocus()
        await at.until(lambda: canvas._result_shown)
        await at.until(lambda: focused(at) is canvas)
        QTest.keyClick(focused(at), Qt.Key.Key_Space)
        await at.until(lambda: not canvas._result_shown)
        QTest.keyClick(focused(at), Qt.Key.Key_B)
        assert canvas.tool_controller.tool.id == "brush"
        for field in (
            page.settings_panel.feather,
            page.settings_panel.sides["left"],
            page.form.seed.edit,
            page.results._list,
        ):
            field.setFocus()
            QTest.keyClick(focused(at), Qt.Key.Key_Escape)
            assert focused(at) is canvas
        page.results.choose(page.results._list.item(1).data(Qt.ItemDataRole.UserRole))
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert page.viewer.number == SOURCE_ID
        page.results._list.setCurrentRow(1)
        editor.setFocus()
        at.click(page.result_view.bar.apply)
        assert focused(at) is canvas
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        assert focused(at) is canvas
        assert page.form.prompt.text() == "a moka pot"


async def test_a_result_leaves_the_keys_with_who_types(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        editor = page.form.prompt.editor
        QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
        at.type(editor, "a silver spoon")
        await at.until(lambda: page.results._list.count() == 2)
        await at.until(lambda: page.viewer.number != SOURCE_ID)
        QTest.keyClicks(focused(at), " b")
        assert page.form.prompt.text() == "a silver spoon b"
        assert canvas.tool_controller.tool.id == "rectangle"


async def test_the_only_result_of_a_request_has_the_keys_if_nothing_is_typed(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        page = at.window.generate
        editor, view = page.form.prompt.editor, page.results.view
        for further in ("", " by the sea"):
            at.type(editor, "a hut")
            QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
            await at.until(lambda: page.results.shown is None)
            assert focused(at) is editor
            QTest.keyClicks(editor, further)
            at.events.clear()
            (number,) = await at.pictures(1)
            await at.until(lambda number=number: page.results.shown is not None and page.results.shown.id == number)  # type: ignore[misc]
            assert focused(at) is (editor if further else view)
            QTest.keyClicks(focused(at), "4")
            assert page.form.prompt.text() == ("a hut by the sea4" if further else "a hut")


async def test_a_request_that_is_refused_leaves_the_keys_in_the_form(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        editor = page.form.prompt.editor
        editor.clear()
        QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
        assert focused(at) is editor


async def test_the_end_of_a_comparison_gives_the_keys_back(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        QTest.keyClick(page.form.prompt.editor, Qt.Key.Key_Return, CTRL)
        await at.until(lambda: canvas._result_shown and page.result_view.bar.isVisible())
        at.click(page.result_view.bar.compare)
        await at.until(page.result_view.pane.isVisible)
        page.result_view.pane.side_by_side.views[0].setFocus()
        QTest.keyClick(focused(at), Qt.Key.Key_Escape)
        assert focused(at) is canvas


async def test_the_modifier_of_gestures_can_be_chosen_and_is_kept(tmp_path: Path, theme: Theme, photos: Path) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(100, 100), (300, 300)])
        assert "hold Alt" in at.window.window_actions["mask.subtract"].toolTip()
        at.window.dialogs.settings()
        dialog = at.window.findChild(SettingsDialog)
        assert isinstance(dialog, SettingsDialog)
        modifier = option_control(dialog, Preferences.canvas_modifier, QComboBox)
        modifier.setCurrentIndex(modifier.findText("Ctrl"))
        dialog.close()
        at.drag(canvas, [(150, 150), (200, 200)], CTRL)
        assert canvas.document.mask[170, 170] == 0
        at.drag(canvas, [(150, 150), (200, 200)], alt)
        assert canvas.document.mask[170, 170] == 255
        at.window.window_actions.tool("brush").trigger()
        at.drag(canvas, [(250, 250), (260, 250)], CTRL)
        assert canvas.document.mask[250, 255] == 0
        at.window.window_actions.tool("zoom").trigger()
        zoom = canvas.zoom
        at.drag(canvas, [(250, 250), (250, 250)], CTRL)
        assert canvas.zoom < zoom
        assert "hold Ctrl" in at.window.window_actions["mask.subtract"].toolTip()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        assert at.window.inpaint.canvas.tool_controller.modifier is CanvasModifier.CONTROL
