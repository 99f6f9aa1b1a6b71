"""Upscale, cut out, remove, replace the background and extend as commands of the window."""

from __future__ import annotations

import asyncio
import io
import logging
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import load_picture
from imagineart_desktop.library import FileState, PictureDetails, import_pictures
from imagineart_desktop.library.lineage import lineage_of
from imagineart_desktop.models import (
    IDEOGRAM_45_EDIT,
    IDEOGRAM_OBJECT_REMOVAL,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_V3,
    ModelRegistry,
    ModelSpec,
    Task,
)
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.ui.command_search.entries import command_entries
from imagineart_desktop.ui.tasks.dialog import TaskDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.commands.command import CommandContext, ImageSubject
from imagineart_desktop.workspace.commands.task_commands import TASK_COMMANDS
from tests.ui.test_commands import context_menu
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.window_driver import Driver, opened, settle

COMMANDS = {command.task: command for command in TASK_COMMANDS}
SIZE = (600, 400)


async def in_gallery(at: Driver, photos: Path) -> int:
    """Import a photo and select it in Gallery; return its id."""
    report = await import_pictures(at.parts.library, [photos / "coffee.png"])
    (number,) = report.added
    await chosen(at, number)
    return number


async def chosen(at: Driver, number: int) -> None:
    """Select an image in Gallery."""
    at.window.go_to("gallery")
    await at.until(lambda: at.window.gallery.model.index_of(number).isValid())
    at.window.gallery.grid.choose(number)
    await at.until(lambda: at.window.images.ids() == [number])


async def in_inpaint(at: Driver, number: int) -> None:
    """Put an image of the library on the canvas."""
    at.window.commands.run("image.inpaint", [number])
    await at.until(lambda: at.window.inpaint.has_picture)


def trigger(at: Driver, task: Task) -> None:
    at.window.window_actions[f"image.{task.value}"].trigger()


async def details_of(at: Driver, number: int) -> PictureDetails:
    found = await at.parts.library.details(number)
    assert found is not None
    return found


def made_from(details: PictureDetails, role: str) -> list[int | None]:
    return [parent.picture_id for parent in details.parents if parent.role == role]


async def dialog(at: Driver, task: Task) -> TaskDialog:
    """Open the dialog of a task."""
    trigger(at, task)
    await at.until(lambda: at.window.tasks.dialog is not None and at.window.tasks.dialog.isVisible())
    assert at.window.tasks.dialog is not None
    return at.window.tasks.dialog


async def test_a_cut_out_keeps_its_transparency_and_says_what_it_was_made_from(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        trigger(at, Task.CUT_OUT)
        (made,) = await at.pictures(1)
        details = await details_of(at, made)
        alpha = load_picture(details.summary.path).pixels[:, :, 3]
        assert (alpha.min(), alpha.max()) == (0, 255)
        assert made_from(details, "picture") == [source]
        assert (str(details.recipe.cost), details.recipe.prompt) == ("0.01", "")
        thumbnail = Image.open(io.BytesIO(await at.parts.library.thumbnail(details.summary, 256)))
        assert np.ptp(np.asarray(thumbnail)[0, 0].astype(int)) < 8
        lineage = await lineage_of(at.parts.library, made)
        assert lineage is not None
        assert source in {node.picture.id for node in lineage.nodes if node.picture is not None}


async def test_what_is_upscaled_in_inpaint_becomes_a_step_and_stays_one(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        await in_inpaint(at, source)
        steps = at.window.inpaint.stepping.steps
        first = steps.current
        trigger(at, Task.UPSCALE)
        await at.until(lambda: steps.current is not first)
        assert first is not None
        assert steps.current is not None
        assert steps.current.parent == first.id
        picture = at.window.inpaint.stepping.picture
        assert picture is not None
        assert picture.pixels.shape[:2] == (2 * SIZE[1], 2 * SIZE[0])
        assert steps.current.label == "Upscale"
        assert made_from(await details_of(at, steps.current.picture_id or 0), "picture") == [source]
        assert first.results == []
    async with opened(tmp_path, theme) as at:
        steps = at.window.inpaint.stepping.steps
        await at.until(lambda: at.window.inpaint.has_picture)
        assert [(step.parent, step.label) for step in steps][1] == (first.id, "Upscale")


async def test_a_step_that_arrives_while_a_mask_is_painted_leaves_the_canvas_as_it_is(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        await in_inpaint(at, await in_gallery(at, photos))
        steps = at.window.inpaint.stepping.steps
        first = steps.current
        trigger(at, Task.UPSCALE)
        at.drag(at.window.inpaint.canvas, [(200, 200), (300, 220)])
        await at.pictures(1)
        await at.until(lambda: len(steps) == 2)
        assert steps.current is first


async def test_a_task_of_the_gallery_adds_a_step_where_its_image_is_open_in_inpaint(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        await in_inpaint(at, source)
        await chosen(at, source)
        trigger(at, Task.CUT_OUT)
        steps = at.window.inpaint.stepping.steps
        await at.until(lambda: len(steps) == 2)
        assert [step.label for step in steps][1] == "Remove Background"


async def test_a_masked_object_is_removed_without_a_prompt(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        trigger(at, Task.REMOVE)
        assert at.window.status.said.text() == "Open the image in Inpaint first."
        await in_inpaint(at, source)
        trigger(at, Task.REMOVE)
        assert at.window.status.said.text() == "Paint over the object first."
        at.drag(at.window.inpaint.canvas, [(200, 200), (300, 220)])
        await at.until(lambda: not at.window.inpaint.canvas.coverage.bounds.is_empty)
        trigger(at, Task.REMOVE)
        (made,) = await at.pictures(1)
        step = at.window.inpaint.stepping.steps.current
        await at.until(lambda: step is not None and step.results == [made])
        details = await details_of(at, made)
        assert (str(details.recipe.cost), details.recipe.prompt, details.summary.size) == ("0.03", "", SIZE)
        assert made_from(details, "picture") == [source]
        before = load_picture(photos / "coffee.png").pixels
        changed = (load_picture(details.summary.path).pixels != before).any(axis=2)
        assert changed[190:230, 190:310].any()
        changed[160:260, 150:350] = False
        assert not changed.any()


async def test_an_object_is_removed_while_references_are_attached(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        page.draft.set_model(IDEOGRAM_45_EDIT)
        at.drop(page.references.slots[0], [photos / "chelsea.png"])
        await at.until(lambda: page.references.list.items and not canvas.coverage.bounds.is_empty)
        trigger(at, Task.REMOVE)
        await at.until(lambda: at.window.status.said.text())
        assert at.window.status.said.text() == "Remove object: sent 1 request to Ideogram Object Removal."
        (made,) = await at.pictures(1)
        assert made_from(await details_of(at, made), "pictures") == []


async def test_an_image_is_extended_to_the_ratio_that_is_chosen_or_dragged(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        shown = await dialog(at, Task.REFRAME)
        assert not shown.form.prompt.isVisible()
        shown.ratios.changed.emit("21:9")
        assert shown.form.draft.output_size() == (1195, 512)
        frame = shown.view.frame_rect()
        assert frame.width() / frame.height() == pytest.approx(1195 / 512, rel=0.01)
        edge = QPointF(frame.right(), frame.center().y()).toPoint()
        QTest.mousePress(shown.view, Qt.MouseButton.LeftButton, pos=edge)
        QTest.mouseMove(shown.view, edge - QPoint(24, 0))
        QTest.mouseRelease(shown.view, Qt.MouseButton.LeftButton, pos=edge - QPoint(24, 0))
        size = shown.form.draft.output_size()
        assert size is not None
        assert size[1] == 512
        assert 768 <= size[0] < 1195
        at.click(shown.form.go)
        (made,) = await at.pictures(1)
        details = await details_of(at, made)
        assert (details.summary.size, str(details.recipe.cost)) == (size, "0.06")
        assert made_from(details, "picture") == [source]
        await at.until(lambda: at.window.tasks.dialog is None)


async def test_a_dialog_is_no_larger_than_a_small_window(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, size=(960, 560)) as at:
        await in_gallery(at, photos)
        shown = await dialog(at, Task.REFRAME)
        settle()
        assert shown.height() <= at.window.height()
        assert shown.rect().contains(QRect(shown.form.go.mapTo(shown, QPoint()), shown.form.go.size()))
        assert shown.rect().contains(QRect(shown.ratios.mapTo(shown, QPoint()), shown.ratios.size()))
        assert shown.view.frame_rect().height() > 50


async def test_a_dialog_stays_until_its_request_is_sent(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        await in_gallery(at, photos)
        shown = await dialog(at, Task.REFRAME)
        at.parts.account.settled.clear()
        at.click(shown.form.go)
        QTest.keyClick(shown, Qt.Key.Key_Escape)
        await at.until(lambda: not shown.form._submit_guard.isActive())
        assert shown.isVisible()
        at.click(shown.form.go)
        at.parts.account.settled.set()
        await at.until(lambda: at.window.tasks.dialog is None)
        assert at.window.status.said.text() == "Extend to a ratio: sent 1 request to Ideogram V3 Reframe."
        await at.pictures(1)
        assert len({event.job.id for event in at.events}) == 1


async def test_the_background_is_replaced_once_it_is_described(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        shown = await dialog(at, Task.REPLACE_BACKGROUND)
        at.click(shown.form.go)
        assert shown.form._problems["prompt"].text()
        shown.form.draft.set_prompt("a beach at noon")
        at.click(shown.form.go)
        (made,) = await at.pictures(1)
        details = await details_of(at, made)
        assert (details.recipe.prompt, details.summary.size) == ("a beach at noon", SIZE)
        assert (made_from(details, "picture"), str(details.recipe.cost)) == ([source], "0.06")


async def test_the_keys_of_submit_send_the_request_of_a_dialog(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        await in_gallery(at, photos)
        shown = await dialog(at, Task.REPLACE_BACKGROUND)
        assert shown.form.model_picker.list_button.isHidden(), "the list of models opens from the window alone"
        shown.activateWindow()
        await at.until(shown.isActiveWindow)
        QTest.keyClicks(shown.form.prompt.editor, "a beach at noon")
        QTest.keyClick(shown.form.prompt.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        (made,) = await at.pictures(1)
        assert (await details_of(at, made)).recipe.prompt == "a beach at noon"


async def test_a_dragged_frame_has_no_ratio_and_the_result_its_size(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        await in_gallery(at, photos)
        shown = await dialog(at, Task.REFRAME)
        assert shown.ratios.value() == "16:9"
        assert shown.result_size.text() == "Result 910 × 512 px · your image at 128% of its size"
        shown.view.dragged.emit((700, 400))
        assert (shown.ratios.value(), shown.form.draft.output_size()) == ("", (896, 512))
        shown.form.draft.set_fields({"image_size": {"width": 768, "height": 512}})
        assert shown.ratios.value() == "3:2"
        shown.ratios.clear()
        QTest.keyClick(shown.ratios, Qt.Key.Key_Home)
        assert shown.ratios.value() == "1:1"


async def test_every_entry_displays_its_price_or_why_it_cannot_be_used(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        assert (await context_menu(at, source))["image.cutout"][0] == "Cut out · free (demo)"
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        menu = await context_menu(at, source)
        assert {name: menu[f"image.{name}"][0] for name in COMMANDS} == {
            "upscale": "Upscale · price unknown",
            "cutout": "Cut out · $0.01",
            "remove": "Remove object · Open the image in Inpaint first",
            "replace-background": "Replace background… · from $0.03",
            "reframe": "Extend to a ratio… · from $0.03",
        }
        assert not menu["image.remove"][2]
        found = at.window.availability
        entries = command_entries(at.window.window_actions, found.usable(), found.waiting(), found.notes())
        hints = {entry.words: entry.hint for entry in entries}
        assert hints["Cut out"] == "$0.01"
        assert hints["Remove object"] == "Open the image in Inpaint first."
        assert at.window.tasks.note(COMMANDS[Task.CUT_OUT], CommandContext(image=ImageSubject())) == "$0.01"


async def test_an_unknown_price_is_asked_about_before_anything_is_sent(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        await context_menu(at, source)
        trigger(at, Task.UPSCALE)
        status = at.window.status
        await at.until(lambda: "the price of Ideogram Upscale is unknown" in status.said.text())
        assert (status.undo.text(), at.parts.worker.jobs()) == ("Send", [])
        # The command is no answer, as it asks itself; the button is.
        status.clear()
        trigger(at, Task.UPSCALE)
        await at.until(lambda: "the price of Ideogram Upscale is unknown" in status.said.text())
        assert at.parts.worker.jobs() == []
        at.click(status.undo)
        await at.until(at.parts.worker.jobs)


async def test_a_price_that_was_free_is_not_charged(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        await context_menu(at, source)
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        trigger(at, Task.CUT_OUT)
        await at.until(lambda: at.window.status.said.text())
        assert at.window.status.said.text() == "Nothing was sent: the program is Live now, and this costs about $0.01."
        assert at.parts.worker.jobs() == []
        # That price is agreed to with the button beside it.
        at.click(at.window.status.undo)
        await at.until(at.parts.worker.jobs)
        assert len(at.parts.worker.jobs()) == 1


async def test_what_is_sent_is_what_the_displayed_price_was_of(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = {"endpoint": "owner/other", "label": "Other", "price_rule": FixedPrice(amount=Decimal(2))}
    other = IDEOGRAM_REMOVE_BACKGROUND.model_copy(update=models)
    async with opened(tmp_path, theme) as at:
        source = await in_gallery(at, photos)
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        assert (await context_menu(at, source))["image.cutout"][0] == "Cut out · $0.01"
        at.parts.library.models.become(ModelRegistry([other, *at.parts.library.models]))
        trigger(at, Task.CUT_OUT)
        await at.until(at.parts.worker.jobs)
        assert [job.estimate for job in at.parts.worker.jobs()] == [Decimal("0.01")]


async def test_a_removal_that_its_model_refuses_is_said(tmp_path: Path, theme: Theme, photos: Path) -> None:
    fields = (IDEOGRAM_V3.fields_by_name["prompt"], *IDEOGRAM_OBJECT_REMOVAL.fields)
    values = {name: getattr(IDEOGRAM_OBJECT_REMOVAL, name) for name in ModelSpec.model_fields}
    with_prompt = ModelSpec(**{**values, "endpoint": "owner/other", "fields": fields})
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, _page, canvas):
        await at.until(lambda: not canvas.coverage.bounds.is_empty)
        at.parts.library.models.become(ModelRegistry([with_prompt, *at.parts.library.models]))
        trigger(at, Task.REMOVE)
        assert at.window.status.said.text() == "Describe the image first."


async def test_what_was_sent_is_said_although_another_image_was_refused(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme) as at:
        report = await import_pictures(at.parts.library, [photos / "coffee.png", photos / "chelsea.png"])
        (await details_of(at, report.added[1])).summary.path.unlink()
        at.window.commands.run("image.cutout", list(report.added))
        await at.pictures(1)
        said = at.window.status.said.text()
        assert said.startswith("Cut out: sent 1 request to Ideogram Remove Background. “")
        assert said.endswith("cannot be read: No such file or directory.")


async def test_a_window_that_closes_meanwhile_sends_what_was_begun(
    tmp_path: Path, theme: Theme, photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, theme) as at:
        await in_gallery(at, photos)
        trigger(at, Task.CUT_OUT)
        await asyncio.sleep(0)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    async with opened(tmp_path, theme) as at:
        await at.pictures(1)


async def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        number = await in_gallery(at, photos)
        said: list[str] = []
        at.window.commands.said.connect(lambda sentence, _offer: said.append(sentence))
        (await details_of(at, number)).summary.path.write_bytes(b"damaged")
        trigger(at, Task.CUT_OUT)
        await at.until(lambda: any("can be opened here" in sentence for sentence in said))
        assert at.parts.worker.jobs() == []


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (CommandContext(), "Select an image first."),
        (CommandContext(image=ImageSubject(in_trash=True)), "Restore the image first."),
        (CommandContext(image=ImageSubject(file=FileState.MISSING)), "The image file is missing."),
        (CommandContext(image=ImageSubject(file=FileState.DAMAGED)), "The image file is damaged."),
        (
            CommandContext(image=ImageSubject(), missing_tasks=frozenset({Task.UPSCALE})),
            "No model is available for this.",
        ),
        (CommandContext(tab="inpaint", canvas=True), ""),
        (CommandContext(image=ImageSubject()), ""),
    ],
)
async def test_a_command_says_why_it_cannot_be_used(now: CommandContext, reason: str) -> None:
    command = COMMANDS[Task.UPSCALE]
    assert (command.reason(now), command.applies_to(now)) == (reason, not reason)


async def test_a_result_viewed_in_inpaint_is_sent_with_the_seam_that_is_shown(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        step = page.stepping.steps.current
        assert step is not None
        page.settings_panel.feather.setValue(12)
        trigger(at, Task.UPSCALE)
        await at.until(lambda: len(page.stepping.steps) == 2)
        new = list(page.stepping.steps)[1]
        assert (new.parent, new.label) == (step.id, "Upscale")
        (sent,) = made_from(await details_of(at, new.picture_id or 0), "picture")
        assert sent not in (None, number)
        assert number in [parent.picture_id for parent in (await details_of(at, sent or 0)).parents]


async def test_a_result_with_another_seam_is_sent_although_the_window_closes_at_once(
    tmp_path: Path, theme: Theme, photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        number = await looked_at(at, page)
        page.settings_panel.feather.setValue(12)
        trigger(at, Task.UPSCALE)
        await asyncio.sleep(0)
        at.window.close()
        await at.until(lambda: not at.window.isVisible())
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    async with opened(tmp_path, theme) as at:
        new = (await at.pictures(1))[-1]
        (sent,) = made_from(await details_of(at, new), "picture")
        assert number in [parent.picture_id for parent in (await details_of(at, sent or 0)).parents]
        steps = at.window.inpaint.stepping.steps
        await at.until(lambda: [step.label for step in steps][1:] == ["Upscale"])
