"""What the service publishes about models is read, compared and kept; what is odd in it is left out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    ModelRegistry,
    ModelSpec,
)
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.models.facts import (
    ModelFacts,
    PageError,
    facts_file,
    facts_from_json,
    facts_to_json,
    field_changes,
    read_page,
    read_price,
    unit_price_rule,
)
from imagineart_desktop.models.price_rule import FixedPrice, ImagesPrice, OptionPrice, PriceRule, UnknownPrice

PAGE = """\
# Ideogram V3 Edit

## Overview

- **Endpoint**: `https://fal.run/fal-ai/ideogram/v3`
- **Model ID**: `fal-ai/ideogram/v3`

## Pricing

Your request will cost **$0.03** with TURBO, **$0.06** with BALANCED, and **$0.09** with QUALITY.

For more details, see [fal.ai pricing](https://fal.ai/pricing).

### Input Schema

- **`prompt`** (`string`, _required_)
  - Examples: "A logo"

- **`rendering_speed`** (`RenderingSpeedEnum`, _optional_):
  The rendering speed to use. Default value: `"BALANCED"`
  - Default: `"BALANCED"`
  - Options: `"TURBO"`, `"BALANCED"`, `"QUALITY"`

- **`num_images`** (`integer`, _optional_):
  - Default: `1`
  - Range: `1` to `8`

**Required Parameters Example**:

- **`not_a_field`** (`string`, _required_)

### Output Schema

- **`images`** (`list<File>`, _required_)
"""


def test_a_page_is_read_with_its_price_and_its_fields() -> None:
    page = read_page(PAGE.encode(), "fal-ai/ideogram/v3")
    assert page.price == "Your request will cost $0.03 with TURBO, $0.06 with BALANCED, and $0.09 with QUALITY."
    assert [(field.name, field.is_required) for field in page.fields] == [
        ("prompt", True),
        ("rendering_speed", False),
        ("num_images", False),
    ]
    speed, count = page.fields[1:]
    assert (speed.default, speed.options) == ("BALANCED", ("TURBO", "BALANCED", "QUALITY"))
    assert (count.default, count.limits) == (1, (1.0, 8.0))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        PAGE.replace("fal-ai/ideogram/v3`\n\n", "fal-ai/other`\n\n").encode(),
    ],
)
def test_a_page_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(PageError, match="sent no page about fal-ai/ideogram/v3"):
        read_page(data, "fal-ai/ideogram/v3")


def test_a_hostile_page_is_bounded_and_shown_as_plain_text() -> None:
    many = "".join(f"- **`f{number}`** (`string`, _optional_):\n" for number in range(5_000))
    odd = PAGE.replace("### Output Schema", f"### Input Schema\n{many}").replace(
        "BALANCED, and", "\u202eX" + "y" * 10_000
    )
    page = read_page(odd.encode(), "fal-ai/ideogram/v3")
    assert len(page.price) <= 600
    assert "\u202e" not in page.price
    assert len(page.fields) == 3
    flooded = read_page(PAGE.replace("- **`prompt`**", f"{many}- **`prompt`**").encode(), "fal-ai/ideogram/v3")
    assert len(flooded.fields) == 200
    deep = PAGE.replace("`1`\n", f"`{'[' * 1000}`\n", 1)
    assert read_page(deep.encode(), "fal-ai/ideogram/v3").fields[2].default is None


def options(**amounts: str) -> OptionPrice:
    return OptionPrice(field="quality", amounts={name: Decimal(amount) for name, amount in amounts.items()})


TIERS = options(very_low="0.1", low="0.2", medium="0.3", high="0.4")

TWO_SIZES = (
    "Per image: up to 4,194,304 pixels very low is $1, low $2, medium $3 and high $4;"
    " above that low is $5, medium $6 and high $7."
)


@pytest.mark.parametrize(
    ("rule", "words", "read"),
    [
        (FixedPrice(amount=Decimal(1)), "Your request will cost $0.03 per generation.", "0.03"),
        (FixedPrice(amount=Decimal(1)), "$0.045 per image", "0.045"),
        (FixedPrice(amount=Decimal(1)), "Each image costs $1.", "1"),
        (FixedPrice(amount=Decimal(1)), "$0.015 per megapixels", None),
        (FixedPrice(amount=Decimal(1)), "$0 per image", None),
        (FixedPrice(amount=Decimal(1)), "$0.03 per image, or $0.06 in HD", None),
        (FixedPrice(amount=Decimal(1)), "$0.1234567 per image", None),
        (FixedPrice(amount=Decimal(1)), "€0.03 per image", None),
        (TIERS, "It costs $1 with VERY_LOW, $2 with low, $3 with medium and $4 with high quality.", "1 2 3 4"),
        (TIERS, "very low: $1, low: $2, medium: $3, high: $4.", "1 2 3 4"),
        (TIERS, "$1 with very low, $2 with low, and $4 with high.", None),
        (TIERS, "$1 with very low, $2 with low or medium, and $4 with high.", None),
        (TIERS, "$3 per image", None),
        (TIERS, TWO_SIZES, None),
        (UnknownPrice(), TWO_SIZES, None),
        (
            ImagesPrice(field="image_urls", most=4, first=Decimal(1), further=Decimal(2)),
            "$0.05 with one input image, plus $0.007 for each additional one.",
            "0.05 0.007",
        ),
        (ImagesPrice(field="image_urls", most=4, first=Decimal(1), further=Decimal(2)), "$0.05 or $0.07", None),
    ],
)
def test_a_price_in_words_is_read_only_if_it_has_one_meaning(rule: PriceRule, words: str, read: str | None) -> None:
    found = read_price(rule, words)
    amounts: list[Decimal] | None = None
    match found:
        case FixedPrice():
            amounts = [found.amount]
        case OptionPrice():
            amounts = [found.amounts[name] for name in ("very_low", "low", "medium", "high")]
        case ImagesPrice():
            amounts = [found.first, found.further]
    assert amounts == (None if read is None else [Decimal(amount) for amount in read.split()])


def test_the_price_of_a_unit_is_that_of_an_image_only_where_nothing_else_counts() -> None:
    amount = Decimal("0.05")
    assert unit_price_rule(IDEOGRAM_V2_EDIT.price_rule, amount, "images") == FixedPrice(amount=amount)
    assert unit_price_rule(IDEOGRAM_V2_EDIT.price_rule, amount, "megapixels") is None
    assert unit_price_rule(IDEOGRAM_V3.price_rule, amount, "images") is None
    assert unit_price_rule(IDEOGRAM_V2_EDIT.price_rule, Decimal(0), "images") is None


def changed(old: str, new: str) -> tuple[str, ...]:
    assert old in PAGE
    published = read_page(PAGE.replace(old, new).encode(), "fal-ai/ideogram/v3").fields
    names = {field.name for field in published} | {"not_there"}
    fields = tuple(field for field in IDEOGRAM_V3.fields if field.name in names)
    others = {name: getattr(IDEOGRAM_V3, name) for name in ModelSpec.model_fields if name != "fields"}
    return field_changes(ModelSpec(fields=fields, **others), published)


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("prompt", "prompt", []),
        ("`num_images`", "`size`", ["New field: size."]),
        (
            '`"QUALITY"`',
            '`"ULTRA"`',
            ["rendering_speed now also takes ULTRA.", "rendering_speed no longer takes QUALITY."],
        ),
        (
            'Default: `"BALANCED"`',
            'Default: `"TURBO"`',
            ["rendering_speed: the default is now TURBO; it was BALANCED."],
        ),
        ("`1` to `8`", "`1` to `4`", ["num_images: the limits are now 1 to 4; they were 1–8."]),
        ("Enum`, _optional_", "Enum`, _required_", ["rendering_speed is now required."]),
    ],
)
def test_each_difference_of_the_fields_is_a_sentence(old: str, new: str, sentences: list[str]) -> None:
    assert list(changed(old, new)) == sentences


def test_a_field_that_is_gone_is_told_and_a_page_without_fields_tells_nothing() -> None:
    published = read_page(PAGE.encode(), "fal-ai/ideogram/v3").fields
    assert "Field removed: style." in field_changes(IDEOGRAM_V3, published)
    assert field_changes(IDEOGRAM_V3, ()) == ()


DAY, LATER = date(2026, 11, 28), date(2026, 12, 3)
NEW_PRICE = FixedPrice(amount=Decimal("0.09"))


def price_of(model: ModelSpec, models: ModelRegistry) -> tuple[str, date]:
    found = models.get(model.endpoint)
    price = found.price_rule.range
    assert price is not None
    return str(price[0]), found.price_read_on or date.min


def test_a_price_is_kept_with_the_day_since_when_it_holds_and_replaces_the_built_in_one(tmp_path: Path) -> None:
    facts = ModelFacts().with_price(NEW_PRICE, DAY).with_price(NEW_PRICE, LATER)
    facts_file(tmp_path / "models").write_text(facts_to_json({IDEOGRAM_V2_EDIT.endpoint: facts}))
    models = load_models(tmp_path / "models")
    assert [(price.since, price.rule) for price in models.facts(IDEOGRAM_V2_EDIT.endpoint).prices] == [(DAY, NEW_PRICE)]
    assert price_of(IDEOGRAM_V2_EDIT, models) == ("0.09", LATER)
    assert price_of(IMAGINEART_20, models) == ("0.03", date.min)


@pytest.mark.parametrize(
    "model", [IDEOGRAM_V3, IDEOGRAM_45_EDIT, IMAGINEART_20_EDIT], ids=lambda model: model.short_label
)
def test_a_price_of_another_form_than_the_models_is_not_used(model: ModelSpec) -> None:
    models = ModelRegistry(facts={model.endpoint: ModelFacts().with_price(NEW_PRICE, DAY)})
    assert models.get(model.endpoint).price_rule == model.price_rule


def test_an_unknown_price_becomes_known() -> None:
    model = next(model for model in BUILT_IN if model.price_rule.range is None)
    models = ModelRegistry(facts={model.endpoint: ModelFacts().with_price(NEW_PRICE, DAY)})
    assert models.get(model.endpoint).price_rule == NEW_PRICE
    assert IDEOGRAM_REMOVE_BACKGROUND.price_rule == ModelRegistry().get(IDEOGRAM_REMOVE_BACKGROUND.endpoint).price_rule


def test_the_price_of_a_unit_is_that_of_the_day() -> None:
    facts = ModelFacts().with_unit_price(Decimal("0.05"), DAY).with_unit_price(Decimal("0.07"), LATER)
    days = (date(2026, 1, 1), DAY, date(2026, 12, 2), LATER, date(2030, 1, 1))
    assert [str(facts.unit_price(day)) for day in days] == ["0.05", "0.05", "0.05", "0.07", "0.07"]
    assert ModelFacts().unit_price(DAY) is None


@pytest.mark.parametrize(
    ("content", "problem", "is_kept"),
    [
        (b"{", "couldn’t be read. The built-in prices are used; the damaged file is kept as", False),
        (b'{"version": 1, "models": {"a/b": {"prices": 5}}}', "couldn’t be read.", False),
        (b'{"version": 2}', "by a newer version of the program", True),
    ],
)
def test_saved_prices_that_are_damaged_or_newer_are_said_and_kept(
    tmp_path: Path, content: bytes, problem: str, is_kept: bool
) -> None:
    file = facts_file(tmp_path / "models")
    file.write_bytes(content)
    models = load_models(tmp_path / "models")
    assert list(models) == list(BUILT_IN)
    (said,) = models.problems
    assert problem in said
    assert file.exists() == is_kept
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [content]


def test_facts_are_written_and_read_without_loss() -> None:
    facts = ModelFacts(price_words="$1", is_deprecated=True, updated_at="x", checked_on=DAY)
    facts = facts.with_price(TIERS, DAY).with_unit_price(Decimal("0.001"), LATER)
    assert facts_from_json(facts_to_json({"a/b": facts}).encode()) == {"a/b": facts}
    assert json.loads(facts_to_json({}))["version"] == 1
