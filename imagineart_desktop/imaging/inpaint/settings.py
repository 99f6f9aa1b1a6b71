"""Inpaint settings, and the plan of one request.

Both are plain values that survive a restart: a job stores its plan, and so does the recipe of the result.
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


class SendMode(StrEnum):
    """What is sent: the whole image, or only a part around the mask, which preserves the detail of large images."""

    WHOLE = "whole"
    ONLY_MASKED = "only_masked"


class Margins(NamedTuple):
    """Number of pixels by which an image is enlarged on each side."""

    left: Pixel = 0
    top: Pixel = 0
    right: Pixel = 0
    bottom: Pixel = 0

    def around(self, size: Size) -> Size:
        """Return the size with the margins, (width, height)."""
        return size[0] + self.left + self.right, size[1] + self.top + self.bottom


class InpaintSettings(BaseModel):
    """The user's inpaint settings.

    context: pixels around the painted area to send with it; None for half of its longer edge, at least 64. feather:
    pixels over which the result fades into the source, inward from the mask's edge; 0 is a hard edge. tone_match:
    whether to match the result's lightness and color to its surroundings, see `tone`. each_island: one request per
    painted region instead of one for all. margins: how much the image is enlarged (outpainting). overlap: pixels of the
    old image next to the new area that are painted with it, so that the result fades in over them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    mode: SendMode = SendMode.WHOLE
    context: Pixel | None = None
    feather: Annotated[int, Field(ge=0, le=MAX_FEATHER)] = 0
    tone_match: bool = False
    each_island: bool = False
    margins: Margins = Margins()
    overlap: Annotated[int, Field(ge=0, le=MAX_FEATHER)] = 0


class InpaintPlan(BaseModel):
    """The plan of one inpaint request.

    source, mask: SHA-256 of the unmodified source file, and of the painted mask (8-bit gray PNG, 255 = painted, the
    size of the source with its margins); the library stores both. box: the part of the canvas that was sent, as left,
    top, right, bottom in pixels. sent: its size when sent. together: id shared by requests that were submitted
    together, one per region; part, parts: index of this one, from 0, and their number.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        defer_build=True,
    )

    # The alias is the stored key, which earlier versions read and wrote.
    settings: InpaintSettings = Field(default_factory=InpaintSettings, alias="trip")
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
