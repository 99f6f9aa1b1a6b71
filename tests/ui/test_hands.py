"""Accidental input, and input by pen, wheel and fingers: the mask and its history stay intact."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from imagineart_desktop.imaging import BooleanOp, Brush, coverage
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, Fingers, move, opened, press, release

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton
SHIFTED = {"[": "{", "]": "}", "=": "+", "-": "_", ",": "<", ".": ">", "\\": "|"} | dict(
    zip("1234567890", "!@#$%^&*()", strict=True)
)
"""What Shift makes of a key of a US keyboard."""

PEN_END = QPointingDevice(
    "pen",
    7,
    QPointingDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QPointingDevice.Capability.Pressure,
    1,
    1,
)


def place(canvas: MaskCanvas, x: float, y: float) -> QPoint:
    return canvas.viewport_state.to_widget(QPointF(x, y)).toPoint()


def hover(canvas: MaskCanvas, at: QPoint) -> None:
    """Return a move with no button down."""
    spot = QPointF(at)
    canvas.mouseMoveEvent(
        QMouseEvent(QEvent.Type.MouseMove, spot, QPointF(canvas.mapToGlobal(at)), NO_BUTTON, NO_BUTTON, NONE)
    )


async def on_hard_brush(at: Driver, photos: Path) -> MaskCanvas:
    canvas = await at.on_canvas(photos / "coffee.png")
    canvas.zoom_to(1.0)
    canvas.set_brush(Brush(size=10, hardness=1.0))
    return canvas


async def test_no_action_has_two_spellings_of_one_key_which_would_cancel_each_other(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        for action in at.window.window_actions:
            keys = {keys.toString() for keys in action.shortcuts()}
            for plain, shifted in SHIFTED.items():
                for held in ("", "Ctrl+", "Alt+"):
                    assert not {f"{held}Shift+{plain}", f"{held}{shifted}"} <= keys, action.text()


async def test_a_stroke_ends_when_the_button_is_let_go_where_it_is_not_seen(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        stack = canvas.document.undo_stack
        QTest.mousePress(canvas, LEFT, pos=place(canvas, 100, 100))
        QTest.mouseMove(canvas, place(canvas, 200, 100))
        hover(canvas, place(canvas, 300, 200))
        painted = canvas.document.mask.copy()
        hover(canvas, place(canvas, 400, 300))
        assert np.array_equal(canvas.document.mask, painted)
        assert not painted[150:].any()
        assert stack.count() == 1
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert not canvas.document.mask.any()


async def test_a_pointer_that_leaves_with_no_button_down_ends_the_stroke_and_keeps_corners(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        QTest.mousePress(canvas, LEFT, pos=place(canvas, 100, 100))
        QTest.mouseMove(canvas, place(canvas, 200, 100))
        QTest.mouseRelease(at.window.inpaint.options, LEFT)
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        assert canvas.tool_controller.drawing is None
        assert canvas.document.undo_stack.count() == 1
        at.window.window_actions.tool("polygon").trigger()
        QTest.mouseClick(canvas, LEFT, pos=place(canvas, 300, 200))
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
        hover(canvas, place(canvas, 400, 200))
        assert canvas.tool_controller.is_multi_click


async def test_a_dialog_that_opens_in_the_middle_of_a_stroke_ends_it(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        QTest.mousePress(canvas, LEFT, pos=place(canvas, 100, 100))
        QTest.mouseMove(canvas, place(canvas, 200, 100))
        at.window.window_actions["file.open"].trigger()
        (dialog,) = at.window.findChildren(QFileDialog)
        await at.until(lambda: canvas.tool_controller.drawing is None)
        dialog.reject()
        at.window.activateWindow()
        await at.until(at.window.isActiveWindow)
        assert canvas.document.undo_stack.count() == 1
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert not canvas.document.mask.any()


async def test_a_press_in_the_middle_of_a_stroke_begins_another_one_that_is_undone_by_itself(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        for x in (100, 300):
            QTest.mousePress(canvas, LEFT, pos=place(canvas, x, 100))
            QTest.mouseMove(canvas, place(canvas, x + 100, 100))
        QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 400, 100))
        both = canvas.document.mask.copy()
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert coverage(canvas.document.mask).bounds.right < 210
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert not canvas.document.mask.any()
        QTest.keyClick(canvas, Qt.Key.Key_Y, CTRL)
        QTest.keyClick(canvas, Qt.Key.Key_Y, CTRL)
        assert np.array_equal(canvas.document.mask, both)


async def test_an_action_begun_while_another_is_under_way_leaves_both_in_the_history(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        document = (await on_hard_brush(at, photos)).document
        for name, rows in (("One", slice(0, 10)), ("Two", slice(20, 30))):
            document.begin(name).save_before(coverage(document.mask).bounds.of_shape(document.mask.shape))
            document.mask[rows] = 255
        document.finish()
        stack = document.undo_stack
        assert [stack.text(index) for index in range(stack.count())] == ["One", "Two"]
        document.undo()
        document.undo()
        assert not document.mask.any()


async def test_space_is_let_go_when_the_keyboard_goes_elsewhere(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        at.window.inpaint.form.prompt.editor.setFocus()
        canvas.setFocus()
        at.drag(canvas, [(100, 100), (200, 100)])
        assert canvas.document.mask.any()


async def test_a_straight_line_reaches_the_clicked_point_whatever_the_smoothing(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        canvas.set_brush(Brush(size=10, hardness=1.0, smoothing=1.0))
        at.drag(canvas, [(100, 200)])
        at.drag(canvas, [(300, 200)], SHIFT)
        assert (canvas.document.mask[200, 100:300] == 255).all()


async def test_a_steadied_stroke_catches_up_with_the_pointer_at_its_end(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        canvas.set_brush(Brush(size=10, hardness=1.0, smoothing=1.0))
        at.drag(canvas, [(100, 200), (300, 200), (320, 220)])
        assert canvas.document.mask[219, 319] == 255
        assert canvas.document.undo_stack.count() == 1


async def test_shift_in_the_middle_of_a_stroke_goes_straight_on_from_there(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        canvas.tool_controller.press(QPointF(100, 300), NONE, 1.0)
        for x, y in ((200, 300), (200, 100)):
            canvas.tool_controller.move(QPointF(x, y), NONE)
        for x, y in ((250, 104), (300, 96)):
            canvas.tool_controller.move(QPointF(x, y), SHIFT)
        canvas.tool_controller.release()
        assert (canvas.document.mask[100, 200:300] == 255).all()
        assert not canvas.document.mask[110:290, 210:].any()
        assert not canvas.document.mask[110:290, :190].any()


async def test_the_other_end_of_a_pen_erases(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        canvas.document.mask[:] = 255
        spot = place(canvas, 100, 100)
        canvas.tabletEvent(
            QTabletEvent(
                QEvent.Type.TabletPress, PEN_END, QPointF(spot), QPointF(spot), 1.0, 0, 0, 0, 0, 0, NONE, LEFT, LEFT
            )
        )
        QTest.mousePress(canvas, LEFT, pos=spot)
        QTest.mouseMove(canvas, place(canvas, 200, 100))
        canvas.tabletEvent(
            QTabletEvent(
                QEvent.Type.TabletRelease,
                PEN_END,
                QPointF(spot),
                QPointF(spot),
                0,
                0,
                0,
                0,
                0,
                0,
                NONE,
                LEFT,
                NO_BUTTON,
            )
        )
        QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 200, 100))
        assert not canvas.document.mask[100, 100:200].any()
        assert canvas.document.undo_stack.undoText() == "Eraser stroke"
        at.drag(canvas, [(100, 100), (200, 100)])
        assert canvas.document.mask.all()


async def test_a_brush_paints_where_intersect_was_chosen_for_selections(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        at.window.window_actions.tool("rectangle").trigger()
        canvas.set_combine(BooleanOp.INTERSECT)
        at.window.window_actions.tool("brush").trigger()
        at.drag(canvas, [(100, 100), (200, 100)])
        assert (canvas.document.mask[100, 100:200] == 255).all()
        at.drag(canvas, [(150, 100), (150, 101)], ALT)
        assert not canvas.document.mask[100, 150]


async def test_undo_takes_back_the_last_corner_while_corners_are_open(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        at.drag(canvas, [(100, 100), (200, 100)])
        painted = canvas.document.mask.copy()
        undo = at.window.window_actions["edit.undo"]
        at.window.window_actions.tool("polygon").trigger()
        for corner in ((300, 200), (400, 200), (400, 300), (350, 390)):
            QTest.mouseClick(canvas, LEFT, pos=place(canvas, *corner))
        assert undo.text() == "Undo: corner"
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert np.array_equal(canvas.document.mask, painted)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await at.until(lambda: canvas.document.undo_stack.count() == 2)
        assert coverage(canvas.document.mask).bounds.bottom <= 301
        assert undo.text() == "Undo: Polygon"
        QTest.mouseClick(canvas, LEFT, pos=place(canvas, 20, 20))
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert canvas.tool_controller.drawing is None
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert np.array_equal(canvas.document.mask, painted)


async def test_a_wheel_that_is_pushed_sideways_moves_the_picture(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        canvas.zoom_to(3.0)
        before = canvas.viewport_state.centre
        for keys in (NONE, ALT):
            canvas.wheelEvent(
                QWheelEvent(
                    QPointF(50, 50),
                    QPointF(50, 50),
                    QPoint(),
                    QPoint(120, 0),
                    NO_BUTTON,
                    keys,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                )
            )
            if keys == NONE:
                assert canvas.zoom == 3.0
                assert canvas.viewport_state.centre.x() < before.x()
                assert canvas.viewport_state.centre.y() == before.y()
        assert canvas.zoom == pytest.approx(3.6)


async def pinch(canvas: MaskCanvas, fingers: Fingers) -> None:
    """Pinch: two fingers, one after the other, that move apart by 1.5."""
    middle = canvas.rect().center()
    left, right = middle - QPoint(100, 0), middle + QPoint(100, 0)
    await fingers.put(press(left))
    await fingers.put(move(left), press(right))
    left, right = left - QPoint(50, 0), right + QPoint(50, 0)
    await fingers.put(move(left), move(right))
    await fingers.put(release(left), release(right))


async def test_a_pinch_does_nothing_but_zoom_whatever_tool_is_in_the_hand(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        stack, fingers = canvas.document.undo_stack, Fingers(canvas)
        for tool in ("zoom", "magic wand", "fill"):
            canvas.zoom_to(1.0)
            at.window.window_actions.tool(tool).trigger()
            await pinch(canvas, fingers)
            await asyncio.sleep(0.1)
            assert canvas.zoom == pytest.approx(1.5, rel=0.02)
            assert stack.index() == 0
            spot = canvas.rect().center()
            await fingers.put(press(spot))
            await fingers.put(release(spot))
            if tool == "zoom":
                assert canvas.zoom == pytest.approx(3.0, rel=0.02)
            else:
                await at.until(lambda: stack.index() == 1)
                canvas.document.undo()
        for tool in ("polygon", "magnetic lasso"):
            canvas.fit()
            at.window.window_actions.tool(tool).trigger()
            for corner in ((200, 100), (400, 100), (400, 300)):
                spot = place(canvas, *corner)
                await fingers.put(press(spot))
                await fingers.put(release(spot))
            await pinch(canvas, fingers)
            assert canvas.tool_controller.is_multi_click
            QTest.keyClick(canvas, Qt.Key.Key_Return)
            await at.until(lambda: stack.index() == 1)
            bounds = coverage(canvas.document.mask).bounds
            assert abs(bounds.left - 200) < 25
            assert abs(bounds.bottom - 300) < 25
            canvas.document.undo()


async def test_a_screen_reader_is_told_what_was_undone(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await on_hard_brush(at, photos)
        at.drag(canvas, [(100, 100), (200, 100)])
        canvas.set_tool("rectangle")
        at.drag(canvas, [(300, 300), (400, 350)])
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: canvas.accessibleDescription().startswith("Undone: Rectangle. "))
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: canvas.accessibleDescription() == "Undone: Brush stroke. Nothing is painted.")
        QTest.keyClick(canvas, Qt.Key.Key_Y, CTRL)
        await at.until(lambda: canvas.accessibleDescription().startswith("Brush stroke. "))
