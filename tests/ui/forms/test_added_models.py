"""Models from documents in the real window: their forms, and the images that they make."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import Hosts
from imagineart_desktop.jobs import JobState
from imagineart_desktop.models import MaskPolarity, ModelRegistry, ModelSpec, Task
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.results.result_area import FORM_WIDTH
from imagineart_desktop.ui.spending.dialog import SpendingDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.added_models import save_model
from imagineart_desktop.workspace.request_draft import RequestDraft
from tests.ui.window_driver import Driver, child, opened, settle

DOCUMENTS = Path(__file__).parents[2] / "models" / "openapi" / "documents"
GENERATED = ("flux_lora", "recraft_v3")
EDITED = (
    "flux_kontext_multi",
    "clarity_upscaler",
    "birefnet_v2",
    "seedream_v4_edit",
    "gpt_image_edit",
    "ideogram_v46_edit",
)
INPAINTED = ("flux_fill", "sdxl_inpaint", "gpt_image_edit", "ideogram_v46_edit")


def added(root: Path) -> dict[str, ModelSpec]:
    """Add the models of all documents; return name → model."""
    found = {}
    for file in sorted(DOCUMENTS.glob("*.json")):
        if file.stem != "kling_video":
            model = propose(read_document(file.read_bytes())).spec(mask_polarity=MaskPolarity.PAINTED_WHITE)
            save_model(AppPaths.below(root).models, model)
            found[file.stem] = model
    return found


async def make(at: Driver, form: RequestForm, model: ModelSpec, count: int) -> int:
    """Choose the model in the form and click its button; return the newest image once there are `count`."""
    form.model_picker.box.select(model)
    assert form.draft.model == model
    assert form._price.right.text() == "Unknown"
    assert form.prompt.isVisible() is model.has_prompt
    if model.has_prompt:
        form.prompt.set_text("a copper pot")
    form.allow_next()
    at.click(form.go)
    return (await at.pictures(count))[-1]


async def test_every_added_model_has_a_form_and_makes_an_image(tmp_path: Path, theme: Theme, photos: Path) -> None:
    models = added(tmp_path)
    async with opened(tmp_path, theme, at_once=("generate", "edit", "inpaint")) as at:
        window, made = at.window, list[int]()
        assert list(at.parts.library.models)[-len(models) :] == sorted(
            models.values(), key=lambda model: model.endpoint
        )
        window.go_to("generate")
        for name in GENERATED:
            made.append(await make(at, window.generate.form, models[name], len(made) + 1))
        window.go_to("edit")
        at.drop(window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: window.edit.references.list.sizes)
        for name in EDITED:
            made.append(await make(at, window.edit.form, models[name], len(made) + 1))
        canvas = await at.on_canvas(photos / "coffee.png")
        for name in INPAINTED:
            window.inpaint.form.draft.set_model(at.parts.library.models.get(models[name].endpoint))
            at.drag(canvas, [(200, 150), (300, 200)])
            await at.until(lambda: not window.inpaint.form.draft.is_measuring)
            made.append(await make(at, window.inpaint.form, models[name], len(made) + 1))
            await at.on_canvas(photos / "coffee.png")
        assert {event.job.state for event in at.events if event.pictures} == {JobState.DONE}
        details = [await at.parts.library.details(number) for number in made]
        labels = [each.summary.model_label for each in details if each is not None]
        assert labels == [models[name].label for name in (*GENERATED, *EDITED, *INPAINTED)]


async def test_what_is_no_json_is_said_and_not_sent_and_is_there_again_later(tmp_path: Path, theme: Theme) -> None:
    model = added(tmp_path)["flux_lora"]
    text = '[{"path": '
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        form.draft.set_model(model)
        form.prompt.set_text("a cup")
        child(control(form, "loras"), QPlainTextEdit).setPlainText(text)
        at.click(form.go)
        problem = form._fields.problems()["loras"]
        await at.until(problem.text)
        assert problem.text().startswith("LoRAs: this isn’t JSON:")
        assert not at.parts.worker.jobs()
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        assert form.draft.model == model
        editor = child(control(form, "loras"), QPlainTextEdit)
        assert editor.toPlainText() == text
        editor.setPlainText('[{"path": "https://example.com/a"}]')
        at.click(form.go)
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        facts = {fact.id: fact.value for fact in image_facts(details)}
        assert facts["loras"] == '[{"path": "https://example.com/a"}]'


async def test_a_model_takes_as_many_references_as_its_document_says(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    models = added(tmp_path)
    async with opened(tmp_path, theme, at_once=("edit",)) as at:
        at.window.go_to("edit")
        page = at.window.edit
        page.draft.set_model(at.parts.library.models.get(models["seedream_v4_edit"].endpoint))
        at.drop(page.references.slots[0], [photos / "coffee.png"] * 11)
        await at.until(page.references.message.text)
        assert page.references.message.text() == "You can use up to 10 references. Remove one to add another."
        assert [slot.isVisible() for slot in page.references.slots] == [True] * 10
        number = await make(at, page.form, models["seedream_v4_edit"], 1)
        details = await at.parts.library.details(number)
        assert details is not None
        images = details.recipe.request["image_urls"]
        assert isinstance(images, list)
        assert len(images) == 10
        page.references.remove(9)
        page.draft.set_model(at.parts.library.models.get(models["birefnet_v2"].endpoint))
        assert [slot.isVisible() for slot in page.references.slots] == [True] * 9 + [False]
        assert page.references.list.is_full


async def test_an_unknown_price_is_asked_about_before_anything_is_sent(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = added(tmp_path)["flux_lora"]
    models = load_models(AppPaths.below(tmp_path).models)
    with DemoServer(tmp_path / "live", pace=FAST_TIMING, models=models) as live:
        hosts = live.hosts
        monkeypatch.setenv("FAL_KEY", live.key)
        at_fal = Hosts(hosts.run, hosts.queue, hosts.rest, hosts.cdn, hosts.api)
        async with opened(tmp_path, theme, live_hosts=at_fal) as at:
            form = at.window.generate.form
            form.draft.set_model(at.parts.library.models.get(model.endpoint))
            form.prompt.set_text("a cup")
            at.click(form.go)
            await at.until(form.message.text)
            assert form.message.text() == (
                "Nothing was sent yet: the price of Flux LoRA is unknown. Send again to agree to 1 image."
            )
            assert "submissions" not in live.counts
            form.allow_next()
            at.click(form.go)
            (number,) = await at.pictures(1)
            details = await at.parts.library.details(number)
            assert details is not None
            assert {fact.id: fact.value for fact in image_facts(details)}["cost"] == "Unknown"
            (paid,) = await at.parts.library.spending(None)
            assert (paid.model, paid.cost, paid.billed) == ("Flux LoRA", Decimal(0), Decimal(1))
            at.window.window_actions["view.spending"].trigger()
            dialog = child(at.window, SpendingDialog)
            await at.until(lambda: dialog.total.text() == "$0.00 estimated · 1 image · 1 at an unknown price")
            dialog.close()


def control(form: RequestForm, name: str) -> QWidget:
    return form._controls[name]


async def test_a_removed_model_leaves_its_images_and_forms_usable(tmp_path: Path, theme: Theme) -> None:
    model = added(tmp_path)["flux_lora"]
    async with opened(tmp_path, theme) as at:
        number = await make(at, at.window.generate.form, model, 1)
    for file in AppPaths.below(tmp_path).models.iterdir():
        file.unlink()
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        assert form.draft.model.tasks[0] is Task.GENERATE
        assert form.prompt.text() == "a copper pot"
        (summary,) = await at.parts.library.summaries([number])
        assert summary.model_label == "Flux LoRA"


@pytest.mark.parametrize("name", [*GENERATED, *EDITED])
def test_a_form_of_an_added_model_is_no_wider_than_its_panel(theme: Theme, name: str) -> None:
    model = propose(read_document((DOCUMENTS / f"{name}.json").read_bytes())).spec(
        mask_polarity=MaskPolarity.PAINTED_WHITE
    )
    form = RequestForm(RequestDraft(model.tasks[0], ModelRegistry([model])))
    form.resize(FORM_WIDTH, 700)
    form.show()
    settle()
    assert form._column.parentWidget().width() <= FORM_WIDTH
