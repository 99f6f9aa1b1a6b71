"""Long operations on the whole mask, and a history that drops its oldest steps."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QUndoView

from imagineart_desktop.imaging import EMPTY, Mask, PictureError, ReadMask, Rect, encode_grey_png, read_mask
from imagineart_desktop.imaging.mask.mask import invert
from imagineart_desktop.library import Library
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.inpaint import mask_commands
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace import undo_stack
from imagineart_desktop.workspace.image_source import LoadedImage
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.window_driver import on_screen, opened, send_mouse, settle


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
    monkeypatch.setattr(undo_stack, "UNDO_BUDGET", 700_000)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        document, stack = canvas.document, canvas.document.undo_stack
        at.window.window_actions["edit.history"].trigger()
        (steps,) = at.window.findChildren(QUndoView)
        assert steps.emptyLabel() == "As it was opened"
        document.mask[:] = np.random.default_rng(4).integers(0, 256, document.mask.shape, dtype=np.uint8)
        for _ in range(10):
            await document.operate("Invert", invert)
        await at.until(lambda: not document.is_locked and document.undo_stack.is_trimmed and stack.count() == 2)
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


class _CountedEvent(asyncio.Event):
    """Counts those who began to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    async def wait(self) -> Literal[True]:
        self.waiting += 1
        return await super().wait()


@pytest.mark.parametrize("is_finished", [True, False])
async def test_a_command_given_during_a_stroke_follows_it(
    tmp_path: Path, theme: Theme, photos: Path, is_finished: bool
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        document, stack = canvas.document, canvas.document.undo_stack
        document._no_action = no_action = _CountedEvent()
        send_mouse(canvas, QEvent.Type.MouseButtonPress, on_screen(canvas, 100, 100))
        send_mouse(canvas, QEvent.Type.MouseMove, on_screen(canvas, 150, 100))
        for name in ("mask.invert", "mask.clear", "mask.fill"):
            at.window.window_actions[name].trigger()
        await at.until(lambda: no_action.waiting == 3 or document.is_locked)
        assert not document.is_locked
        assert document.mask[100, 150]
        assert stack.count() == 0
        send_mouse(canvas, QEvent.Type.MouseMove, on_screen(canvas, 300, 100))
        if not is_finished:
            canvas.setFocus()
            QTest.keyClick(canvas, Qt.Key.Key_Escape)
        send_mouse(canvas, QEvent.Type.MouseButtonRelease, on_screen(canvas, 300, 100))
        steps = [*(["Brush stroke"] if is_finished else []), "Invert", "Clear", "Fill"]
        await at.until(lambda: stack.count() == len(steps) and not document.is_locked)
        assert [stack.text(index) for index in range(stack.count())] == steps
        while stack.index() > len(steps) - 3:
            document.undo()
        # The stroke is complete, with what was painted after the commands were given.
        assert bool(document.mask[100, 300]) is is_finished
        assert not document.mask[300, 300]


async def test_a_command_given_while_a_mask_is_pasted_applies_to_that_mask_or_says_that_it_does_not(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read, problem = asyncio.Event(), list[PictureError]()

    async def read_later(_taken: ImageSource, _library: Library) -> LoadedImage:
        await may_read.wait()
        if problem:
            raise problem[0]
        return LoadedImage(encode_grey_png(pasted), "Pasted image")

    monkeypatch.setattr(mask_commands, "load_image", read_later)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        document, message = canvas.document, at.window.inpaint.facts.message
        actions, stack = at.window.window_actions, canvas.document.undo_stack
        pasted = np.zeros_like(document.mask)
        pasted[50:100, 50:100] = 255
        actions["mask.copy"].trigger()
        await at.until(lambda: not QGuiApplication.clipboard().image().isNull())
        actions["mask.paste"].trigger()
        await at.until(lambda: document.is_locked)
        actions["mask.invert"].trigger()
        # Both hold the mask: one reads, the other waits for it.
        await at.until(lambda: document._holds == 2)
        assert not document.mask.any()
        may_read.set()
        await at.until(lambda: not document.is_locked and stack.count() == 2)
        assert [stack.text(index) for index in range(2)] == ["Paste mask", "Invert"]
        assert np.array_equal(document.mask, 255 - pasted)
        # A mask that can't be read takes with it what was meant for it.
        may_read.clear()
        problem.append(PictureError("That image is damaged."))
        before = document.mask.copy()
        actions["mask.paste"].trigger()
        await at.until(lambda: document.is_locked)
        actions["mask.clear"].trigger()
        settle()
        await at.until(lambda: document.operations.doing)
        actions["mask.invert"].trigger()
        await at.until(lambda: message.text() == "“Invert” runs after “Paste mask”.")
        may_read.set()
        await at.until(lambda: not document.is_locked)
        assert message.text() == "That image is damaged. “Clear” wasn’t applied. “Invert” wasn’t applied."
        assert np.array_equal(document.mask, before)
        assert stack.count() == 2
        # What is asked from then on is about the mask that is seen.
        actions["mask.clear"].trigger()
        await at.until(lambda: stack.count() == 3)


async def test_a_command_given_while_a_mask_of_another_size_is_read_is_not_applied_to_the_mask_before(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def read_later(*arguments: Any, **named: Any) -> ReadMask:
        go_on.wait()
        return read_mask(*arguments, **named)

    monkeypatch.setattr(mask_commands, "read_mask", read_later)
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at, _set_at_the_end(go_on):
        canvas = await at.on_canvas(photos / "coffee.png")
        document, page, file = canvas.document, at.window.inpaint, tmp_path / "other.png"
        file.write_bytes(encode_grey_png(np.full((100, 90), 255, np.uint8)))
        reading = asyncio.ensure_future(page.masks.read_mask(file))
        await at.until(lambda: document.is_locked)
        at.window.window_actions["mask.invert"].trigger()
        await at.until(lambda: document._holds == 2)
        go_on.set()
        await reading
        await at.until(lambda: page.facts.message.text().endswith("“Invert” wasn’t applied."))
        assert not document.mask.any()
        scale = next(made for made in page.facts.message._buttons if made.text() == "Scale")
        at.click(scale)
        await at.until(lambda: bool(document.mask.all()))
