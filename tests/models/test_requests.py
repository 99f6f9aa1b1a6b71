"""Invalid requests can't be built; errors name the field in plain words; prices say how they are calculated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_V3_REMIX,
    IMAGINEART_15,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    MAX_PROMPT,
    InvalidRequestError,
    MaskPolarity,
    ModelRegistry,
    ModelSpec,
    Task,
    input_reference,
    list_price,
    size_for,
    split_amount,
    unpacked_prompt,
)

PICTURE = input_reference("ab" * 32)


def _sized(width: int, height: int) -> dict[str, Any]:
    size = {"width": width, "height": height}
    return {"prompt": "x", "image_url": PICTURE, "image_size": size}


def problem(model: ModelSpec, **fields: Any) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        model.parse(fields)
    return str(caught.value)


def test_every_tab_and_every_command_of_a_task_has_a_model() -> None:
    assert {task.value: len(ModelRegistry().for_task(task)) for task in Task} == {
        "generate": 5, "edit": 7, "inpaint": 4,
        "remove": 1, "replace-background": 1, "cutout": 1, "upscale": 1, "reframe": 1,
    }  # fmt: skip
    assert all(ModelRegistry().get(model.endpoint) is model for model in BUILT_IN)


@pytest.mark.parametrize(
    ("model", "field", "options", "default"),
    [
        (IMAGINEART_20, "aspect_ratio", "1:1 16:9 9:16 4:3 3:4 3:1 1:3 3:2 2:3 21:9 4:5 5:4 4:1 1:4", "1:1"),
        (IMAGINEART_20, "resolution", "1K 2K", "2K"),
        (IMAGINEART_20, "reasoning", "low high", "low"),
        (IMAGINEART_15_PRO, "aspect_ratio", "1:1 16:9 9:16 4:3 3:4 3:1 1:3 3:2 2:3", "1:1"),
        (
            IMAGINEART_20_EDIT,
            "aspect_ratio",
            "auto 1:1 9:16 16:9 3:2 2:3 4:3 3:4 4:5 5:4 3:1 1:3 21:9",
            "auto",
        ),
        (IDEOGRAM_V2_EDIT, "style", "auto general realistic design render_3D anime", "auto"),
        (IDEOGRAM_V3, "style", "AUTO GENERAL REALISTIC DESIGN", "AUTO"),
        (IDEOGRAM_V3_EDIT, "rendering_speed", "TURBO BALANCED QUALITY", "BALANCED"),
        (
            IDEOGRAM_V3,
            "image_size",
            "square_hd square portrait_4_3 portrait_16_9 landscape_4_3 landscape_16_9",
            "square_hd",
        ),
        (IDEOGRAM_45, "quality", "low medium high", "medium"),
        (IDEOGRAM_45_EDIT, "quality", "very_low low medium high", "medium"),
    ],
)
def test_options_stand_in_the_documented_order(model: ModelSpec, field: str, options: str, default: str) -> None:
    spec = model.fields_by_name[field]
    assert list(spec.options) == options.split()
    assert spec.default == default


@pytest.mark.parametrize(
    ("model", "fields", "sentence"),
    [
        (IMAGINEART_20, {"prompt": "  \n"}, "Describe the image first."),
        (IMAGINEART_20, {"prompt": " \u200b\u3000\u2060\ufeff\u3164"}, "Describe the image first."),
        (IMAGINEART_20_EDIT, {"prompt": " ", "image_urls": [PICTURE]}, "Describe the change first."),
        (IDEOGRAM_V2_EDIT, {"prompt": "", "image_url": PICTURE, "mask_url": PICTURE}, "Describe the change first."),
        (IMAGINEART_20, {}, "Prompt is missing."),
        (
            IMAGINEART_20,
            {"prompt": "x" * (MAX_PROMPT + 1)},
            "The prompt is 20,001 characters long; the limit is 20,000.",
        ),
        (IMAGINEART_20, {"prompt": "a\x00b"}, "U+0000"),
        (IMAGINEART_20, {"prompt": "x", "seed": -2}, "Seed must be -1 or more."),
        (IMAGINEART_20, {"prompt": "x", "seed": 2**63}, "Seed must be 2147483647 or less."),
        (IMAGINEART_20, {"prompt": "x", "seed": "abc"}, "Seed must be a whole number."),
        (IMAGINEART_20, {"prompt": "x", "aspect_ratio": "5:7"}, "Aspect ratio must be one of"),
        (IMAGINEART_15_PRO, {"prompt": "x", "resolution": "2K"}, "does not know “resolution”"),
        (IMAGINEART_20_EDIT, {"prompt": "x", "image_urls": [PICTURE] * 5}, "Reference images: at most 4, there are 5."),
        (IMAGINEART_20_EDIT, {"prompt": "x", "image_urls": []}, "Reference images: at least 1 is needed."),
        (IMAGINEART_20_EDIT, {"prompt": "x", "image_urls": ["file:///etc/passwd"]}, "http(s) address"),
        (IDEOGRAM_V2_EDIT, {"prompt": "x", "image_url": PICTURE}, "Mask is missing."),
        (IDEOGRAM_V3, {"prompt": "x", "num_images": 9}, "Images must be 8 or less."),
        (IDEOGRAM_V3, {"prompt": "x", "num_images": 0}, "Images must be 1 or more."),
        (IMAGINEART_20, {"prompt": "x", "num_images": 2}, "does not know “num_images”"),
        (IDEOGRAM_V3, {"prompt": "x", "style_preset": "PLAIN"}, "Style preset must be one of"),
        (IDEOGRAM_V3, {"prompt": "x", "negative_prompt": "a\x00b"}, "U+0000"),
        (
            IDEOGRAM_45_EDIT,
            {"prompt": "x", "image_url": PICTURE, "reference_image_urls": [PICTURE] * 5},
            "Reference images: at most 4, there are 5.",
        ),
        (
            IDEOGRAM_45_EDIT,
            {"prompt": "x", "image_url": PICTURE, "mask_url": PICTURE, "reference_image_urls": [PICTURE] * 4},
            "Reference images: at most 3 with a mask, there are 4.",
        ),
        (
            IDEOGRAM_45_EDIT,
            {"prompt": "x", "image_url": PICTURE, "edit_precision": "high", "quality": "very_low"},
            "Quality “Very low” isn’t possible with precision “High”.",
        ),
        (IDEOGRAM_45_EDIT, _sized(3000, 3000), "may have 4,194,304 pixels at most; 3000 × 3000 has 9,000,000."),
        (IDEOGRAM_45_EDIT, _sized(2100, 300), "Image size must be 1:6 to 6:1."),
        (IDEOGRAM_45_EDIT, _sized(100, 600), "Width must be 256–4,608 px."),
        (IDEOGRAM_45_EDIT, _sized(800, 600) | {"mask_url": PICTURE}, "Use either mask or image size, not both."),
        (
            IDEOGRAM_45_EDIT,
            _sized(800, 600) | {"edit_precision": "high"},
            "Image size “800 × 600” isn’t possible with precision “High”.",
        ),
    ],
)
def test_what_is_wrong_is_named(model: ModelSpec, fields: dict[str, Any], sentence: str) -> None:
    assert sentence in problem(model, **fields)


@pytest.mark.parametrize("prompt", ["🦊 łódź", "שלום עולם", "tab\tand\nline", " spaces kept "])
def test_prompts_are_kept_exactly(prompt: str) -> None:
    assert IMAGINEART_20.parse({"prompt": prompt}).prompt == prompt


def test_the_wire_carries_urls_in_place_of_references_and_leaves_out_what_is_not_set() -> None:
    request = IMAGINEART_20_EDIT.parse({"prompt": "x", "image_urls": (PICTURE, "https://example.com/b.png")})
    assert request.input_references() == (PICTURE,)
    body = request.to_wire({PICTURE: "https://cdn/a.png"})
    assert body["image_urls"] == ["https://cdn/a.png", "https://example.com/b.png"]
    assert "seed" not in IMAGINEART_20.parse({"prompt": "x"}).to_wire({})


@pytest.mark.parametrize(
    ("model", "fields", "amount", "sentence"),
    [
        (IMAGINEART_20, {"resolution": "1K"}, "0.03", "$0.03"),
        (IMAGINEART_20, {}, "0.05", "$0.05"),
        (IMAGINEART_15_PRO, {}, "0.045", "$0.045"),
        (IMAGINEART_20_EDIT, {"image_urls": [PICTURE]}, "0.05", "$0.05"),
        (IMAGINEART_20_EDIT, {"image_urls": [PICTURE] * 3}, "0.064", "$0.05 + 2 × $0.007 = $0.064"),
        (IMAGINEART_15, {}, "0.03", "$0.03"),
        (IDEOGRAM_V2_EDIT, {"image_url": PICTURE, "mask_url": PICTURE}, "0.08", "$0.08"),
        (IDEOGRAM_V3, {}, "0.06", "$0.06"),
        (IDEOGRAM_V3, {"rendering_speed": "QUALITY"}, "0.09", "$0.09"),
        (IDEOGRAM_V3_EDIT, {"rendering_speed": "TURBO", "image_url": PICTURE, "mask_url": PICTURE}, "0.03", "$0.03"),
        (IDEOGRAM_V3, {"num_images": 4}, "0.24", "4 × $0.06 = $0.24"),
        (IDEOGRAM_45, {"quality": "high"}, "0.22", "$0.22"),
        (IDEOGRAM_45_EDIT, {"quality": "very_low", "image_url": PICTURE}, "0.008", "$0.008"),
    ],
)
def test_prices(model: ModelSpec, fields: dict[str, Any], amount: str, sentence: str) -> None:
    price = model.price(model.parse({"prompt": "x"} | fields))
    assert price.amount == Decimal(amount)
    assert price.sentence == sentence
    assert price.times(4).amount == Decimal(amount) * 4


def test_how_many_images_one_request_makes() -> None:
    several = {model.endpoint for model in BUILT_IN if model.max_results == 8}
    assert several == {model.endpoint for model in BUILT_IN if "ideogram/v3" in model.endpoint or "4.5" in model.label}
    assert all(model.max_results == 1 for model in BUILT_IN if model.endpoint not in several)
    one, four = IDEOGRAM_V3.parse({"prompt": "x"}), IDEOGRAM_V3.parse({"prompt": "x", "num_images": 4})
    assert (IDEOGRAM_V3.result_count(one.values), IDEOGRAM_V3.result_count(four.values)) == (1, 4)
    assert four.to_wire({})["num_images"] == 4


@pytest.mark.parametrize(
    ("model", "values", "batches"),
    [
        (IDEOGRAM_V3, {}, [8, 8, 2]),
        (IDEOGRAM_V3, {"sync_mode": False}, [8, 8, 2]),
        (IDEOGRAM_V3, {"sync_mode": True}, [1] * 18),
        (IMAGINEART_20, {}, [1] * 18),
    ],
)
def test_as_few_requests_as_possible_make_the_images(
    model: ModelSpec, values: dict[str, object], batches: list[int]
) -> None:
    assert model.batches_of(18, values) == batches


def test_a_request_for_one_image_is_what_earlier_versions_sent() -> None:
    """A lost answer is looked up by its body: a field that an earlier version didn't send would hide the request."""
    assert "num_images" not in IDEOGRAM_V3.parse({"prompt": "x", **IDEOGRAM_V3.count_value(1)}).to_wire({})


@pytest.mark.parametrize(
    ("amount", "count", "shares"),
    [
        ("0.24", 4, ["0.06"] * 4),
        ("0.24", 1, ["0.24"]),
        ("0.1", 3, ["0.033334", "0.033333", "0.033333"]),
        ("0.000000001", 2, ["0.000000001", "0"]),
        ("100", 1, ["100"]),
        ("300", 3, ["100"] * 3),
        ("0", 2, ["0", "0"]),
    ],
)
def test_shares_add_up_exactly(amount: str, count: int, shares: list[str]) -> None:
    found = split_amount(Decimal(amount), count)
    assert [f"{share:f}" for share in found] == shares
    assert sum(found) == Decimal(amount)


@pytest.mark.parametrize("model", [IMAGINEART_15, IMAGINEART_15_PRO])
def test_a_negative_prompt_goes_inside_the_prompt_where_the_service_wants_it_so(model: ModelSpec) -> None:
    request = model.parse({"prompt": "a “red” cup", "negative_prompt": "a saucer"})
    body = request.to_wire({})
    assert body.keys() == {"prompt", "aspect_ratio"}
    assert unpacked_prompt(str(body["prompt"])) == ("a “red” cup", "a saucer")
    assert request.to_fields()["negative_prompt"] == "a saucer"
    assert model.parse({"prompt": "a cup"}).to_wire({}) == {"prompt": "a cup", "aspect_ratio": "1:1"}


@pytest.mark.parametrize("prompt", ["a cup", "{", "[1]", '{"prompt": "x"}', '{"positive_prompt": 3}', "[" * 100_000])
def test_other_prompts_are_what_they_say(prompt: str) -> None:
    assert unpacked_prompt(prompt) == (prompt, "")


@pytest.mark.parametrize("strength", [0.0, 1.01, "0.5", float("nan"), float("inf")])
def test_a_strength_out_of_range_is_named(strength: object) -> None:
    assert problem(IDEOGRAM_V3_REMIX, prompt="x", image_url=PICTURE, strength=strength).startswith("Strength")


def test_more_images_than_a_model_takes_are_no_request() -> None:
    with pytest.raises(InvalidRequestError, match="Ideogram V3 Remix takes 1 image; remove 2"):
        IDEOGRAM_V3_REMIX.image_fields(["a"] * 3, Task.EDIT)
    with pytest.raises(InvalidRequestError, match="takes 4 images; remove 1"):
        IMAGINEART_20_EDIT.image_fields(["a"] * 5, Task.EDIT)
    assert len(IDEOGRAM_45_EDIT.image_fields(["a"] * 5, Task.EDIT)["reference_image_urls"]) == 4
    with pytest.raises(InvalidRequestError, match=r"Ideogram 4\.5 Edit takes 3 references with a mask; remove 1"):
        IDEOGRAM_45_EDIT.image_fields(["a"] * 5, Task.INPAINT)


def test_how_many_references_a_task_takes() -> None:
    taken = {model: [model.max_references(task) for task in (Task.EDIT, Task.INPAINT)] for model in BUILT_IN}
    assert (taken[IDEOGRAM_45_EDIT], taken[IMAGINEART_20_EDIT]) == ([5, 3], [4, 3])
    assert all(
        taken[model][1] == 0 for model in BUILT_IN if Task.INPAINT in model.tasks and model is not IDEOGRAM_45_EDIT
    )
    high = {"prompt": "x", "image_url": PICTURE, "mask_url": PICTURE, "edit_precision": "high"}
    body = IDEOGRAM_45_EDIT.parse(high | {"reference_image_urls": (PICTURE,) * 3}).to_fields()
    assert (body["edit_precision"], body["quality"]) == ("high", "medium")


def test_an_edit_has_the_size_of_its_image_or_its_own_and_none_beside_a_mask() -> None:
    own = IDEOGRAM_45_EDIT.parse(_sized(2400, 400))
    assert own.to_fields()["image_size"] == {"width": 2400, "height": 400}
    assert IDEOGRAM_45_EDIT.output_size(own, [(800, 600)]) == (2400, 400)
    plain = IDEOGRAM_45_EDIT.parse({"prompt": "x", "image_url": PICTURE})
    assert IDEOGRAM_45_EDIT.output_size(plain, [(800, 600)]) == (800, 600)
    masked = IDEOGRAM_45_EDIT.parse({"prompt": "x", "image_url": PICTURE, "mask_url": PICTURE})
    assert IDEOGRAM_45_EDIT.output_size(masked, [(800, 600)]) == (800, 600)
    assert "image_size" not in masked.to_fields()
    said = IDEOGRAM_45_EDIT.parse({"prompt": "x", "image_url": PICTURE, "mask_url": PICTURE, "image_size": "auto"})
    assert said.to_fields() == masked.to_fields()


@pytest.mark.parametrize(
    ("prompt", "negative", "sent"),
    [
        ("a cup", "  ", ("a cup", "")),
        ('{"positive_prompt": "a dog", "negative_prompt": "a leash"}', "", ("a dog", "a leash")),
        ('{"positive_prompt": "a dog"}', "a cat", ("a dog", "a cat")),
    ],
)
def test_a_prompt_that_is_packed_already_is_not_packed_twice(prompt: str, negative: str, sent: tuple[str, str]) -> None:
    body = IMAGINEART_15.parse({"prompt": prompt, "negative_prompt": negative}).to_wire({})
    assert unpacked_prompt(body["prompt"]) == sent


def test_the_service_takes_the_body_that_is_sent_and_not_its_parts() -> None:
    request = IMAGINEART_15.parse({"prompt": "a" * 19_990, "negative_prompt": "blur"})
    assert IMAGINEART_15.request_schema.validate_wire(request.to_wire({})) == request
    with pytest.raises(ValidationError, match="extra_forbidden"):
        IMAGINEART_15.request_schema.validate_wire({"prompt": "a cup", "negative_prompt": "blur"})


def test_a_length_that_the_service_documents_is_a_limit() -> None:
    assert problem(IDEOGRAM_45, prompt="x" * 10_001).endswith("10,001 characters long; the limit is 10,000.")
    assert "The negative prompt is 20,001" in problem(IDEOGRAM_V3, prompt="x", negative_prompt="x" * 20_001)


def test_the_images_that_the_user_chose_go_to_the_fields_in_order() -> None:
    assert IMAGINEART_20_EDIT.image_fields(["a", "b"], Task.EDIT) == {"image_urls": ["a", "b"]}
    assert IDEOGRAM_45_EDIT.image_fields(["a", "b", "c"], Task.EDIT) == {
        "image_url": ["a"],
        "reference_image_urls": ["b", "c"],
    }
    assert IDEOGRAM_45_EDIT.image_fields(["a"], Task.EDIT) == {"image_url": ["a"]}


def test_a_model_of_two_tasks_is_used_for_the_one_whose_inputs_it_has() -> None:
    masked, plain = ["picture", "mask"], ["picture"]
    assert [IDEOGRAM_45_EDIT.task_of(roles) for roles in (masked, plain)] == [Task.INPAINT, Task.EDIT]
    assert [IDEOGRAM_V3_EDIT.task_of(roles) for roles in (masked, plain)] == [Task.INPAINT, Task.INPAINT]
    assert IMAGINEART_20.task_of([]) is Task.GENERATE


def test_mask_polarity_and_sizes() -> None:
    assert IDEOGRAM_V2_EDIT.mask_polarity is MaskPolarity.PAINTED_BLACK
    assert size_for((3, 2), 2048) == (2048, 1365)
    assert size_for((1, 4), 1024) == (256, 1024)
    edit = IMAGINEART_20_EDIT.parse({"prompt": "x", "image_urls": [PICTURE]})
    assert IMAGINEART_20_EDIT.output_size(edit, [(600, 400)]) == (2048, 1365)


@pytest.mark.parametrize("model", BUILT_IN, ids=lambda model: model.endpoint)
def test_a_model_is_data(model: ModelSpec) -> None:
    text = model.model_dump_json()
    again = ModelSpec.model_validate_json(text)
    assert again == model
    assert again.model_dump_json() == text
    assert list_price(again) == list_price(model)
