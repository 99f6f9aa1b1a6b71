"""Ratios as arguments, and the size that `reframe` extends an image to."""

from __future__ import annotations

import argparse
import re

from imagineart_desktop.cli.arguments import InvalidArgumentError, quote_argument
from imagineart_desktop.models import FieldKind, ModelSpec, Size, Task, parse_ratio
from imagineart_desktop.models.own_size import own_size
from imagineart_desktop.models.reframe import frame_around
from imagineart_desktop.support.json_types import JsonValue

_RATIO = re.compile(r"[1-9][0-9]{0,3}:[1-9][0-9]{0,3}")


def read_ratio(words: str) -> Size:
    """Return the ratio that a text such as 16:9 describes. Raises InvalidArgumentError."""
    if not _RATIO.fullmatch(words):
        raise InvalidArgumentError(f"{quote_argument(words)} is not a ratio, such as 16:9.")
    return parse_ratio(words)


def reframe_fields(options: argparse.Namespace, model: ModelSpec, size: Size) -> dict[str, JsonValue]:
    """Return the field for the ratio that an image is extended to; empty for other tasks, or if a size is given.

    size: of the image. Raises InvalidArgumentError.
    """
    field = model.field_of(FieldKind.SIZE)
    if options.task is not Task.REFRAME or field is None:
        return {}
    given = vars(options).get(options.field_dests[field.name])
    if (given is None) == (options.ratio is None):
        raise InvalidArgumentError("Choose the new frame: either --ratio or --image-size.")
    if options.ratio is None:
        return {}
    return {field.name: own_size(frame_around(size, read_ratio(options.ratio), field))}
