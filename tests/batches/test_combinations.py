"""The rows of a plan: prompts × values of what varies, each checked by its own model."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from imagineart_desktop.batches.combinations import Combinations, TooManyRowsError
from imagineart_desktop.batches.plan import IMAGES, MODEL, BatchPlan, RecipeError, VariedField, read_recipe
from imagineart_desktop.batches.preview import make_preview
from imagineart_desktop.batches.row import RowTotals, fitting
from imagineart_desktop.batches.row_images import RowImages, folder_images
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.models import (
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_UPSCALE,
    IDEOGRAM_V3,
    IMAGINEART_15,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    Task,
)
from tests.batches.batch_fixtures import ENDPOINT, MODELS, combined, write_image

PLAN = BatchPlan(model=ENDPOINT, prompt="A {red|teal} cup", fields={"resolution": "2K"})
RATIOS = VariedField(name="aspect_ratio", values=("1:1", "16:9", "5:1"))


def test_every_combination_is_a_row_in_the_order_of_what_varies(tmp_path: Path) -> None:
    models = VariedField(name=MODEL, values=(IMAGINEART_20.endpoint, IDEOGRAM_45.endpoint))
    rows = combined(PLAN.model_copy(update={"vary": (RATIOS, models)}), tmp_path)
    assert [row.index for row in rows] == list(range(1, 13))
    assert [row.prompt.text for row in rows[:6]] == ["A red cup"] * 6
    assert dict(rows[2].varied) == {"Aspect ratio": "16:9", "Model": IMAGINEART_20.label}
    assert rows[2].fields == {"resolution": "2K", "aspect_ratio": "16:9", "prompt": "A red cup"}
    assert rows[2].size == IMAGINEART_20.output_size(IMAGINEART_20.parse(rows[2].fields), [])
    assert not rows[0].problems
    # What is only common to all rows is left out where the model lacks it; what a row itself wants isn't.
    assert "resolution" not in rows[1].fields
    assert not rows[1].problems
    assert rows[4].problems == ("ImagineArt 2.0 Preview has no aspect ratio 5:1. Choose another, or skip this row.",)


def test_a_ratio_is_the_nearest_size_of_a_model_that_takes_sizes(tmp_path: Path) -> None:
    models = VariedField(name=MODEL, values=(IDEOGRAM_45.endpoint, IDEOGRAM_V3.endpoint))
    ratios = VariedField(name="aspect_ratio", values=("1:1", "16:9", "9:16", "3:1"))
    rows = combined(BatchPlan(model=ENDPOINT, prompt="A cup", vary=(models, ratios)), tmp_path)
    assert [row.problems for row in rows] == [()] * 8
    assert [row.varied["Aspect ratio"] for row in rows] == [
        "1:1 as 1024 × 1024",
        "16:9 as 1280 × 720",
        "9:16 as 720 × 1280",
        "3:1 as 1440 × 720",
        "1:1 as Square, large",
        "16:9 as Landscape 16:9",
        "9:16 as Portrait 9:16",
        "3:1 as 1536 × 512",
    ]
    assert [row.size for row in rows[4:]] == [(1024, 1024), (1024, 576), (576, 1024), (1536, 512)]
    # Sizes that vary themselves aren't replaced, and what isn't a ratio has no size.
    sizes = VariedField(name="image_size", values=("square",))
    plan = BatchPlan(model=IDEOGRAM_V3.endpoint, prompt="A cup", vary=(ratios, sizes))
    assert all(row.problems for row in combined(plan, tmp_path))
    odd = VariedField(name="aspect_ratio", values=("auto", "wide"))
    assert all(row.problems for row in combined(plan.model_copy(update={"vary": (odd,)}), tmp_path))


def test_a_ratio_is_a_size_for_a_model_that_else_keeps_the_size_of_the_image(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    models = VariedField(name=MODEL, values=(IMAGINEART_20_EDIT.endpoint, IDEOGRAM_45_EDIT.endpoint))
    ratios = VariedField(name="aspect_ratio", values=("auto", "16:9"))
    plan = BatchPlan(task=Task.EDIT, model=IMAGINEART_20_EDIT.endpoint, prompt="Bluer", images=("a.png",))
    rows = combined(plan.model_copy(update={"vary": (models, ratios)}), tmp_path)
    assert [row.problems for row in rows] == [()] * 4
    assert [row.fields.get("image_size", "auto") for row in rows[2:]] == ["auto", {"width": 1024, "height": 576}]
    assert rows[3].size == (1024, 576)


def test_what_varies_without_values_is_named_instead_of_making_no_rows_silently(tmp_path: Path) -> None:
    for name, label in ((MODEL, "Model"), (IMAGES, "Images"), ("aspect_ratio", "Aspect ratio")):
        plan = PLAN.model_copy(update={"vary": (VariedField(name=name, values=()),)})
        shown = make_preview(plan, MODELS, Wildcards(tmp_path), RowImages(tmp_path))
        assert (shown.rows, shown.problem) == ((), f"Choose values for “{label}”, or remove it from what varies.")


def test_totals_count_what_is_sent(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"vary": (RATIOS,), "count": 3, "skipped": frozenset({1})})
    rows = combined(plan, tmp_path)
    price = rows[1].price
    totals = RowTotals.of(rows)
    assert price.amount == 3 * IMAGINEART_20.price(IMAGINEART_20.parse(rows[1].fields)).amount
    assert totals == RowTotals(rows=3, images=9, requests=9, amount=3 * price.amount, unknown=0, wrong=2)
    assert [fitting(rows, price.amount * 2 + Decimal("0.001")), fitting(rows, Decimal(0))] == [2, 0]


def test_several_images_are_made_by_as_few_requests_as_possible(tmp_path: Path) -> None:
    (row,) = combined(BatchPlan(model=IDEOGRAM_45.endpoint, prompt="a cup", count=10), tmp_path)
    assert row.requests == len(IDEOGRAM_45.batches_of(10, {}))
    assert row.requests < 10


def test_a_prompt_that_is_json_is_not_changed(tmp_path: Path) -> None:
    prompt = '{"positive_prompt": "a {red|teal} cup", "negative_prompt": "blur"}'
    (row,) = combined(BatchPlan(model=IMAGINEART_15.endpoint, prompt=prompt), tmp_path)
    assert row.fields["prompt"] == prompt


def test_too_many_combinations_are_told_and_not_made(tmp_path: Path) -> None:
    plan = BatchPlan(model=ENDPOINT, prompt="{a|b|c|d|e|f|g|h|i|j}" * 9)
    combinations = Combinations(plan, MODELS, Wildcards(tmp_path))
    assert combinations.count == 10**9
    with pytest.raises(TooManyRowsError, match="1,000,000,000 requests; a batch has up to 10,000"):
        combined(plan, tmp_path)
    sampled = combined(plan.model_copy(update={"sample": 7, "sample_seed": 3}), tmp_path)
    assert len({row.prompt.text for row in sampled}) == 7
    assert sampled == combined(plan.model_copy(update={"sample": 7, "sample_seed": 3}), tmp_path)


def test_a_folder_of_images_is_a_row_per_image_and_odd_files_are_named(tmp_path: Path) -> None:
    write_image(tmp_path / "b.png")
    write_image(tmp_path / "A.jpg", (300, 200))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / ".hidden").write_text("no image")
    values = tuple(map(str, folder_images(tmp_path)))
    rows = combined(
        BatchPlan(task=Task.UPSCALE, model=IDEOGRAM_UPSCALE.endpoint, vary=(VariedField(name=IMAGES, values=values),)),
        tmp_path,
    )
    assert [image.name for row in rows for held in row.images.values() for image in held] == ["A.jpg", "b.png"]
    assert [row.images["image_url"][0].size for row in rows[:2]] == [(300, 200), (64, 48)]
    assert [bool(row.problems) for row in rows] == [False, False, True]
    assert "notes.txt" in rows[2].problems[0]


def test_references_follow_the_image_that_varies(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "style.png"):
        write_image(tmp_path / name)
    plan = BatchPlan(
        task=Task.EDIT,
        model=IMAGINEART_20_EDIT.endpoint,
        prompt="make it blue",
        images=("style.png",),
        vary=(VariedField(name=IMAGES, values=("a.png", "b.png", "missing.png")),),
    )
    first, second, third = combined(plan, tmp_path)
    assert [image.name for image in first.images["image_urls"]] == ["a.png", "style.png"]
    assert [image.name for image in second.images["image_urls"]] == ["b.png", "style.png"]
    assert "There is no file “missing.png”" in third.problems[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vary": (VariedField(name=MODEL, values=("gone/model",)),)}, "There is no model “gone/model”"),
        ({"vary": (VariedField(name=MODEL, values=(IMAGINEART_20_EDIT.endpoint,)),)}, "isn’t for this task"),
        ({"vary": (VariedField(name="seed", values=(-2,)),)}, "Seed must be -1 or more"),
        ({"vary": (VariedField(name="nonsense", values=(1,)),)}, "has no field “nonsense”"),
        ({"prompt": "{| }"}, "Describe the image first."),
    ],
)
def test_a_wrong_combination_is_a_row_with_its_reason(change: dict[str, object], words: str, tmp_path: Path) -> None:
    rows = combined(PLAN.model_copy(update=change), tmp_path)
    assert rows
    assert all(words in " ".join(row.problems) for row in rows)
    assert RowTotals.of(rows).rows == 0


def test_a_recipe_gives_the_same_rows(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"vary": (RATIOS,), "skipped": frozenset({2}), "max_cost": Decimal("1.50")})
    file = tmp_path / "kettles.json"
    file.write_bytes(plan.to_recipe())
    assert read_recipe(file) == plan
    assert combined(read_recipe(file), tmp_path) == combined(plan, tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"batch": 2, "model": "x"}', '{"model": "x", "more": 1}', '{"model": "x", "count": 0}']
)
def test_what_is_no_recipe_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(RecipeError, match=r"“odd\.json” isn’t a batch recipe"):
        read_recipe(tmp_path / "odd.json")
