"""Steps of an inpaint session: each restores exactly its state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.imaging import Margins, SendMode
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.seed import SeedMode
from tests.ui.test_inpaint_loop import choose, inpainting, looked_at
from tests.ui.window_driver import Driver, opened

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


async def apply(at: Driver, page: InpaintPage, steps: int) -> None:
    at.click(page.result_view.bar.apply)
    await at.until(lambda: len(page.stepping.steps) == steps and not page.canvas.document.is_locked)


async def undone(at: Driver, page: InpaintPage, *, again: bool = False) -> None:
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_Z, CTRL | SHIFT if again else CTRL)
    await at.until(lambda: not page.canvas.document.is_locked)


async def clicked(at: Driver, page: InpaintPage, number: int) -> None:
    page.tree.wanted.emit(number)
    await at.until(
        lambda: page.stepping.steps.current is page.stepping.steps[number] and not page.canvas.document.is_locked
    )


async def test_a_step_that_was_undone_keeps_its_mask_and_its_settings(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        painted = canvas.document.mask.copy()
        choose(page, SendMode.ONLY_MASKED)
        page.settings_panel.feather.setValue(36)
        page.settings_panel.tone.setChecked(True)
        page.settings_panel.each.setChecked(True)
        await looked_at(at, page)
        page.result_view.bar.keep_mask.setChecked(True)
        await apply(at, page, 2)
        first, second = (step.id for step in page.stepping.steps)
        set_here = page.session.settings.value
        assert (set_here.feather, set_here.each_island) == (36, True)
        await undone(at, page)
        assert page.stepping.steps.current is page.stepping.steps[first]
        page.settings_panel.feather.setValue(0)
        page.settings_panel.each.setChecked(False)
        choose(page, SendMode.WHOLE)
        await clicked(at, page, second)
        assert page.session.settings.value == set_here
        assert np.array_equal(canvas.document.mask, painted)
        await clicked(at, page, first)
        assert page.session.settings.value.mode is SendMode.WHOLE
        assert page.session.settings.value.feather == 0


async def test_an_extension_is_there_again_after_undo_and_redo(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        canvas.zoom_to(0.8)
        at.window.window_actions.tool("extend").trigger()
        at.drag(canvas, [(600, 200), (680, 200)])
        page.settings_panel.feather.setValue(12)
        await looked_at(at, page)
        await apply(at, page, 2)
        assert page.session.settings.margins == Margins()
        await undone(at, page)
        assert page.session.settings.margins == Margins(0, 0, 80, 0)
        assert page.settings_panel.feather.value() == 12
        await undone(at, page)
        assert page.session.settings.margins == Margins()
        await undone(at, page, again=True)
        assert page.session.settings.margins == Margins(0, 0, 80, 0)
        await undone(at, page, again=True)
        assert canvas.document.size == (680, 400)
        await undone(at, page)
        assert page.session.settings.margins == Margins(0, 0, 80, 0)


async def test_the_seed_of_each_step_is_kept_and_the_one_shown_is_the_one_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.form.seed.set_value(4711)
        await looked_at(at, page)
        await apply(at, page, 2)
        first, second = page.stepping.steps
        assert second.seed == 4711
        page.form.seed.set_value(None)
        await clicked(at, page, first.id)
        assert (page.form.seed.value(), page.form.seed.mode) == (4711, SeedMode.LOCKED)
        await clicked(at, page, second.id)
        assert (page.form.seed.edit.text(), page.form.seed.mode) == ("", SeedMode.RANDOM)
        assert second.seed == 4711
        assert "Seed 4711" in page.tree.currentItem().toolTip(0)
        assert page.tree.currentItem().text(0).startswith("2\u00a0·\u00a0")
        assert not page.tree.currentItem().icon(0).isNull()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        await at.until(lambda: page.tree.topLevelItemCount() == 1)
        assert [step.seed for step in page.stepping.steps] == [None, 4711]
        await at.until(lambda: all(page.tree.has_picture(step.id) for step in page.stepping.steps))


async def test_settings_reused_for_another_picture_leave_the_step_before_alone(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        number = await looked_at(at, page)
        at.type(page.form.prompt.editor, "words of my own")
        await at.window.navigator.reuse(number)
        assert page.form.prompt.text() == "a moka pot"
        await undone(at, page)
        await undone(at, page)
        assert page.form.prompt.text() == "words of my own"
        assert canvas.document.mask.any()


async def test_a_picture_that_is_gone_at_the_start_keeps_no_later_result_away(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
    for kept in (tmp_path / "library" / "inputs").iterdir():
        kept.unlink()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        assert not at.window.inpaint.has_picture
        canvas = await at.on_canvas(photos / "chelsea.png")
        at.drag(canvas, [(60, 60), (160, 120)])
        page = at.window.inpaint
        at.type(page.form.prompt.editor, "a ball of wool")
        await at.until(page.form.go.isEnabled)
        at.click(page.form.go)
        await at.pictures(1)
        await at.until(lambda: page.results._list.count() == 2)
