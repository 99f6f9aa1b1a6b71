"""A stroke in progress is finished before its mask is saved, copied or sent, so that what is used is what is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from imagineart_desktop.imaging import Mask, read_mask
from imagineart_desktop.imaging.mask.mask import fill
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint.mask_operations import MaskOperation
from imagineart_desktop.workspace.mime import clipboard_data
from tests.ui.test_inpaint_loop import CTRL, inpainting
from tests.ui.window_driver import Driver, on_screen, send_mouse

SIZE = (600, 400)


def press(canvas: MaskCanvas) -> None:
    """Begin a stroke and keep the button pressed."""
    canvas.set_tool("brush")
    canvas.setFocus()
    send_mouse(canvas, QEvent.Type.MouseButtonPress, on_screen(canvas, 400, 60))
    send_mouse(canvas, QEvent.Type.MouseMove, on_screen(canvas, 450, 90))


def go_on(canvas: MaskCanvas) -> None:
    """Move, press Escape and release: none of it may change what was saved or sent."""
    send_mouse(canvas, QEvent.Type.MouseMove, on_screen(canvas, 500, 300))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    send_mouse(canvas, QEvent.Type.MouseButtonRelease, on_screen(canvas, 500, 320))


def check_history(canvas: MaskCanvas, before: Mask, used: Mask) -> None:
    """The mask is what was used, and the stroke is one step of the history."""
    stack = canvas.document.undo_stack
    assert np.array_equal(canvas.document.mask, used)
    assert not np.array_equal(before, used)
    assert stack.index() == 2
    canvas.undo()
    assert np.array_equal(canvas.document.mask, before)
    canvas.document.redo()
    assert np.array_equal(canvas.document.mask, used)


async def test_a_mask_is_saved_with_the_stroke_in_progress(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, _page, canvas):
        before = canvas.document.mask.copy()
        press(canvas)
        at.window.window_actions["mask.save"].trigger()
        (dialog,) = at.window.findChildren(QFileDialog)
        go_on(canvas)
        path = tmp_path / "saved.png"
        dialog.fileSelected.emit(str(path))
        dialog.close()
        await at.until(path.exists)
        check_history(canvas, before, read_mask(path, SIZE).mask)


async def test_a_mask_is_copied_with_the_stroke_in_progress(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        before = canvas.document.mask.copy()
        press(canvas)
        at.window.window_actions["mask.copy"].trigger()
        go_on(canvas)
        await at.until(lambda: clipboard_data().hasImage() and not page.waiting.is_busy)
        png = bytes(clipboard_data().data("image/png").data())
        check_history(canvas, before, read_mask(png, SIZE).mask)


@pytest.mark.parametrize("by_key", [False, True])
async def test_a_request_is_sent_with_the_stroke_in_progress(
    tmp_path: Path, theme: Theme, photos: Path, *, by_key: bool
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        before = canvas.document.mask.copy()
        press(canvas)
        if by_key:
            QTest.keyClick(canvas, Qt.Key.Key_Return, CTRL)
        else:
            page.form.submit()
        go_on(canvas)
        check_history(canvas, before, await sent_mask(at))


async def test_a_stroke_begun_while_a_request_is_prepared_is_not_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        before = canvas.document.mask.copy()
        await at.until(lambda: not page.session.draft.is_measuring)
        page.form.submit()
        press(canvas)
        used = await sent_mask(at)
        assert np.array_equal(used, before)
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, on_screen(canvas, 450, 90))
        assert np.array_equal(canvas.document.mask, before)


async def test_an_operation_that_waits_for_the_stroke_is_saved_as_well(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        press(canvas)
        page.masks.operate(MaskOperation.FILL, lambda mask, _reach: fill(mask))
        await asyncio.sleep(0)
        at.window.window_actions["mask.save"].trigger()
        (dialog,) = at.window.findChildren(QFileDialog)
        path = tmp_path / "saved.png"
        dialog.fileSelected.emit(str(path))
        dialog.close()
        await at.until(path.exists)
        assert (read_mask(path, SIZE).mask == 255).all()


async def sent_mask(at: Driver) -> Mask:
    """Wait for the image, and return the mask of the whole image that was sent for it."""
    (number,) = await at.pictures(1)
    details = await at.parts.library.details(number)
    assert details is not None
    plan = details.recipe.plan
    assert plan is not None
    kept = await at.parts.library.inputs.find(plan.mask)
    assert kept is not None
    return read_mask(kept.path, SIZE).mask
