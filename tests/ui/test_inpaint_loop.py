"""The inpaint loop in the window: send a part, look, try another seam, apply, go back, extend."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Margins, Rect, SendMode, coverage, describe_losses, load_picture
from imagineart_desktop.jobs import result_importer
from imagineart_desktop.jobs.inpainting import load_result_set
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from tests.ui.window_driver import Driver, colour_at, opened, settle

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@asynccontextmanager
async def inpainting(root: Path, theme: Theme, photo: Path) -> AsyncIterator[tuple[Driver, InpaintPage, MaskCanvas]]:
    """Put a photograph on the canvas, with a box of it painted, and text in the prompt."""
    async with opened(root, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photo)
        canvas.zoom_to(1.0)
        page = at.window.inpaint
        canvas.set_tool("rectangle")
        at.drag(canvas, [(200, 120), (300, 200)])
        at.type(page.form.prompt.editor, "a moka pot")
        yield at, page, canvas


def choose(page: InpaintPage, mode: SendMode) -> None:
    page.settings_panel.mode.set_value(mode.value)
    page.settings_panel.mode.changed.emit(mode.value)


async def looked_at(at: Driver, page: InpaintPage, count: int = 1) -> int:
    """Submit, wait for this many images, and for the last one being viewed; return its id."""
    await at.until(lambda: not page.form._submit_guard.isActive())
    at.click(page.form.go)
    number = (await at.pictures(count))[-1]
    await at.until(lambda: page.viewer.number == number and page.canvas._result_shown)
    return number


def shown(canvas: MaskCanvas, x: float, y: float) -> str:
    return colour_at(canvas.grab().toImage(), canvas.viewport_state.to_widget(QPointF(x, y))).name()


async def test_only_the_masked_area_is_sent_and_shown_on_the_canvas(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        choose(page, SendMode.ONLY_MASKED)
        await at.until(lambda: bool(canvas.extend_guides.boxes))
        (box,) = canvas.extend_guides.boxes
        assert (box.left < 200, box.top < 120, box.right > 300, box.bottom > 200) == (True,) * 4
        narrow = box.width
        assert page.settings_panel.auto_context.isChecked()
        assert not page.settings_panel.context.isEnabled()
        at.click(page.settings_panel.auto_context)
        widths = []
        for step in (page.settings_panel.context.minimum(), 2, 3, 5, 8):
            page.settings_panel.context.setValue(step)
            await at.until(
                lambda: canvas.extend_guides.boxes[0].width == 100 + 32 * page.settings_panel.context.value()
            )
            widths.append(canvas.extend_guides.boxes[0].width)
        assert widths == sorted(set(widths))
        page.settings_panel.context.setValue(10)
        await at.until(lambda: canvas.extend_guides.boxes[0].width != narrow)
        assert canvas.extend_guides.boxes[0].width > narrow
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        assert details.recipe.plan is not None
        assert details.recipe.plan.settings.context == 160
        assert details.summary.size == (600, 400)
        source, made = (load_picture(path).pixels for path in (photos / "coffee.png", details.summary.path))
        outside = np.ones((400, 600), bool)
        outside[120:200, 200:300] = False
        assert np.array_equal(source[outside], made[outside])
        assert not np.array_equal(source[120:200, 200:300], made[120:200, 200:300])


async def test_the_seam_is_changed_while_looking_and_kept_when_applied(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        edge, hard = (202, 150), shown(canvas, 202, 150)
        page.settings_panel.feather.setValue(30)
        await at.until(lambda: shown(canvas, *edge) != hard)
        assert len(await at.pictures(1)) == 1
        # What is done to the mask comes first.
        at.window.window_actions["mask.grow"].trigger()
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not page.canvas.document.is_locked)
        applied = page.stepping.steps.current
        assert applied is not None
        assert applied.picture_id not in (None, number)
        details = await at.parts.library.details(applied.picture_id or 0)
        assert details is not None
        assert details.recipe.plan is not None
        assert details.recipe.plan.settings.feather == 30
        stack = canvas.document.undo_stack
        assert [stack.text(index) for index in range(stack.count())][-2:] == ["Grow", "Apply result"]
        assert details.recipe.cost == 0


async def test_what_the_service_sent_can_be_looked_at(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        page.settings_panel.feather.setValue(30)
        number = await looked_at(at, page)
        raw = await at.parts.library.raw_result_path(number)
        assert raw is not None
        kept = load_picture((await at.parts.library.summaries([number]))[0].path).pixels
        assert not np.array_equal(load_picture(raw).pixels[150, 202:206], kept[150, 202:206])
        result = shown(canvas, 203.5, 150.5)
        page.result_view.bar.way.set_value("raw")
        page.result_view.bar.way.changed.emit("raw")
        await at.until(lambda: shown(canvas, 203.5, 150.5) != result)
        QTest.keyClick(page.results._list, Qt.Key.Key_Space)
        await at.until(lambda: not canvas._result_shown)


async def test_apply_says_how_far_it_is_and_is_undone_and_made_again_with_the_mask(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = Event()

    def held(source: Path | bytes) -> tuple[str, ...]:
        assert may_end.wait()
        return describe_losses(source)

    monkeypatch.setattr(session_store, "describe_losses", held)
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        painted = canvas.document.mask.copy()
        before = canvas.pixels
        assert before is not None
        await looked_at(at, page)
        page.result_view.bar.keep_mask.setChecked(True)
        at.click(page.result_view.bar.apply)
        stack = canvas.document.undo_stack
        await at.until(lambda: page.message.text() == "Applying the result… 5%")
        may_end.set()
        await at.until(lambda: stack.undoText() == "Apply result")
        after = canvas.pixels
        assert after is not None
        assert not np.array_equal(before, after)
        assert np.array_equal(canvas.document.mask, painted)
        at.drag(canvas, [(10, 10), (60, 60)])
        await at.until(lambda: stack.undoText() == "Rectangle")
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: canvas.pixels is not None and np.array_equal(canvas.pixels, before))
        await at.until(lambda: at.window.window_actions["edit.redo"].isEnabled())
        assert np.array_equal(canvas.document.mask, painted)
        assert page.results._list.count() == 1 or await _results(at, page) == 2
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        assert not canvas.document.mask.any()
        for _ in range(2):
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
            await at.until(lambda: not canvas.document.is_locked)
            await asyncio.sleep(0.1)
        await at.until(lambda: canvas.pixels is not None and np.array_equal(canvas.pixels, after))
        assert np.array_equal(canvas.document.mask, painted)


async def _results(at: Driver, page: InpaintPage) -> int:
    await at.until(lambda: page.results._list.count() == 2)
    return page.results._list.count()


async def test_every_step_can_be_returned_to_with_its_words_also_after_a_restart(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        painted = canvas.document.mask.copy()
        await looked_at(at, page)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not page.canvas.document.is_locked)
        at.type(page.form.prompt.editor, "another idea")
        canvas.set_tool("ellipse")
        at.drag(canvas, [(50, 50), (150, 150)])
        await looked_at(at, page, 2)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 3 and not page.canvas.document.is_locked)
        root = next(iter(page.stepping.steps))
        page.tree.wanted.emit(root.id)
        await at.until(lambda: page.stepping.steps.current is root)
        await at.until(lambda: not canvas.document.is_locked)
        assert page.form.prompt.text() == "a moka pot"
        assert np.array_equal(canvas.document.mask, painted)
        assert await _results(at, page) == 2
        assert [step.label for step in page.stepping.steps] == ["coffee.png", "a moka pot", "another idea"]
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        await at.until(lambda: len(page.stepping.steps) == 3 and not page.canvas.document.is_locked)
        root, *_, leaf = page.stepping.steps
        undo = at.window.window_actions["edit.undo"]
        assert (undo.isEnabled(), undo.text()) == (False, "Undo")
        for step, words in ((leaf, "another idea"), (root, "a moka pot")):
            page.tree.wanted.emit(step.id)
            await at.until(lambda step=step: page.stepping.steps.current is step and not page.canvas.document.is_locked)  # type: ignore[misc]
            assert page.form.prompt.text() == words
        assert page.canvas.pixels is not None
        assert np.array_equal(page.canvas.pixels, load_picture(photos / "coffee.png").pixels)
        assert undo.isEnabled()


async def test_edges_are_dragged_outward_and_the_original_is_kept(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: not canvas.document.mask.any() and not canvas.document.is_locked)
        canvas.zoom_to(0.8)
        at.window.window_actions.tool("extend").trigger()
        at.drag(canvas, [(600, 200), (680, 200)])
        assert page.session.settings.margins == Margins(0, 0, 80, 0)
        at.drag(canvas, [(0, 0), (-40, -24)])
        assert page.session.settings.margins == Margins(40, 24, 80, 0)
        await at.until(lambda: page.facts._export.text().startswith("720 × 424"))
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        assert details.summary.size == (720, 424)
        source, made = (load_picture(path).pixels for path in (photos / "coffee.png", details.summary.path))
        assert np.array_equal(source[:, :, :3], made[24:424, 40:640, :3])
        at.click(page.result_view.bar.apply)
        await at.until(lambda: canvas.document.size == (720, 424))
        assert page.session.settings.margins == Margins()
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: canvas.document.size == (600, 400))


async def test_an_overlap_is_said_and_changes_a_strip_of_the_old_image_alone(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: not canvas.document.mask.any() and not canvas.document.is_locked)
        page.session.settings.set_margins(Margins(0, 0, 80, 0))
        assert not page.settings_panel._changes.isVisible()
        page.settings_panel.overlap.setValue(24)
        await at.until(page.settings_panel._changes.isVisible)
        assert "Changes 24 px of the image" in page.settings_panel._changes.text()
        assert canvas.extend_guides.overlap == 24
        await at.until(lambda: page.facts._outside.text() == "Kept, except 24 px at the seam")
        assert page.facts._selected.text() == f"{(80 + 24) / 680 * 100:.1f}% of 680 × 400"
        number = await looked_at(at, page)
        details = await at.parts.library.details(number)
        assert details is not None
        source, made = (load_picture(path).pixels for path in (photos / "coffee.png", details.summary.path))
        assert np.array_equal(source[:, :576], made[:, :576])
        assert not np.array_equal(source[:, 576:], made[:, 576:600])
        # The strip fades: the nearer to the old image, the less it differs.
        off = np.abs(source[:, 576:].astype(int) - made[:, 576:600]).mean(axis=(0, 2))
        assert off[:6].mean() < off[-6:].mean()


async def test_areas_far_apart_are_sent_one_by_one_for_their_price_and_put_together(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "astronaut.png") as (at, page, canvas):
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: not canvas.document.mask.any() and not canvas.document.is_locked)
        canvas.fit()
        for corner in ((20, 20), (440, 440)):
            at.drag(canvas, [corner, (corner[0] + 40, corner[1] + 40)])
        choose(page, SendMode.ONLY_MASKED)
        page.settings_panel.context.setValue(1)
        await at.until(lambda: page.settings_panel.each.text() == "One request for each area (2)")
        assert page.settings_panel.each.isVisible()
        at.click(page.settings_panel.each)
        await at.until(lambda: page.form._price.right.text() == "2 × $0.08 = $0.16")
        at.click(page.form.go)
        await at.pictures(2)
        await at.until(lambda: page.viewer.number != SOURCE_ID)
        assert page.results._list.count() == 2
        details = await at.parts.library.details(page.viewer.number)
        assert details is not None
        source, made = (load_picture(path).pixels for path in (photos / "astronaut.png", details.summary.path))
        changed = coverage(np.where((source != made).any(axis=2), 255, 0).astype(np.uint8)).bounds
        left, top = coverage(canvas.document.mask).bounds.left, coverage(canvas.document.mask).bounds.top
        assert changed.intersected(Rect(left, top, left + 45, top + 45)).width > 30
        assert changed.right > 440


async def test_a_tool_used_on_a_result_works_on_the_source_and_no_result_covers_what_was_painted_since(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.drag(canvas, [(400, 300), (500, 350)])
        assert not canvas._result_shown
        assert canvas.document.mask[320, 450] == 255
        assert page.result_view.bar.way.value() == "before"
        first, reached, may_come = page.viewer.number, asyncio.Event(), asyncio.Event()

        async def held(*values: Any) -> Any:
            reached.set()
            await may_come.wait()
            return await load_result_set(*values)

        monkeypatch.setattr(result_importer, "load_result_set", held)
        await at.until(lambda: not page.form._submit_guard.isActive())
        at.click(page.form.go)
        await at.until(reached.is_set)
        at.drag(canvas, [(20, 20), (60, 60)])
        may_come.set()
        await at.until(lambda: page.results._list.count() == 3)
        settle()
        assert not canvas._result_shown
        assert page.viewer.number == first
        await looked_at(at, page, 3)


async def test_results_are_compared_with_the_source_and_each_other(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.form.count.set_value(2)
        at.click(page.form.go)
        await at.pictures(2)
        await at.until(lambda: page.results._list.count() == 3 and page.viewer.number != SOURCE_ID)
        at.click(page.result_view.bar.compare)
        pane = page.result_view.pane
        await at.until(pane.isVisible)
        assert [picture.label for picture in pane.pictures] == ["Before", "Result 2"]
        at.click(page.result_view.bar.compare)
        assert not pane.isVisible()
        strip = page.results._list
        QTest.mouseClick(
            strip.viewport(), Qt.MouseButton.LeftButton, SHIFT, strip.visualItemRect(strip.item(1)).center()
        )
        await at.until(pane.isVisible)
        assert [picture.label for picture in pane.pictures] == ["Result 2", "Result 1"]
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualItemRect(strip.item(1)).center())
        await at.until(lambda: not pane.isVisible())


async def test_undo_in_quick_succession_across_apply_keeps_every_mask(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        page.session.settings.set_margins(Margins(0, 0, 80, 40))
        await looked_at(at, page)
        page.result_view.bar.keep_mask.setChecked(True)
        page.session.settings.set_margins(Margins())
        at.click(page.result_view.bar.apply)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: canvas.document.size == (680, 440) and not canvas.document.is_locked)
        assert len(page.stepping.steps) == 2
        assert coverage(canvas.document.mask).bounds == Rect(200, 120, 300, 200)
        at.drag(canvas, [(600, 400), (660, 430)])
        painted = canvas.document.mask.copy()
        stack = canvas.document.undo_stack
        for _ in range(6):
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: not canvas.document.is_locked)
        while stack.canUndo():
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
            await at.until(lambda: not canvas.document.is_locked)
        assert canvas.document.size == (600, 400)
        assert not canvas.document.mask.any()
        while stack.canRedo():
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
            await at.until(lambda: not canvas.document.is_locked)
        assert np.array_equal(canvas.document.mask, painted)


async def test_a_stroke_under_way_belongs_to_the_picture_it_was_begun_on(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        canvas.set_tool("brush")
        spot = canvas.viewport_state.to_widget(QPointF(400, 300)).toPoint()
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=spot)
        page.apply(page.viewer.number)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        QTest.mouseMove(canvas, spot + QPoint(60, 0))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=spot + QPoint(60, 0))
        assert not canvas.document.mask.any()
        for _ in range(2):
            QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
            await at.until(lambda: not canvas.document.is_locked)
        assert coverage(canvas.document.mask).bounds == Rect(200, 120, 300, 200)


async def test_a_crash_right_after_apply_mixes_no_masks(tmp_path: Path, theme: Theme, photos: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with inpainting(first, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        at.drag(canvas, [(20, 20), (120, 90)])
        await at.until(lambda: not page._mask_saver.is_pending and not page.saver.is_pending)
        await asyncio.sleep(0.3)
        after = canvas.pixels
        shutil.copytree(first, second)
    async with opened(second, theme, at_once=("inpaint",)) as at:
        page, canvas = at.window.inpaint, at.window.inpaint.canvas
        await at.until(lambda: len(page.stepping.steps) == 2 and not page.canvas.document.is_locked)
        assert after is not None
        assert canvas.pixels is not None
        assert np.array_equal(canvas.pixels, after)
        await at.until(lambda: coverage(canvas.document.mask).bounds == Rect(20, 20, 120, 90))


async def test_another_picture_ends_nothing(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        painted = canvas.document.mask.copy()
        at.drop(canvas, [photos / "astronaut.png"])
        await at.until(lambda: canvas.document.size == (512, 512) and not canvas.document.is_locked)
        assert not canvas.document.mask.any()
        assert [step.label for step in page.stepping.steps] == ["coffee.png", "astronaut.png"]
        # The prompt is of the image that it was written for.
        assert page.form.prompt.text() == ""
        page.form.prompt.set_text("a helmet")
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: canvas.document.size == (600, 400) and not canvas.document.is_locked)
        assert np.array_equal(canvas.document.mask, painted)
        assert page.form.prompt.text() == "a moka pot"
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | SHIFT)
        await at.until(lambda: canvas.document.size == (512, 512) and not canvas.document.is_locked)
        assert page.form.prompt.text() == "a helmet"


async def test_words_typed_at_a_step_are_there_again(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.click(page.result_view.bar.apply)
        await at.until(lambda: len(page.stepping.steps) == 2 and not canvas.document.is_locked)
        at.type(page.form.prompt.editor, "new words")
        page.session.settings.set_margins(Margins(64, 0, 0, 0))
        root = next(iter(page.stepping.steps))
        page.tree.wanted.emit(root.id)
        page.tree.wanted.emit(root.id)
        await at.until(lambda: page.form.prompt.text() == "a moka pot" and not canvas.document.is_locked)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
        await at.until(lambda: page.form.prompt.text() == "new words")
        assert page.session.settings.margins == Margins(64, 0, 0, 0)


async def test_what_changes_the_mask_shows_it(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        await looked_at(at, page)
        at.window.window_actions["mask.invert"].trigger()
        await at.until(lambda: not canvas._result_shown)
        assert page.result_view.bar.way.value() == "before"
