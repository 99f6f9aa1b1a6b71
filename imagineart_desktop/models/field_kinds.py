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

from imagineart_desktop.models import own_size, palette, style_codes, style_images
from imagineart_desktop.models import value_schemas as values
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
    CODES = auto()
    PALETTE = auto()
    SIZE = auto()


@dataclass(frozen=True, slots=True)
class FieldTraits:
    """What a kind means in every layer. Every trait must be given for each kind.

    schema: the values that a request may have. images: how many images the field holds. text_of: displays a value among
    the settings of an image; None if the field isn't listed there. argument: what the command line takes for it.

    draft_schema: the values that a draft may hold; None if the form doesn't show the field as an option.
    """

    schema: Callable[[FieldSpec], CoreSchema]
    images: Images
    text_of: Callable[[FieldSpec, object], str] | None
    argument: Argument
    draft_schema: Callable[[FieldSpec], CoreSchema] | None


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
        FieldKind.PROMPT: FieldTraits(values.prompt, Images.NONE, None, Argument.NONE, None),
        FieldKind.RATIO: FieldTraits(values.choice, Images.NONE, _option_of, Argument.TEXT, values.choice),
        FieldKind.CHOICE: FieldTraits(values.choice, Images.NONE, _option_of, Argument.TEXT, values.choice),
        FieldKind.SWITCH: FieldTraits(values.switch, Images.NONE, _switch_text, Argument.SWITCH, values.switch),
        FieldKind.TEXT: FieldTraits(values.text, Images.NONE, _text_of, Argument.TEXT, values.any_text),
        FieldKind.NUMBER: FieldTraits(values.number, Images.NONE, _number_text, Argument.NUMBER, values.number),
        FieldKind.SEED: FieldTraits(values.whole_number, Images.NONE, None, Argument.INTEGER, None),
        # Set for each request, from the number of images that are wanted in all.
        FieldKind.COUNT: FieldTraits(values.whole_number, Images.NONE, None, Argument.NONE, None),
        FieldKind.PICTURE: FieldTraits(values.image, Images.ONE, None, Argument.NONE, None),
        FieldKind.PICTURES: FieldTraits(values.images, Images.SEVERAL, None, Argument.NONE, None),
        FieldKind.MASK: FieldTraits(values.image, Images.ONE, None, Argument.NONE, None),
        FieldKind.HIDDEN: FieldTraits(values.switch, Images.NONE, None, Argument.SWITCH, None),
        FieldKind.CODES: FieldTraits(
            style_codes.codes, Images.NONE, style_codes.codes_text, Argument.CODES, style_codes.any_codes
        ),
        FieldKind.PALETTE: FieldTraits(
            palette.palette, Images.NONE, palette.palette_text, Argument.PALETTE, palette.palette
        ),
        FieldKind.SIZE: FieldTraits(
            own_size.size_value, Images.NONE, own_size.size_text, Argument.SIZE, own_size.any_size
        ),
        FieldKind.STYLE: FieldTraits(values.images, Images.SEVERAL, None, Argument.NONE, style_images.stored_images),
    }
)
