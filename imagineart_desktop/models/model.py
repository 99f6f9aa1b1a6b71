"""A model as the catalogue declares it: everything that the program must know to ask it for a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from imagineart_desktop.models.price import Price
from imagineart_desktop.models.request import ModelRequest

Size = tuple[int, int]
"""(width, height) in pixels."""


class Task(StrEnum):
    """What a model is for; each has a tab."""

    GENERATE = "generate"
    EDIT = "edit"
    INPAINT = "inpaint"


class MaskPolarity(Enum):
    """Which value of an 8-bit mask marks the area to repaint."""

    PAINTED_BLACK = 0
    PAINTED_WHITE = 255

    @property
    def painted(self) -> int:
        """The grey value of a painted pixel."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class WorkingSize:
    """What an inpainting model works on best. A part of a large picture is scaled to it before it is sent.

    best_pixels: of the pictures that it makes itself. most_edge: pixels of their longer edge. widest: the longer edge
    divided by the shorter one, at most. least_edge: pixels of the shorter edge below which a picture is scaled up.
    most_pixels: more are scaled down.
    """

    best_pixels: int = 1024 * 1024
    most_edge: int = 1536
    widest: float = 3.0
    least_edge: int = 256
    most_pixels: int = 4096 * 4096


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalogue.

    endpoint: fal's endpoint id with its sub-path. price: of one request. output_size: of one request, given the sizes
    of its input pictures in order; None where the service alone knows. typical_seconds: from submit to result, a first
    guess that experience replaces. note: what it is good for, in a few words. working_size: of a model that inpaints.
    """

    endpoint: str
    label: str
    short_label: str
    task: Task
    request_type: type[ModelRequest]
    price: Callable[[Any], Price]
    output_size: Callable[[Any, Sequence[Size]], Size | None]
    typical_seconds: float
    note: str = ""
    mask_polarity: MaskPolarity | None = None
    working_size: WorkingSize = WorkingSize()
    returns_seed: bool = False

    @property
    def app(self) -> str:
        """Owner and app without the sub-path, as fal's status, result and cancel URLs carry it."""
        return "/".join(self.endpoint.split("/")[:2])

    @property
    def has_seed(self) -> bool:
        """Return whether the same picture can be asked for again."""
        return "seed" in self.request_type.model_fields

    def parse(self, fields: dict[str, Any]) -> ModelRequest:
        """The request with these fields. Raises InvalidRequestError."""
        return self.request_type.of(**fields)
