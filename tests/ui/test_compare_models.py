"""Compare models in the real window: choose models, agree to the sum, see their images side by side, with or without
names."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from imagineart_desktop.models import IDEOGRAM_45_EDIT, IDEOGRAM_V2_EDIT, Task
from imagineart_desktop.ui.model_comparison.dialog import CompareModelsDialog
from imagineart_desktop.ui.model_comparison.window import ModelComparisonWindow
from imagineart_desktop.ui.theme import Theme
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.window_driver import Driver, opened


def write_prompt(at: Driver) -> None:
    """Write a prompt for small images."""
    form = at.window.generate.form
    at.type(form.prompt.editor, "a lighthouse")
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": "3:1"})


def dialog_of(at: Driver) -> CompareModelsDialog:
    at.window.window_actions["job.compare models"].trigger()
    dialog = at.window.comparisons.dialog
    assert dialog is not None
    return dialog


async def view_of(at: Driver, count: int) -> ModelComparisonWindow:
    await at.until(lambda: at.window.comparisons.view is not None)
    view = at.window.comparisons.view
    assert view is not None
    await at.until(lambda: len(view.pane.pictures) == count)
    return view


async def test_models_are_compared_side_by_side_and_blind(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        write_prompt(at)
        dialog = dialog_of(at)
        assert [box.text() for box in dialog.boxes] == [
            model.label for model in at.parts.library.models.for_task(Task.GENERATE)
        ]
        assert (dialog.go.isEnabled(), dialog.go.words()) == (False, "Choose at least 2 models")
        assert "Not used: Resolution" in [label.text() for label in dialog.findChildren(QLabel)]
        dialog.boxes[2].click()
        assert dialog.go.words().startswith("Send to 2 models · $0.0")
        at.click(dialog.go)
        at.click(dialog.go)
        view = await view_of(at, 2)
        assert not dialog.isVisible()
        assert len({event.job.id for event in at.events}) == 2
        names = [picture.label for picture in view.pane.pictures]
        assert all(name.count(" · ") == 3 for name in names)
        at.click(view.names)
        assert [picture.label for picture in view.pane.pictures] == ["A", "B"]
        assert view.names.text() == "Show names"
        at.click(view.names)
        assert sorted(picture.label[4:] for picture in view.pane.pictures) == sorted(name[4:] for name in names)
        assert view.state.text() == "All images are here."
        view.close()


async def test_a_failed_request_is_said_and_the_others_are_shown(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        write_prompt(at)
        at.order("submit:status:code=422:times=1")
        dialog = dialog_of(at)
        for box in dialog.boxes[1:3]:
            box.click()
        at.click(dialog.go)
        view = await view_of(at, 2)
        await at.until(lambda: " failed. " in view.message.text())
        failed = [one for one in dialog.comparison.models if one.failure]
        assert view.message.text().startswith(f"{failed[0].model.label} failed. ")
        assert (len(failed), view.state.text()) == (1, "")
        at.click(view.names)
        assert view.message.text().startswith("A request failed. ")
        view.close()


async def test_an_image_that_is_fetched_again_takes_the_place_of_its_failure(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        write_prompt(at)
        at.order("file:status:code=404")
        dialog = dialog_of(at)
        dialog.boxes[1].click()
        at.click(dialog.go)
        view = await view_of(at, 0)
        await at.until(lambda: at.window.strip.counts() == (0, 2))
        assert view.message.text().count(" failed. ") == 2
        at.order()
        for card in await at.cards(2):
            at.click(card._fetch)
        await view_of(at, 2)
        assert (view.state.text(), view.message.text()) == ("All images are here.", "")
        view.close()


async def test_another_choice_while_requests_are_sent_sends_nothing_again(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        write_prompt(at)
        dialog = dialog_of(at)
        for box in dialog.boxes[1:3]:
            box.click()
        at.click(dialog.go)
        await asyncio.sleep(0)
        for _ in range(2):
            dialog.boxes[1].click()
        at.click(dialog.go)
        view = await view_of(at, 3)
        assert len({event.job.id for event in at.events}) == len(dialog.comparison.models) == 3
        view.close()


async def test_a_window_that_closes_meanwhile_sends_what_was_begun(
    tmp_path: Path, theme: Theme, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, theme) as at:
        write_prompt(at)
        dialog = dialog_of(at)
        dialog.boxes[1].click()
        at.click(dialog.go)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    async with opened(tmp_path, theme) as at:
        await at.pictures(2)


async def test_an_inpaint_is_compared_with_its_references(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        page.draft.set_model(IDEOGRAM_45_EDIT)
        at.drop(page.references.slots[0], [photos / "chelsea.png"])
        await at.until(lambda: page.references.list.items)
        await page.session.estimator.known()
        dialog = dialog_of(at)
        assert "Not used: 1 reference" in [label.text() for label in dialog.findChildren(QLabel)]
        (old,) = [box for box in dialog.boxes if box.text() == IDEOGRAM_V2_EDIT.label]
        old.click()
        at.click(dialog.go)
        view = await view_of(at, 2)
        made = {}
        for compared in dialog.comparison.models:
            assert compared.picture_id is not None
            details = await at.parts.library.details(compared.picture_id)
            assert details is not None
            made[compared.model] = [parent.role for parent in details.recipe.parents]
        assert made == {IDEOGRAM_45_EDIT: ["picture", "pictures", "mask"], IDEOGRAM_V2_EDIT: ["picture", "mask"]}
        # They are results of the step as well.
        step = page.stepping.steps.current
        assert step is not None
        await at.until(lambda: len(step.results) == 2)
        view.close()


async def test_an_image_that_takes_the_place_of_the_shown_one_is_not_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        await page.session.estimator.known()
        at.click(page.form.go)
        await at.pictures(1)
        first = page.stepping.steps.current
        at.window.window_actions["image.upscale"].trigger()
        dialog = dialog_of(at)
        dialog.boxes[1].click()
        await at.until(lambda: page.stepping.steps.current is not first)
        at.click(dialog.go)
        await at.until(dialog.message.text)
        assert dialog.message.text() == "Nothing was sent, because another image was opened."


async def test_an_edit_without_references_asks_for_one(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        at.window.window_actions["job.compare models"].trigger()
        assert at.window.comparisons.dialog is None
        assert at.window.edit.references.message.text() == "Add at least one image to edit."
