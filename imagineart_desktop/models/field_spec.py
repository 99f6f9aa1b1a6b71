"""The declaration of one field of a model's input, as data."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from imagineart_desktop.models.size import Size

MAX_PROMPT = 20_000
"""Maximum length in characters where the service documents none: a longer prompt is a file pasted by mistake."""

NO_LIMIT = 10**9
"""A number that no service takes: a minimum of -NO_LIMIT stands for none."""

OWN_SIZE = "own"
"""Stands for each width and height where `FieldSpec.refuses` names values of a size."""

_DISPLAYED = {"render_3D": "3D render", "C4D_CARTOON": "C4D cartoon"}
_LONGEST_ABBREVIATION = 3
_ROMAN = re.compile(r"_i+\Z")


class FieldKind(StrEnum):
    """What a field holds, which also decides its control."""

    PROMPT = "prompt"
    RATIO = "ratio"
    CHOICE = "choice"
    SWITCH = "switch"
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    JSON = "json"
    SEED = "seed"
    COUNT = "count"
    PICTURE = "picture"
    PICTURES = "pictures"
    MASK = "mask"
    HIDDEN = "hidden"
    CODES = "codes"
    PALETTE = "palette"
    SIZE = "size"
    STYLE = "style"


def is_source(role: str) -> bool:
    """Return whether an image in this role of a request is one that it changes, rather than its mask or its style."""
    return role not in (FieldKind.MASK, FieldKind.STYLE)


class FieldSpec(BaseModel):
    """One field of a model's input, JSON-able.

    name: in the service's API. label: in the form; short: the label to use next to the value, if it differs. help: one
    sentence. required: whether the service refuses a request without it. default: what the service assumes.

    hint: shown in an empty text field. describes: what a prompt describes, the whole image or a change to one. options:
    the values of a choice, in the service's order; option_labels: value → its text, where `option_text` doesn't give
    it. minimum, maximum, step: of a number, or of width and height. sizes: the only widths and heights that a size may
    have besides its options; empty if it may have any. widest: maximum ratio of a size's longer edge to the shorter
    one; max_pixels: its maximum number of pixels. max_items: how many images, codes or colors a field with several may
    hold. max_length: of a text, in characters. max_bytes: of an image's file, or of all images
    of a style or of references together; 0 if there is no limit. max_with_mask: how many images there may be beside a
    mask, if that's another number. excludes: names of the fields that the service refuses together with this one.
    refuses: value of this choice → name of another field → values of that one that the service refuses together with
    it; of a size, `OWN_SIZE` stands for each width and height.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: FieldKind
    label: str
    short: str = ""
    help: str = ""
    required: bool = False
    default: bool | int | float | str | None = None
    hint: str = ""
    describes: Literal["image", "change"] = "image"
    options: tuple[str, ...] = ()
    option_labels: dict[str, str] = {}
    minimum: int | float = 0
    maximum: int | float | None = None
    step: int | float = 1
    sizes: tuple[Size, ...] = ()
    widest: float | None = None
    max_pixels: int | None = None
    max_items: int = 1
    max_length: int = MAX_PROMPT
    max_bytes: int = 0
    max_with_mask: int | None = None
    excludes: tuple[str, ...] = ()
    refuses: dict[str, dict[str, tuple[str, ...]]] = {}

    @property
    def is_optional(self) -> bool:
        """Whether the field may have no value at all."""
        return not self.required and self.default is None

    def limits_text(self, unit: str = "") -> str:
        """Return “512–1,536 px”, “0.5 or more”, or “up to 20”; empty without limits. unit: with its space."""
        low, high = self.minimum, self.maximum
        has_minimum = low > -NO_LIMIT
        if high is None:
            return f"{low:,.12g}{unit} or more" if has_minimum else ""
        if not has_minimum:
            return f"up to {high:,.12g}{unit}"
        return f"{low:,.12g}{' to ' if low < 0 else '–'}{high:,.12g}{unit}"

    def option_text(self, option: str) -> str:
        """Return a value of a choice in its display form."""
        return self.option_labels.get(option) or option_text(option)


def option_text(option: str) -> str:
    """Return a choice's value in its usual display form: “Auto”, “3D render”, “Art deco”, “16:9”, “2K”."""
    if option in _DISPLAYED:
        return _DISPLAYED[option]
    if option.isupper() and len(option) > _LONGEST_ABBREVIATION:
        option = _ROMAN.sub(lambda numeral: numeral[0].upper(), option.lower())
    return option[:1].upper() + option[1:].replace("_", " ")
