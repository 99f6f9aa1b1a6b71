"""What each kind of field means apart from its control.

To add a kind, add it to `FieldKind`; each table made with `for_each_kind` then names what is missing at import:
`TRAITS` here, and the controls in `ui/forms/controls.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from pydantic_core import CoreSchema

from imagineart_desktop.models import value_schemas
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec, option_text

T = TypeVar("T")


class Images(Enum):
    """How many images a field holds."""

    NONE = auto()
    ONE = auto()
    SEVERAL = auto()


class Argument(Enum):
    """What the command line takes for a field. NONE: nothing, or the command has an argument of its own."""

    NONE = auto()
    TEXT = auto()
    INTEGER = auto()
    NUMBER = auto()
    SWITCH = auto()


@dataclass(frozen=True, slots=True)
class FieldTraits:
    """What a kind means in every layer. Every trait must be given for each kind.

    schema: the values that a request may have. images: how many images the field holds. text_of: displays a value among
    the settings of an image; None if the field isn't listed there. argument: what the command line takes for it.

    is_option: whether the form shows the field as an option, which drafts keep.
    """

    schema: Callable[[FieldSpec], CoreSchema]
    images: Images
    text_of: Callable[[FieldSpec, object], str] | None
    argument: Argument
    is_option: bool


def for_each_kind(table: Mapping[FieldKind, T]) -> Mapping[FieldKind, T]:
    """Return the table. Raises LookupError if it lacks a kind, so that importing an incomplete table fails."""
    if missing := set(FieldKind) - table.keys():
        raise LookupError(f"no entry for {', '.join(sorted(missing))}")
    return table


def _option_of(field: FieldSpec, value: object) -> str:
    return field.option_text(str(value))


def _text_of(_field: FieldSpec, value: object) -> str:
    return str(value)


def _number_text(_field: FieldSpec, value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _switch_text(_field: FieldSpec, value: object) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else option_text(str(value))


TRAITS = for_each_kind(
    {
        FieldKind.PROMPT: FieldTraits(value_schemas.prompt, Images.NONE, None, Argument.NONE, is_option=False),
        FieldKind.RATIO: FieldTraits(value_schemas.choice, Images.NONE, _option_of, Argument.TEXT, is_option=True),
        FieldKind.CHOICE: FieldTraits(value_schemas.choice, Images.NONE, _option_of, Argument.TEXT, is_option=True),
        FieldKind.SWITCH: FieldTraits(value_schemas.switch, Images.NONE, _switch_text, Argument.SWITCH, is_option=True),
        FieldKind.TEXT: FieldTraits(value_schemas.text, Images.NONE, _text_of, Argument.TEXT, is_option=True),
        FieldKind.NUMBER: FieldTraits(value_schemas.number, Images.NONE, _number_text, Argument.NUMBER, is_option=True),
        FieldKind.SEED: FieldTraits(value_schemas.whole_number, Images.NONE, None, Argument.INTEGER, is_option=False),
        FieldKind.PICTURE: FieldTraits(value_schemas.image, Images.ONE, None, Argument.NONE, is_option=False),
        FieldKind.PICTURES: FieldTraits(value_schemas.images, Images.SEVERAL, None, Argument.NONE, is_option=False),
        FieldKind.MASK: FieldTraits(value_schemas.image, Images.ONE, None, Argument.NONE, is_option=False),
        FieldKind.HIDDEN: FieldTraits(value_schemas.switch, Images.NONE, None, Argument.SWITCH, is_option=False),
    }
)
