"""How the fields on a model's page differ from those that the program has, as sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator

from imagineart_desktop.models.facts.page import PageField
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import ModelSpec
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import ellipsize

_LONGEST_VALUE = 60
_CHOICES = (FieldKind.CHOICE, FieldKind.RATIO)
_NUMBERS = (FieldKind.NUMBER, FieldKind.INTEGER, FieldKind.COUNT)


def field_changes(model: ModelSpec, published: tuple[PageField, ...]) -> tuple[str, ...]:
    """Return a sentence for each difference; none if the page lists no fields."""
    if not published:
        return ()
    fields = model.fields_by_name
    names = {field.name for field in published}
    changes = [f"New field: {field.name}." for field in published if field.name not in fields]
    changes += [f"Field removed: {name}." for name in fields if name not in names]
    for field in published:
        if (known := fields.get(field.name)) is not None:
            changes += _changes_of(known, field)
    return tuple(changes)


def _changes_of(known: FieldSpec, field: PageField) -> Iterator[str]:
    name = field.name
    if field.is_required and not known.required:
        yield f"{name} is now required."
    if known.default not in (None, "") and field.default is not None and field.default != known.default:
        yield f"{name}: the default is now {_text(field.default)}; it was {_text(known.default)}."
    if known.kind in _CHOICES and field.options:
        new = [option for option in field.options if option not in known.options]
        gone = [option for option in known.options if option not in field.options]
        if new:
            yield f"{name} now also takes {_text(', '.join(new))}."
        if gone:
            yield f"{name} no longer takes {_text(', '.join(gone))}."
    if known.kind in _NUMBERS and field.limits is not None and known.maximum is not None:
        low, high = field.limits
        if (low, high) != (known.minimum, known.maximum):
            yield f"{name}: the limits are now {low:,.12g} to {high:,.12g}; they were {known.limits_text()}."


def _text(value: JsonValue) -> str:
    return ellipsize(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONGEST_VALUE)
