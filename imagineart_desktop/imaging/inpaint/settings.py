"""How a picture goes to an inpainting model and comes back: what the user sets, and the plan of one request.

Both are plain values that survive a restart: a job carries its plan, and so does the recipe of what came of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from imagineart_desktop.imaging.geometry import Rect, Size

MAX_FEATHER = 1000
MAX_MARGIN = 20_000
"""Pixels."""

Pixel = Annotated[int, Field(ge=0, le=MAX_MARGIN)]


class Mode(StrEnum):
    """What is sent: the whole picture, or a part of it round the mask, which keeps the detail of large pictures."""

    WHOLE = "whole"
    ONLY_MASKED = "only_masked"


class Margins(NamedTuple):
    """By how many pixels a picture is made larger on each side."""

    left: Pixel = 0
    top: Pixel = 0
    right: Pixel = 0
    bottom: Pixel = 0

    def around(self, size: Size) -> Size:
        """The size with the margins, (width, height)."""
        return size[0] + self.left + self.right, size[1] + self.top + self.bottom


class RoundTrip(BaseModel):
    """What the user sets.

    context: pixels round the painted area that are sent with it; None for half of its longer edge, at least 64.
    feather: pixels over which the result fades into the source, from the mask's edge inwards; 0 is hard.
    tone_match: whether the result is given lightness and colours of what lies beside it, see `tone`. each_island: one
    request for each painted area instead of one for all. margins: by how much the picture grows (outpainting). overlap:
    pixels of the old image beside the new area that are painted with it, so that the result fades in over them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    mode: Mode = Mode.WHOLE
    context: Pixel | None = None
    feather: Annotated[int, Field(ge=0, le=MAX_FEATHER)] = 0
    tone_match: bool = False
    each_island: bool = False
    margins: Margins = Margins()
    overlap: Annotated[int, Field(ge=0, le=MAX_FEATHER)] = 0


class InpaintPlan(BaseModel):
    """One request of a round trip.

    source, mask: SHA-256 of the source as its file is, and of the painted mask (8-bit grey PNG, 255 = painted, as large
    as the source with its margins); the library keeps both. box: the part of the canvas that was sent, as left, top,
    right, bottom in pixels. sent: its size when it was sent. together: what the requests of one wish have in common,
    where each island has its own; part, parts: which of them this is, from 0, and how many there are.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    trip: RoundTrip = RoundTrip()
    source: str
    mask: str
    box: tuple[int, int, int, int]
    sent: tuple[int, int]
    together: str | None = None
    part: int = 0
    parts: int = 1

    @property
    def area(self) -> Rect:
        """The box as a rectangle of the canvas."""
        return Rect(*self.box)
