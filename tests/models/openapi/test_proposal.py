"""Models made of documents: tasks, roles, kinds of fields, and what only the user knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.models import (
    FieldKind,
    InvalidRequestError,
    MaskPolarity,
    ModelSpec,
    Task,
    input_reference,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.models.openapi import ModelProposal, OpenApiError, propose, read_document

FOLDER = Path(__file__).parent / "documents"
IMAGE = input_reference("0" * 64)


def proposal(name: str) -> ModelProposal:
    return propose(read_document((FOLDER / f"{name}.json").read_bytes()))


def made(name: str) -> ModelSpec:
    return proposal(name).spec(mask_polarity=MaskPolarity.PAINTED_WHITE)


def proposal_of(
    properties: dict[str, Any], required: list[str], outputs: dict[str, Any] | None = None
) -> ModelProposal:
    document = json.loads((FOLDER / "flux_lora.json").read_bytes())
    document["components"]["schemas"]["FluxLoraInput"] = {"properties": properties, "required": required}
    if outputs is not None:
        document["components"]["schemas"]["FluxLoraOutput"]["properties"] = outputs
    return propose(read_document(json.dumps(document).encode()))


@pytest.mark.parametrize(
    ("name", "tasks", "roles"),
    [
        ("flux_fill", "inpaint", {"image": "image_url", "mask": "mask_url", "count": "num_images"}),
        ("flux_kontext_multi", "edit", {"references": "image_urls", "seed": "seed", "size": "aspect_ratio"}),
        ("sdxl_inpaint", "inpaint", {"image": "image_url", "mask": "mask_url", "size": "image_size"}),
        ("clarity_upscaler", "edit", {"prompt": "prompt", "image": "image_url"}),
        ("birefnet_v2", "edit", {"prompt": "", "image": "image_url"}),
        ("recraft_v3", "generate", {"prompt": "prompt", "image": "", "seed": ""}),
        ("seedream_v4_edit", "edit", {"references": "image_urls"}),
        ("gpt_image_edit", "edit inpaint", {"references": "image_urls", "mask": "mask_image_url"}),
        ("flux_lora", "generate", {"count": "num_images", "size": "image_size"}),
        (
            "ideogram_v46_edit",
            "edit inpaint",
            {"image": "image_url", "references": "reference_image_urls", "mask": "mask_url", "count": "num_images"},
        ),
    ],
)
def test_tasks_and_roles_follow_from_the_fields(name: str, tasks: str, roles: dict[str, str]) -> None:
    found = proposal(name)
    assert " ".join(task.value for task in found.tasks) == tasks
    assert {role: getattr(found.roles, role) for role in roles} == roles
    assert spec_from_json(spec_to_json(made(name))) == made(name)


def test_the_fields_have_the_kind_that_shows_them_best() -> None:
    kinds = {field.name: field.kind for field in made("sdxl_inpaint").fields}
    assert kinds == {
        "image_url": FieldKind.PICTURE,
        "mask_url": FieldKind.MASK,
        "prompt": FieldKind.PROMPT,
        "negative_prompt": FieldKind.TEXT,
        "image_size": FieldKind.CHOICE,
        "num_inference_steps": FieldKind.INTEGER,
        "seed": FieldKind.SEED,
        "guidance_scale": FieldKind.NUMBER,
        "strength": FieldKind.NUMBER,
        "num_images": FieldKind.COUNT,
        "loras": FieldKind.JSON,
        "embeddings": FieldKind.JSON,
        "enable_safety_checker": FieldKind.SWITCH,
        "safety_checker_version": FieldKind.CHOICE,
        "expand_prompt": FieldKind.SWITCH,
        "format": FieldKind.CHOICE,
    }


def test_labels_are_those_of_the_document_in_sentence_case() -> None:
    labels = {field.name: field.label for field in made("flux_lora").fields}
    assert labels["guidance_scale"] == "Guidance scale (CFG)"
    assert labels["loras"] == "LoRAs"
    assert made("flux_fill").label == "Flux Pro V1 Fill"


def test_a_list_of_images_has_the_limit_of_the_document() -> None:
    assert made("seedream_v4_edit").max_images(Task.EDIT) == 10
    assert (
        proposal_of({"image_urls": {"type": "array", "items": {"type": "string"}, "maxItems": 3}}, [])
        .spec()
        .max_images(Task.EDIT)
        == 3
    )


def test_only_the_user_knows_which_part_of_a_mask_is_repainted() -> None:
    found = proposal("flux_fill")
    question = found.mask_question()
    assert question is not None
    assert question.sentence == "Which part of Flux Pro V1 Fill’s mask is repainted?"
    with pytest.raises(
        OpenApiError, match=r"Which part of Flux Pro V1 Fill’s mask is repainted: black, white or transparent\?"
    ):
        found.spec()
    assert found.spec(mask_polarity=MaskPolarity.PAINTED_BLACK).mask_polarity is MaskPolarity.PAINTED_BLACK
    assert proposal("gpt_image_edit").mask_question([Task.EDIT]) is None


def test_a_model_is_offered_only_for_what_it_can_do() -> None:
    edit = proposal("gpt_image_edit").spec(tasks=[Task.EDIT])
    assert edit.tasks == (Task.EDIT,)
    assert edit.field_of(FieldKind.MASK) is None
    with pytest.raises(OpenApiError, match=r"Flux LoRA can’t be used for inpaint, only for generate."):
        proposal("flux_lora").spec(tasks=[Task.INPAINT])


def test_images_that_may_be_left_out_make_a_model_for_both() -> None:
    found = proposal_of({"prompt": {"type": "string"}, "image_url": {"type": "string"}}, ["prompt"])
    spec = found.spec()
    assert spec.tasks == (Task.GENERATE, Task.EDIT)
    assert spec.task_of(["picture"]) is Task.EDIT
    assert spec.task_of([]) is Task.GENERATE


def test_a_model_without_images_in_its_result_is_refused_in_words() -> None:
    with pytest.raises(OpenApiError, match=r"makes no images: it returns a result with video."):
        proposal("kling_video")
    with pytest.raises(OpenApiError, match=r"makes no images: it returns a result with “latents”."):
        proposal_of({"prompt": {"type": "string"}}, [], {"latents": {"type": "string"}})


def test_a_model_that_needs_two_images_is_refused_in_words() -> None:
    two = {"image_url": {"type": "string"}, "style_image_url": {"type": "string"}}
    with pytest.raises(OpenApiError, match="needs two images, image_url and style_image_url"):
        proposal_of(two, list(two))


def test_a_mask_besides_images_that_inpainting_does_not_send_is_refused_in_words() -> None:
    fields: dict[str, Any] = {"image_url": {"type": "string"}, "mask_url": {"type": "string"}}
    fields["image_urls"] = {"type": "array", "items": {"type": "string"}}
    with pytest.raises(OpenApiError, match="needs image_urls besides image and mask"):
        proposal_of(fields, list(fields))
    with pytest.raises(OpenApiError, match="needs a mask, but no image to paint it on"):
        proposal_of({"mask_url": {"type": "string"}}, ["mask_url"])


def test_limits_beyond_all_use_are_none() -> None:
    huge = {"type": "integer", "minimum": -(10**30), "maximum": 10**30, "default": 5}
    spec = proposal_of({"steps": huge, "seed": huge}, []).spec()
    assert [(field.minimum, field.maximum) for field in spec.fields] == [(-(10**9), None), (-1, 2**31 - 1)]
    assert spec_from_json(spec_to_json(spec)) == spec


def test_as_many_images_are_made_per_request_as_the_document_says() -> None:
    assert made("flux_fill").max_results == 4
    assert made("recraft_v3").max_results == 1
    assert proposal_of({"num_images": {"type": "integer", "maximum": 99}}, []).spec().max_results == 8
    required = proposal_of({"num_images": {"type": "integer", "minimum": 1, "maximum": 4}}, ["num_images"]).spec()
    assert [(field.kind, field.default) for field in required.fields] == [(FieldKind.INTEGER, 1)]
    endless = proposal_of({"num_images": {"type": "integer", "default": 1}}, []).spec()
    assert (endless.max_results, endless.fields) == (1, ())
    several = proposal_of({"num_images": {"type": "integer", "maximum": 4, "default": 4}}, []).spec()
    assert [(field.kind, field.default) for field in several.fields] == [(FieldKind.INTEGER, 4)]


def test_one_image_instead_of_a_list_is_a_single_result() -> None:
    assert proposal("birefnet_v2").has_single_result
    assert not proposal("flux_fill").has_single_result


def test_a_default_that_the_field_cannot_have_is_left_to_the_service() -> None:
    found = proposal_of(
        {
            "steps": {"type": "integer", "minimum": 1, "maximum": 50, "default": 99},
            "style": {"type": "string", "enum": ["a", "b"], "default": "c"},
            "on": {"type": "boolean", "default": "yes"},
        },
        [],
    )
    assert [(field.name, field.default, field.is_optional) for field in found.fields] == [
        ("steps", None, True),
        ("style", None, True),
        ("on", None, True),
    ]


def test_options_are_ratios_only_if_a_definition_with_them_can_be_read_again() -> None:
    options = {"wide": ["16:9", "1024:768"], "arabic": ["1\u0666:9", "1:1"]}
    fields = {name: {"type": "string", "enum": given, "default": given[0]} for name, given in options.items()}
    spec = proposal_of(fields, []).spec()
    assert [field.kind for field in spec.fields] == [FieldKind.RATIO, FieldKind.CHOICE]
    assert spec_from_json(spec_to_json(spec)) == spec


def test_a_required_field_without_default_starts_with_its_first_value() -> None:
    fields = {
        "style": {"type": "string", "enum": ["a", "b"]},
        "steps": {"type": "integer", "minimum": 4, "maximum": 50},
        "code": {"type": "string"},
        "extra": {"type": "object"},
    }
    spec = proposal_of(fields, list(fields)).spec()
    assert {field.name: field.default for field in spec.fields} == {
        "style": "a",
        "steps": 4,
        "code": None,
        "extra": None,
    }
    with pytest.raises(InvalidRequestError) as refused:
        spec.parse({"code": " ", "extra": None})
    assert [problem.message for problem in refused.value.problems] == ["Code is missing.", "Extra is missing."]


def test_json_is_sent_as_the_value_and_kept_as_the_text() -> None:
    spec = made("flux_lora")
    text = '[{"path": "https://example.com/a", "scale": 1}]'
    request = spec.parse({"prompt": "a cup", "loras": text})
    assert request.to_fields()["loras"] == text
    body = request.to_wire({})
    assert body["loras"] == [{"path": "https://example.com/a", "scale": 1}]
    assert spec.request_schema.validate_wire(body).to_wire({}) == body
    assert spec.parse(request.to_fields()).values == request.values


@pytest.mark.parametrize(
    "text", ["[", "NaN", '{"a": NaN}', "[" * 100_000, "[" * 9_000, "9" * 5000, "1e999", '"\ud800"', '"\\ud800"']
)
def test_what_is_no_json_cannot_be_sent(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"(?i)LoRAs"):
        made("flux_lora").parse({"prompt": "a cup", "loras": text})


def test_whole_numbers_are_sent_as_whole_numbers() -> None:
    body = made("flux_lora").parse({"prompt": "a cup", "num_inference_steps": 30}).to_wire({})
    assert json.dumps(body["num_inference_steps"]) == "30"
    with pytest.raises(InvalidRequestError, match=r"Num inference steps must be a whole number."):
        made("flux_lora").parse({"prompt": "a cup", "num_inference_steps": 30.5})


def test_the_price_is_unknown_whatever_is_asked_for() -> None:
    spec = made("birefnet_v2")
    price = spec.price(spec.parse({"image_url": IMAGE}))
    assert not price.is_known
    assert price.times(4).sentence == "an unknown amount"
    assert spec.price_rule.range is None


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("birefnet_v2", {Task.CUT_OUT, Task.UPSCALE}),
        ("flux_lora", set()),
        ("flux_fill", set()),
    ],
)
def test_a_model_can_be_offered_for_the_commands_that_its_fields_allow(name: str, tasks: set[Task]) -> None:
    found = proposal(name)
    assert set(found.command_tasks) == tasks
    assert not set(found.tasks) & set(found.command_tasks)
    for task in tasks:
        assert found.spec(tasks=[task]).tasks == (task,)
        assert spec_from_json(spec_to_json(found.spec(tasks=[*found.tasks, task]))).tasks[-1] is task
