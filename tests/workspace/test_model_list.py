"""The list of models as an object: what is changed is stored, and whatever refers to the models follows."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from imagineart_desktop.models import IMAGINEART_15, IMAGINEART_15_PRO, IMAGINEART_20, ModelSpec, Task
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.arrangement import arrangement_file
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.workspace.added_models import AddedModelError, ModelSourceError
from imagineart_desktop.workspace.model_list import ModelList
from imagineart_desktop.workspace.model_source import read_model_file
from imagineart_desktop.workspace.request_draft import RequestDraft

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"
FIRST = IMAGINEART_20.endpoint


def model(name: str = "flux_lora") -> ModelSpec:
    return propose(read_document((DOCUMENTS / f"{name}.json").read_bytes())).spec()


@pytest.fixture
def models(tmp_path: Path) -> ModelList:
    return ModelList(load_models(tmp_path / "models"), tmp_path / "models")


def stored(models: ModelList) -> list[str]:
    """Return the labels as another start of the program would list them."""
    return [each.label for each in load_models(models._folder)]


async def test_an_added_model_is_there_at_once_and_after_a_restart(models: ModelList) -> None:
    told: list[bool] = []
    models.changed.connect(lambda: told.append(True))
    await models.add(model())
    assert models.models.is_added("fal-ai/flux-lora")
    assert stored(models)[-1] == "Flux LoRA"
    assert len(told) == 1
    with pytest.raises(ModelSourceError, match=r"Flux LoRA is added already. Remove it first."):
        await models.add(model())
    with pytest.raises(ModelSourceError, match=r"comes with the program."):
        await models.add(IMAGINEART_20)
    await models.remove("fal-ai/flux-lora")
    assert models.models.find("fal-ai/flux-lora") is None
    with pytest.raises(AddedModelError):
        await models.remove(FIRST)
    assert len(told) == 2


async def test_a_removed_model_that_is_added_again_keeps_its_name_and_star_and_is_shown(models: ModelList) -> None:
    await models.add(model())
    await models.rename("fal-ai/flux-lora", "Mine")
    await models.set_starred("fal-ai/flux-lora", True)
    await models.set_hidden("fal-ai/flux-lora", True)
    await models.remove("fal-ai/flux-lora")
    await models.add(model())
    row = models.rows()[0]
    assert (row.model.label, row.is_starred, row.is_hidden, row.is_added) == ("Mine", True, False, True)
    assert (row.tasks, row.price) == ("Generate", "Unknown")


async def test_models_move_among_those_with_or_without_a_star(models: ModelList) -> None:
    order = [IMAGINEART_20.label, IMAGINEART_15_PRO.label, IMAGINEART_15.label]
    assert stored(models)[:3] == order
    assert not models.can_move(FIRST, -1)
    await models.move(FIRST, 1)
    assert stored(models)[:3] == [order[1], order[0], order[2]]
    await models.set_starred(IMAGINEART_15.endpoint, True)
    assert stored(models)[:3] == [order[2], order[1], order[0]]
    assert not models.can_move(IMAGINEART_15.endpoint, 1)
    assert not models.can_move(IMAGINEART_15_PRO.endpoint, -1)
    assert not models.can_move("no-one/nothing", 1)
    await models.move(IMAGINEART_15.endpoint, 1)
    assert stored(models)[:3] == [order[2], order[1], order[0]]


async def test_the_last_model_of_a_tab_stays(models: ModelList) -> None:
    *others, last = [each.endpoint for each in models.models.for_task(Task.INPAINT)]
    for endpoint in others:
        await models.set_hidden(endpoint, True)
    with pytest.raises(AddedModelError, match=r"is the only model in Inpaint. Add or show another one first."):
        await models.set_hidden(last, True)
    assert not models.models.is_hidden(last)


async def test_an_arrangement_of_a_newer_version_is_not_overwritten(models: ModelList) -> None:
    file = arrangement_file(models._folder)
    file.write_bytes(b'{"version": 9}')
    with pytest.raises(AddedModelError, match=r"newer version of the program"):
        await models.set_starred(FIRST, True)
    assert file.read_bytes() == b'{"version": 9}'


async def test_changes_at_the_same_time_are_all_kept(models: ModelList) -> None:
    endpoints = [each.endpoint for each in models.models.for_task(Task.GENERATE)][1:]
    await asyncio.gather(*(models.set_hidden(endpoint, True) for endpoint in endpoints), models.rename(FIRST, "One"))
    found = load_models(models._folder)
    assert [each.label for each in found.offered_for(Task.GENERATE)] == ["One"]


async def test_changes_of_a_command_are_read(models: ModelList) -> None:
    told: list[bool] = []
    models.changed.connect(lambda: told.append(True))
    await models.reload()
    assert not told
    other = ModelList(load_models(models._folder), models._folder)
    await other.add(model())
    await models.reload()
    assert told
    assert models.models.is_added("fal-ai/flux-lora")


async def test_an_exported_model_can_be_added_by_someone_else(models: ModelList, tmp_path: Path) -> None:
    await models.add(model())
    await models.export("fal-ai/flux-lora", tmp_path / "lora.json")
    assert await read_model_file(tmp_path / "lora.json") == model()
    with pytest.raises(AddedModelError, match=r"The model can’t be saved as"):
        await models.export("fal-ai/flux-lora", tmp_path / "lora.json" / "x.json")
    await models.remove("fal-ai/flux-lora")
    with pytest.raises(AddedModelError, match="This model is no longer there"):
        await models.export("fal-ai/flux-lora", tmp_path / "gone.json")


async def test_a_draft_follows_and_keeps_what_was_written(models: ModelList) -> None:
    await models.add(model())
    draft = RequestDraft(Task.GENERATE, models.models)
    models.changed.connect(draft.follow_models)
    draft.set_model(model())
    draft.set_prompt("a cup")
    draft.set_fields({"num_inference_steps": 12})
    await models.rename("fal-ai/flux-lora", "Mine")
    assert draft.model.label == "Mine"
    await models.set_hidden("fal-ai/flux-lora", True)
    await models.remove("fal-ai/flux-lora")
    assert (draft.model.label, draft.prompt, draft.options["num_inference_steps"]) == ("Mine", "a cup", 12)
    assert draft.model not in draft.models.offered_for(Task.GENERATE)


@pytest.mark.parametrize(
    ("place", "before", "order"),
    [(0, 3, [1, 2, 0, 3]), (0, 4, [1, 2, 3, 0]), (3, 0, [3, 0, 1, 2]), (2, 1, [0, 2, 1, 3]), (1, 1, [0, 1, 2, 3])],
)
async def test_a_model_is_placed_before_another(models: ModelList, place: int, before: int, order: list[int]) -> None:
    first = [model.endpoint for model in models.models][:4]
    await models.place(first[place], before)
    assert [model.endpoint for model in load_models(models._folder)][:4] == [first[number] for number in order]


async def test_a_model_without_a_star_is_not_placed_before_one_with_a_star(models: ModelList) -> None:
    await models.set_starred(IMAGINEART_15.endpoint, True)
    await models.place(IMAGINEART_15_PRO.endpoint, 0)
    assert [model.endpoint for model in models.models][:3] == [
        IMAGINEART_15.endpoint,
        IMAGINEART_15_PRO.endpoint,
        FIRST,
    ]
