"""Every built-in model, from its fields through the demo server into the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import InpaintSettings, new_mask
from imagineart_desktop.jobs import InputImage, JobState, prepare
from imagineart_desktop.library import Query
from imagineart_desktop.models import BUILT_IN, FieldKind, FieldSpec, ModelSpec, Task, input_reference
from imagineart_desktop.models.field_spec import OWN_SIZE
from tests.jobs.job_fixtures import at_work, outcome

pytestmark = pytest.mark.asyncio


def _refuses_own_size(field: FieldSpec, size: FieldSpec) -> bool:
    return any(OWN_SIZE in refused.get(size.name, ()) for refused in field.refuses.values())


@pytest.mark.parametrize(
    ("model", "task"),
    [(model, task) for model in BUILT_IN for task in model.tasks if task.has_tab],
    ids=lambda value: value.endpoint if isinstance(value, ModelSpec) else value.value,
)
async def test_a_model_makes_an_image_that_says_how_it_was_made(
    tmp_path: Path, demo: DemoServer, photos: Path, model: ModelSpec, task: Task
) -> None:
    # The last option of each choice differs from the default.
    chosen_kinds = (FieldKind.RATIO, FieldKind.CHOICE)
    fields: dict[str, object] = {field.name: field.options[-1] for field in model.fields if field.kind in chosen_kinds}
    fields |= {"prompt": "a copper pot"} if model.has_prompt else {}
    fields |= {field.name: "steam" for field in model.fields if field.kind is FieldKind.TEXT}
    fields |= {field.name: field.maximum for field in model.fields if field.kind is FieldKind.NUMBER}
    fields |= {field.name: {"name": field.options[-1]} for field in model.fields if field.kind is FieldKind.PALETTE}
    mask_field = model.field_of(FieldKind.MASK)
    unmasked = mask_field.excludes if task.takes_mask and mask_field is not None else ()
    for field in model.fields:
        if field.kind is FieldKind.SIZE and field.name not in unmasked:
            fields |= {other.name: other.default for other in model.fields if _refuses_own_size(other, field)}
            width, height = field.sizes[-1] if field.sizes else (720, 560)
            fields[field.name] = {"width": width, "height": height}
    seed = 5 if model.has_seed else None
    styles = [field.name for field in model.fields if field.kind is FieldKind.STYLE]
    async with at_work(tmp_path, demo) as (worker, library):
        style = await library.inputs.keep((photos / "rocket.jpg").read_bytes())
        fields |= {name: [input_reference(style.sha256)] for name in styles}
        if task is Task.INPAINT:
            mask = new_mask((600, 400))
            mask[100:200, 100:300] = 255
            references = [InputImage(photos / "chelsea.png")] if model.max_references(task) else []
            prepared = await prepare(photos / "coffee.png", mask, InpaintSettings(), model, references=references)
            (job,) = await worker.inpaint(model, ServiceKind.DEMO, fields, prepared, (seed,))
        else:
            chosen = [InputImage(photos / name) for name in ("coffee.png", "chelsea.png")][: model.max_images(task)]
            images = model.image_fields(chosen, task) if task is Task.EDIT else {}
            (job,) = await worker.add(model, ServiceKind.DEMO, fields, images, (seed,))
        assert job.task is task
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE, event.job.failure
        (picture,) = await library.summaries(event.pictures)
        details = await library.details(picture.id)
        assert details is not None
        recipe = details.recipe
        assert recipe.findings == ()
        assert {name: recipe.request[name] for name in fields} == fields
        assert (recipe.endpoint, recipe.seed is not None) == (model.endpoint, model.has_seed or model.returns_seed)
        assert recipe.cost == model.price(model.parse(recipe.request)).amount
        sent = {
            Task.GENERATE: 0,
            Task.EDIT: min(2, model.max_images(task)),
            Task.INPAINT: 2 + bool(model.max_references(task)),
        }[task]
        assert len(recipe.parents) == sent + len(styles)
        assert [parent.sha256 for parent in recipe.parents if parent.role == "style"] == [style.sha256] * len(styles)
        assert await library.search(Query(text=f"kind:{task.value}")) == [picture.id]
        assert await library.search(Query(text=f'model:"{model.label}"')) == [picture.id]
