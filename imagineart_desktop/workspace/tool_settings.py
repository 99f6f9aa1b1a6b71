"""Tool, brush and tool options of the canvas, as they are saved between sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    FiniteFloat,
    OnErrorOmit,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    model_serializer,
    model_validator,
)

from imagineart_desktop.imaging import Brush
from imagineart_desktop.imaging.mask.brush import MAX_SIZE, MIN_SIZE
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.workspace.saved_state import SavedState


def _clamped(low: float, high: float) -> AfterValidator:
    return AfterValidator(lambda value: min(max(float(value), low), high))


_Share = Annotated[FiniteFloat, _clamped(0, 1)]


class SavedBrush(SavedState):
    """The settings of a `Brush`, clamped to what can be set. None: not saved, or invalid."""

    size: Annotated[FiniteFloat, _clamped(MIN_SIZE, MAX_SIZE)] | None = None
    hardness: _Share | None = None
    opacity: Annotated[FiniteFloat, _clamped(0.01, 1)] | None = None
    spacing: Annotated[FiniteFloat, _clamped(0.01, 2)] | None = None
    smoothing: _Share | None = None
    pressure_size: StrictBool | None = None
    pressure_opacity: StrictBool | None = None

    @classmethod
    def of(cls, brush: Brush) -> SavedBrush:
        """Return the settings of a brush."""
        return cls.model_validate(asdict(brush))

    def apply_to(self, brush: Brush) -> Brush:
        """Return the brush with these settings."""
        return replace(brush, **self.model_dump(exclude_none=True))


class ToolSettings(SavedState):
    """The tool, the brush, and how much masks are grown or shrunk.

    tool: its id. options: id of an option → value; each is a key of the same JSON object as the rest. amount: in
    pixels.
    """

    tool: str = ""
    brush: SavedBrush = Field(default_factory=SavedBrush)
    options: Mapping[str, OnErrorOmit[StrictInt | StrictBool]] = {}
    amount: StrictInt | None = None

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, found: object) -> object:
        if not isinstance(found, Mapping) or "options" in found:
            return found
        options = {name: value for name, value in found.items() if name not in cls.model_fields}
        return {**found, "options": options} if options else found

    @model_serializer(mode="wrap")
    def _spread_options(self, serialize: SerializerFunctionWrapHandler) -> object:
        values: JsonObject = serialize(self)
        spread: JsonObject = {}
        for name, value in values.items():
            spread |= value if name == "options" and isinstance(value, dict) else {name: value}
        return spread
