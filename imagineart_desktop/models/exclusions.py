"""Fields and values that can't be sent together, from what each field declares: `FieldSpec.excludes`, `refuses`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.own_size import option_of, size_text

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
    """Return the first two fields of a request that can't be sent together, or None. values: as they were given.

    A size at its default counts as left out.
    """
    given = {
        name
        for name, value in values.items()
        if is_given(value)
        and not (name in fields and fields[name].kind is FieldKind.SIZE and value == fields[name].default)
    }
    return next((pair for pair in _pairs(fields) if {field.name for field in pair} <= given), None)


def left_out(fields: Mapping[str, FieldSpec], values: Mapping[str, object]) -> set[str]:
    """Return the fields that a request must not have, not even with their default. values: as they were given."""
    return {other.name for field, other in _pairs(fields) if is_given(values.get(field.name))}


def refused_options(fields: Mapping[str, FieldSpec], name: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return the options of a choice that can't be sent beside the other values → what refuses it, such as “x”."""
    found: dict[str, str] = {}
    for field in fields.values():
        if not field.refuses:
            continue
        chosen = str(values.get(field.name, field.default))
        for option in field.refuses.get(chosen, {}).get(name, ()):
            found[option] = f"{field.label.lower()} “{field.option_text(chosen)}”"
    return found


def combination_problem(fields: Mapping[str, FieldSpec], values: Mapping[str, object]) -> tuple[FieldSpec, str] | None:
    """Return the first field whose value doesn't fit the others, with a sentence; None if all fit together."""
    has_mask = any(field.kind is FieldKind.MASK and is_given(values.get(field.name)) for field in fields.values())
    for field in fields.values():
        value = values.get(field.name, field.default)
        if reason := refused_options(fields, field.name, values).get(option_of(value)):
            return field, f"{field.label} “{size_text(field, value)}” isn’t possible with {reason}."
        most = field.max_with_mask
        if has_mask and most is not None and isinstance(value, list | tuple) and len(value) > most:
            return field, f"{field.label}: at most {most} with a mask, there are {len(value)}."
    return None


def _is_set(field: FieldSpec, values: Mapping[str, object]) -> bool:
    value = values.get(field.name)
    return is_given(value) and value != field.default


def _pairs(fields: Mapping[str, FieldSpec]) -> Iterable[tuple[FieldSpec, FieldSpec]]:
    """Yield (field, a field that it excludes), as far as the model has both."""
    return ((field, fields[name]) for field in fields.values() for name in field.excludes if name in fields)
