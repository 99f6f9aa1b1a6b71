"""Color palettes: the name of a preset, or colors with weights.

As JSON: ``{"name": "EMBER"}`` or ``{"members": [{"rgb": {"r": 200, "g": 80, "b": 20}, "color_weight": 0.5}]}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, ValidationError, core_schema

from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.support.json_types import JsonValue

MIN_WEIGHT, MAX_WEIGHT, DEFAULT_WEIGHT = 0.05, 1.0, 0.5

_NAME, _MEMBERS = "name", "members"
_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})(?::([0-9.]{1,8}))?")


@dataclass(frozen=True, slots=True)
class PaletteColor:
    """One color of a palette. rgb: red, green, blue, 0 to 255."""

    rgb: tuple[int, int, int]
    weight: float = DEFAULT_WEIGHT

    @property
    def code(self) -> str:
        """The color as #RRGGBB."""
        return "#{:02X}{:02X}{:02X}".format(*self.rgb)


def palette(field: FieldSpec) -> CoreSchema:
    """The name of one of the field's options, or colors, as many as the field may hold; at least one."""
    return core_schema.tagged_union_schema(
        {
            _NAME: _object({_NAME: core_schema.literal_schema(list(field.options))}),
            _MEMBERS: _object(
                {_MEMBERS: core_schema.list_schema(_color_schema(), min_length=1, max_length=field.max_items)}
            ),
        },
        _which,
        custom_error_type="palette_form",
        custom_error_message="A palette is either a preset or a list of colors.",
    )


def colors_of(value: object) -> list[PaletteColor]:
    """Return the colors of a palette; none for a preset or for what isn't a palette."""
    try:
        members = _COLORS.validate_python(value)[_MEMBERS]
    except ValidationError:
        return []
    return [
        PaletteColor((rgb["r"], rgb["g"], rgb["b"]), member["color_weight"])
        for member in members
        for rgb in (member["rgb"],)
    ]


def preset_of(value: object) -> str | None:
    """Return the name of a palette's preset, or None."""
    name = value.get(_NAME) if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def preset_palette(name: str) -> JsonValue:
    """Return the palette of a preset."""
    return {_NAME: name}


def palette_of(colors: Iterable[PaletteColor]) -> JsonValue:
    """Return the palette of these colors."""
    return {
        _MEMBERS: [{"rgb": dict(zip("rgb", color.rgb, strict=True)), "color_weight": color.weight} for color in colors]
    }


def read_palette(text: str) -> JsonValue:
    """Return the palette that a text describes: a preset, or colors such as ``C83214:0.6,1F6FEB``."""
    parts: Sequence[str] = [part.strip() for part in text.split(",")]
    found = [_COLOR.fullmatch(part) for part in parts]
    colors = [match for match in found if match is not None]
    if len(colors) < len(parts):
        return preset_palette(text)
    return palette_of(PaletteColor(_rgb(color[1]), _weight(color[2])) for color in colors)


def palette_text(field: FieldSpec, value: object) -> str:
    """Return a palette in its display form: “Ember” or “#C83214 0.6, #1F6FEB 0.5”."""
    if colors := colors_of(value):
        return ", ".join(f"{color.code} {color.weight:g}" for color in colors)
    name = preset_of(value)
    return str(value) if name is None else field.option_text(name)


def _rgb(code: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def _weight(text: str | None) -> float:
    try:
        return DEFAULT_WEIGHT if text is None else float(text)
    except ValueError:
        # No palette has it, and checking the palette says so.
        return 0.0


def _object(fields: dict[str, CoreSchema]) -> CoreSchema:
    return core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(schema) for name, schema in fields.items()}, extra_behavior="ignore"
    )


def _color_schema() -> CoreSchema:
    channel = core_schema.with_default_schema(core_schema.int_schema(strict=True, ge=0, le=255), default=0)
    weight = core_schema.no_info_after_validator_function(
        _check_weight, core_schema.float_schema(strict=True, allow_inf_nan=False)
    )
    return _object(
        {
            "rgb": _object(dict.fromkeys("rgb", channel)),
            "color_weight": core_schema.with_default_schema(weight, default=DEFAULT_WEIGHT),
        }
    )


def _check_weight(weight: float) -> float:
    if MIN_WEIGHT <= weight <= MAX_WEIGHT:
        return weight
    raise PydanticCustomError(
        "value_error",
        "The weight of a color is {minimum} to {maximum}.",
        {"minimum": MIN_WEIGHT, "maximum": f"{MAX_WEIGHT:g}"},
    )


def _which(value: object) -> str | None:
    """Return which form of a palette a value has; None if it has both or neither."""
    given = {name for name, held in value.items() if held is not None} if isinstance(value, dict) else set()
    return given.pop() if len(given) == 1 else None


_COLORS = SchemaValidator(_object({_MEMBERS: core_schema.list_schema(_color_schema())}))
