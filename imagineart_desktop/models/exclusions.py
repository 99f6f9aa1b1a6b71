"""Fields that can't be sent together, from what each field declares in `FieldSpec.excludes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imagineart_desktop.models.field_spec import FieldSpec

_EMPTY: tuple[object, ...] = (None, "", [], ())


def is_given(value: object) -> bool:
    """Return whether a request's value counts against the fields that exclude it."""
    return value not in _EMPTY


def excluded_fields(fields: Mapping[str, FieldSpec], values: Mapping[str, object]) -> dict[str, FieldSpec]:
    """Return the name of each field that isn't sent → the field that excludes it.

    values: of a form, where a field at its default counts as unset. If two fields that exclude each other are set, the
    one that declares it is sent.
    """
    found: dict[str, FieldSpec] = {}
    for field, other in _pairs(fields):
        if field.name in found or other.name in found:
            continue
        if _is_set(field, values):
            found[other.name] = field
        elif _is_set(other, values):
            found[field.name] = other
    return found


def conflicting_fields(
    fields: Mapping[str, FieldSpec], values: Mapping[str, object]
) -> tuple[FieldSpec, FieldSpec] | None:
    """Return the first two fields of a request that can't be sent together, or None. values: as they were given."""
    given = {name for name, value in values.items() if is_given(value)}
    return next((pair for pair in _pairs(fields) if {field.name for field in pair} <= given), None)


def left_out(fields: Mapping[str, FieldSpec], values: Mapping[str, object]) -> set[str]:
    """Return the fields that a request must not have, not even with their default. values: as they were given."""
    return {other.name for field, other in _pairs(fields) if is_given(values.get(field.name))}


def _is_set(field: FieldSpec, values: Mapping[str, object]) -> bool:
    value = values.get(field.name)
    return is_given(value) and value != field.default


def _pairs(fields: Mapping[str, FieldSpec]) -> Iterable[tuple[FieldSpec, FieldSpec]]:
    """Yield (field, a field that it excludes), as far as the model has both."""
    return ((field, fields[name]) for field in fields.values() for name in field.excludes if name in fields)
