"""A request to a model: immutable, validated, and convertible to the JSON body of a POST.

The same object serves as form result, as recipe and as request body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic_core import InitErrorDetails, PydanticCustomError, SchemaValidator, ValidationError, core_schema

from imagineart_desktop.models.exclusions import combination_problem, conflicting_fields, left_out
from imagineart_desktop.models.field_kinds import TRAITS, Images
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.value_schemas import is_input_reference
from imagineart_desktop.support.json_types import JsonObject, JsonValue

PROMPT, NEGATIVE, INLINE = "prompt", "negative_prompt", "sync_mode"
"""Names that every model gives to these fields. INLINE: whether the images come inside the response."""

_POSITIVE = "positive_prompt"


class RequestSchema:
    """The fields of a model's input, and what they may hold.

    fields: in the documented order. packs_prompt: see `ModelSpec`.
    """

    def __init__(self, fields: Sequence[FieldSpec], *, packs_prompt: bool = False) -> None:
        self.fields = {field.name: field for field in fields}
        self.packs_prompt = packs_prompt
        self._validator = _validator_of(fields)
        self._of_field: dict[str, SchemaValidator] = {}

    def validate(self, values: object) -> ModelRequest:
        """Build the request with these values, and the defaults of the others. Raises pydantic's ValidationError.

        values: also anything else that JSON from outside may hold, which is invalid.
        """
        found = self._validator.validate_python(values)
        if isinstance(values, Mapping):
            if (conflict := conflicting_fields(self.fields, values)) is not None:
                raise _conflict_error(*conflict, values)
            if (mismatch := combination_problem(self.fields, values)) is not None:
                raise _mismatch_error(*mismatch, values)
            found |= dict.fromkeys(left_out(self.fields, values))
        return ModelRequest(self, MappingProxyType(found))

    def validate_field(self, name: str, value: object) -> None:
        """Check one field's value apart from the others. Raises pydantic's ValidationError."""
        if name not in self._of_field:
            self._of_field[name] = _validator_of([self.fields[name]])
        self._of_field[name].validate_python({name: value})

    def validate_wire(self, body: JsonObject) -> ModelRequest:
        """Build the request that has this JSON body, as the service does. Raises pydantic's ValidationError."""
        body = {name: self._from_wire(name, value) for name, value in body.items()}
        if not self.packs_prompt:
            return self.validate(body)
        plain = _validator_of([field for field in self.fields.values() if field.name != NEGATIVE])
        prompt, negative = unpacked_prompt(body.get(PROMPT))
        return self.validate({**plain.validate_python({**body, PROMPT: prompt}), NEGATIVE: negative})

    def is_json(self, name: str) -> bool:
        """Return whether a field holds the text of a JSON value, which is what's sent."""
        field = self.fields.get(name)
        return field is not None and field.kind is FieldKind.JSON

    def _from_wire(self, name: str, value: JsonValue) -> JsonValue:
        return json.dumps(value, ensure_ascii=False) if self.is_json(name) else value

    def accepts(self, name: str, value: object) -> bool:
        """Return whether a draft may hold this value for a field, without converting it."""
        field = self.fields.get(name)
        if field is None:
            return False
        if value is None:
            return field.is_optional
        schema = TRAITS[field.kind].draft_schema
        return schema is not None and SchemaValidator(schema(field)).isinstance_python(value, strict=True)


def _validator_of(fields: Sequence[FieldSpec]) -> SchemaValidator:
    schemas = {field.name: _schema_of(field) for field in fields}
    return SchemaValidator(core_schema.typed_dict_schema(schemas, extra_behavior="forbid"))


def _conflict_error(field: FieldSpec, other: FieldSpec, values: Mapping[str, object]) -> ValidationError:
    sentence = f"Use either {field.label.lower()} or {other.label.lower()}, not both."
    return _mismatch_error(field, sentence, values)


def _mismatch_error(field: FieldSpec, sentence: str, values: Mapping[str, object]) -> ValidationError:
    problem = PydanticCustomError("value_error", "{sentence}", {"sentence": sentence})
    return ValidationError.from_exception_data(
        "request", [InitErrorDetails(type=problem, loc=(field.name,), input=values.get(field.name))]
    )


def _schema_of(field: FieldSpec) -> core_schema.TypedDictField:
    schema = TRAITS[field.kind].schema(field)
    if field.required:
        return core_schema.typed_dict_field(schema)
    if field.is_optional:
        schema = core_schema.nullable_schema(schema)
    return core_schema.typed_dict_field(core_schema.with_default_schema(schema, default=field.default))


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A valid request to one model. values: name → value of every field, None where it has none."""

    schema: RequestSchema
    values: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """The prompt; empty if there is none."""
        return str(self.values.get(PROMPT) or "")

    @property
    def seed(self) -> int | None:
        """The seed; None if the model takes none, or is to choose one."""
        return self.values.get("seed")

    def with_value(self, name: str, value: object) -> ModelRequest:
        """Return the request with another, valid value."""
        return ModelRequest(self.schema, MappingProxyType({**self.values, name: value}))

    def images(self) -> tuple[tuple[str, str], ...]:
        """Return (role, reference or URL) of each image of this request, in order."""
        return tuple((role, item) for _, role, item in self.named_images())

    def named_images(self) -> tuple[tuple[str, str, str], ...]:
        """Return (field, role, reference or URL) of each image of this request, in order."""
        found = []
        for name, field in self._image_fields():
            value = self.values[name]
            found += [(name, field.kind.value, item) for item in (value if isinstance(value, tuple) else (value,))]
        return tuple(found)

    def input_references(self) -> tuple[str, ...]:
        """Return the ``input:<sha256>`` references of this request, in order, without duplicates."""
        return tuple(dict.fromkeys(item for _, item in self.images() if is_input_reference(item)))

    def to_text(self) -> str:
        """Return the request as JSON."""
        return json.dumps(self.to_fields(), ensure_ascii=False, separators=(",", ":"))

    def to_fields(self) -> JsonObject:
        """Return field → value as in JSON, without fields that have none."""
        return {name: _as_json(value) for name, value in self.values.items() if value is not None}

    def to_wire(self, urls: Mapping[str, str]) -> JsonObject:
        """Return the JSON body of the POST. urls: input reference → URL.

        Raises KeyError for an image that wasn't uploaded.
        """
        body = {
            name: json.loads(value) if self.schema.is_json(name) and isinstance(value, str) else value
            for name, value in self.to_fields().items()
        }
        for name, _ in self._image_fields():
            body[name] = _resolve(body[name], urls)
        return packed(body) if self.schema.packs_prompt else body

    def _image_fields(self) -> list[tuple[str, FieldSpec]]:
        """Return the fields that hold images or masks, without those that hold none."""
        return [
            (name, field)
            for name, field in self.schema.fields.items()
            if TRAITS[field.kind].images is not Images.NONE and self.values[name] is not None
        ]


def packed(body: JsonObject) -> JsonObject:
    """Return a body with its negative prompt inside the prompt, as JSON."""
    prompt, earlier = unpacked_prompt(body[PROMPT])
    rest = {name: value for name, value in body.items() if name != NEGATIVE}
    negative = str(body.get(NEGATIVE) or "").strip() or earlier
    if not negative:
        return rest
    return rest | {PROMPT: json.dumps({_POSITIVE: prompt, NEGATIVE: negative}, ensure_ascii=False)}


def unpacked_prompt(prompt: JsonValue) -> tuple[JsonValue, str]:
    """Return (prompt, negative prompt) of a request body, which may have both inside its prompt, as JSON."""
    try:
        found = json.loads(prompt) if isinstance(prompt, str) else None
    except (ValueError, RecursionError):
        return prompt, ""
    if not isinstance(found, dict) or not isinstance(found.get(_POSITIVE), str):
        return prompt, ""
    return found[_POSITIVE], str(found.get(NEGATIVE) or "")


def _as_json(value: Any) -> JsonValue:
    return list(value) if isinstance(value, tuple) else value


def _resolve(value: JsonValue, urls: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_resolve(item, urls) for item in value]
    return urls[value] if isinstance(value, str) and is_input_reference(value) else value
