"""The values of fields as they are written in text: on the command line, or in the rows of a batch's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imagineart_desktop.models.field_kinds import TRAITS, Argument
from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.models.own_size import read_size
from imagineart_desktop.models.palette import read_palette
from imagineart_desktop.models.style_codes import read_codes
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.json_types import JsonValue

_SWITCH = {"yes": True, "true": True, "no": False, "false": False}


def _read_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


_READ: Mapping[Argument, Callable[[str], JsonValue]] = {
    Argument.INTEGER: parse_int,
    Argument.NUMBER: _read_number,
    Argument.SWITCH: lambda text: _SWITCH.get(text.lower()),
    Argument.CODES: lambda text: [*read_codes(text)],
    Argument.PALETTE: read_palette,
    Argument.SIZE: read_size,
}
"""Returns the value that a text stands for, None if it stands for none. What isn't listed is a text."""


def value_of_text(field: FieldSpec, text: str) -> JsonValue:
    """Return the value that a text stands for, valid or not; None if it can't be one of the field's kind."""
    read = _READ.get(TRAITS[field.kind].argument)
    return text if read is None else read(text)


def option_of_text(field: FieldSpec, text: str) -> str:
    """Return the option of a choice that a text names, as sent or as displayed; the text itself if there is none."""
    wanted = text.strip().casefold()
    named = (option for option in field.options if wanted in (option.casefold(), field.option_text(option).casefold()))
    return text if text in field.options else next(named, text)
