"""The size of an image that is extended to another ratio."""

from __future__ import annotations

from fractions import Fraction

from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.models.size import Size


def frame_around(size: Size, ratio: Size, field: FieldSpec) -> Size:
    """Return the size of the smallest frame of a ratio around an image, in pixels.

    The frame is scaled as little as the limits of the field require; where no frame of the ratio is within them, its
    edges are. ratio: (width, height), each above 0.
    """
    wanted = Fraction(*ratio)
    width = max(Fraction(size[0]), size[1] * wanted)
    edges = width, width / wanted
    scale = Fraction(1)
    if field.maximum is not None:
        scale = min(scale, Fraction(field.maximum) / max(edges))
    if min(edges) * scale < field.minimum:
        scale = Fraction(field.minimum) / min(edges)
    return _within(edges[0] * scale, field), _within(edges[1] * scale, field)


def _within(edge: Fraction, field: FieldSpec) -> int:
    pixels = max(int(field.minimum), round(edge))
    return pixels if field.maximum is None else min(int(field.maximum), pixels)
