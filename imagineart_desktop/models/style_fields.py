"""Which of a request's values are its style."""

from __future__ import annotations

from collections.abc import Mapping

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import ModelSpec

_KINDS = (FieldKind.STYLE, FieldKind.CODES, FieldKind.PALETTE)
_NAMES = ("style", "style_preset")
"""Choices of a style are named like this by every model that has one."""


def is_style_field(field: FieldSpec) -> bool:
    """Return whether a field says in which style an image is made."""
    return field.kind in _KINDS or field.name in _NAMES


def style_values(model: ModelSpec | None, fields: Mapping[str, object]) -> dict[str, object]:
    """Return the style of a request. model: None if it's unknown; then only the fields' names decide."""
    known = {} if model is None else model.fields_by_name
    return {
        name: value
        for name, value in fields.items()
        if value not in (None, "", [], {}) and (is_style_field(known[name]) if name in known else name in _NAMES)
    }
