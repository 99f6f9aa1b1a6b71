"""The kinds of fields, and what each means apart from its control.

To add a kind, add it to `FieldKind`; each table made with `for_each_kind` then names what is missing at import:
`TRAITS` here, and the controls in `ui/forms/controls.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import TypeVar, get_args

T = TypeVar("T")


class FieldKind(StrEnum):
    """The kind of control that a form uses for a field."""

    PROMPT = "prompt"
    RATIO = "ratio"
    CHOICE = "choice"
    SWITCH = "switch"
    SEED = "seed"
    PICTURE = "picture"
    PICTURES = "pictures"
    MASK = "mask"
    HIDDEN = "hidden"


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
    SWITCH = auto()


@dataclass(frozen=True, slots=True)
class FieldTraits:
    """What a kind means in every layer. Every trait must be given for each kind.

    images: how many images the field holds. text_of: displays a value among the settings of an image; None if the field
    isn't listed there. argument: what the command line takes for it.

    is_valid: (value, the field's annotation) → whether a draft may hold the value; None if the field isn't an option of
    the form. variants: annotation → the values that the price may depend on; None if it never does.
    """

    images: Images
    text_of: Callable[[object], str] | None
    argument: Argument
    is_valid: Callable[[object, object], bool] | None
    variants: Callable[[object], tuple[object, ...]] | None


def for_each_kind(table: Mapping[FieldKind, T]) -> Mapping[FieldKind, T]:
    """Return the table. Raises LookupError if it lacks a kind, so that importing an incomplete table fails."""
    if missing := set(FieldKind) - table.keys():
        raise LookupError(f"no entry for {', '.join(sorted(missing))}")
    return table


def option_text(option: str) -> str:
    """Return a choice's value in its display form: “Auto”, “3D render”, “16:9”."""
    return {"render_3D": "3D render"}.get(option, option[:1].upper() + option[1:].replace("_", " "))


def _option_of(value: object) -> str:
    return option_text(str(value))


def _switch_text(value: object) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else _option_of(value)


def _is_choice(value: object, annotation: object) -> bool:
    return isinstance(value, str) and value in get_args(annotation)


def _is_switch(value: object, _annotation: object) -> bool:
    return isinstance(value, bool)


def _both(_annotation: object) -> tuple[bool, ...]:
    return (False, True)


TRAITS = for_each_kind(
    {
        FieldKind.PROMPT: FieldTraits(Images.NONE, None, Argument.NONE, is_valid=None, variants=None),
        FieldKind.RATIO: FieldTraits(Images.NONE, _option_of, Argument.TEXT, is_valid=_is_choice, variants=None),
        FieldKind.CHOICE: FieldTraits(Images.NONE, _option_of, Argument.TEXT, is_valid=_is_choice, variants=get_args),
        FieldKind.SWITCH: FieldTraits(Images.NONE, _switch_text, Argument.SWITCH, is_valid=_is_switch, variants=_both),
        FieldKind.SEED: FieldTraits(Images.NONE, None, Argument.INTEGER, is_valid=None, variants=None),
        FieldKind.PICTURE: FieldTraits(Images.ONE, None, Argument.NONE, is_valid=None, variants=None),
        FieldKind.PICTURES: FieldTraits(Images.SEVERAL, None, Argument.NONE, is_valid=None, variants=None),
        FieldKind.MASK: FieldTraits(Images.ONE, None, Argument.NONE, is_valid=None, variants=None),
        FieldKind.HIDDEN: FieldTraits(Images.NONE, None, Argument.SWITCH, is_valid=None, variants=None),
    }
)
