"""The ImagineArt family. Fields, their order, defaults and prices are those of fal's model pages (2026-11)."""

from __future__ import annotations

from decimal import Decimal

from imagineart_desktop.models.common_fields import INSTRUCTION, NEGATIVE_PROMPT, PROMPT, SEED
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import ModelSpec, Task
from imagineart_desktop.models.output_size import RatioSize
from imagineart_desktop.models.price_rule import FixedPrice, ImagesPrice, OptionPrice
from imagineart_desktop.models.value_schemas import MAX_SEED

_MAX_REFERENCES = 4

_1K, _2K = 1024, 2048
"""Pixels of the longer edge; fal documents “about 1024 px” and “about 2048 px”."""

IMAGINEART_20 = ModelSpec(
    endpoint="imagineart/imagineart-2.0-preview/text-to-image",
    label="ImagineArt 2.0 Preview",
    short_label="2.0",
    tasks=(Task.GENERATE,),
    fields=(
        PROMPT,
        FieldSpec(
            name="aspect_ratio",
            kind=FieldKind.RATIO,
            label="Aspect ratio",
            options=(
                *("1:1", "16:9", "9:16", "4:3", "3:4", "3:1", "1:3"),
                *("3:2", "2:3", "21:9", "4:5", "5:4", "4:1", "1:4"),
            ),
            default="1:1",
        ),
        FieldSpec(
            name="resolution",
            kind=FieldKind.CHOICE,
            label="Resolution",
            help="1K is about 1024 px and faster, 2K about 2048 px.",
            options=("1K", "2K"),
            default="2K",
        ),
        # −1, 0 and leaving it out all mean random.
        FieldSpec(name="seed", kind=FieldKind.SEED, label="Seed", minimum=-1, maximum=MAX_SEED),
        FieldSpec(
            name="reasoning",
            kind=FieldKind.CHOICE,
            label="Reasoning",
            help="High is slower and follows the prompt better.",
            options=("low", "high"),
            default="low",
        ),
    ),
    price_rule=OptionPrice(field="resolution", amounts={"1K": Decimal("0.03"), "2K": Decimal("0.05")}),
    size_rule=RatioSize(field="aspect_ratio", edge_field="resolution", edges={"1K": _1K, "2K": _2K}),
    typical_seconds=20,
    note="Latest; 1K or 2K, 14 ratios",
)

IMAGINEART_15_PRO = ModelSpec(
    endpoint="imagineart/imagineart-1.5-pro-preview/text-to-image",
    label="ImagineArt 1.5 Pro Preview",
    short_label="1.5 Pro",
    tasks=(Task.GENERATE,),
    fields=(
        PROMPT,
        FieldSpec(
            name="aspect_ratio",
            kind=FieldKind.RATIO,
            label="Aspect ratio",
            options=("1:1", "16:9", "9:16", "4:3", "3:4", "3:1", "1:3", "3:2", "2:3"),
            default="1:1",
        ),
        SEED,
        NEGATIVE_PROMPT,
    ),
    packs_prompt=True,
    price_rule=FixedPrice(amount=Decimal("0.045")),
    size_rule=RatioSize(field="aspect_ratio", long_edge=_2K),
    typical_seconds=20,
    note="Earlier; always 2K, 9 ratios",
)

IMAGINEART_15 = ModelSpec(
    endpoint="imagineart/imagineart-1.5-preview/text-to-image",
    label="ImagineArt 1.5 Preview",
    short_label="1.5",
    tasks=(Task.GENERATE,),
    fields=IMAGINEART_15_PRO.fields,
    packs_prompt=True,
    price_rule=FixedPrice(amount=Decimal("0.03")),
    size_rule=IMAGINEART_15_PRO.size_rule,
    typical_seconds=15,
    note="Earlier and cheaper; 9 ratios",
)

IMAGINEART_20_EDIT = ModelSpec(
    endpoint="imagineart/imagineart-2.0-edit-preview/image-to-image",
    label="ImagineArt 2.0 Edit Preview",
    short_label="2.0 Edit",
    tasks=(Task.EDIT,),
    fields=(
        FieldSpec(
            name="image_urls",
            kind=FieldKind.PICTURES,
            label="Reference images",
            required=True,
            max_items=_MAX_REFERENCES,
        ),
        INSTRUCTION,
        FieldSpec(
            name="aspect_ratio",
            kind=FieldKind.RATIO,
            label="Aspect ratio",
            help="auto is the ratio of the first reference.",
            options=(
                *("auto", "1:1", "9:16", "16:9", "3:2", "2:3", "4:3", "3:4"),
                *("4:5", "5:4", "3:1", "1:3", "21:9"),
            ),
            default="auto",
        ),
    ),
    price_rule=ImagesPrice(field="image_urls", most=_MAX_REFERENCES, first=Decimal("0.05"), further=Decimal("0.007")),
    size_rule=RatioSize(field="aspect_ratio", long_edge=_2K),
    typical_seconds=25,
    note="Edits and combines up to 4 images",
)
