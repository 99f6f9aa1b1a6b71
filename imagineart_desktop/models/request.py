"""The base of all requests: immutable, validated, and convertible to the JSON body of a POST.

Images are referenced in two ways. Before a job is sent they are *input references*, ``input:<sha256>``, to bytes stored
in the library; in the request body they're URLs. Everything else is the same in both cases, so one class serves as form
result, as recipe and as request body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from imagineart_desktop.models.field_kinds import TRAITS, FieldKind, FieldTraits, Images
from imagineart_desktop.models.problems import InvalidRequestError, describe_problems
from imagineart_desktop.support.json_types import JsonObject, JsonValue

MAX_PROMPT = 20_000
"""Maximum length in characters.

This is our own limit: fal documents none, and a longer prompt is a file pasted by mistake.
"""

MAX_SEED = 2_147_483_647
"""Largest seed that every model of the catalog accepts (a signed 32-bit integer)."""

_INPUT = re.compile(r"input:[0-9a-f]{64}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FieldUi:
    """The presentation of a field: its label, the kind of control, and one sentence of help.

    short: the label to use next to the value; if empty, the label itself.
    """

    label: str
    kind: FieldKind
    help: str = ""
    short: str = ""

    @property
    def traits(self) -> FieldTraits:
        """What its kind means."""
        return TRAITS[self.kind]


def input_reference(sha256: str) -> str:
    """Return the reference for an image stored in the library. sha256: 64 hexadecimal digits."""
    return f"input:{sha256}"


def is_input_reference(value: str) -> bool:
    """Return whether the text is an ``input:<sha256>`` reference rather than a URL."""
    return _INPUT.match(value) is not None


def prompt_length_problem(length: int) -> str:
    """Return a sentence if a prompt of this length is too long, or an empty string. length: in characters."""
    if length <= MAX_PROMPT:
        return ""
    return f"The prompt is {length:,} characters long; the limit is {MAX_PROMPT:,}."


def _check_prompt(prompt: str) -> str:
    if not prompt.strip():
        raise PydanticCustomError("prompt_empty", "Describe the image first.")
    return _check_characters(prompt)


def _check_instruction(prompt: str) -> str:
    if not prompt.strip():
        raise PydanticCustomError("prompt_empty", "Describe the change first.")
    return _check_characters(prompt)


def _check_characters(prompt: str) -> str:
    if too_long := prompt_length_problem(len(prompt)):
        raise PydanticCustomError("prompt_too_long", "{sentence}", {"sentence": too_long})
    if odd := _CONTROL.search(prompt) or _SURROGATE.search(prompt):
        raise PydanticCustomError(
            "prompt_control_character",
            "The prompt holds an invisible control character (U+{code}) at position {position}; delete it.",
            {"code": f"{ord(odd.group()):04X}", "position": odd.start() + 1},
        )
    return prompt


def _check_picture(value: str) -> str:
    if is_input_reference(value) or value.startswith(("https://", "http://", "data:image/")):
        return value
    raise PydanticCustomError("picture_reference", "An image is named by an http(s) address or by its content.")


Prompt = Annotated[str, AfterValidator(_check_prompt)]
Instruction = Annotated[str, AfterValidator(_check_instruction)]
"""`Prompt` describes the image to generate, `Instruction` the change to make to one."""
"""Both are kept exactly as written: 1 to `MAX_PROMPT` characters, no control characters."""

ImageReference = Annotated[str, AfterValidator(_check_picture)]
"""``input:<sha256>`` or, in the request body, an http(s) or data URL."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED, strict=True)]
"""0 to `MAX_SEED`."""


class ModelRequest(BaseModel):
    """A valid request to one model; an invalid one can't be constructed.

    Calling the class directly raises pydantic's ValidationError; `of` raises InvalidRequestError, whose sentences name
    the fields by their labels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def of(cls, **fields: object) -> Self:
        """Build the request with these fields. Raises InvalidRequestError, which names every invalid field."""
        try:
            return cls(**fields)
        except ValidationError as error:
            labels = {name: shown.label for name, shown in cls.shown_fields().items()}
            raise InvalidRequestError(describe_problems(error, labels)) from None

    @classmethod
    def shown_fields(cls) -> dict[str, FieldUi]:
        """Return the presentation of every field, in the documented order of the model's input."""
        return {
            name: next(item for item in info.metadata if isinstance(item, FieldUi))
            for name, info in cls.model_fields.items()
        }

    def input_references(self) -> tuple[str, ...]:
        """Return the ``input:<sha256>`` references of this request, in order, without duplicates."""
        return tuple(dict.fromkeys(item for _, item in self.images() if is_input_reference(item)))

    def images(self) -> tuple[tuple[str, str], ...]:
        """Return (role, reference or URL) of each image of this request, in order."""
        shown, found = self.shown_fields(), []
        for name in self.picture_fields():
            value = getattr(self, name)
            found += [(shown[name].kind.value, item) for item in (value if isinstance(value, tuple) else (value,))]
        return tuple(found)

    @classmethod
    def picture_fields(cls) -> tuple[str, ...]:
        """Return the names of the fields that hold images or masks."""
        shown = cls.shown_fields()
        return tuple(name for name in shown if shown[name].traits.images is not Images.NONE)

    def to_text(self) -> str:
        """Return the request as JSON."""
        return self.model_dump_json(exclude_none=True)

    def to_fields(self) -> JsonObject:
        """Return field → value as in JSON, without fields that have none."""
        return self.model_dump(mode="json", exclude_none=True)

    def to_wire(self, urls: Mapping[str, str]) -> JsonObject:
        """Return the JSON body of the POST. urls: input reference → URL.

        Raises KeyError for an image that wasn't uploaded.
        """
        body = self.to_fields()
        for name in self.picture_fields():
            body[name] = _resolve(body[name], urls)
        return body


def _resolve(value: JsonValue, urls: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_resolve(item, urls) for item in value]
    return urls[value] if isinstance(value, str) and is_input_reference(value) else value
