"""The price of a model across all its settings, for lists of models."""

from __future__ import annotations

from imagineart_desktop.models.field_kinds import TRAITS, Images
from imagineart_desktop.models.field_spec import FieldKind
from imagineart_desktop.models.model_spec import ModelSpec, Task
from imagineart_desktop.models.price import format_dollars
from imagineart_desktop.models.value_schemas import input_reference

_PLACEHOLDER = input_reference("0" * 64)
"""Placeholder for an image that isn't chosen yet, so that the price can be shown before."""


def placeholder_images(model: ModelSpec, task: Task, count: int = 1) -> dict[str, str | tuple[str, ...]]:
    """Return placeholders for the image fields that a request of a task fills. count: how many images there are."""
    images = [_PLACEHOLDER] * count if task.takes_image else []
    filled = model.image_fields(images, task)
    mask = model.field_of(FieldKind.MASK)
    if task.takes_mask and mask is not None:
        filled[mask.name] = [_PLACEHOLDER]
    several = {field.name for field in model.fields if TRAITS[field.kind].images is Images.SEVERAL}
    return {name: tuple(held) if name in several else held[0] for name, held in filled.items()}


def list_price(model: ModelSpec) -> str:
    """Return the price of one request: “$0.08”, “from $0.03” if it depends on the settings, or “unknown”."""
    known = model.price_rule.range
    if known is None:
        return "unknown"
    lowest, highest = known
    return format_dollars(lowest) if lowest == highest else f"from {format_dollars(lowest)}"


def price_per_image(model: ModelSpec) -> str:
    """Return the price of one request in words: “$0.08 per image”, or “Unknown price”."""
    return "Unknown price" if model.price_rule.range is None else f"{list_price(model)} per image"
