"""How the size of a result follows from a request and its input images, as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from imagineart_desktop.models.own_size import pixels_of
from imagineart_desktop.models.rule import Rule, Values
from imagineart_desktop.models.size import Size, parse_ratio, size_for


class _SizeRule(Rule):
    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide the size."""
        return ()

    @property
    def follows_input(self) -> bool:
        """Whether the first input image may decide the size."""
        return False


class RatioSize(_SizeRule):
    """A ratio and a longer edge. field: holds the ratio; “auto” is the ratio of the first input image.

    long_edge: in pixels; edge_field: the choice that decides it instead, with edges: option → pixels.
    """

    kind: Literal["ratio"] = "ratio"
    field: str
    long_edge: int = 0
    edge_field: str = ""
    edges: dict[str, int] = Field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide the size."""
        return (self.field, self.edge_field) if self.edge_field else (self.field,)

    @property
    def follows_input(self) -> bool:
        """Whether the first input image may decide the size."""
        return True

    def size(self, values: Values, inputs: Sequence[Size]) -> Size | None:
        """Return the size of the result, or None if only the service knows. inputs: sizes of the images, in order."""
        edge = self.edges[values[self.edge_field]] if self.edge_field else self.long_edge
        ratio = values[self.field]
        if ratio != "auto":
            return size_for(parse_ratio(ratio), edge)
        return size_for(inputs[0], edge) if inputs else None


class PresetSize(_SizeRule):
    """A choice of named sizes, or a width and a height.

    field: its name; sizes: option → (width, height) in pixels, where it's known.
    """

    kind: Literal["preset"] = "preset"
    field: str
    sizes: dict[str, Size] = Field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide the size."""
        return (self.field,)

    def size(self, values: Values, _inputs: Sequence[Size]) -> Size | None:
        """Return the size of the result, or None if only the service knows. inputs: sizes of the images, in order."""
        value = values[self.field]
        return pixels_of(value) or self.sizes.get(str(value))


class InputSize(_SizeRule):
    """The size of the first input image. field: name of the field that may hold a width and a height instead."""

    kind: Literal["input"] = "input"
    field: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide the size."""
        return (self.field,) if self.field else ()

    @property
    def follows_input(self) -> bool:
        """Whether the first input image may decide the size."""
        return True

    def size(self, values: Values, inputs: Sequence[Size]) -> Size | None:
        """Return the size of the result, or None if only the service knows. inputs: sizes of the images, in order."""
        own = pixels_of(values[self.field]) if self.field else None
        return own or (inputs[0] if inputs else None)


class ScaledSize(_SizeRule):
    """A multiple of the size of the first input image. factor: of width and height."""

    kind: Literal["scaled"] = "scaled"
    factor: int

    @property
    def follows_input(self) -> bool:
        """Whether the first input image may decide the size."""
        return True

    def size(self, _values: Values, inputs: Sequence[Size]) -> Size | None:
        """Return the size of the result, or None if only the service knows. inputs: sizes of the images, in order."""
        return (inputs[0][0] * self.factor, inputs[0][1] * self.factor) if inputs else None


class UnknownSize(_SizeRule):
    """Only the service knows the size."""

    kind: Literal["unknown"] = "unknown"

    def size(self, _values: Values, _inputs: Sequence[Size]) -> Size | None:
        """Return None."""
        return None


OutputSizeRule = Annotated[RatioSize | PresetSize | InputSize | ScaledSize | UnknownSize, Field(discriminator="kind")]
