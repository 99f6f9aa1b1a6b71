"""Long operations on the whole mask, and a history that drops its oldest steps."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QUndoView

from imagineart_desktop.imaging import EMPTY, Mask, Rect, encode_grey_png
from imagineart_desktop.imaging.mask.mask import invert
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace import mask_document
from tests.ui.window_driver import opened, settle


async def test_a_long_operation_is_told_commands_meanwhile_follow_it_and_a_stroke_is_asked_to_wait(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    go_on = threading.Event()

    def slow(mask: Mask) -> Rect:
        go_on.wait()
        mask[:10, :10] = 255
        return Rect(0, 0, 10, 10)

    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        facts, message = at.window.status.facts, at.window.inpaint.facts.message
        spawn(canvas.document.operate("Feather", slow))
        await at.until(lambda: facts.text().startswith("Feather …"))
        at.drag(canvas, [(100, 100), (300, 200)])
        assert message.isVisible()
        assert "Wait for “Feather”" in message.accessibleName()
        assert not canvas.document.mask.any()
        stack, actions = canvas.document.undo_stack, at.window.window_actions
        for name, words in (("mask.invert", "Invert"), ("mask.clear", "Clear")):
            actions[name].trigger()
            await at.until(lambda words=words: message.text() == f"“{words}” runs after “Feather”.")  # type: ignore[misc]
        go_on.set()
        await at.until(lambda: not canvas.document.is_locked)
        assert [stack.text(index) for index in range(stack.count())] == ["Feather", "Invert", "Clear"]
        assert message.isHidden()
        assert not facts.text().startswith("Feather")
        at.drag(canvas, [(100, 100), (300, 200)])
        assert canvas.document.mask[150, 200]


@asynccontextmanager
async def _set_at_the_end(event: threading.Event) -> AsyncIterator[None]:
    try:
        yield
    finally:
        event.set()


async def test_what_waits_for_an_operation_is_about_the_image_it_was_asked_of(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    go_on = threading.Event()

    def slow(_mask: Mask) -> Rect:
        go_on.wait()
        return EMPTY

    async with opened(tmp_path, theme, at_once=("inpaint",)) as at, _set_at_the_end(go_on):
        canvas = await at.on_canvas(photos / "coffee.png")
        document, masks, file = canvas.document, at.window.inpaint.masks, tmp_path / "load.png"
        at.drag(canvas, [(100, 100), (300, 200)])
        file.write_bytes(encode_grey_png(document.mask))
        first = document.mask.copy()
        spawn(document.operate("Grow", slow))
        await at.until(lambda: document.is_locked)
        at.window.window_actions["mask.invert"].trigger()
        at.window.window_actions["mask.copy"].trigger()
        asked = [asyncio.ensure_future(work) for work in (masks.read_mask(file), masks.write_mask(tmp_path / "m.png"))]
        direct = document.operate("Invert", invert)
        settle()
        await at.on_canvas(photos / "astronaut.png")
        await asyncio.gather(*asked, direct)
        await at.until(lambda: QGuiApplication.clipboard().image().width() == 600)
        assert document.size != (600, 400)
        assert not document.mask.any()
        steps = {document.undo_stack.text(index) for index in range(document.undo_stack.count())}
        assert not steps & {"Grow", "Invert", "Load mask"}
        saved = cv2.imread(str(tmp_path / "m.png"), cv2.IMREAD_GRAYSCALE)
        assert saved is not None
        assert np.array_equal(saved, first)


async def test_each_step_of_a_shortened_history_changes_something(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mask_document, "UNDO_BUDGET", 700_000)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        document, stack = canvas.document, canvas.document.undo_stack
        at.window.window_actions["edit.history"].trigger()
        (steps,) = at.window.findChildren(QUndoView)
        assert steps.emptyLabel() == "As it was opened"
        document.mask[:] = np.random.default_rng(4).integers(0, 256, document.mask.shape, dtype=np.uint8)
        for _ in range(10):
            await document.operate("Invert", invert)
        await at.until(lambda: not document.is_locked and document.is_history_trimmed and stack.count() == 2)
        assert steps.emptyLabel() == "Earlier steps are no longer kept"
        taken_back = 0
        while stack.canUndo():
            before = document.mask.copy()
            document.undo()
            assert not np.array_equal(document.mask, before)
            taken_back += 1
        assert taken_back == 2
        document.redo()
        assert stack.index() == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
async def test_a_saved_mask_may_be_read_like_any_other_file(tmp_path: Path, theme: Theme, photos: Path) -> None:
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        await at.window.inpaint.masks.write_mask(tmp_path / "mask.png")
    assert (tmp_path / "mask.png").stat().st_mode == usual.stat().st_mode


async def test_small_holes_of_a_thing_that_was_selected_are_offered_to_be_filled(tmp_path: Path, theme: Theme) -> None:
    pixels = np.full((300, 400, 3), 120, np.uint8)
    cv2.circle(pixels, (150, 150), 60, (40, 40, 200), -1)
    for corner in ((130, 130), (165, 150), (140, 170)):
        cv2.circle(pixels, corner, 6, (120, 120, 120), -1)
    cv2.imwrite(str(tmp_path / "disc.png"), pixels)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(tmp_path / "disc.png")
        message = at.window.inpaint.facts.message
        at.window.window_actions.tool("smart select").trigger()
        at.drag(canvas, [(80, 80), (220, 220)])
        await at.until(lambda: message.text() == "3 small holes in the selection")
        assert canvas.document.mask[130, 130] == 0
        # Counting what is painted does not take the offer away.
        await at.until(lambda: canvas.coverage.painted > 0)
        settle()
        (fill,) = message._buttons
        at.click(fill)
        await at.until(lambda: not canvas.document.is_locked and canvas.document.mask[130, 130] == 255)
        assert canvas.document.mask[170, 140] == canvas.document.mask[150, 165] == 255
        assert message.text() == ""
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert canvas.document.mask[130, 130] == 0
