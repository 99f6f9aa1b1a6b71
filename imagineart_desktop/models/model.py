"""The declaration of a model: everything the program must know to use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from imagineart_desktop.models.price import Price
from imagineart_desktop.models.request import ModelRequest

Size = tuple[int, int]
"""(width, height) in pixels."""


class Task(StrEnum):
    """The task of a model; each has its own tab."""

    GENERATE = "generate"
    EDIT = "edit"
    INPAINT = "inpaint"


class MaskPolarity(Enum):
    """Which value of an 8-bit mask marks the area to repaint."""

    PAINTED_BLACK = 0
    PAINTED_WHITE = 255

    @property
    def painted(self) -> int:
        """Return the gray value of a painted pixel."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class WorkingSize:
    """The image sizes an inpainting model works best with. A crop of a large image is scaled to fit before it's sent.

    best_pixels: pixel count of the model's own images. most_edge: maximum length of the longer edge, in pixels. widest:
    maximum ratio of the longer edge to the shorter one. least_edge: length of the shorter edge, in pixels, below which
    an image is scaled up. most_pixels: pixel count above which an image is scaled down.
    """

    native_pixels: int = 1024 * 1024
    max_edge: int = 1536
    widest: float = 3.0
    min_edge: int = 256
    max_pixels: int = 4096 * 4096


def app_of(endpoint: str) -> str:
    """Return owner and app of an endpoint, without its sub-path."""
    return "/".join(endpoint.split("/")[:2])


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the catalog.

    endpoint: fal's endpoint id with its sub-path. price: computes the price of a request. output_size: computes the
    size of a request's output, given the sizes of its input images in order; returns None if only the service knows.
    typical_seconds: from submit to result, an initial estimate that measured times replace. note: what the model is
    good for, in a few words. working_size: for inpainting models.
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
        """Return owner and app without the sub-path, as used in fal's status, result and cancel URLs."""
        return app_of(self.endpoint)

    @property
    def has_seed(self) -> bool:
        """Return whether the model takes a seed, so that the same image can be generated again."""
        return "seed" in self.request_type.model_fields

    def parse(self, fields: Mapping[str, object]) -> ModelRequest:
        """Build the request with these fields. Raises InvalidRequestError."""
        return self.request_type.of(**fields)
