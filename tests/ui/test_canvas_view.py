"""The view of the canvas: rotation, touch, screen reader announcements, and tools that follow the image's edges."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Brush, Rect, coverage
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.magnetic_lasso import MagneticLassoTool
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace import undo_stack
from imagineart_desktop.workspace.inpaint.session_store import MASK_DRAFT_PREFIX
from imagineart_desktop.workspace.mask_document import MaskCommand
from tests.ui.window_driver import Fingers, colour_at, move, opened, press, release

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def place(canvas: MaskCanvas, x: float, y: float) -> QPoint:
    return canvas.viewport_state.to_widget(QPointF(x, y)).toPoint()


async def test_the_view_turns_and_what_is_painted_stays_under_the_pointer(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        fitted = canvas.zoom
        QTest.keyClick(canvas, Qt.Key.Key_BracketRight, CTRL)
        QTest.keyClick(canvas, Qt.Key.Key_BracketRight, CTRL)
        assert canvas.viewport_state.angle == 30
        assert canvas.zoom < fitted
        corners = [canvas.viewport_state.to_widget(QPointF(x, y)) for x in (0, 600) for y in (0, 400)]
        assert all(canvas.rect().contains(corner.toPoint()) for corner in corners)
        canvas.set_brush(Brush(size=20, hardness=1.0))
        path = at.drag(canvas, [(100, 100), (300, 100)])
        first, last = (canvas.viewport_state.to_image(QPointF(point)) for point in (path[0], path[-1]))
        bounds = coverage(canvas.document.mask).bounds
        assert abs(bounds.left - (first.x() - 10)) <= 1
        assert abs(bounds.top - (min(first.y(), last.y()) - 10)) <= 1
        # The last dab is up to one step before the end.
        assert -1 <= last.x() + 10 - bounds.right <= 1 + canvas.tool_controller.brush.spacing_at(1)
        assert abs(bounds.bottom - (max(first.y(), last.y()) + 10)) <= 1
        await at.until(lambda: canvas.coverage.painted > 0)
        shot = canvas.grab().toImage()
        at.window.window_actions["mask.show"].trigger()
        bare = canvas.grab().toImage()
        for x, y in ((200, 100), (280, 100)):
            assert colour_at(shot, place(canvas, x, y)) != colour_at(bare, place(canvas, x, y))
        for x, y in ((200, 150), (400, 300)):
            assert colour_at(shot, place(canvas, x, y)) == colour_at(bare, place(canvas, x, y))
        QTest.keyClick(canvas, Qt.Key.Key_R, CTRL)
        assert canvas.viewport_state.angle == 0
        assert canvas.zoom == pytest.approx(fitted)


async def test_shift_and_space_turn_the_view_by_hand(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        middle = QPoint(canvas.width() // 2, canvas.height() // 2)
        QTest.keyPress(canvas, Qt.Key.Key_Space, SHIFT)
        QTest.mousePress(canvas, LEFT, SHIFT, middle + QPoint(200, 0))
        QTest.mouseMove(canvas, middle + QPoint(0, 200))
        QTest.mouseRelease(canvas, LEFT, SHIFT, middle + QPoint(0, 200))
        QTest.keyRelease(canvas, Qt.Key.Key_Space, SHIFT)
        assert canvas.viewport_state.angle == pytest.approx(90, abs=0.5)
        assert not canvas.document.mask.any()


async def test_one_finger_paints_and_two_move_the_view(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        start = canvas.rect().center()
        fingers = Fingers(canvas)
        await fingers.put(press(start))
        await fingers.put(move(start + QPoint(60, 0)))
        await fingers.put(release(start + QPoint(60, 0)))
        assert canvas.document.undo_stack.count() == 1
        before, zoom = canvas.document.mask.copy(), canvas.zoom
        left, right, down = start - QPoint(100, 0), start + QPoint(100, 0), QPoint(0, 40)
        await fingers.put(press(left))
        await fingers.put(move(left), press(right))
        left, right = left - QPoint(50, 0) + down, right + QPoint(50, 0) + down
        await fingers.put(move(left), move(right))
        await fingers.put(release(left), release(right))
        assert canvas.zoom == pytest.approx(zoom * 1.5, rel=0.02)
        assert canvas.viewport_state.centre.y() < 200
        assert np.array_equal(canvas.document.mask, before)
        assert canvas.document.undo_stack.count() == 1


async def test_the_magnetic_lasso_keeps_to_edges(tmp_path: Path, theme: Theme) -> None:
    pixels = np.full((400, 600, 3), 40, np.uint8)
    rows, columns = np.ogrid[:400, :600]
    disc = (rows - 200) ** 2 + (columns - 300) ** 2 < 120**2
    pixels[disc] = (220, 180, 90)
    Image.fromarray(pixels).save(tmp_path / "disc.png")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(tmp_path / "disc.png")
        canvas.zoom_to(1.0)
        QTest.keyClick(canvas, Qt.Key.Key_L, ALT)
        assert canvas.tool_controller.tool.id == "magnetic lasso"
        magnetic_lasso = canvas.tool_controller.tool
        assert isinstance(magnetic_lasso, MagneticLassoTool)
        for corner in ((300, 80), (420, 200), (300, 320), (20, 20)):
            QTest.mouseClick(canvas, LEFT, pos=place(canvas, *corner))
            edges = magnetic_lasso.edges
            assert edges is not None
            await at.until(lambda edges=edges: edges._start is not None and not edges.turn.locked())  # type: ignore[misc]
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
        QTest.mouseClick(canvas, LEFT, pos=place(canvas, 180, 200))
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await at.until(lambda: canvas.document.undo_stack.count() == 1)
        assert canvas.document.undo_stack.text(0) == "Magnetic lasso"
        found = canvas.document.mask >= 128
        both, either = np.count_nonzero(found & disc), np.count_nonzero(found | disc)
        # Straight lines between the four corners would cover 64 percent of the disc.
        assert both / either > 0.95


async def test_shift_keeps_lines_straight_and_shapes_even(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        stylus = canvas.tool_controller
        canvas.set_tool("rectangle")
        stylus.press(QPointF(100, 100), SHIFT, 1.0)
        stylus.move(QPointF(220, 160), SHIFT)
        stylus.release()
        assert coverage(canvas.document.mask).bounds == Rect(100, 100, 220, 220)
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: canvas.document.undo_stack.count() == 2)
        canvas.set_tool("brush")
        canvas.set_brush(Brush(size=10, hardness=1.0))
        stylus.press(QPointF(100, 300), Qt.KeyboardModifier.NoModifier, 1.0)
        stylus.move(QPointF(200, 312), SHIFT)
        stylus.move(QPointF(300, 291), SHIFT)
        stylus.release()
        bounds = coverage(canvas.document.mask).bounds
        assert (bounds.top, bounds.bottom) == (295, 305)


async def test_a_mask_is_copied_and_pasted_as_a_picture(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.document.mask[100:200, 100:300] = 255
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        QTest.keyClick(canvas, Qt.Key.Key_C, CTRL | ALT)
        await at.until(lambda: not clipboard.image().isNull())
        copied = clipboard.image()
        assert copied.width() == 600
        assert copied.pixelColor(150, 150).value() == 255
        assert copied.pixelColor(50, 50).value() == 0
        drawn = QImage(600, 400, QImage.Format.Format_RGB32)
        drawn.fill(Qt.GlobalColor.black)
        for x in range(40, 80):
            for y in range(40, 60):
                drawn.setPixelColor(x, y, Qt.GlobalColor.white)
        clipboard.setImage(drawn)
        QTest.keyClick(canvas, Qt.Key.Key_V, CTRL | ALT)
        await at.until(lambda: canvas.document.undo_stack.undoText() == "Paste mask")
        assert coverage(canvas.document.mask).bounds == Rect(40, 40, 80, 60)
        clipboard.clear()


async def test_a_screen_reader_is_told_what_changed(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        canvas.set_tool("rectangle")
        at.drag(canvas, [(100, 100), (300, 250)])
        await at.until(lambda: canvas.accessibleDescription().startswith("Rectangle."))
        assert canvas.accessibleDescription() == ("Rectangle. 12.5 percent is painted: 200 by 150 pixels at 100, 100.")
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: canvas.accessibleDescription() == "Clear. Nothing is painted.")


async def test_nothing_is_undone_in_the_middle_of_a_stroke(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        at.drag(canvas, [(100, 100), (200, 100)])
        kept = canvas.document.mask.copy()
        QTest.mousePress(canvas, LEFT, pos=place(canvas, 300, 300))
        QTest.mouseMove(canvas, place(canvas, 400, 300))
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        QTest.keyClick(canvas, Qt.Key.Key_I, CTRL)
        QTest.mouseRelease(canvas, LEFT, pos=place(canvas, 400, 300))
        stack = canvas.document.undo_stack
        assert [stack.text(index) for index in range(stack.count())] == ["Brush stroke", "Brush stroke"]
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert np.array_equal(canvas.document.mask, kept)


async def test_operations_in_quick_succession_are_all_done(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.document.mask[190:210, 290:310] = 255
        for _ in range(3):
            at.window.window_actions["mask.grow"].trigger()
        await at.until(lambda: canvas.document.undo_stack.count() == 3)
        assert coverage(canvas.document.mask).bounds == Rect(266, 166, 334, 234)


async def test_the_mask_is_back_after_a_crash(tmp_path: Path, theme: Theme, photos: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with opened(first, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        await at.until(lambda: not at.window.inpaint.saver.is_pending)
        at.drag(canvas, [(100, 100), (300, 200), (350, 100)])
        painted = canvas.document.mask.copy()
        root = at.parts.library.files.root

        def kept() -> bool:
            drafts = list(root.glob(f"{MASK_DRAFT_PREFIX}-*.png"))
            return len(drafts) == 1 and np.array_equal(np.asarray(Image.open(drafts[0])), painted)

        await at.until(kept)
        # What is on the disk now is what a crash would leave.
        shutil.copytree(first, second)
    async with opened(second, theme, at_once=("inpaint",)) as at:
        document = at.window.inpaint.canvas.document
        await at.until(lambda: np.array_equal(document.mask, painted))


async def test_the_history_keeps_to_its_budget(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_stack, "UNDO_BUDGET", 8_000)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        canvas.zoom_to(1.0)
        states = [canvas.document.mask.copy()]
        for step in range(12):
            at.drag(canvas, [(50 + 40 * step, 60), (60 + 40 * step, 340)])
            states.append(canvas.document.mask.copy())
        stack = canvas.document.undo_stack

        def sizes() -> list[int]:
            held = [stack.command(index) for index in range(stack.count())]
            return [command.patch.size_bytes for command in held if isinstance(command, MaskCommand)]

        await at.until(lambda: sum(sizes()) <= 8_000)
        assert sizes()[-1] > 0
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert np.array_equal(canvas.document.mask, states[-2])
        while stack.canUndo():
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        kept = next(index for index, state in enumerate(states) if np.array_equal(state, canvas.document.mask))
        assert 0 < kept < 12
