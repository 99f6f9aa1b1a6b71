"""The ImagineArt family. Fields, their order, defaults and prices are those of fal's model pages (2026-11)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from imagineart_desktop.models.field_kinds import FieldKind
from imagineart_desktop.models.model import Model, Size, Task
from imagineart_desktop.models.price import Price, fixed_price, format_dollars
from imagineart_desktop.models.request import (
    MAX_SEED,
    FieldUi,
    ImageReference,
    Instruction,
    ModelRequest,
    Prompt,
    Seed,
)
from imagineart_desktop.models.size import LONG_EDGE, parse_ratio, size_for

SeedOrRandom = Annotated[int, Field(ge=-1, le=MAX_SEED, strict=True)]
"""A seed; −1, 0 and omitting it all mean random."""

MAX_REFERENCES = 4


class ImagineArt20Request(ModelRequest):
    """ImagineArt 2.0 Preview, text to image."""

    prompt: Annotated[Prompt, FieldUi("Prompt", FieldKind.PROMPT)]
    aspect_ratio: Annotated[
        Literal[
            "1:1",
            "16:9",
            "9:16",
            "4:3",
            "3:4",
            "3:1",
            "1:3",
            "3:2",
            "2:3",
            "21:9",
            "4:5",
            "5:4",
            "4:1",
            "1:4",
        ],
        FieldUi("Aspect ratio", FieldKind.RATIO),
    ] = "1:1"
    resolution: Annotated[
        Literal["1K", "2K"],
        FieldUi("Resolution", FieldKind.CHOICE, "1K is about 1024 px and faster, 2K about 2048 px."),
    ] = "2K"
    seed: Annotated[SeedOrRandom | None, FieldUi("Seed", FieldKind.SEED)] = None
    reasoning: Annotated[
        Literal["low", "high"],
        FieldUi("Reasoning", FieldKind.CHOICE, "High is slower and follows the prompt better."),
    ] = "low"


class ImagineArt15ProRequest(ModelRequest):
    """ImagineArt 1.5 Pro Preview, text to image."""

    prompt: Annotated[Prompt, FieldUi("Prompt", FieldKind.PROMPT)]
    aspect_ratio: Annotated[
        Literal["1:1", "16:9", "9:16", "4:3", "3:4", "3:1", "1:3", "3:2", "2:3"],
        FieldUi("Aspect ratio", FieldKind.RATIO),
    ] = "1:1"
    seed: Annotated[Seed | None, FieldUi("Seed", FieldKind.SEED)] = None


class ImagineArt20EditRequest(ModelRequest):
    """ImagineArt 2.0 Edit Preview: an instruction and one to four reference images."""

    image_urls: Annotated[
        tuple[ImageReference, ...],
        Field(min_length=1, max_length=MAX_REFERENCES),
        FieldUi("Reference images", FieldKind.PICTURES),
    ]
    prompt: Annotated[Instruction, FieldUi("Prompt", FieldKind.PROMPT)]
    aspect_ratio: Annotated[
        Literal["auto", "1:1", "9:16", "16:9", "3:2", "2:3", "4:3", "3:4", "4:5", "5:4", "3:1", "1:3", "21:9"],
        FieldUi("Aspect ratio", FieldKind.RATIO, "auto is the ratio of the first reference."),
    ] = "auto"


_PRICE_20 = {"1K": fixed_price("0.03"), "2K": fixed_price("0.05")}
_EDIT_FIRST, _EDIT_FURTHER = Decimal("0.05"), Decimal("0.007")


def _price_edit(request: ImagineArt20EditRequest) -> Price:
    further = len(request.image_urls) - 1
    if not further:
        return fixed_price("0.05")
    return Price(
        _EDIT_FIRST + further * _EDIT_FURTHER,
        f"{format_dollars(_EDIT_FIRST)} + {further} × {format_dollars(_EDIT_FURTHER)}",
    )


def _size_20(request: ImagineArt20Request, _inputs: Sequence[Size]) -> Size:
    return size_for(parse_ratio(request.aspect_ratio), LONG_EDGE[request.resolution])


def _size_15_pro(request: ImagineArt15ProRequest, _inputs: Sequence[Size]) -> Size:
    return size_for(parse_ratio(request.aspect_ratio), LONG_EDGE["2K"])


def _size_edit(request: ImagineArt20EditRequest, inputs: Sequence[Size]) -> Size | None:
    if request.aspect_ratio != "auto":
        return size_for(parse_ratio(request.aspect_ratio), LONG_EDGE["2K"])
    return size_for(inputs[0], LONG_EDGE["2K"]) if inputs else None


IMAGINEART_20 = Model(
    endpoint="imagineart/imagineart-2.0-preview/text-to-image",
    label="ImagineArt 2.0 Preview",
    short_label="2.0",
    task=Task.GENERATE,
    request_type=ImagineArt20Request,
    price=lambda request: _PRICE_20[request.resolution],
    output_size=_size_20,
    typical_seconds=20,
    note="Latest; 1K or 2K, 14 ratios",
)

IMAGINEART_15_PRO = Model(
    endpoint="imagineart/imagineart-1.5-pro-preview/text-to-image",
    label="ImagineArt 1.5 Pro Preview",
    short_label="1.5 Pro",
    task=Task.GENERATE,
    request_type=ImagineArt15ProRequest,
    price=lambda _request: fixed_price("0.045"),
    output_size=_size_15_pro,
    typical_seconds=20,
    note="Earlier; always 2K, 9 ratios",
)

IMAGINEART_20_EDIT = Model(
    endpoint="imagineart/imagineart-2.0-edit-preview/image-to-image",
    label="ImagineArt 2.0 Edit Preview",
    short_label="2.0 Edit",
    task=Task.EDIT,
    request_type=ImagineArt20EditRequest,
    price=_price_edit,
    output_size=_size_edit,
    typical_seconds=25,
    note="Edits and combines up to 4 images",
)
