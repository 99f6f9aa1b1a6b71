"""Work that takes long says what it does, can be cancelled, and does nothing late for keys pressed meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import (
    DeepPicture,
    encode_deep,
    load_picture,
    sendable,
)
from imagineart_desktop.jobs import prepare
from imagineart_desktop.support import Reach, WorkCancelledError
from imagineart_desktop.ui import image_copier
from imagineart_desktop.ui.compare import window as compare_window
from imagineart_desktop.ui.edit import references
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.intake import Taken
from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import opened
from tests.ui.test_export import gallery_with
from tests.ui.test_inpaint_loop import inpainting, looked_at


async def test_a_request_that_is_being_prepared_says_so_and_is_neither_sent_nor_paid_once_cancelled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, begun = asyncio.Event(), []

    async def held(*values: Any, **named: Any) -> Any:
        begun.append(1)
        await may_end.wait()
        return await prepare(*values, **named)

    monkeypatch.setattr(session, "prepare", held)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.click(page.form.go)
        await at.until(lambda: begun and page.message.text() == "Preparing the request…")
        page.form._just_wished.stop()
        page.submit()
        await asyncio.sleep(0)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not page.waiting.is_busy)
        may_end.set()
        assert page.message.text() == ""
        await looked_at(at, page)
        assert len(begun) == 2
        assert len({event.job.id for event in at.events}) == 1


async def test_adding_references_and_comparing_say_so_and_can_be_cancelled(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, compared = Event(), compare_window._compared

    def held_sendable(*values: Any, **named: Any) -> bytes:
        assert may_end.wait()
        return sendable(*values, **named)

    def held_compared(*values: Any) -> Any:
        assert may_end.wait()
        return compared(*values)

    monkeypatch.setattr(references, "sendable", held_sendable)
    monkeypatch.setattr(compare_window, "_compared", held_compared)
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        added = at.window.edit.references
        added.add([Taken(path=photos / "coffee.png"), Taken(path=photos / "chelsea.png")])
        await at.until(lambda: added.message.text() == "Adding the image…")
        added.waiting.cancel()
        await at.until(lambda: not added.waiting.is_busy)
        numbers = await gallery_with(at, 2)
        at.window.windows.compare(numbers)
        window = at.window.windows.compare_window
        assert window is not None
        await at.until(lambda: window.message.text() == "Opening…")
        window.waiting.cancel()
        await at.until(lambda: not window.waiting.is_busy)
        may_end.set()
        assert (added.message.text(), window.message.text()) == ("", "")
        await window.compare(numbers)
        assert len(window.pane.pictures) == 2
        assert not added._references
        added.add([Taken(path=photos / "coffee.png")])
        await at.until(lambda: len(added._references) == 1)
        window.close()


class Halfway:
    """Work of another thread that waits halfway until it may end or is cancelled. begun: how often it began."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = Event()
        self.was_cancelled = Event()

    def wait(self, reach: Reach) -> None:
        self.begun += 1
        reach(0.5)
        try:
            while not self.may_end.wait(0.01):
                reach(0.5)
        except WorkCancelledError:
            self.was_cancelled.set()
            raise


async def test_copying_an_image_is_encoded_beforehand_can_be_cancelled_and_never_lands_on_what_is_copied_later(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway = Halfway()

    def held_encode(picture: DeepPicture, reach: Reach) -> bytes:
        halfway.wait(reach)
        return encode_deep(picture, reach)

    monkeypatch.setattr(image_copier, "encode_deep", held_encode)
    async with opened(tmp_path, theme) as at:
        (number,) = await gallery_with(at, 1)
        (picture,) = await at.parts.library.summaries([number])
        clipboard, status, copy = QGuiApplication.clipboard(), at.window.status, at.window.actions_["edit.copy"]
        clipboard.setText("before")

        async def copying() -> None:
            halfway.was_cancelled.clear()
            copy.trigger()
            await at.until(lambda: status.said.text() == "Copying the image… 75%")

        await copying()
        assert status.undo.text() == "Cancel"
        at.click(status.undo)
        await at.until(halfway.was_cancelled.is_set)
        await copying()
        clipboard.setText("copied later")
        await at.until(halfway.was_cancelled.is_set)
        await at.until(lambda: status.said.text() == "")
        assert clipboard.text() == "copied later"
        halfway.may_end.set()
        copy.trigger()
        await at.until(lambda: status.said.text() == "Copied 1 image.")
        png = bytes(clipboard.mimeData().data("image/png").data())
        assert np.array_equal(load_picture(png).pixels, load_picture(picture.path).pixels)
        clipboard.clear()
