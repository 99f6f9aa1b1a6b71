"""The settings of a request as the user reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagineart_desktop.models.field_kinds import TRAITS
from imagineart_desktop.models.model_spec import ModelSpec


@dataclass(frozen=True, slots=True)
class SettingText:
    """One setting. field: its name in the service's API; label: in a list; text: its value."""

    field: str
    label: str
    text: str


def setting_texts(model: ModelSpec, request: Mapping[str, object]) -> list[SettingText]:
    """Return the settings of a request, in its order. Without prompt, seed and images, and what the model lacks."""
    found = []
    for name, value in request.items():
        field = model.fields_by_name.get(name)
        text_of = TRAITS[field.kind].text_of if field is not None else None
        if field is not None and text_of is not None and value != "":
            found.append(SettingText(name, field.short or field.label, text_of(field, value)))
    return found
