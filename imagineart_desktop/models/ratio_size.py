"""An aspect ratio for any model: as its own ratio, or as the size that comes nearest to it."""

from __future__ import annotations

from math import log

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import ModelSpec
from imagineart_desktop.models.output_size import InputSize, PresetSize
from imagineart_desktop.models.own_size import own_size
from imagineart_desktop.models.reframe import frame_around
from imagineart_desktop.models.size import Size, is_ratio, parse_ratio, size_for
from imagineart_desktop.support.json_types import JsonValue

_SAME = 0.01
"""Difference of two ratios' logarithms up to which they are the same: sizes are whole pixels."""

_LONG_EDGE = 1024
"""Pixels of the longer edge of a model's own sizes, if none of its presets says."""


def value_for_ratio(model: ModelSpec, ratio: str) -> tuple[FieldSpec, JsonValue] | None:
    """Return (the field that decides a model's shape, its value for a ratio such as “16:9”); None if there is none.

    Among sizes of the same ratio, a preset is preferred, then the one that the model lists first.
    """
    field = model.field_of(FieldKind.RATIO)
    if field is not None:
        return field, ratio
    rule = model.size_rule
    sized = model.fields_by_name.get(rule.field) if isinstance(rule, PresetSize | InputSize) else None
    if sized is None or not is_ratio(ratio):
        return None
    if ratio == "auto":
        # “Auto” keeps the size of the first input image, and with it the ratio.
        return (sized, ratio) if isinstance(rule, InputSize) and ratio in sized.options else None
    presets = rule.sizes if isinstance(rule, PresetSize) else {}
    wanted = parse_ratio(ratio)
    choices: list[tuple[float, JsonValue]] = [
        (_difference(presets[option], wanted), option) for option in sized.options if option in presets
    ]
    choices += [(_difference(size, wanted), own_size(size)) for size in sized.sizes]
    difference, nearest = min(choices, key=lambda choice: round(choice[0], 6), default=(_SAME, None))
    takes_any = sized.kind is FieldKind.SIZE and not sized.sizes
    if takes_any and (nearest is None or difference > _SAME):
        edge = max((max(size) for size in presets.values()), default=_LONG_EDGE)
        return sized, own_size(frame_around(size_for(wanted, edge), wanted, sized))
    return None if nearest is None else (sized, nearest)


def _difference(size: Size, ratio: Size) -> float:
    return abs(log(size[0] / size[1]) - log(ratio[0] / ratio[1]))
