"""Palette, style codes and sizes through the real window: from the form to the image, its details, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.models import IDEOGRAM_V3, IDEOGRAM_V3_REMIX, IDEOGRAM_V3_REPLACE_BACKGROUND, ModelSpec
from imagineart_desktop.ui.compare.settings import compare_settings
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, opened

PALETTE = {"members": [{"rgb": {"r": 200, "g": 50, "b": 20}, "color_weight": 0.75}]}
CODES = ["12ab34CD", "00000000"]


async def made(at: Driver, model: ModelSpec, fields: dict[str, object], photos: Path) -> int:
    """Make an image by the form of the model's tab; return its id."""
    tab = model.tasks[0].value
    at.window.go_to(tab)
    form = (at.window.generate if tab == "generate" else at.window.edit).form
    if tab == "edit" and not at.window.edit.references.sizes:
        at.drop(at.window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: at.window.edit.references.sizes)
    form.draft.set_model(model)
    at.type(form.prompt.editor, "a copper pot")
    form.draft.set_fields(fields)
    before = sum(len(event.pictures) for event in at.events)
    form._submit_guard.stop()
    at.click(form.go)
    return (await at.pictures(before + 1))[-1]


@pytest.mark.parametrize(
    "model",
    [IDEOGRAM_V3, IDEOGRAM_V3_REMIX, IDEOGRAM_V3_REPLACE_BACKGROUND],
    ids=lambda model: model.short_label,
)
async def test_what_is_set_in_the_form_makes_the_image_and_comes_back(
    tmp_path: Path, theme: Theme, photos: Path, model: ModelSpec
) -> None:
    size = {"image_size": {"width": 640, "height": 512}} if "image_size" in model.fields_by_name else {}
    fields: dict[str, object] = {"color_palette": PALETTE, "style_codes": CODES, "style": "DESIGN", **size}
    async with opened(tmp_path, theme, at_once=(model.tasks[0].value,)) as at:
        number = await made(at, model, fields, photos)
        details = await at.parts.library.details(number)
        assert details is not None
        request = details.recipe.request
        assert {name: request.get(name) for name in fields} == fields | {"style": None}
        assert details.summary.size == ((640, 512) if size else (600, 400))
        shown = {fact.label: fact.value for fact in image_facts(details)}
        assert (shown["Color palette"], shown["Style codes"]) == ("#C83214 0.75", "12ab34CD, 00000000")
        assert shown.get("Image size") == ("640 × 512" if size else None)
        assert "Style" not in shown
        preset = await made(at, model, {"color_palette": {"name": "MELON"}, "style_codes": None}, photos)
        other = await at.parts.library.details(preset)
        assert other is not None
        rows = {row.name: row.values for row in compare_settings([details, other])}
        assert rows["Color palette"] == ("#C83214 0.75", "Melon")
        assert (rows["Style codes"], rows["Style"]) == (("12ab34CD, 00000000", "—"), ("—", "Design"))
        page = at.window.generate if model.tasks[0].value == "generate" else at.window.edit
        at.window.commands.run("image.reuse", [number])
        await at.until(lambda: page.form.draft.options["color_palette"] == PALETTE)
        assert page.form.draft.options["style_codes"] == CODES
        assert page.form.draft.options["style"] == "AUTO"
        page.form.draft.set_fields({"style": "REALISTIC"})
    async with opened(tmp_path, theme) as at:
        draft = (at.window.generate if model.tasks[0].value == "generate" else at.window.edit).draft
        assert draft.model is model
        assert {name: draft.options[name] for name in fields} == fields | {"style": "REALISTIC"}
        assert set(draft.excluded()) == {"style"}
