"""The mask canvas through real mouse, wheel and key events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QUndoView

from imagineart_desktop.imaging import BooleanOp, Brush, MaskFormat, Rect, coverage, encode_grey_png
from imagineart_desktop.imaging.mask.shapes import polygon
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint import mask_commands
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import CheckBox
from tests.ui.window_driver import Driver, child, click_picture, colour_at, on_screen, opened, point_at, send_mouse

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def wheel(canvas: MaskCanvas, at: QPointF, turns: float) -> None:
    canvas.wheelEvent(
        QWheelEvent(
            at,
            QPointF(canvas.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, round(120 * turns)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )


def box(at: Driver, canvas: MaskCanvas, corners: list[tuple[float, float]], keys: Qt.KeyboardModifier) -> Rect:
    at.drag(canvas, corners, keys)
    return coverage(canvas.document.mask).bounds


async def test_shapes_add_subtract_and_intersect_as_in_photoshop(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        QTest.keyClick(canvas, Qt.Key.Key_M)
        assert canvas.tool_controller.tool.id == "rectangle"
        plain = Qt.KeyboardModifier.NoModifier
        assert box(at, canvas, [(100, 100), (300, 250)], plain) == Rect(100, 100, 300, 250)
        assert box(at, canvas, [(90, 90), (310, 150)], ALT) == Rect(100, 150, 300, 250)
        assert box(at, canvas, [(150, 0), (250, 400)], ALT | SHIFT) == Rect(150, 150, 250, 250)
        assert box(at, canvas, [(10, 10), (20, 20)], plain) == Rect(10, 10, 250, 250)


async def test_a_polygon_is_set_corner_by_corner(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        QTest.keyClick(canvas, Qt.Key.Key_L, SHIFT)
        assert canvas.tool_controller.tool.id == "polygon"
        corners = [click_picture(canvas, *corner) for corner in ((100, 100), (300, 100), (300, 300))]
        click_picture(canvas, 550, 350)
        point_at(canvas, on_screen(canvas, 200, 350).toPoint())
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        stack = canvas.document.undo_stack
        await at.until(lambda: stack.count() == 1)
        covered = coverage(canvas.document.mask)
        assert abs(covered.painted - 200 * 200 / 2) < 400
        expected = np.zeros_like(canvas.document.mask)
        polygon(expected, [corner.toTuple() for corner in corners], BooleanOp.ADD)
        assert np.array_equal(canvas.document.mask, expected)
        for corner in ((400, 100), (500, 100), (500, 200)):
            click_picture(canvas, *corner)
        click_picture(canvas, 500, 200, QEvent.Type.MouseButtonDblClick)
        await at.until(lambda: stack.count() == 2)
        click_picture(canvas, 20, 20)
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        click_picture(canvas, 20, 20)
        QTest.keyClick(canvas, Qt.Key.Key_B)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert stack.count() == 2
        assert canvas.tool_controller.drawing is None


async def test_wand_smart_select_fill_and_zoom(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        options = at.window.inpaint.options
        stack = canvas.document.undo_stack
        left = Qt.MouseButton.LeftButton

        def place(x: float, y: float) -> QPoint:
            return canvas.viewport_state.to_widget(QPointF(x, y)).toPoint()

        QTest.keyClick(canvas, Qt.Key.Key_W)
        tolerance, contiguous = child(options, QSlider, "tolerance"), child(options, CheckBox, "contiguous")
        assert tolerance.isVisible()
        assert contiguous.isVisible()
        tolerance.setValue(20)
        QTest.mouseClick(canvas, left, pos=place(300, 200))
        await at.until(lambda: stack.count() == 1)
        narrow = np.count_nonzero(canvas.document.mask)
        tolerance.setValue(60)
        contiguous.setChecked(False)
        QTest.mouseClick(canvas, left, pos=place(300, 200))
        await at.until(lambda: stack.count() == 2)
        assert 0 < narrow < np.count_nonzero(canvas.document.mask)
        QTest.mouseClick(canvas, left, ALT, place(300, 200))
        await at.until(lambda: stack.count() == 3)
        assert not canvas.document.mask.any()
        QTest.keyClick(canvas, Qt.Key.Key_W, SHIFT)
        at.drag(canvas, [(150, 60), (450, 340)])
        await at.until(lambda: stack.count() == 4)
        found = coverage(canvas.document.mask)
        assert 0.05 < found.share < 0.4
        QTest.keyClick(canvas, Qt.Key.Key_G)
        QTest.mouseClick(canvas, left, pos=place(5, 5))
        await at.until(lambda: stack.count() == 5)
        assert coverage(canvas.document.mask).painted > found.painted
        assert [stack.text(index) for index in range(5)] == [*["Magic wand"] * 3, "Smart select", "Fill"]
        QTest.keyClick(canvas, Qt.Key.Key_Z)
        QTest.mouseClick(canvas, left, pos=place(300, 200))
        assert canvas.zoom == 2.0
        QTest.mouseClick(canvas, left, ALT, place(300, 200))
        assert canvas.zoom == 1.0
        assert stack.count() == 5


def pen(canvas: MaskCanvas, kind: QEvent.Type, at: QPoint, pressure: float) -> None:
    """Return an event of a pen, and the mouse event that Qt makes of it."""
    spot = QPointF(at)
    event = QTabletEvent(
        kind,
        QPointingDevice.primaryPointingDevice(),
        spot,
        QPointF(canvas.mapToGlobal(at)),
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
    )
    canvas.tabletEvent(event)
    assert not event.isAccepted()
    {
        QEvent.Type.TabletPress: lambda: QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at),
        QEvent.Type.TabletMove: lambda: QTest.mouseMove(canvas, at),
        QEvent.Type.TabletRelease: lambda: QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at),
    }[kind]()


async def test_the_pressure_of_a_pen_sets_the_size(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        canvas.set_brush(Brush(size=60, hardness=1.0))

        def place(x: float, y: float) -> QPoint:
            return canvas.viewport_state.to_widget(QPointF(x, y)).toPoint()

        pen(canvas, QEvent.Type.TabletPress, place(100, 200), 1.0)
        for step in range(1, 21):
            pen(canvas, QEvent.Type.TabletMove, place(100 + 20 * step, 200), 1.0 - 0.045 * step)
        pen(canvas, QEvent.Type.TabletRelease, place(500, 200), 0.0)
        mask = canvas.document.mask
        widths = [int(np.count_nonzero(mask[:, column] >= 128)) for column in (110, 200, 300, 400, 490)]
        assert widths == sorted(widths, reverse=True)
        assert widths[0] > 54
        assert widths[-1] < 14
        at.drag(canvas, [(100, 350), (300, 350)])
        assert np.count_nonzero(mask[:, 250] >= 128) > 55 + np.count_nonzero(mask[150:250, 250] >= 128)


async def test_more_of_the_brush(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        # The string that pulls the brush has the same length on every screen: one logical pixel per image pixel.
        canvas.zoom_to(canvas.devicePixelRatioF())
        canvas.set_brush(Brush(size=20, hardness=1.0))
        more = at.window.inpaint.options.more
        more.sliders["opacity"].setValue(40)
        more.sliders["smoothing"].setValue(50)
        assert (canvas.tool_controller.brush.opacity, canvas.tool_controller.brush.smoothing) == (0.4, 0.5)
        path = [(100.0, 100.0), (300.0, 100.0), (100.0, 100.0), (300.0, 100.0)]
        places = [on_screen(canvas, *point) for point in path]
        send_mouse(canvas, QEvent.Type.MouseButtonPress, places[0])
        for place in places[1:]:
            send_mouse(canvas, QEvent.Type.MouseMove, place)
        mask = canvas.document.mask
        assert mask.max() == 102
        assert mask[100, 240] == 102
        assert not mask[:, 285:].any()
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, places[-1])
        assert mask.max() == 102
        assert mask[100, 300] == 102
        more.pressure_size.setChecked(False)
        assert not canvas.tool_controller.brush.pressure_size


async def test_pointer_and_mask_in_figures(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        assert at.window.status.facts.text() == "600 × 400 · 100%"
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(100, 100), (300, 250)])
        await at.until(lambda: at.window.status.facts.text() == "mask 200 × 150 at 100, 100 (12.5%) · 600 × 400 · 100%")
        spot = canvas.viewport_state.to_widget(QPointF(20.5, 30.5)).toPoint()
        under = canvas.viewport_state.to_image(QPointF(spot))
        point_at(canvas, spot)
        assert at.window.status.facts.text().startswith(f"{int(under.x())}, {int(under.y())} · mask 200 × 150")


async def test_the_mask_is_seen_in_three_ways(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        at.window.window_actions.tool("rectangle").trigger()
        at.drag(canvas, [(100, 100), (300, 250)])
        await at.until(lambda: canvas.coverage.painted > 0)
        inside, outside = (canvas.viewport_state.to_widget(QPointF(x, 200)).toPoint() for x in (200, 400))

        def colours() -> tuple[str, str]:
            image = canvas.grab().toImage()
            return colour_at(image, inside).name(), colour_at(image, outside).name()

        at.window.window_actions["mask.show"].trigger()
        plain = colours()
        at.window.window_actions["mask.show"].trigger()
        tinted = colours()
        assert tinted[0] != plain[0]
        assert tinted[1] == plain[1]
        for zoom in (1.0, 0.5):
            canvas.zoom_to(zoom)
            inside, outside = (canvas.viewport_state.to_widget(QPointF(x, 200)).toPoint() for x in (200, 400))
            at.window.window_actions["mask.black and white"].trigger()
            assert colours() == ("#ffffff", "#000000")
        canvas.zoom_to(1.0)
        inside, outside = (canvas.viewport_state.to_widget(QPointF(x, 200)).toPoint() for x in (200, 400))
        at.window.window_actions["mask.outline"].trigger()
        assert colours() == plain


async def test_a_mask_of_another_size_is_asked_about(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        small = np.zeros((200, 300), np.uint8)
        small[50:100, 100:200] = 255
        (tmp_path / "small.png").write_bytes(encode_grey_png(small))
        masks, message = at.window.inpaint.masks, at.window.inpaint.facts.message
        for word, bounds in (("Scale", Rect(200, 100, 400, 200)), ("Center and crop", Rect(250, 150, 350, 200))):
            await masks.read_mask(tmp_path / "small.png")
            assert message.text() == "The mask is 300 × 200, the image 600 × 400."
            at.click(next(made for made in message._buttons if made.text() == word))
            await at.until(lambda bounds=bounds: coverage(canvas.document.mask).bounds == bounds)  # type: ignore[misc]


async def test_masks_are_saved_as_asked_and_read_again(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        masks = at.window.inpaint.masks
        before = np.zeros_like(canvas.document.mask)
        before[50:100, 100:200] = 255
        for kind, mode, white in (
            (MaskFormat.WHITE, "L", True),
            (MaskFormat.BLACK, "L", False),
            (MaskFormat.WHITE_1_BIT, "1", True),
            (MaskFormat.BLACK_1_BIT, "1", False),
        ):
            canvas.document.mask[:] = before
            path = tmp_path / f"{kind.value}.png"
            await masks.write_mask(path, kind)
            with Image.open(path) as saved:
                assert saved.mode == mode
                assert bool(saved.getpixel((150, 75))) is white
            canvas.document.mask[:] = 0
            await masks.read_mask(path)
            assert np.array_equal(canvas.document.mask, before if white else 255 - before)

        page, kept, go_on = at.window.inpaint, path.read_bytes(), threading.Event()
        reached: list[str] = []

        def held(work: Callable[..., Any]) -> Callable[..., Any]:
            def run(*values: Any, **named: Any) -> Any:
                reached.append(work.__name__)
                go_on.wait()
                return work(*values, **named)

            return run

        for name, saved_after_all in (("encode_mask", False), ("write_atomic", True)):
            go_on.clear()
            reached.clear()
            with monkeypatch.context() as patch:
                patch.setattr(mask_commands, name, held(getattr(mask_commands, name)))
                saving = asyncio.ensure_future(masks.write_mask(path))
                await at.until(lambda: reached)
                page.facts.message.clear()
                page.waiting.cancel()
                go_on.set()
                await saving
            assert (page.facts.message.text() == f"Mask saved as {path}.") is saved_after_all
            assert (path.read_bytes() != kept) is saved_after_all


async def test_the_history_goes_back_to_any_step(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (300, 200)])
        painted = canvas.document.mask.copy()
        at.drag(canvas, [(300, 300), (400, 300)])
        at.window.window_actions["edit.history"].trigger()
        (steps,) = at.window.findChildren(QUndoView)
        steps.setCurrentIndex(steps.model().index(1, 0))
        assert np.array_equal(canvas.document.mask, painted)
        steps.setCurrentIndex(steps.model().index(0, 0))
        assert not canvas.document.mask.any()


async def test_what_tidies_a_mask_up_stands_in_the_menu(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        mask = canvas.document.mask
        mask[100:200, 100:200] = 255
        mask[120:130, 120:130] = 0
        mask[300, 300] = 255
        for number, name in enumerate(("specks", "holes", "smooth", "luminosity", "transparency"), 1):
            at.window.window_actions[f"mask.{name}"].trigger()
            await asyncio.sleep(0.05)
            await at.until(lambda number=number: canvas.document.undo_stack.count() == min(number, 4))  # type: ignore[misc]
            if name == "holes":
                assert mask[100:200, 100:200].all()
                assert not mask[300, 300]


async def test_undo_and_redo_across_tools_with_names(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        stages = [canvas.document.mask.copy()]
        at.drag(canvas, [(100, 100), (300, 200), (350, 100)])
        stages.append(canvas.document.mask.copy())
        for tool, points in (
            ("lasso", [(50.0, 50.0), (150.0, 60.0), (90.0, 160.0)]),
            ("ellipse", [(300.0, 200.0), (500.0, 350.0)]),
            ("eraser", [(120.0, 120.0), (320.0, 210.0)]),
        ):
            at.window.window_actions.tool(tool).trigger()
            at.drag(canvas, points)
            stages.append(canvas.document.mask.copy())
        QTest.keyClick(canvas, Qt.Key.Key_I, CTRL)
        stack = canvas.document.undo_stack
        await at.until(lambda: stack.count() == 5)
        stages.append(canvas.document.mask.copy())
        assert [stack.text(index) for index in range(5)] == [
            "Brush stroke",
            "Lasso",
            "Ellipse",
            "Eraser stroke",
            "Invert",
        ]
        for stage in reversed(stages[:-1]):
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
            assert np.array_equal(canvas.document.mask, stage)
        for stage in stages[1:]:
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
            assert np.array_equal(canvas.document.mask, stage)


async def test_escape_abandons_a_stroke(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
        QTest.mouseMove(canvas, canvas.rect().center() + QPoint(60, 10))
        assert canvas.document.mask.any()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert not canvas.document.mask.any()
        assert canvas.document.undo_stack.count() == 0


async def test_the_wheel_zooms_at_the_pointer_between_1_and_6400_percent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        pointer = QPointF(canvas.width() * 0.4, canvas.height() * 0.6)
        under = canvas.viewport_state.to_image(pointer)
        for turns in (1, 3, 1, -2):
            wheel(canvas, pointer, turns)
            moved = canvas.viewport_state.to_image(pointer) - under
            assert abs(moved.x()) < 1e-6
            assert abs(moved.y()) < 1e-6
        wheel(canvas, pointer, 100)
        assert canvas.zoom == 64
        wheel(canvas, pointer, -200)
        assert canvas.zoom == 0.01


async def test_space_and_the_middle_button_pan(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(3.0)
        before = canvas.viewport_state.centre
        middle = canvas.rect().center()
        QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=middle)
        QTest.mouseMove(canvas, middle + QPoint(30, 0))
        QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=middle + QPoint(30, 0))
        assert canvas.viewport_state.centre.x() == pytest.approx(before.x() - 10 * canvas.devicePixelRatioF())
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(canvas, middle + QPoint(0, 30))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 30))
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
        assert canvas.viewport_state.centre.y() == pytest.approx(before.y() - 10 * canvas.devicePixelRatioF())
        assert not canvas.document.mask.any()


async def test_brush_keys_and_shift_for_straight_lines(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        size, hardness = canvas.tool_controller.brush.size, canvas.tool_controller.brush.hardness
        QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
        assert canvas.tool_controller.brush.size > size
        QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
        QTest.keyClick(canvas, Qt.Key.Key_BraceLeft, SHIFT)
        assert canvas.tool_controller.brush.hardness < hardness
        canvas.set_brush(Brush(size=10, hardness=1.0))
        at.drag(canvas, [(100, 200)])
        at.drag(canvas, [(300, 200)], SHIFT)
        assert (canvas.document.mask[200, 100:300] == 255).all()


async def test_the_mask_is_seen_and_can_be_hidden(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")

        def colour() -> tuple[int, int, int]:
            at_centre = colour_at(canvas.grab().toImage(), canvas.viewport_state.to_widget(QPointF(300, 200)))
            return at_centre.red(), at_centre.green(), at_centre.blue()

        bare = colour()
        at.window.window_actions["mask.fill"].trigger()
        await at.until(lambda: canvas.coverage.share == 1)
        tinted = colour()
        assert tinted[0] == pytest.approx((bare[0] + 255) / 2, abs=3)
        assert tinted[1] == pytest.approx((bare[1] + 64) / 2, abs=3)
        QTest.keyClick(canvas, Qt.Key.Key_Q)
        assert colour() == bare


async def test_the_facts_say_what_is_covered_and_what_is_sent(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.window.window_actions.tool("rectangle").trigger()
        canvas.zoom_to(1.0)
        at.drag(canvas, [(100, 100), (400, 300)])
        facts = at.window.inpaint.facts
        await at.until(lambda: facts._selected.text() == "25.0% of 600 × 400")
        await at.until(lambda: facts._export.text() == "600 × 400 · 8-bit PNG · Mask matches")


async def test_results_are_looked_at_flipped_and_applied(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(200, 200), (300, 200)])
        at.type(at.window.inpaint.form.prompt.editor, "x")
        at.click(at.window.inpaint.form.go)
        (number,) = await at.pictures(1)
        strip = at.window.inpaint.results
        await at.until(lambda: strip.current() == number and canvas._result_shown)
        QTest.keyClick(strip._list, Qt.Key.Key_Space)
        await at.until(lambda: not canvas._result_shown)
        QTest.keyClick(strip._list, Qt.Key.Key_Space)
        await at.until(lambda: canvas._result_shown)
        QTest.keyClick(strip._list, Qt.Key.Key_Return)
        await at.until(lambda: strip._list.count() == 1)
        await asyncio.sleep(0.1)
        assert not canvas.document.mask.any()
        assert canvas.document.size == (600, 400)
