"""Every model from a document, from its fields through the demo server into the library."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Timing
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.fal.responses import Output
from imagineart_desktop.imaging import InpaintSettings, load_picture, new_mask
from imagineart_desktop.jobs import InputImage, JobState, prepare
from imagineart_desktop.library import Query
from imagineart_desktop.models import FieldKind, MaskPolarity, ModelRegistry, ModelSpec, Task
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.workspace.added_models import remove_model, save_model
from tests.jobs.job_fixtures import at_work, outcome
from tests.waiting import until

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"
MODELS = [
    propose(read_document(file.read_bytes())).spec(
        mask_polarity=MaskPolarity.PAINTED_TRANSPARENT if "gpt" in file.stem else MaskPolarity.PAINTED_WHITE
    )
    for file in sorted(DOCUMENTS.glob("*.json"))
    if file.stem != "kling_video"
]
LORAS = '[{"path": "https://example.com/a.safetensors", "scale": 0.5}]'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("model", "task"),
    [(model, task) for model in MODELS for task in model.tasks],
    ids=lambda value: value.endpoint if isinstance(value, ModelSpec) else value.value,
)
async def test_a_model_from_a_document_makes_an_image(
    tmp_path: Path, photos: Path, model: ModelSpec, task: Task
) -> None:
    fields: dict[str, object] = {field.name: field.options[-1] for field in model.fields if field.options}
    fields |= {field.name: LORAS for field in model.fields if field.kind is FieldKind.JSON}
    fields |= {field.name: field.maximum for field in model.fields if field.kind is FieldKind.INTEGER}
    fields |= {"prompt": "a copper pot"} if model.has_prompt else {}
    seed = 5 if model.has_seed else None
    models = ModelRegistry(added=[model])
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING, models=models) as demo:
        async with at_work(tmp_path, demo, models=models) as (worker, library):
            if task is Task.INPAINT:
                mask = new_mask((600, 400))
                mask[100:200, 100:300] = 255
                references = [InputImage(photos / "chelsea.png")] if model.max_references(task) else []
                prepared = await prepare(photos / "coffee.png", mask, InpaintSettings(), model, references=references)
                (job,) = await worker.inpaint(model, ServiceKind.DEMO, fields, prepared, (seed,))
            else:
                chosen = [InputImage(photos / "coffee.png")] * min(10, model.max_images(task))
                images = model.image_fields(chosen, task) if task is Task.EDIT else {}
                (job,) = await worker.add(model, ServiceKind.DEMO, fields, images, (seed,))
            assert job.task is task
            event = await outcome(worker, job)
            assert event.job.state is JobState.DONE, event.job.failure
            details = await library.details(event.pictures[0])
            assert details is not None
            recipe = details.recipe
            assert {name: recipe.request[name] for name in fields} == fields
            assert (recipe.endpoint, recipe.cost) == (model.endpoint, Decimal(0))
            assert recipe.findings == ()
            if task is Task.INPAINT:
                assert len(recipe.parents) == 2 + bool(model.max_references(task))
            masks = [parent for parent in recipe.parents if parent.role == FieldKind.MASK]
            if masks and model.mask_polarity is MaskPolarity.PAINTED_TRANSPARENT:
                kept = await library.inputs.find(masks[0].sha256)
                assert kept is not None
                sent = load_picture(kept.path).pixels
                assert (sent[150, 200].tolist(), sent[10, 10].tolist()) == ([0] * 4, [255] * 4)


def test_a_single_image_is_a_result_of_one() -> None:
    assert [file.url for file in Output.parse('{"image": {"url": "https://a/b.png"}, "seed": 3}').images] == [
        "https://a/b.png"
    ]
    assert Output.parse('{"image": {"url": "https://a/b.png"}, "images": []}').images == ()


@pytest.mark.asyncio
async def test_a_request_of_a_model_that_was_removed_meanwhile_is_completed_after_a_restart(tmp_path: Path) -> None:
    places = AppPaths.below(tmp_path)
    (lora,) = (model for model in MODELS if model.endpoint == "fal-ai/flux-lora")
    save_model(places.models, lora)
    endless = Timing(queue=0, work=10_000)
    async with open_core(places, demo=DemoServer(places.demo, pace=endless)) as core:
        await core.worker.add(lora, ServiceKind.DEMO, {"prompt": "a cup"}, {}, (5,))
        await until(lambda: any(each.state is JobState.RUNNING for each in core.worker.jobs()))
    assert remove_model(places.models, lora.endpoint)
    async with open_core(places, demo=DemoServer(places.demo, pace=Timing(queue=0, work=0))) as core:
        assert core.library.models.find(lora.endpoint) is None
        await until(lambda: not core.worker.jobs())
        (number,) = await core.library.search(Query())
        details = await core.library.details(number)
        assert details is not None
        assert (details.recipe.endpoint, details.recipe.seed) == (lora.endpoint, 5)
