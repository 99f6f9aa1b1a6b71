"""Applying and exporting a result with another seam: rendered once, with progress, and canceled by each caller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import FullImage, Margins, Rect, coverage, encode_full_image, load_picture
from imagineart_desktop.jobs import InpaintResultSet
from imagineart_desktop.library import LibraryError, Query
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.ui.inpaint.result_bar import RAW_NOT_APPLICABLE_MESSAGE
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.closing import ClosingDialog
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.result_viewer import ViewMode
from tests.ui.test_inpaint_looking import choose_way
from tests.ui.test_inpaint_loop import CTRL, inpainting, looked_at
from tests.ui.test_opening import SlowDecoder
from tests.ui.window_driver import opened


class SlowEncoder:
    """Encodes half of an image and waits there, as a huge one takes long."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.ended = 0
        self.may_end = Event()
        monkeypatch.setattr("imagineart_desktop.jobs.inpainting.encode_full_image", self)

    def __call__(self, picture: FullImage, reach: ReportProgress) -> bytes:
        self.begun += 1
        try:
            reach(0.5)
            while not self.may_end.wait(0.01):
                reach(0.5)
            return encode_full_image(picture, reach)
        finally:
            self.ended += 1


async def test_apply_and_export_share_one_image_and_say_how_far_it_is(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        page.settings_panel.feather.setValue(36)
        encoder = SlowEncoder(monkeypatch)
        composed = 0
        really = InpaintResultSet.made

        def counted(*arguments: object, **settings: object) -> object:
            nonlocal composed
            composed += 1
            return really(*arguments, **settings)  # type: ignore[arg-type]

        monkeypatch.setattr(InpaintResultSet, "made", counted)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: page.message.text() == "Applying the result… 47%")
        dialog = at.window.exchange.export_dialog
        assert dialog is None
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: at.window.exchange.export_dialog is not None)
        dialog = at.window.exchange.export_dialog
        assert dialog is not None
        assert dialog.isVisible()
        assert not dialog.go.isEnabled()
        await at.until(lambda: dialog.message.text() == "Saving the result… 67%")
        at.window.close()
        (closing,) = at.window.findChildren(ClosingDialog)
        await at.until(lambda: closing.words.text() == "Applying the result… 47%")
        at.click(closing.stay)
        assert at.window.isVisible()
        encoder.may_end.set()
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        await at.until(dialog.go.isEnabled)
        assert (encoder.begun, composed) == (1, 1)
        applied = page.stepping.steps.current
        assert applied is not None
        assert dialog._numbers == [applied.picture_id]
        await at.until(lambda: page.message.text() == dialog.message.text() == "")
        dialog.close()


async def test_a_cancelled_apply_leaves_everything_as_it_was_and_nothing_acts_late(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        page.settings_panel.feather.setValue(36)
        encoder = SlowEncoder(monkeypatch)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await at.until(lambda: page.message.text() == "Applying the result… 47%")
        with monkeypatch.context() as patched:
            # Canceling it for the window to close stops no other work.
            SlowDecoder(patched)
            at.drop(canvas, [photos / "chelsea.png"])
            await at.until(lambda: page.message.text() == "Opening… 30%")
            (operation,) = at.parts.library.operations.running
            assert operation.stop is not None
            operation.stop()
            await at.until(lambda: not at.parts.library.operations.running)
            assert page.message.text() == "Opening… 30%"
            page.waiting.cancel()
            await at.until(lambda: not page.waiting.is_busy and not canvas.document.is_locked)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        await at.until(lambda: page.message.text() == "Applying the result… 47%")
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        await at.until(lambda: not canvas.document.is_locked)
        await at.until(lambda: page.message.text() == "")
        assert page.viewer.number == number
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: encoder.begun == 3)
        dialog = at.window.exchange.export_dialog
        assert dialog is not None
        await at.until(lambda: dialog.message.text() == "Saving the result… 67%")
        dialog.close()
        # What is unwanted for the previous image ends no work for the current one.
        versions, settings = page.viewer.versions, page.session.settings.value
        before = asyncio.ensure_future(versions.kept(number, settings))
        await at.until(lambda: encoder.begun == 4)
        versions.forget()
        now = [asyncio.ensure_future(versions.kept(number, settings))]
        await at.until(lambda: encoder.begun == 5)
        before.cancel()
        await at.until(before.done)
        now.append(asyncio.ensure_future(versions.kept(number, settings)))
        await at.until(lambda: [each.waiter_count for each in versions._made.keeping.values()] == [2])
        for each in now:
            each.cancel()
        await at.until(lambda: not versions._made.keeping)
        # Canceled by its button, it waits in view, and comes to the front for the next image.
        at.window.window_actions["file.export"].trigger()
        await at.until(lambda: dialog.message.text() == "Saving the result… 67%")
        dialog.waiting.cancel()
        await at.until(lambda: not dialog.waiting.is_busy)
        assert dialog.isVisible()
        dialog.hide()
        dialog.open_for([number])
        assert dialog.isVisible()
        dialog.close()

        async def fail(_number: int, _show: object) -> int:
            raise LibraryError("The disk is full.")

        with monkeypatch.context() as patched:
            patched.setattr(page, "as_looked_at", fail)
            at.window.window_actions["file.export"].trigger()
            await at.until(lambda: dialog.message.text() == "The disk is full.")
        assert at.window.status.said.text() != "The disk is full."
        dialog.close()
        encoder.may_end.set()
        await at.until(lambda: encoder.ended == encoder.begun and not dialog.waiting.is_busy)
        assert not dialog.isVisible()
        assert len(page.stepping.steps) == 1
        assert await at.parts.library.search(Query()) == [number]
        # Also once the result is made and only goes to the canvas.
        page.settings_panel.feather.setValue(0)
        stuck, reached = asyncio.Event(), asyncio.Event()

        async def held(*_arguments: object) -> None:
            reached.set()
            await stuck.wait()

        monkeypatch.setattr(session_store, "open_decoded", held)
        at.click(page.result_view.bar.apply)
        await at.until(reached.is_set)
        (operation,) = at.parts.library.operations.running
        assert operation.stop is not None
        operation.stop()
        await at.until(lambda: not at.parts.library.operations.running)
        assert not canvas.document.is_locked
        assert len(page.stepping.steps) == 1
        assert at.parts.library.notices.pending() == []


async def test_apply_is_off_while_raw_is_shown_and_says_why(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        bar = page.result_view.bar
        choose_way(page, ViewMode.RAW)
        assert not bar.apply.isEnabled()
        assert bar.apply.toolTip() == RAW_NOT_APPLICABLE_MESSAGE
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert page.message.text() == RAW_NOT_APPLICABLE_MESSAGE
        page.results.applied.emit(number)
        await at.until(lambda: not canvas.document.is_locked)
        # A comparison shows the result as it is applied.
        at.click(bar.compare)
        await at.until(page.result_view.pane.isVisible)
        assert bar.apply.isEnabled()
        at.click(bar.compare)
        assert not bar.apply.isEnabled()
        assert len(page.stepping.steps) == 1
        choose_way(page, ViewMode.RESULT)
        await at.until(lambda: page.message.text() == "")
        assert bar.apply.isEnabled()
        assert bar.apply.text() == "Apply result"
        at.click(bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        assert canvas.pixels is not None
        kept = load_picture((await at.parts.library.summaries([number]))[0].path).pixels
        assert np.array_equal(canvas.pixels, kept)


async def test_raw_that_is_gone_shows_the_result_which_can_be_applied(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        raw = await at.parts.library.raw_result_path(number)
        assert raw is not None
        raw.unlink()
        choose_way(page, ViewMode.RAW)
        await at.until(lambda: page.result_view.bar.chosen() is ViewMode.RESULT)
        assert "is no longer in the library" in page.message.text()
        assert page.result_view.bar.apply.isEnabled()


async def test_what_was_painted_since_the_request_stays_as_the_next_mask(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.drag(canvas, [(20, 30), (90, 80)])
        painted = canvas.document.mask.copy()
        # Its own strokes are removed, also where a new one touches them.
        at.drag(canvas, [(280, 180), (340, 240)])
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        mask = canvas.document.mask
        assert mask[30:80, 20:90].all()
        assert mask[200:240, 280:340].all()
        assert not mask[120:200, 200:300].any()
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: page.stepping.steps.current is next(iter(page.stepping.steps)))
        await at.until(lambda: not canvas.document.is_locked)
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert np.array_equal(canvas.document.mask, painted)


async def test_what_was_painted_after_a_restart_stays_on_the_grown_image(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        page.session.settings.set_margins(Margins(40, 0, 0, 24))
        page.settings_panel.overlap.setValue(8)
        await looked_at(at, page)
    async with opened(tmp_path, theme) as at:
        page, canvas = at.window.inpaint, at.window.inpaint.canvas
        await at.until(lambda: page.results._list.count() == 2)
        canvas.zoom_to(1.0)
        canvas.set_tool("rectangle")
        at.drag(canvas, [(420, 30), (490, 80)])
        page.results._list.setCurrentRow(1)
        await at.until(lambda: canvas._result_shown)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: canvas.document.size == (640, 424) and not canvas.document.is_locked)
        assert coverage(canvas.document.mask).bounds == Rect(460, 30, 530, 80)
