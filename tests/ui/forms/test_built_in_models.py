"""Each built-in model with a tab: from its form through the demo server into the gallery."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from imagineart_desktop.models import ModelSpec, Task
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.theme import Theme
from tests.ui.test_gallery_order import shown
from tests.ui.window_driver import Driver, opened


async def make(at: Driver, form: RequestForm, model: ModelSpec, count: int) -> int:
    """Choose the model in the form and click its button; return the newest image once there are `count`."""
    form.model_picker.box.select(model)
    assert (form.draft.model, form.prompt.isVisible()) == (model, model.has_prompt)
    form.draft.set_fields({"resolution": "1K", "image_size": "square", "aspect_ratio": "3:1"})
    form.prompt.set_text(f"a copper pot by {model.short_label}" if model.has_prompt else "")
    form.allow_next()
    at.click(form.go)
    return (await at.pictures(count))[-1]


def shows(page: GalleryPage, expected: set[int]) -> bool:
    return {*shown(page)} == expected


async def test_every_model_makes_an_image_from_its_form_that_the_gallery_shows(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with opened(tmp_path, theme, at_once=("edit", "inpaint", "gallery")) as at:
        window, made = at.window, dict[int, ModelSpec]()
        models = at.parts.library.models
        for model in models.for_task(Task.GENERATE):
            made[await make(at, window.generate.form, model, len(made) + 1)] = model
        window.go_to("edit")
        at.drop(window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: window.edit.references.list.sizes)
        for model in models.for_task(Task.EDIT):
            made[await make(at, window.edit.form, model, len(made) + 1)] = model
        for model in models.for_task(Task.INPAINT):
            canvas = await at.on_canvas(photos / "coffee.png")
            window.inpaint.form.draft.set_model(model)
            at.drag(canvas, [(200, 150), (300, 200)])
            await at.until(lambda: not window.inpaint.form.draft.is_measuring)
            made[await make(at, window.inpaint.form, model, len(made) + 1)] = model
        assert {model for model in models if any(task.has_tab for task in model.tasks)} == {*made.values()}
        window.go_to("gallery")
        page = window.gallery
        for model in {*made.values()}:
            expected = {number for number, other in made.items() if other == model}
            page.search.setText(f'model:"{model.label}"')
            await at.until(partial(shows, page, expected))
