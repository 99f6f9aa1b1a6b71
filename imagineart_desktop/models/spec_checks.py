"""Whether the parts of a model definition fit together: types don't say so, and a definition may come from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic_core import SchemaError, SchemaValidator

from imagineart_desktop.models.field_kinds import TRAITS, Images
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import ModelSpec, is_endpoint
from imagineart_desktop.models.size import Size, is_ratio

Problem = tuple[str, str]
"""(place in the definition, what is wrong there)."""

_NAME = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
_MAX_FIELDS = 200
_MAX_SECONDS = 24 * 3600
_MAX_EDGE = 100_000
_MAX_SIZES = 200
_MAX_PIXELS = 10**9
_MAX_LENGTH = 1_000_000
_MAX_IMAGES = 100
_SAMPLE: Size = (1000, 1000)


def spec_problem(spec: ModelSpec) -> Problem | None:
    """Return the first thing that is wrong with a definition, or None."""
    found = (problem for check in (_of_model, _of_fields, _of_mask, _of_rules) for problem in check(spec))
    return next(found, None)


def _of_model(spec: ModelSpec) -> Iterator[Problem]:
    if not is_endpoint(spec.endpoint):
        yield "endpoint", "is no endpoint, such as owner/model"
    for name in ("label", "short_label"):
        if not getattr(spec, name).strip():
            yield name, "is empty"
    if not spec.tasks:
        yield "tasks", "is empty"
    elif len(set(spec.tasks)) < len(spec.tasks):
        yield "tasks", "names a task twice"
    elif not any(task.has_tab for task in spec.tasks):
        yield "tasks", "names no task that has a tab"
    if not 0 < spec.typical_seconds <= _MAX_SECONDS:
        yield "typical_seconds", f"must be above 0, and {_MAX_SECONDS} at most"


def _of_fields(spec: ModelSpec) -> Iterator[Problem]:
    if len(spec.fields) > _MAX_FIELDS:
        yield "fields", f"has {len(spec.fields)} entries; the limit is {_MAX_FIELDS}"
        return
    names: set[str] = set()
    for place, field in enumerate(spec.fields):
        if not _NAME.fullmatch(field.name):
            yield f"fields[{place}].name", "is no name of a field"
        if field.name in names:
            yield f"fields[{place}].name", "is the name of another field"
        names.add(field.name)
        for part, problem in _of_field(field):
            yield f"fields[{place}].{part}", problem
        refused = {name for others in field.refuses.values() for name in others}
        if field.refuses.keys() - set(field.options) or refused - {other.name for other in spec.fields}:
            yield f"fields[{place}].refuses", "names an option or a field that doesn’t exist"


def _of_field(field: FieldSpec) -> Iterator[Problem]:
    if not field.label.strip():
        yield "label", "is empty"
    if field.kind in (FieldKind.CHOICE, FieldKind.RATIO) and not field.options:
        yield "options", "is empty"
        return
    if len(set(field.options)) < len(field.options):
        yield "options", "has a value twice"
    if field.kind is FieldKind.RATIO and not all(map(is_ratio, field.options)):
        yield "options", "has a value that is no ratio, such as 16:9"
    if field.option_labels.keys() - set(field.options):
        yield "option_labels", "names a value that isn’t among the options"
    if field.maximum is not None and field.maximum < field.minimum:
        yield "maximum", "is below the minimum"
    if len(field.sizes) > _MAX_SIZES or any(not 1 <= edge <= _MAX_EDGE for size in field.sizes for edge in size):
        yield "sizes", f"must be at most {_MAX_SIZES} sizes with edges of 1 to {_MAX_EDGE}"
    for name in ("widest", "max_pixels"):
        if (limit := getattr(field, name)) is not None and limit < 1:
            yield name, "must be 1 or more"
    if field.step <= 0:
        yield "step", "must be above 0"
    if not 1 <= field.max_items <= _MAX_IMAGES:
        yield "max_items", f"must be 1 to {_MAX_IMAGES}"
    if field.max_with_mask is not None and not 0 <= field.max_with_mask <= field.max_items:
        yield "max_with_mask", "must be 0 to max_items"
    if not 1 <= field.max_length <= _MAX_LENGTH:
        yield "max_length", f"must be 1 to {_MAX_LENGTH}"
    if field.default is not None and not _takes(field, field.default):
        yield "default", "isn’t a value that the field takes"


def _takes(field: FieldSpec, value: object) -> bool:
    try:
        return SchemaValidator(TRAITS[field.kind].schema(field)).isinstance_python(value)
    except (SchemaError, OverflowError):
        return False


def _of_mask(spec: ModelSpec) -> Iterator[Problem]:
    has_mask = spec.field_of(FieldKind.MASK) is not None
    if any(task.takes_mask for task in spec.tasks) and not has_mask:
        yield "fields", "has no mask, which inpainting needs"
    if has_mask and spec.mask_polarity is None:
        yield "mask_polarity", "is missing, though there is a mask"
    working = spec.working_size
    if not 1 <= working.min_edge <= working.max_edge <= _MAX_EDGE:
        yield "working_size", f"has edges that aren’t 1 to {_MAX_EDGE}, in ascending order"
    if not 1 <= working.native_pixels <= working.max_pixels <= _MAX_PIXELS:
        yield "working_size", f"has numbers of pixels that aren’t 1 to {_MAX_PIXELS}, in ascending order"
    if working.widest < 1:
        yield "working_size.widest", "must be 1 or more"


def _of_rules(spec: ModelSpec) -> Iterator[Problem]:
    """Try the rules with each option of the fields that they name."""
    for name, rule in (("price_rule", spec.price_rule), ("size_rule", spec.size_rule)):
        fields = [value for part in ("field", "edge_field") if (value := getattr(rule, part, ""))]
        if unknown := [field for field in fields if field not in spec.fields_by_name]:
            yield name, f"names the field {unknown[0]}, which the model doesn’t have"
            continue
        values = {field.name: _sample(field) for field in spec.fields}
        trials = [values | {field: option} for field in fields for option in spec.fields_by_name[field].options]
        if not all(_gives(spec, name, trial) for trial in [values, *trials]):
            yield name, "has no result for some values of the fields"


def _sample(field: FieldSpec) -> object:
    """Return a value of a request that leaves the field as it is."""
    if not field.required:
        return field.default
    if TRAITS[field.kind].images is Images.SEVERAL:
        return ("",)
    return field.options[0] if field.options else ""


def _gives(spec: ModelSpec, rule: str, values: dict[str, object]) -> bool:
    """Return whether a rule has a sound result for these values."""
    try:
        if rule == "price_rule":
            lowest, _highest = spec.price_rule.range or (0, 0)
            return spec.price_rule.price(values).amount >= 0 and lowest >= 0
        size = spec.size_rule.size(values, [_SAMPLE])
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
        return False
    return size is None or all(1 <= edge <= _MAX_EDGE for edge in size)
