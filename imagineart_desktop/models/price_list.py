"""The price of a model across all its settings, for lists of models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import Any

from imagineart_desktop.models.field_kinds import TRAITS, Images
from imagineart_desktop.models.model_spec import ModelSpec
from imagineart_desktop.models.price import format_dollars
from imagineart_desktop.models.problems import InvalidRequestError
from imagineart_desktop.models.request import ModelRequest
from imagineart_desktop.models.value_schemas import input_reference

_PLACEHOLDER = input_reference("0" * 64)
"""Placeholder for an image that isn't chosen yet, so that the price can be shown before."""

_MAX_VARIANTS = 200


def placeholder_images(model: ModelSpec, pictures: int = 1) -> dict[str, str | tuple[str, ...]]:
    """Return placeholders for the image fields. pictures: how many for a field that takes several."""
    values: dict[Images, str | tuple[str, ...]] = {Images.SEVERAL: (_PLACEHOLDER,) * pictures, Images.ONE: _PLACEHOLDER}
    held = {field.name: TRAITS[field.kind].images for field in model.fields}
    return {name: values[images] for name, images in held.items() if images in values}


@cache
def list_price(model: ModelSpec) -> str:
    """Return the price of one image: “$0.08”, or “from $0.03” if it depends on the settings."""
    amounts = sorted({model.price(request).amount for request in islice(_variants(model), _MAX_VARIANTS)})
    return format_dollars(amounts[0]) if len(amounts) == 1 else f"from {format_dollars(amounts[0])}"


def _variants(model: ModelSpec) -> Iterator[ModelRequest]:
    """Yield requests with every combination of the choices that may change the price, with one image and with two."""
    options: dict[str, tuple[Any, ...]] = {}
    for field in model.fields:
        if (variants := TRAITS[field.kind].variants) is not None:
            options[field.name] = variants(field)
    for pictures, *values in product((1, 2), *options.values()):
        fields = {"prompt": "x", **placeholder_images(model, pictures), **dict(zip(options, values, strict=True))}
        try:
            yield model.parse(fields)
        except InvalidRequestError:
            continue
