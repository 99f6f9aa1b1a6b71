"""A model before it is added: what is known, what is asked, and what its form will show."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.models import IMAGINEART_20, FieldKind, MaskPolarity, ModelRegistry, ModelSpec, Task
from imagineart_desktop.models.openapi import ModelProposal, OpenApiError, propose, read_document
from imagineart_desktop.workspace.new_model import NewModel

DOCUMENTS = Path(__file__).parent.parent / "models" / "openapi" / "documents"


def new(name: str, models: ModelRegistry | None = None) -> NewModel:
    return NewModel(found(name), models or ModelRegistry())


def found(name: str) -> ModelProposal:
    return propose(read_document((DOCUMENTS / f"{name}.json").read_bytes()))


def test_the_fields_with_a_role_are_named() -> None:
    assert new("flux_fill").roles() == [
        ("Prompt", "prompt"),
        ("Image", "image_url"),
        ("Mask", "mask_url"),
        ("Images per request", "num_images"),
        ("Seed", "seed"),
    ]
    assert ("References", "image_urls") in new("seedream_v4_edit").roles()
    assert ("Size", "image_size") in new("flux_lora").roles()
    assert new("flux_lora").other_fields() > 0


def test_the_mask_is_asked_about_before_the_model_can_be_added() -> None:
    model = new("flux_fill")
    assert model.question is not None
    assert model.question.sentence == "Which part of Flux Pro V1 Fill’s mask is repainted?"
    with pytest.raises(OpenApiError, match=r"Which part of"):
        model.spec()
    assert model.preview(Task.INPAINT).field_of(FieldKind.MASK) is not None
    model.set_mask_polarity(MaskPolarity.PAINTED_BLACK)
    assert model.spec().mask_polarity is MaskPolarity.PAINTED_BLACK


def test_without_inpainting_nothing_is_asked() -> None:
    model = new("gpt_image_edit")
    told: list[bool] = []
    model.changed.connect(lambda: told.append(True))
    assert model.has_choice
    model.set_offered(Task.INPAINT, False)
    model.set_offered(Task.INPAINT, False)
    assert model.question is None
    assert model.spec().tasks == (Task.EDIT,)
    assert len(told) == 1
    model.set_offered(Task.EDIT, False)
    assert model.question is None
    with pytest.raises(OpenApiError, match=r"Choose what to use the model for."):
        model.spec()
    model.set_offered(Task.INPAINT, True)
    model.set_offered(Task.EDIT, True)
    assert model.tasks == (Task.EDIT, Task.INPAINT)


def test_a_name_is_one_line_and_an_empty_one_is_the_proposed_one() -> None:
    model = new("flux_lora")
    model.set_label("  My\nmodel‮ ")
    assert model.spec().label == "My model"
    assert model.preview(Task.GENERATE).label == "My model"
    model.set_label("")
    assert model.spec().label == "Flux LoRA"


def test_a_model_that_is_there_already_is_said_at_once() -> None:
    assert new("flux_lora").clash == ""
    added = ModelRegistry(added=[found("flux_lora").spec()])
    assert new("flux_lora", added).clash == "Flux LoRA is added already. Remove it first."


def test_the_model_of_a_file_is_taken_as_it_is_but_for_its_name() -> None:
    given: ModelSpec = IMAGINEART_20.model_copy(update={"endpoint": "somebody/else"})
    model = NewModel(given, ModelRegistry())
    assert (model.has_choice, model.question, model.clash) == (False, None, "")
    assert model.price == "From $0.03, as the file says"
    assert model.spec() == given
    model.set_label("Other")
    assert model.spec() == given.model_copy(update={"label": "Other", "short_label": "Other"})
