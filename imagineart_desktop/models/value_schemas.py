"""What the fields of a request may hold: a validation schema for each kind of field.

Images are referenced in two ways. Before a job is sent they are *input references*, ``input:<sha256>``, to bytes stored
in the library; in the request body they're URLs. Everything else is the same in both cases.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from imagineart_desktop.models.field_spec import MAX_PROMPT, FieldKind, FieldSpec
from imagineart_desktop.support.plain_text import is_blank

MAX_SEED = 2_147_483_647
"""Largest seed that every model accepts (a signed 32-bit integer)."""

_INPUT = re.compile(r"input:[0-9a-f]{64}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def input_reference(sha256: str) -> str:
    """Return the reference for an image stored in the library. sha256: 64 hexadecimal digits."""
    return f"input:{sha256}"


def referenced_sha256(reference: str) -> str:
    """Return the SHA-256 in an input reference, as 64 hexadecimal digits."""
    return reference.partition(":")[2]


def is_input_reference(value: str) -> bool:
    """Return whether the text is an ``input:<sha256>`` reference rather than a URL."""
    return _INPUT.match(value) is not None


def length_problem(length: int, field: FieldSpec) -> str:
    """Return a sentence if a text of this length is too long for the field, or an empty string."""
    if length <= field.max_length:
        return ""
    return f"{_named(field)} is {length:,} characters long; the limit is {field.max_length:,}."


def prompt(field: FieldSpec) -> CoreSchema:
    """A text within the field's length, kept exactly as written, no control characters; empty only if optional."""

    def check(text: str) -> str:
        if field.required and is_blank(text):
            raise PydanticCustomError("prompt_empty", "Describe the {subject} first.", {"subject": field.describes})
        return _check_characters(field, text)

    return core_schema.no_info_after_validator_function(check, core_schema.str_schema())


def choice(field: FieldSpec) -> CoreSchema:
    """One of the field's options."""
    return core_schema.literal_schema(list(field.options))


def switch(_field: FieldSpec) -> CoreSchema:
    """True or false."""
    return core_schema.bool_schema()


def whole_number(field: FieldSpec) -> CoreSchema:
    """A whole number within the field's limits; text and fractions are refused."""
    highest = None if field.maximum is None else int(field.maximum)
    return core_schema.int_schema(strict=True, ge=int(field.minimum), le=highest)


def number(field: FieldSpec) -> CoreSchema:
    """A number within the field's limits; text is refused."""
    return core_schema.float_schema(strict=True, allow_inf_nan=False, ge=field.minimum, le=field.maximum)


def text(field: FieldSpec) -> CoreSchema:
    """A text within the field's length, kept exactly as written, no control characters; empty only if optional."""

    def check(text: str) -> str:
        if field.required and is_blank(text):
            raise PydanticCustomError("prompt_empty", "{label} is missing.", {"label": field.label})
        return _check_characters(field, text)

    return core_schema.no_info_after_validator_function(check, core_schema.str_schema())


def json_text(field: FieldSpec) -> CoreSchema:
    """A JSON value as its text. The request sends the value; forms, drafts and recipes hold the text as written."""

    def check(text: str) -> str:
        if problem := _json_problem(text):
            raise PydanticCustomError("prompt_json", "{sentence}", {"sentence": f"{field.label}: {problem}"})
        return _check_characters(field, text)

    return core_schema.no_info_after_validator_function(check, core_schema.str_schema())


def _json_problem(text: str) -> str:
    """Return a sentence if the text isn't JSON that can be sent, or an empty string."""
    if len(text) > MAX_PROMPT:
        return f"this is {len(text):,} characters long; the limit is {MAX_PROMPT:,}."
    try:
        # Numbers beyond all floats and halves of emoji can be read, but not written.
        json.dumps(json.loads(text, parse_constant=_refuse_constant), allow_nan=False, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return f"this isn’t JSON: {error.msg} at line {error.lineno}, column {error.colno}."
    except (ValueError, RecursionError):
        return "this isn’t JSON that can be sent."
    return ""


def any_text(_field: FieldSpec) -> CoreSchema:
    """Any text, also one that no request may have: a draft keeps what was typed, and says what is wrong with it."""
    return core_schema.str_schema()


def image(_field: FieldSpec) -> CoreSchema:
    """``input:<sha256>`` or, in the request body, an http(s) or data URL."""
    return core_schema.no_info_after_validator_function(_check_image, core_schema.str_schema())


def images(field: FieldSpec) -> CoreSchema:
    """A tuple of images, as many as the field may hold; at least one if it's required."""
    return core_schema.tuple_variable_schema(image(field), min_length=int(field.required), max_length=field.max_items)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _named(field: FieldSpec) -> str:
    return "The prompt" if field.kind is FieldKind.PROMPT else f"The {field.label.lower()}"


def _check_characters(field: FieldSpec, text: str) -> str:
    if too_long := length_problem(len(text), field):
        raise PydanticCustomError("prompt_too_long", "{sentence}", {"sentence": too_long})
    if odd := _CONTROL.search(text) or _SURROGATE.search(text):
        raise PydanticCustomError(
            "prompt_control_character",
            "{named} holds an invisible control character (U+{code}) at position {position}; delete it.",
            {"named": _named(field), "code": f"{ord(odd.group()):04X}", "position": odd.start() + 1},
        )
    return text


def _check_image(value: str) -> str:
    if is_input_reference(value) or value.startswith(("https://", "http://", "data:image/")):
        return value
    raise PydanticCustomError("picture_reference", "An image is named by an http(s) address or by its content.")
