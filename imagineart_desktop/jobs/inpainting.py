"""An inpaint's way out and back, as the window and the command line use it.

`prepare` makes the requests of a picture, a mask and the user's settings; `Worker.inpaint` sends them. What comes back
is put together by `gather` and `Composition.made`: once when it arrives, and again whenever the user wants another
seam, from what the library keeps and without a new request.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np

from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    DeepPicture,
    Homecoming,
    InpaintPlan,
    Margins,
    Mask,
    Pixels,
    Returned,
    RoundTrip,
    bring_home,
    encode_deep,
    encode_grey_png,
    load_deep,
    load_picture,
    outgoing,
)
from imagineart_desktop.jobs.job import Ingredient
from imagineart_desktop.library import Library, Parent, PictureSummary, Recipe, sha256_of, write_whole
from imagineart_desktop.models import FieldKind, Model


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One request, ready to be sent. pictures: field → what it shows; kept: what the plan wants to find again."""

    plan: InpaintPlan
    pictures: Mapping[str, Sequence[Ingredient]]
    kept: tuple[bytes, ...]


class MissingError(Exception):
    """What a result was made from is not in the library any more; the text is a sentence for the user."""


async def prepare(
    source: Path | bytes, mask: Mask, trip: RoundTrip, model: Model, *, picture_id: int | None = None
) -> list[Prepared]:
    """The requests that inpaint a picture: one, or one for each island. What they cost is known by how many they are.

    source: the picture's file as it is. mask: uint8, height × width of the upright picture, 255 = painted; it may be
    empty where the trip has margins. picture_id: the library's number of the source. Raises PictureError,
    EmptyMaskError, FullMaskError, SizeMismatchError.
    """
    return await asyncio.to_thread(_prepared, source, mask.copy(), trip, model, picture_id)


def _prepared(
    source: Path | bytes, mask: Mask, trip: RoundTrip, model: Model, picture_id: int | None
) -> list[Prepared]:
    if model.mask_polarity is None:
        raise ValueError(f"{model.label} takes no mask")
    picture = load_deep(source)
    data = source if isinstance(source, bytes) else source.read_bytes()
    fields = {shown.kind: name for name, shown in model.request_type.shown_fields().items()}
    pieces = outgoing(picture, mask, trip, model.working_size, model.mask_polarity.painted)
    prepared = []
    for part, piece in enumerate(pieces):
        mask_png = encode_grey_png(piece.mask)
        box = piece.box
        plan = InpaintPlan(
            trip=trip,
            source=sha256_of(data),
            mask=sha256_of(mask_png),
            box=(box.left, box.top, box.right, box.bottom),
            sent=piece.pair.size,
            part=part,
            parts=len(pieces),
        )
        pictures = {
            fields[FieldKind.PICTURE]: [Ingredient(piece.pair.image_png, picture_id)],
            fields[FieldKind.MASK]: [Ingredient(piece.pair.mask_png)],
        }
        prepared.append(Prepared(plan, pictures, (data, mask_png)))
    return prepared


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A source and the results that belong into it, decoded. results: plan, raw result and mask of each."""

    source: DeepPicture
    margins: Margins
    results: tuple[tuple[InpaintPlan, Pixels, Mask], ...]

    def made(self, *, feather: int | None = None, tone_match: bool | None = None) -> Homecoming:
        """The picture with all results inside. Takes a moment: not for the window's thread.

        feather, tone_match: as wanted now; None for what was set when it was sent.
        """
        returned = [
            Returned(
                raw,
                mask,
                plan.area,
                plan.sent,
                plan.trip.feather if feather is None else feather,
                plan.trip.tone_match if tone_match is None else tone_match,
            )
            for plan, raw, mask in self.results
        ]
        return bring_home(self.source, self.margins, returned)


async def gather(library: Library, results: Sequence[tuple[InpaintPlan, Path]]) -> Composition:
    """Reads a source and its results. results: plans of one source and margins, each with its raw result.

    Raises MissingError, PictureError.
    """
    first = results[0][0]
    if any((plan.source, plan.trip.margins) != (first.source, first.trip.margins) for plan, _ in results):
        raise MissingError("These results were not made from the same picture.")
    kept = await library.input(first.source)
    if kept is None:
        raise MissingError("The picture this was made from is no longer in the library.")
    masks = []
    for plan, _ in results:
        mask = await library.input(plan.mask)
        if mask is None:
            raise MissingError("The mask this was made with is no longer in the library.")
        masks.append(mask.path)

    def decoded() -> list[tuple[InpaintPlan, Pixels, Mask]]:
        return [
            (plan, load_picture(raw, name="The result", formats=RESULT_FORMATS).pixels, _mask_of(mask))
            for (plan, raw), mask in zip(results, masks, strict=True)
        ]

    source, pieces = await asyncio.gather(asyncio.to_thread(load_deep, kept.path), asyncio.to_thread(decoded))
    return Composition(source, first.trip.margins, tuple(pieces))


async def gather_pictures(library: Library, numbers: Sequence[int]) -> Composition:
    """The same of pictures in the library that were inpainted: one, or the islands of one wish.

    Raises MissingError, PictureError.
    """
    results = []
    for number in numbers:
        details = await library.details(number)
        raw = await library.raw_result(number)
        if details is None or details.recipe.plan is None or raw is None:
            raise MissingError("The service's own result of this picture is not in the library.")
        results.append((details.recipe.plan, raw))
    return await gather(library, results)


async def recomposite(
    library: Library, numbers: Sequence[int], *, feather: int | None = None, tone_match: bool | None = None
) -> PictureSummary:
    """Puts results together anew and keeps that as a further picture, which cost nothing.

    numbers: of pictures that were inpainted from one source: one, for another seam; several, for all islands in one
    picture. Raises MissingError, PictureError, LibraryError.
    """
    composition = await gather_pictures(library, numbers)
    home = await asyncio.to_thread(partial(composition.made, feather=feather, tone_match=tone_match))
    data = await asyncio.to_thread(encode_deep, home.picture)
    recipe, raw = await _recipe_of(library, numbers, home, feather, tone_match)
    if raw is not None:
        copy = library.files.raw(recipe.job_id, recipe.position, raw.suffix[1:])
        await asyncio.to_thread(_linked, raw, copy)
    target = library.files.incoming(recipe.job_id)
    await asyncio.to_thread(write_whole, target, data)
    return await library.keep_picture(target, recipe, own=True)


async def _recipe_of(
    library: Library, numbers: Sequence[int], home: Homecoming, feather: int | None, tone_match: bool | None
) -> tuple[Recipe, Path | None]:
    """The new picture's recipe, and the raw result that it goes on having where it is made of one alone."""
    made_of = [found for number in numbers if (found := await library.details(number)) is not None]
    first = made_of[0].recipe
    parents = [
        Parent(
            role="result",
            sha256=sha256_of(await asyncio.to_thread(found.summary.path.read_bytes)),
            picture_id=found.summary.id,
        )
        for found in made_of
    ]
    plan = None
    if len(made_of) == 1 and first.plan is not None:
        wanted = {"feather": feather, "tone_match": tone_match}
        changed = {name: value for name, value in wanted.items() if value is not None}
        plan = first.plan.model_copy(update={"trip": first.plan.trip.model_copy(update=changed)})
    recipe = first.model_copy(
        update={
            "job_id": uuid.uuid4().hex,
            "position": 0,
            "request_id": None,
            "billed_units": None,
            "cost": Decimal(0),
            "parents": (*first.parents, *parents),
            "plan": plan,
            "findings": home.findings,
            "created_at": datetime.now(UTC),
        }
    )
    return recipe, await library.raw_result(numbers[0]) if plan is not None else None


def _linked(source: Path, copy: Path) -> None:
    with suppress(OSError):
        os.link(source, copy)
        return
    shutil.copyfile(source, copy)


def _mask_of(path: Path) -> Mask:
    return np.ascontiguousarray(load_deep(path).samples[:, :, 0], np.uint8)
