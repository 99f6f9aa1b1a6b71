"""Style codes: lists of hexadecimal codes, each naming a style of the service."""

from __future__ import annotations

import re

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from imagineart_desktop.models.field_spec import FieldSpec

_DIGITS = 8
_OTHER = re.compile(r"[^0-9A-Fa-f]")
_BETWEEN = re.compile(r"[\s,;]+")
_MAX_QUOTED = 16


def codes(field: FieldSpec) -> CoreSchema:
    """A list of codes of eight hexadecimal digits, as many as the field may hold; at least one."""
    code = core_schema.no_info_after_validator_function(_check, core_schema.str_schema(strict=True))
    return core_schema.list_schema(code, min_length=1, max_length=field.max_items)


def any_codes(_field: FieldSpec) -> CoreSchema:
    """A list of any texts: a draft keeps what was typed, and says what is wrong with it."""
    return core_schema.list_schema(core_schema.str_schema())


def read_codes(text: str) -> list[str]:
    """Return the codes in a text, valid or not, separated by spaces or commas."""
    return [code for code in _BETWEEN.split(text) if code]


def codes_text(_field: FieldSpec, value: object) -> str:
    """Return the codes in their display form."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _check(code: str) -> str:
    if odd := _OTHER.search(code):
        raise PydanticCustomError(
            "value_error",
            "“{odd}” isn’t a hexadecimal digit (0–9, A–F).",
            {"odd": odd.group()},
        )
    if len(code) != _DIGITS:
        raise PydanticCustomError(
            "value_error",
            "“{code}” has {count} of {digits} hexadecimal digits.",
            {"digits": _DIGITS, "code": _shortened(code), "count": len(code)},
        )
    return code


def _shortened(code: str) -> str:
    return code if len(code) <= _MAX_QUOTED else f"{code[:_MAX_QUOTED]}…"
