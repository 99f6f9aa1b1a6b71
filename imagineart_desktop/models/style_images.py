"""Images that give a style: what a draft may hold."""

from __future__ import annotations

from pydantic_core import CoreSchema, core_schema

from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.models.value_schemas import is_input_reference


def stored_images(_field: FieldSpec) -> CoreSchema:
    """A list of references to images that the library stores, at least one."""
    reference = core_schema.no_info_after_validator_function(_check_reference, core_schema.str_schema(strict=True))
    return core_schema.list_schema(reference, min_length=1)


def references_of(value: object) -> list[str]:
    """Return the references of a field's value."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _check_reference(value: str) -> str:
    if not is_input_reference(value):
        raise ValueError("no reference")
    return value
