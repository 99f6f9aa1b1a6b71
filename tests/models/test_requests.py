"""Invalid requests can't be built; errors name the field in plain words; prices say how they are calculated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_V2_EDIT,
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
)

PICTURE = input_reference("ab" * 32)


def problem(model: ModelSpec, **fields: Any) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        model.parse(fields)
    return str(caught.value)


def test_every_tab_has_a_model() -> None:
    assert [len(ModelRegistry().for_task(task)) for task in Task] == [2, 1, 1]
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
        (IDEOGRAM_V2_EDIT, {"image_url": PICTURE, "mask_url": PICTURE}, "0.08", "$0.08"),
    ],
)
def test_prices(model: ModelSpec, fields: dict[str, Any], amount: str, sentence: str) -> None:
    price = model.price(model.parse({"prompt": "x"} | fields))
    assert price.amount == Decimal(amount)
    assert price.sentence == sentence
    assert price.times(4).amount == Decimal(amount) * 4


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
