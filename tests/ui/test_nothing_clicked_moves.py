"""What is clicked stays in place, whatever happens on the canvas, at other fields and to the references."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QSpinBox, QToolButton, QWidget

from imagineart_desktop.imaging import Margins, Rect
from imagineart_desktop.imaging.inpaint.request_images import RequestArea
from imagineart_desktop.models import Task
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.mime import ImageSource
from tests.ui.window_driver import Driver, opened, settle

Places = dict[str, QRect]


def controls(page: InpaintPage) -> dict[str, QWidget]:
    """Return what can be clicked beside the canvas, whatever the tool."""
    panel, form, actions = page.settings_panel, page.form, page.options.findChildren(QToolButton)
    common = {made.defaultAction().iconText(): made for made in actions if made.isVisible() and made.defaultAction()}
    return common | {
        "canvas": page.canvas,
        "form": form,
        "prompt": form.prompt.editor,
        "seed": form.seed,
        "count": form.count,
        "mode": panel.mode,
        "context": panel.context,
        "auto": panel.auto_context,
        "seam": panel.feather,
        "tone": panel.tone,
        "each": panel.each,
        "ratio": panel.ratio,
        "price": form._price,
        "go": form.go,
        "results": page.results,
    }


def places(at: Driver) -> Places:
    settle()
    page = at.window.inpaint
    return {name: QRect(part.mapTo(page, QPoint(0, 0)), part.size()) for name, part in controls(page).items()}


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
async def test_nothing_moves_while_one_paints_measures_sends_and_is_asked(
    tmp_path: Path, theme: Theme, photos: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, theme, size=size, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        page, actions = at.window.inpaint, at.window.window_actions
        at.type(page.form.prompt.editor, "a moka pot")
        canvas.setFocus()
        before = places(at)
        assert {"Add", "Subtract", "Intersect"} <= set(before)
        for tool in TOOLS:
            actions.tool(tool.id).trigger()
            assert places(at) == before, tool.id
        actions.tool("brush").trigger()
        at.drag(canvas, [(20, 20), (30, 30)])
        page.estimator._say()
        assert places(at) == before
        await at.until(lambda: "×" in page.facts._export.text())
        assert places(at) == before
        at.drag(canvas, [(500, 300), (560, 340)])
        await at.until(lambda: "(2)" in page.settings_panel.each.text())
        assert page.settings_panel.each.isEnabled()
        assert places(at) == before
        actions.tool("extend").trigger()
        page.session.settings.drag_margins(Margins(8, 0, 0, 0))
        page.session.settings.drag_margins(Margins())
        assert places(at) == before
        page.form.submit()
        await at.until(lambda: page.viewer.number != SOURCE_ID)
        assert places(at) == before
        actions["mask.fill"].trigger()
        await at.until(lambda: "whole" in page.facts.message.text())
        assert places(at) == before
        await page.masks.read_mask(photos / "astronaut.png")
        assert [made.text() for made in page.facts.message._buttons] == ["Scale", "Center and crop"]
        assert places(at) == before


async def test_figures_of_any_image_are_never_cut_and_never_need_more_room(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        page = at.window.inpaint
        page.splitter.setSizes([2000, 1, 1])
        facts = page.facts
        box = Rect(0, 0, 16384, 12288)
        facts.use_size((16384, 12288))
        settle()
        height = facts.height()
        for reaches in ([], [RequestArea(box, (2048, 2048))], [RequestArea(box, (16384, 12288))] * 9):
            facts.show_sent(reaches)
            settle()
            assert facts.height() == height
            for label in (facts._selected, facts._export):
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert page.form.width() == page.form.minimumWidth()


def test_a_share_that_is_there_never_reads_as_nothing_and_one_that_is_not_whole_never_as_all() -> None:
    from imagineart_desktop.ui.inpaint.mask_facts import share_text

    assert share_text(1, 8192 * 8192) == "Under 0.1%"
    assert share_text(0, 100) == "0.0%"
    assert share_text(8192 * 8192 - 1, 8192 * 8192) == "Over 99.9%"
    assert share_text(100, 100) == "100.0%"
    assert share_text(123, 1000) == "12.3%"


async def test_a_question_makes_its_panel_no_wider(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(1024, 700), at_once=("inpaint",)) as at:
        await at.on_canvas(photos / "coffee.png")
        message = at.window.inpaint.form.message
        message.say("Which?", "caution", {f"A rather long answer {number}": lambda: None for number in range(4)})
        settle()
        assert message.width() <= at.window.inpaint.form.width()
        for made in message._buttons:
            assert message.rect().contains(made.geometry())


async def test_a_problem_of_the_prompt_moves_nothing_in_any_form(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        for tab in ("generate", "edit", "inpaint"):
            at.window.go_to(tab)
            form = at.window.pages.form(tab)
            assert form is not None
            settle()
            parts = [form.seed, form.count, form._price, form.go, form.prompt, *form._fields.findChildren(QWidget)]
            before = [QRect(part.mapTo(form, QPoint(0, 0)), part.size()) for part in parts]
            form.show_problem("prompt", "Describe the image first.")
            settle()
            assert form._problems["prompt"].isVisible()
            assert [QRect(part.mapTo(form, QPoint(0, 0)), part.size()) for part in parts] == before
            form.clear_problems()
            settle()
            assert [QRect(part.mapTo(form, QPoint(0, 0)), part.size()) for part in parts] == before


def form_places(form: RequestForm) -> list[QRect]:
    """Return where everything is in a form, but what shows messages."""
    settle()
    parts = [form.model_picker.box, form.prompt, form.seed, form.count, form._price, form.go, *form._controls.values()]
    if form._below is not None:
        parts.append(form._below)
    return [QRect(part.mapTo(form, QPoint(0, 0)), part.size()) for part in parts]


@pytest.mark.parametrize("size", [(1440, 900), (960, 560)])
async def test_no_reference_and_nothing_said_of_one_moves_the_form(
    tmp_path: Path, theme: Theme, photos: Path, size: tuple[int, int]
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("no image")
    async with opened(tmp_path, theme, size=size, at_once=("edit",)) as at:
        at.window.go_to("edit")
        page = at.window.edit
        references, coffee = page.references, ImageSource(path=photos / "coffee.png")
        for model in page.draft.models.for_task(Task.EDIT):
            page.draft.set_model(model)
            settle()
            # A form without a prompt scrolls to the field that gets the keyboard focus, away from the references.
            page.form._bar.setValue(0)
            before = form_places(page.form)
            while not references.message.text():
                before_it = len(references.list.sizes)
                page.add([coffee])
                await at.until(lambda: references.message.text() or len(references.list.sizes) > before_it)  # noqa: B023
                assert form_places(page.form) == before, (model.label, len(references.list.sizes))
            assert "You can use up to" in references.message.text()
            assert form_places(page.form) == before, model.label
            references.clear()
            assert references.line.text() == "All references removed."
            assert form_places(page.form) == before, model.label
            page.add([ImageSource(path=letter)])
            await at.until(lambda: "letter.txt" in references.message.text())
            assert form_places(page.form) == before, model.label
            references.message.clear()
            page.submit()
            await at.until(lambda: "at least one" in references.message.text())
            assert form_places(page.form) == before, model.label
            references.message.clear()
            assert form_places(page.form) == before, model.label


async def test_all_the_room_of_references_is_theirs(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        references = at.window.edit.references
        for low in (False, True):
            references.set_low(low)
            for count in range(1, len(references.slots) + 1):
                references.area.set_count(count)
                settle()
                shown = [slot.geometry() for slot in references.slots if slot.isVisible()]
                assert len(shown) == count
                assert all(references.area.rect().contains(one) for one in shown)
                assert not any(one.intersects(other) for one in shown for other in shown if one is not other)
                assert min(one.width() for one in shown) >= 40
                assert max(one.bottom() for one in shown) == references.area.rect().bottom()


async def test_a_problem_of_the_seed_or_the_number_moves_nothing_in_any_form(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        for tab in ("generate", "edit", "inpaint"):
            at.window.go_to(tab)
            form = at.window.pages.form(tab)
            assert form is not None
            before = form_places(form)
            form.show_problem("seed", "The seed must be between 1 and 2,147,483,647.")
            assert form_places(form) == before
            form.show_problem("count", "You can make 1 to 8 images at once.")
            assert form._problems["seed"].text() == ""
            assert form_places(form) == before
            form.clear_problems()
            assert form_places(form) == before


async def test_the_amount_says_what_it_is_beside_the_commands_that_it_is_for(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, size=(1440, 900), at_once=("inpaint",)) as at:
        await at.on_canvas(resource_path("photos", "coffee.png"))
        options = at.window.inpaint.options
        options.amount.set_value(500)
        settle()
        (field,) = (one for one in options.findChildren(QSpinBox) if one.isVisible())
        assert field.text() == "By 500 px"
        assert field.toolTip() == "Amount for Grow, Shrink, Feather and Smooth"
        assert field.width() >= field.minimumSizeHint().width()
        words = {one.text(): one.x() for one in options.findChildren(QToolButton) if one.isVisible() and one.text()}
        assert words["Feather"] < field.x() < words["Clear"]
        assert not any(one.isVisible() for one in options.findChildren(QToolButton, "qt_toolbar_ext_button"))
