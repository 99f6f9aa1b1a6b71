"""A model definition survives as JSON; one from a file is read strictly, and what is wrong is said with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_45_EDIT,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    InvalidSpecError,
    ModelSpec,
    NewerSpecError,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.support import UserError

Document = dict[str, Any]


def document(model: ModelSpec = IMAGINEART_20) -> Document:
    found: Document = json.loads(spec_to_json(model))
    return found


def refusal(text: str | bytes) -> str:
    with pytest.raises(InvalidSpecError) as caught:
        spec_from_json(text)
    assert isinstance(caught.value, UserError)
    return str(caught.value)


def changed(change: Callable[[Document], object], model: ModelSpec = IMAGINEART_20) -> str:
    found = document(model)
    change(found)
    return json.dumps(found)


@pytest.mark.parametrize("model", BUILT_IN, ids=lambda model: model.endpoint)
def test_every_model_survives_the_way_to_json_and_back(model: ModelSpec) -> None:
    text = spec_to_json(model)
    read = spec_from_json(text)
    assert read == model
    assert spec_to_json(read) == text
    assert json.loads(text)["format"] == 1
    for was, now in zip(model.fields, read.fields, strict=True):
        # 1, 1.0 and True are equal, but not the same in a request.
        assert type(now.default) is type(was.default)
    assert spec_from_json(text.encode()) == model


def test_equal_definitions_have_the_same_text() -> None:
    rule = IMAGINEART_20.price_rule
    turned = rule.model_copy(update={"amounts": dict(reversed(rule.amounts.items()))})  # type: ignore[union-attr]
    assert spec_to_json(IMAGINEART_20.model_copy(update={"price_rule": turned})) == spec_to_json(IMAGINEART_20)


def test_a_newer_format_says_so() -> None:
    text = changed(lambda found: found.update(format=2, more={"a": [1]}))
    with pytest.raises(NewerSpecError, match=r"newer version of the program \(format 2; .*nothing is lost\."):
        spec_from_json(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "isn’t valid JSON: line 1, column 1."),
        ('{"format": 1,\n "label" 3}', "isn’t valid JSON: line 2, column 10."),
        (b"\xff\xfe{", "isn’t text in UTF-8."),
        ('"\ud800"', "isn’t text in UTF-8."),
        ("[]", "must be a JSON object."),
        ("[" * 100_000, "nested too deeply."),
        ('{"format": 1, "label": NaN}', "holds NaN, which is no number."),
        ('{"format": 1, "label": ' + "9" * 5000 + "}", "holds a number that is too long."),
        ('{"format": 1, "label": "a", "label": "b"}', "has “label” twice in one object."),
        ("{}", "doesn’t say its “format”, a whole number."),
        ('{"format": "1"}', "doesn’t say its “format”, a whole number."),
        ('{"format": true}', "doesn’t say its “format”, a whole number."),
        ('{"format": 0}', "doesn’t say its “format”, a whole number."),
        (f'{{"format": 1, "note": "{"x" * 1_000_000}"}}', "is larger than 1,000 kB."),
        ('{"format": 1, "a": [[[[[[[[[1]]]]]]]]]}', "“a[0][0][0][0][0][0][0]” is nested too deeply."),
    ],
)
def test_a_text_that_is_no_definition_is_refused(text: str | bytes, sentence: str) -> None:
    assert refusal(text).endswith(sentence)


def _field(place: int, **values: object) -> Callable[[Document], object]:
    return lambda found: found["fields"][place].update(values)


def _without(name: str) -> Callable[[Document], object]:
    return lambda found: found.pop(name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without("label"), "“label” is missing."),
        (lambda found: found.update(extra=1), "“extra” isn’t known to this version of the program."),
        (_field(1, extra=1), "“fields[1].extra” isn’t known to this version of the program."),
        (_field(1, widest=0.5), "“fields[1].widest” must be 1 or more."),
        (_field(1, max_pixels=0), "“fields[1].max_pixels” must be 1 or more."),
        (lambda found: found.update(label=3), "“label” must be a text."),
        (lambda found: found.update(label=" "), "“label” is empty."),
        (lambda found: found.update(fields={}), "“fields” must be a list."),
        (lambda found: found.update(fields=[3]), "“fields[0]” must be an object."),
        (lambda found: found.update(typical_seconds="5"), "“typical_seconds” must be a number."),
        (lambda found: found.update(typical_seconds=0), "“typical_seconds” must be above 0, and 86400 at most."),
        (lambda found: found.update(returns_seed=1), "“returns_seed” must be true or false."),
        (lambda found: found.update(tasks=["paint"]), "“tasks[0]” must be one of 'generate', 'edit', 'inpaint', "),
        (lambda found: found.update(tasks=["upscale"]), "“tasks” names no task that has a tab."),
        (lambda found: found.update(tasks=["edit", "remove"]), "“fields” has no mask, which inpainting needs."),
        (lambda found: found.update(tasks=[]), "“tasks” is empty."),
        (lambda found: found.update(tasks=["edit", "edit"]), "“tasks” names a task twice."),
        (lambda found: found.update(tasks=["inpaint"]), "“fields” has no mask, which inpainting needs."),
        (lambda found: found.update(endpoint="../keys"), "“endpoint” is no endpoint, such as owner/model."),
        (lambda found: found.update(endpoint="https://a/b"), "“endpoint” is no endpoint, such as owner/model."),
        (lambda found: found.update(endpoint="a/b?c=d"), "“endpoint” is no endpoint, such as owner/model."),
        (lambda found: found.update(endpoint="a/../b"), "“endpoint” is no endpoint, such as owner/model."),
        (_field(0, kind="hologram"), "“fields[0].kind” must be one of"),
        (_field(0, default=[]), "“fields[0].default” has the wrong type."),
        (_field(0, name="a b"), "“fields[0].name” is no name of a field."),
        (_field(1, name="prompt"), "“fields[1].name” is the name of another field."),
        (_field(1, options=[]), "“fields[1].options” is empty."),
        (_field(1, options=["1:1", "1:1"]), "“fields[1].options” has a value twice."),
        (_field(1, options=["1:1", "1:0"]), "“fields[1].options” has a value that is no ratio, such as 16:9."),
        (_field(1, option_labels={"2:5": "x"}), "“fields[1].option_labels” names a value that isn’t among the"),
        (_field(1, default="2:5"), "“fields[1].default” isn’t a value that the field takes."),
        (_field(3, maximum=-2), "“fields[3].maximum” is below the minimum."),
        (_field(3, maximum=1e13), "“fields[3].maximum” is too large a number."),
        (_field(3, step=0), "“fields[3].step” must be above 0."),
        (_field(0, max_items=0), "“fields[0].max_items” must be 1 to 100."),
        (_field(0, max_length=0), "“fields[0].max_length” must be 1 to 1000000."),
        (_field(0, label=""), "“fields[0].label” is empty."),
        (_field(0, help="a\x07"), "“fields[0].help” holds an invisible character (U+0007)."),
        (_field(0, help="\ud800"), "“fields[0].help” holds an invisible character (U+D800)."),
        (_field(0, help="x" * 20_001), "“fields[0].help” is 20,001 characters long; the limit is 20,000."),
        (_field(2, options=["1K"] * 2001), "“fields[2].options” has 2,001 entries; the limit is 2,000."),
        (lambda found: found.update(fields=found["fields"] * 50), "“fields” has 250 entries; the limit is 200."),
        (lambda found: found["price_rule"].update(kind="barter"), "“price_rule.kind” must be one of 'fixed', 'option'"),
        (lambda found: found["price_rule"].pop("kind"), "“price_rule” has no “kind”."),
        (lambda found: found["price_rule"].pop("amounts"), "“price_rule.amounts” is missing."),
        (lambda found: found["price_rule"]["amounts"].update({"1K": "x"}), "“price_rule.amounts.1K” must be an"),
        (lambda found: found["price_rule"]["amounts"].update({"1K": "-1"}), "“price_rule.amounts.1K” must be 0 or"),
        (lambda found: found["price_rule"]["amounts"].pop("1K"), "“price_rule” has no result for some values of the"),
        (lambda found: found["price_rule"].update(field="x"), "“price_rule” names the field x, which the model"),
        (lambda found: found["size_rule"]["edges"].pop("1K"), "“size_rule” has no result for some values of the"),
        (lambda found: found["size_rule"]["edges"].update({"1K": 0}), "“size_rule” has no result for some values of"),
        (lambda found: found["working_size"].update(min_edge=0), "“working_size” has edges that aren’t 1 to 100000"),
        (lambda found: found["working_size"].update(max_pixels=1), "“working_size” has numbers of pixels that aren’t"),
        (lambda found: found["working_size"].update(widest=0.5), "“working_size.widest” must be 1 or more."),
    ],
)  # fmt: skip
def test_a_wrong_part_is_named_with_its_place(change: Callable[[Document], object], told: str) -> None:
    assert f"The model definition is not usable: {told}" in refusal(changed(change))


def test_parts_that_only_some_models_have_must_fit_as_well() -> None:
    optional = changed(lambda found: found["fields"][0].update(required=False), IMAGINEART_20_EDIT)
    assert "“price_rule” has no result for some values" in refusal(optional)
    unmasked = changed(lambda found: found.update(mask_polarity=None), IDEOGRAM_45_EDIT)
    assert "“mask_polarity” is missing, though there is a mask." in refusal(unmasked)


def test_what_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(InvalidSpecError, match="“note” is 20,001 characters long"):
        spec_to_json(IMAGINEART_20.model_copy(update={"note": "x" * 20_001}))
    with pytest.raises(InvalidSpecError, match="“endpoint” is no endpoint"):
        spec_to_json(IMAGINEART_20.model_copy(update={"endpoint": ""}))


def test_amounts_are_exact() -> None:
    read = spec_from_json(spec_to_json(IMAGINEART_20_EDIT))
    assert read.price_rule.range == (Decimal("0.05"), Decimal("0.071"))
