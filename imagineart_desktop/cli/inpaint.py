"""Requests for the `inpaint` command, built from its arguments."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from imagineart_desktop.cli.arguments import InvalidArgumentError, quote_argument
from imagineart_desktop.cli.job_report import Composite
from imagineart_desktop.cli.reframe import read_ratio
from imagineart_desktop.models import ModelSpec, Task
from imagineart_desktop.support import parse_int, print_notice

if TYPE_CHECKING:
    from imagineart_desktop.imaging import InpaintSettings
    from imagineart_desktop.jobs import InpaintRequest, JobEvent
    from imagineart_desktop.library import Library


async def prepare_requests(options: argparse.Namespace, model: ModelSpec) -> list[InpaintRequest]:
    """Prepare the requests. Raises PictureError, MaskError, OddArgumentError."""
    from imagineart_desktop.batches.input_reading import read_input
    from imagineart_desktop.cli.inputs import read_references
    from imagineart_desktop.imaging import describe_losses, new_mask, probe_picture, read_mask, suggest_split
    from imagineart_desktop.jobs import prepare

    if options.reference and not model.max_references(Task.INPAINT):
        raise InvalidArgumentError(f"{model.label} does not take --reference.")
    references = await read_references(options.reference, model)
    image = await read_input(options.image)
    size = await asyncio.to_thread(lambda: probe_picture(image.data, name=image.name).size)
    settings = _parse_settings(options, size)
    if options.mask is None:
        if not any(settings.margins):
            raise InvalidArgumentError("Nothing to change: add --mask, --outpaint or --ratio.")
        mask = new_mask(size)
    else:
        painted = await read_input(options.mask)
        reading = await asyncio.to_thread(lambda: read_mask(painted.data, size, name=painted.name))
        mask = 255 - reading.mask if options.invert_mask else reading.mask
        if reading.opaque_is_painted and not options.invert_mask:
            print_notice("The opaque part of the mask is changed. Add --invert-mask to change the transparent part.")
        elif reading.doubtful and not options.invert_mask:
            print_notice(
                "More than half of the image is painted; the mask may be inverted. Add --invert-mask for that."
            )
    if remark := await asyncio.to_thread(suggest_split, mask, settings, model.working_size):
        print_notice(f"{remark} Add --each-island for that.")
    for loss in await asyncio.to_thread(describe_losses, image.data):
        print_notice(loss)
    return await prepare(image.data, mask, settings, model, name=image.name, references=references)


async def composite_batches(library: Library, events: Sequence[JobEvent]) -> list[Composite]:
    """Composite the regions of each inpaint into one image. Skips those with a single request."""
    from imagineart_desktop.imaging import PictureError
    from imagineart_desktop.jobs import MissingError, recomposite

    batches: dict[tuple[str, int], list[int]] = {}
    for event in events:
        if event.job.plan is not None and event.job.plan.together is not None and event.pictures:
            batch = event.job.plan.together, event.job.plan.parts
            batches.setdefault(batch, []).append(event.pictures[0])
    made = []
    for (_, parts), numbers in batches.items():
        # The report already describes missing parts.
        with suppress(MissingError, PictureError):
            if len(numbers) == parts:
                made.append(Composite(await recomposite(library, numbers), tuple(numbers)))
    return made


def _parse_settings(options: argparse.Namespace, size: tuple[int, int]) -> InpaintSettings:
    from pydantic import ValidationError

    from imagineart_desktop.imaging import InpaintSettings, Margins, SendMode, margins_for_ratio

    margins = Margins()
    if options.outpaint is not None:
        margins = Margins(*_parse_four(options.outpaint))
    elif options.ratio is not None:
        margins = margins_for_ratio(size, read_ratio(options.ratio))
        if not any(margins):
            raise InvalidArgumentError(f"The image is {size[0]} × {size[1]}, which is {options.ratio} already.")
    try:
        return InpaintSettings(
            mode=SendMode.ONLY_MASKED if options.only_masked else SendMode.WHOLE,
            context=options.context,
            feather=options.feather,
            tone_match=options.tone_match,
            each_island=options.each_island,
            margins=margins,
        )
    except ValidationError as error:
        finding = error.errors()[0]
        name = "--outpaint" if finding["loc"][0] == "margins" else f"--{str(finding['loc'][0]).replace('_', '-')}"
        raise InvalidArgumentError(f"{name}: {finding['msg']}.") from None


def _parse_four(words: str) -> list[int]:
    found = [parse_int(part, 0) for part in words.split(",")]
    numbers = [value for value in found if value is not None]
    if len(found) != 4 or len(numbers) != 4:
        raise InvalidArgumentError(
            f"{quote_argument(words)} is not four numbers of pixels, 0 or more: left,top,right,bottom."
        )
    return numbers
