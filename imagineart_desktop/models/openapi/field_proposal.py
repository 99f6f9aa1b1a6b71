"""The field of a request form that shows a property of an endpoint's input."""

from __future__ import annotations

import json

from pydantic_core import SchemaValidator

from imagineart_desktop.models.common_fields import PROMPT, SEED, SYNC, images_per_request
from imagineart_desktop.models.field_kinds import TRAITS
from imagineart_desktop.models.field_spec import MAX_PROMPT, NO_LIMIT, FieldKind, FieldSpec
from imagineart_desktop.models.openapi.property import Property, Shape
from imagineart_desktop.models.openapi.roles import Roles
from imagineart_desktop.models.size import is_ratio
from imagineart_desktop.models.value_schemas import MAX_SEED

_DEFAULT_REFERENCES = 10
"""How many images a list of them may hold where the document names no limit."""

_MAX_RESULTS = 8
"""How many images one request makes at most, whatever a document says."""

_MAX_REFERENCES = 100
_ABBREVIATIONS = {"url": "URL", "urls": "URLs", "lora": "LoRA", "loras": "LoRAs", "id": "ID", "cfg": "CFG"}
_NUMBERS = {Shape.NUMBER: FieldKind.NUMBER, Shape.INTEGER: FieldKind.INTEGER}


def propose_field(given: Property, roles: Roles) -> FieldSpec:
    """Return the field for a property. What no control can express is a JSON field."""
    field = _plain_field(given, roles)
    if field.kind in (FieldKind.PICTURE, FieldKind.PICTURES, FieldKind.MASK):
        return field.model_copy(update={"required": given.required})
    if field.kind is FieldKind.COUNT:
        return field
    default = _default(given, field)
    if default is None and given.required and field.kind not in (FieldKind.PROMPT, FieldKind.SEED):
        default = _first_value(field)
    is_required = given.required and default is None
    return field.model_copy(update={"required": is_required, "default": default})


def _plain_field(given: Property, roles: Roles) -> FieldSpec:
    """Return the field without default."""
    name, named = given.name, FieldSpec(name=given.name, kind=FieldKind.JSON, label=_label(given))
    if name == roles.prompt:
        subject = "change" if roles.image or roles.references else "image"
        return PROMPT.model_copy(update={"describes": subject, "max_length": given.max_length or MAX_PROMPT})
    if name == roles.count and given.maximum is not None and given.default in (None, 1) and not given.required:
        return images_per_request(int(min(given.maximum, _MAX_RESULTS))).model_copy(update={"name": name})
    if name == roles.seed:
        return SEED.model_copy(update={"minimum": _seed_minimum(given), "maximum": _seed_maximum(given)})
    if name == roles.mask:
        return named.model_copy(update={"kind": FieldKind.MASK, "label": "Mask"})
    if name == roles.image:
        return named.model_copy(update={"kind": FieldKind.PICTURE, "label": "Image"})
    if name == roles.references:
        max_items = min(given.max_items or _DEFAULT_REFERENCES, _MAX_REFERENCES)
        update = {"kind": FieldKind.PICTURES, "label": "Reference images", "max_items": max_items}
        return named.model_copy(update=update)
    if name == SYNC.name and given.shape is Shape.BOOLEAN:
        return named.model_copy(update={"kind": SYNC.kind, "label": SYNC.label, "help": SYNC.help})
    return _by_shape(given, named.model_copy(update={"help": given.description}))


def _by_shape(given: Property, named: FieldSpec) -> FieldSpec:
    match given.shape:
        case Shape.TEXT:
            return named.model_copy(update={"kind": FieldKind.TEXT, "max_length": given.max_length or MAX_PROMPT})
        case Shape.BOOLEAN:
            return named.model_copy(update={"kind": FieldKind.SWITCH})
        case Shape.CHOICE:
            has_ratios = all(map(is_ratio, given.options)) and len(given.options) > 1
            # A ratio that may be left out has no tile for that.
            kind = FieldKind.RATIO if has_ratios and given.default is not None else FieldKind.CHOICE
            return named.model_copy(update={"kind": kind, "options": given.options})
        case Shape.NUMBER | Shape.INTEGER:
            return named.model_copy(update={"kind": _NUMBERS[given.shape], **_limits(given)})
        case _:
            return named.model_copy(update={"hint": _example(given)})


def _limits(given: Property) -> dict[str, int | float | None]:
    low = -NO_LIMIT if given.minimum is None else max(-NO_LIMIT, given.minimum)
    high = None if given.maximum is None or given.maximum > NO_LIMIT else given.maximum
    step = given.step or (1 if given.shape is Shape.INTEGER else _step(given))
    return {"minimum": low, "maximum": high, "step": step}


def _step(given: Property) -> float:
    if given.minimum is None or given.maximum is None:
        return 0.01
    span = given.maximum - given.minimum
    return 0.01 if span <= 2 else 0.1 if span <= 50 else 1.0


def _seed_minimum(given: Property) -> int:
    return 0 if given.minimum is None else max(-1, min(int(given.minimum), MAX_SEED))


def _seed_maximum(given: Property) -> int:
    return MAX_SEED if given.maximum is None else max(0, min(int(given.maximum), MAX_SEED))


def _default(given: Property, field: FieldSpec) -> bool | int | float | str | None:
    """Return the default in the form that the field holds; None if there is none that the field may have."""
    value = given.default
    if value is None or field.kind is FieldKind.SEED:
        return None
    if field.kind is FieldKind.JSON:
        # An empty list or object is what the service assumes anyway.
        return json.dumps(value, ensure_ascii=False) if value not in ([], {}, "") else None
    lenient = field.model_copy(update={"required": False})
    is_valid = SchemaValidator(TRAITS[field.kind].schema(lenient)).isinstance_python(value, strict=True)
    return value if is_valid and isinstance(value, bool | int | float | str) else None


def _first_value(field: FieldSpec) -> bool | int | float | str | None:
    """Return a value for a field that the service requires and has no default for."""
    match field.kind:
        case FieldKind.CHOICE | FieldKind.RATIO:
            return field.options[0]
        case FieldKind.SWITCH | FieldKind.HIDDEN:
            return False
        case FieldKind.NUMBER | FieldKind.INTEGER:
            return max(0, field.minimum) if field.maximum is None or field.maximum >= 0 else field.maximum
        case _:
            return None


def _label(given: Property) -> str:
    """Return “Guidance scale (CFG)” for that title, or “LoRAs” for the name of a field without one."""
    words = (given.title or given.name.replace("_", " ")).split() or [given.name]
    shown = [_ABBREVIATIONS.get(word.lower(), word.lower() if word.istitle() else word) for word in words]
    text = " ".join(shown)
    return text[:1].upper() + text[1:]


def _example(given: Property) -> str:
    """Return what to type into an empty JSON field: “[{"path": …}]”."""
    inner = "{" + ", ".join(f'"{name}": …' for name in sorted(given.members)[:3] if name.isidentifier()) + "}"
    if given.shape is Shape.LIST:
        return f"[{inner}]" if given.members else "[…]"
    return inner if given.members else "JSON"
