"""Image sizes: the name of a preset, or a width and a height in pixels."""

from __future__ import annotations

import re
from functools import partial

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from imagineart_desktop.models.field_spec import OWN_SIZE, FieldSpec
from imagineart_desktop.models.size import Size
from imagineart_desktop.support.json_types import JsonObject, JsonValue

_PRESET = "preset"
_WIDTH, _HEIGHT = "width", "height"
_DEFAULT_EDGE = 512
"""What fal assumes for a width or a height that is left out."""

_PIXELS = re.compile(r"(\d{1,6})\s*[x×]\s*(\d{1,6})")


def size_value(field: FieldSpec) -> CoreSchema:
    """One of the field's options, or ``{"width": …, "height": …}`` within the field's limits or from its list."""
    return _size(field, {name: _edge(field, name.capitalize()) for name in (_WIDTH, _HEIGHT)})


def any_size(field: FieldSpec) -> CoreSchema:
    """One of the field's options, or any width and height: a draft keeps what was typed. A list has nothing to type."""
    if field.sizes:
        return size_value(field)
    free = field.model_copy(update={"widest": None, "max_pixels": None})
    return _size(free, dict.fromkeys((_WIDTH, _HEIGHT), core_schema.int_schema(strict=True)))


def own_size(size: Size) -> JsonValue:
    """Return the value for a size in pixels."""
    return {_WIDTH: size[0], _HEIGHT: size[1]}


def pixels_of(value: object) -> Size | None:
    """Return the width and height that a value gives, or None for a preset."""
    if not isinstance(value, dict):
        return None
    width, height = value.get(_WIDTH), value.get(_HEIGHT)
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def option_of(value: object) -> str:
    """Return a choice's value, or `OWN_SIZE` for a width and a height, as `FieldSpec.refuses` names them."""
    return str(value) if pixels_of(value) is None else OWN_SIZE


def read_size(text: str) -> JsonValue:
    """Return the size that a text describes: a preset, or a size such as ``1280x720``."""
    found = _PIXELS.fullmatch(text.strip())
    return text if found is None else own_size((int(found[1]), int(found[2])))


def size_text(field: FieldSpec, value: object) -> str:
    """Return a size in its display form: “Square, large” or “1280 × 720”."""
    size = pixels_of(value)
    return field.option_text(str(value)) if size is None else f"{size[0]} × {size[1]}"


def _size(field: FieldSpec, edges: dict[str, CoreSchema]) -> CoreSchema:
    own = core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(edge) for name, edge in edges.items()}, extra_behavior="ignore"
    )
    check = _check_listed if field.sizes else _check_shape
    checked = core_schema.no_info_after_validator_function(partial(check, field), own)
    choices: dict[str, CoreSchema] = {_PRESET: core_schema.literal_schema(list(field.options)), OWN_SIZE: checked}
    return core_schema.tagged_union_schema(choices, lambda value: OWN_SIZE if isinstance(value, dict) else _PRESET)


def _check_listed(field: FieldSpec, value: JsonObject) -> JsonObject:
    if pixels_of(value) in field.sizes:
        return value
    listed = ", ".join(f"{width} × {height}" for width, height in field.sizes)
    raise PydanticCustomError("value_error", "{label} must be one of {sizes}.", {"label": field.label, "sizes": listed})


def _check_shape(field: FieldSpec, value: JsonObject) -> JsonObject:
    """Check a size whose edges are within their limits."""
    width, height = pixels_of(value) or (1, 1)
    if field.widest is not None and max(width, height) > field.widest * min(width, height):
        raise PydanticCustomError(
            "value_error",
            "{label} must be 1:{widest} to {widest}:1.",
            {"label": field.label, "widest": f"{field.widest:g}"},
        )
    if field.max_pixels is not None and width * height > field.max_pixels:
        raise PydanticCustomError(
            "value_error",
            "{label} may have {limit} pixels at most; {width} × {height} has {pixels}.",
            {
                "label": field.label,
                "limit": f"{field.max_pixels:,}",
                "width": width,
                "height": height,
                "pixels": f"{width * height:,}",
            },
        )
    return value


def _edge(field: FieldSpec, label: str) -> CoreSchema:
    edge = core_schema.no_info_after_validator_function(
        partial(_check_edge, field, label), core_schema.int_schema(strict=True)
    )
    return core_schema.with_default_schema(edge, default=_DEFAULT_EDGE)


def _check_edge(field: FieldSpec, label: str, edge: int) -> int:
    if field.minimum <= edge and (field.maximum is None or edge <= field.maximum):
        return edge
    raise PydanticCustomError(
        "value_error", "{label} must be {limits}.", {"label": label, "limits": field.limits_text(" px")}
    )
