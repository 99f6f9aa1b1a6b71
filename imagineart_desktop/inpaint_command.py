"""`imagineart-desktop inpaint`: what can be said of the round trip on the command line, and what it will cost."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from imagineart_desktop.arguments import OddArgumentError, whole_number
from imagineart_desktop.models import FieldKind, Model, Price, input_reference, parse_ratio
from imagineart_desktop.report import Whole

Say = Callable[[str], None]

_MANY = 64
"""Requests of one command, above which a slip is likelier than a wish."""


def add_inpaint_arguments(parser: argparse.ArgumentParser) -> None:
    """What only this command takes."""
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--mask", type=Path, help="white, or transparent, is painted; not needed to outpaint")
    parser.add_argument(
        "--only-masked", action="store_true", help="send the painted part with some context, which keeps its detail"
    )
    parser.add_argument(
        "--context", type=whole_number("pixels"), metavar="PIXELS", help="how much is sent round the painted part"
    )
    parser.add_argument(
        "--feather",
        type=whole_number("pixels"),
        default=0,
        metavar="PIXELS",
        help="fade the seam over so much, inwards; 0 is hard",
    )
    parser.add_argument("--tone-match", action="store_true", help="bring the result's tone to that of its surroundings")
    parser.add_argument("--each-island", action="store_true", help="one request for each painted area")
    larger = parser.add_mutually_exclusive_group()
    larger.add_argument("--outpaint", metavar="L,T,R,B", help="pixels by which the picture grows on each side")
    larger.add_argument("--ratio", metavar="W:H", help="the ratio to which the picture grows, e.g. 16:9")
    parser.add_argument("--yes", action="store_true", help="spend what it costs; without it nothing is sent to fal.ai")


async def prepared_of(options: argparse.Namespace, model: Model, say: Say) -> list[Any]:
    """The requests. Raises PictureError, MaskError, OSError, OddArgumentError."""
    from imagineart_desktop.imaging import new_mask, probe_picture, read_mask, remark_on
    from imagineart_desktop.jobs import prepare

    size = await asyncio.to_thread(lambda: probe_picture(options.image).size)
    trip = _trip(options, size)
    if options.mask is None:
        if not any(trip.margins):
            raise OddArgumentError("Say what to change: --mask, --outpaint or --ratio.")
        mask = new_mask(size)
    else:
        reading = await asyncio.to_thread(read_mask, options.mask, size)
        if reading.doubtful:
            say("More than half of the picture is painted; perhaps the mask is meant the other way round.")
        mask = reading.mask
    if remark := await asyncio.to_thread(remark_on, mask, trip, model.working_size):
        say(f"{remark} Say --each-island.")
    return await prepare(options.image, mask, trip, model)


def price_of(model: Model, fields: Mapping[str, Any], prepared: Sequence[Any], seeds: Sequence[Any]) -> Price:
    """Of all requests. Raises InvalidRequestError."""
    kinds = {name: shown.kind for name, shown in model.request_type.shown_fields().items()}
    pictures = {
        name: input_reference("0" * 64) for name, kind in kinds.items() if kind in (FieldKind.PICTURE, FieldKind.MASK)
    }
    price: Price = model.price(model.parse({**fields, **pictures}))
    return price.times(len(prepared) * len(seeds))


def may_spend(options: argparse.Namespace, service: Any, price: Price, requests: int, say: Say) -> bool:
    """Says where the requests go and what they cost; whether they may be sent."""
    if requests > _MANY and not options.yes:
        say(f"That makes {requests} requests for about {price.sentence}. Add --yes where more than {_MANY} are meant.")
        return False
    if service.value == "demo":
        say(f"Demo: nothing is sent to fal.ai and nothing is charged. Live it would cost about {price.sentence}.")
        return True
    say(f"Live: fal.ai will charge about {price.sentence} (an estimate).")
    if not options.yes:
        say("Nothing was sent. Add --yes to spend it.")
    return bool(options.yes)


async def together(library: Any, events: Sequence[Any]) -> list[Whole]:
    """The islands of each wish in one picture; nothing where there was one request for all."""
    from imagineart_desktop.imaging import PictureError
    from imagineart_desktop.jobs import MissingError, recomposite

    wishes: dict[str, list[Any]] = {}
    for event in events:
        if event.job.plan is not None and event.job.plan.together is not None and event.pictures:
            wishes.setdefault(event.job.plan.together, []).append(event)
    made = []
    for parts in wishes.values():
        # What is missing is told beside the parts themselves.
        with suppress(MissingError, PictureError):
            if len(parts) == parts[0].job.plan.parts:
                numbers = [event.pictures[0] for event in parts]
                made.append(Whole(await recomposite(library, numbers), tuple(numbers)))
    return made


def _trip(options: argparse.Namespace, size: tuple[int, int]) -> Any:
    from pydantic import ValidationError

    from imagineart_desktop.imaging import Margins, Mode, RoundTrip, margins_for_ratio

    margins = Margins()
    if options.outpaint is not None:
        margins = Margins(*_four(options.outpaint))
    elif options.ratio is not None:
        if not re.fullmatch(r"[1-9]\d{0,3}:[1-9]\d{0,3}", options.ratio):
            raise OddArgumentError(f"“{options.ratio}” is no ratio; say it as 16:9.")
        margins = margins_for_ratio(size, parse_ratio(options.ratio))
        if not any(margins):
            raise OddArgumentError(f"The picture is {size[0]} × {size[1]}, which is {options.ratio} already.")
    try:
        return RoundTrip(
            mode=Mode.ONLY_MASKED if options.only_masked else Mode.WHOLE,
            context=options.context,
            feather=options.feather,
            tone_match=options.tone_match,
            each_island=options.each_island,
            margins=margins,
        )
    except ValidationError as error:
        finding = error.errors()[0]
        name = "--outpaint" if finding["loc"][0] == "margins" else f"--{str(finding['loc'][0]).replace('_', '-')}"
        raise OddArgumentError(f"{name}: {finding['msg']}.") from None


def _four(words: str) -> list[int]:
    parts = words.split(",")
    if len(parts) != 4 or not all(part.strip().isdigit() for part in parts):
        raise OddArgumentError(
            f"“{words}” is not four numbers of pixels, 0 or more; say --outpaint left,top,right,bottom."
        )
    return [int(part) for part in parts]
