"""Past inpaint requests, prepared again from what the library stores."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from imagineart_desktop.imaging import InpaintPlan, Mask, read_mask
from imagineart_desktop.jobs.inpainting import InpaintRequest, MissingError, prepare
from imagineart_desktop.jobs.job import InputImage
from imagineart_desktop.library import Library
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import np


async def load_plan_mask(plan: InpaintPlan, library: Library) -> Mask | None:
    """Return the mask that a plan was made with, without its margins; None if the library no longer has it."""
    kept = await library.inputs.find(plan.mask)
    if kept is None:
        return None
    mask = (await asyncio.to_thread(read_mask, kept.path, kept.size)).mask
    left, top, right, bottom = plan.settings.margins
    inner = mask[top : mask.shape[0] - bottom, left : mask.shape[1] - right]
    return np.ascontiguousarray(inner)


async def prepare_again(
    library: Library,
    plan: InpaintPlan,
    model: ModelSpec,
    picture_id: int | None,
    references: Sequence[InputImage],
) -> list[InpaintRequest]:
    """Build the requests of a plan once more: its source, mask and settings. picture_id: library id of the source.

    Raises MissingError, PictureError, MaskError, LibraryError.
    """
    source = await library.inputs.find(plan.source)
    if source is None:
        raise MissingError(Message("missing.source"))
    mask = await load_plan_mask(plan, library)
    if mask is None:
        raise MissingError(Message("missing.mask"))
    return await prepare(source.path, mask, plan.settings, model, picture_id=picture_id, references=references)
