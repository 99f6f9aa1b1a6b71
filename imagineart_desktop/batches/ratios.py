"""An aspect ratio in the row of a model that takes an image size."""

from __future__ import annotations

from imagineart_desktop.models import TRAITS, ModelSpec, value_for_ratio
from imagineart_desktop.support.json_types import JsonValue


def sized_as(model: ModelSpec, ratio: str, text: str) -> tuple[str, JsonValue, str] | None:
    """Return (the model's field, its value, “16:9 as Landscape 16:9”) for a ratio; None if the model takes none.

    text: the ratio as it's shown.
    """
    found = value_for_ratio(model, ratio)
    if found is None:
        return None
    field, value = found
    text_of = TRAITS[field.kind].text_of
    shown = str(value) if text_of is None else text_of(field, value)
    return field.name, value, text if shown == text else f"{text} as {shown}"
