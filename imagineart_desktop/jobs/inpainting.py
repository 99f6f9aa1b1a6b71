"""Inpainting requests and their results, as used by the window and the command line.

`prepare` builds the requests from an image, a mask and the user's settings; `Worker.inpaint` sends them.
`load_result_set` and `InpaintResultSet.made` composite the results: once on arrival, and again whenever the user
changes the seam, from data stored in the library and without a new request. A picture with several inpainted areas
lists the result of each among its parents, so it can be recomposited as well.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial, reduce
from pathlib import Path

from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    ColorModel,
    CompositeResult,
    FullImage,
    InpaintPlan,
    InpaintSettings,
    Margins,
    Mask,
    Picture,
    PictureError,
    Pixels,
    RawResult,
    Rect,
    build_requests,
    composite,
    encode_full_image,
    encode_grey_png,
    load_full_image,
    load_picture,
    read_file,
    with_transparency,
)
from imagineart_desktop.imaging.inpaint.compositing import preview_sent
from imagineart_desktop.imaging.inpaint.raw_preview import paste_raw_results
from imagineart_desktop.imaging.inpaint.sent_preview import SentPreview
from imagineart_desktop.imaging.mask.mask import no_progress
from imagineart_desktop.jobs.job import InputImage
from imagineart_desktop.jobs.source_cache import read_source
from imagineart_desktop.library import Library, Parent, PictureSummary, Recipe, sha256_of, sha256_of_file
from imagineart_desktop.models import FieldKind, MaskPolarity, ModelSpec, Task
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.messages import MAX_LISTED, Message
from imagineart_desktop.support.pixel_libraries import np

RESULT = "result"
"""Role of a parent whose raw service result was composited into the picture."""

_ENCODED = 0.9
"""Share of the progress of saving a picture that's done once it's encoded; only writing remains."""


@dataclass(frozen=True, slots=True, eq=False)
class InpaintRequest:
    """One request, ready to send. pictures: field → its images; kept: files to store, as the plan refers to them."""

    plan: InpaintPlan
    pictures: Mapping[str, Sequence[InputImage]]
    kept: tuple[bytes, ...]


class MissingError(UserError):
    """An original that a result was made from is no longer in the library."""


async def prepare(
    source: Path | bytes,
    mask: Mask,
    settings: InpaintSettings,
    model: ModelSpec,
    *,
    picture_id: int | None = None,
    name: str | None = None,
    references: Sequence[InputImage] = (),
) -> list[InpaintRequest]:
    """Build the requests that inpaint an image: one, or one per connected mask region.

    Their number determines the cost. source: the unmodified image file. mask: uint8, height × width of the upright
    image, 255 = painted; may be empty if the settings have margins. picture_id: library id of the source. name: what to
    call a source given as bytes in errors. references: further images, sent with each request. Raises PictureError,
    EmptyMaskError, FullMaskError, SizeMismatchError, InvalidRequestError.
    """
    return await asyncio.to_thread(_prepared, source, mask.copy(), settings, model, picture_id, name, references)


def _prepared(
    source: Path | bytes,
    mask: Mask,
    settings: InpaintSettings,
    model: ModelSpec,
    picture_id: int | None,
    name: str | None,
    references: Sequence[InputImage],
) -> list[InpaintRequest]:
    if model.mask_polarity is None:
        raise ValueError(f"{model.label} takes no mask")
    data, name = (source, name) if isinstance(source, bytes) else (read_file(source, name), name or source.name)
    sha256, mask_field = sha256_of(data), model.field_of(FieldKind.MASK)
    picture = read_source(sha256, data, name)
    pieces = build_requests(picture, mask, settings, model.working_size, model.mask_polarity.painted)
    prepared = []
    for part, piece in enumerate(pieces):
        mask_png = encode_full_image(FullImage(piece.mask[:, :, None], ColorModel.GREY, alpha=False))
        box = piece.box
        plan = InpaintPlan(
            settings=settings,
            source=sha256,
            mask=sha256_of(mask_png),
            box=(box.left, box.top, box.right, box.bottom),
            sent=piece.pair.size,
            part=part,
            parts=len(pieces),
        )
        pictures = model.image_fields([InputImage(piece.pair.image_png, picture_id), *references], Task.INPAINT)
        if mask_field is not None:
            pictures[mask_field.name] = [InputImage(_sent_mask(piece.pair.mask_png, model))]
        prepared.append(InpaintRequest(plan, pictures, (data, mask_png)))
    return prepared


def _sent_mask(mask_png: bytes, model: ModelSpec) -> bytes:
    is_transparent = model.mask_polarity is MaskPolarity.PAINTED_TRANSPARENT
    return with_transparency(mask_png) if is_transparent else mask_png


@dataclass(frozen=True, slots=True, eq=False)
class InpaintResultSet:
    """A decoded source and the results to composite into it.

    results: plan, raw result, and mask of each. previews: of each, what was sent, reduced; None if it isn't known yet.
    """

    source: FullImage
    margins: Margins
    results: tuple[tuple[InpaintPlan, Pixels, Mask], ...]
    previews: tuple[SentPreview | None, ...]

    def made(
        self, *, feather: int | None = None, tone_match: bool | None = None, reach: ReportProgress = no_progress
    ) -> CompositeResult:
        """Return the source with all results composited. Slow: don't call on the UI thread.

        feather, tone_match: override the settings the request was sent with; None keeps them. reach: see `composite`.
        """
        returned = [
            RawResult(
                raw,
                mask,
                plan.area,
                plan.sent,
                plan.settings.feather if feather is None else feather,
                plan.settings.tone_match if tone_match is None else tone_match,
                plan.settings.overlap,
                preview,
            )
            for (plan, raw, mask), preview in zip(self.results, self.previews, strict=True)
        ]
        return composite(self.source, self.margins, returned, reach)

    def as_it_came(self) -> Pixels:
        """Return the raw results, height × width × 3 or 4, uint8.

        Several areas are each pasted in place in the source.
        """
        if len(self.results) == 1:
            return self.results[0][1]
        boxes = [(raw, plan.area, mask) for plan, raw, mask in self.results]
        return paste_raw_results(self.source, self.margins, boxes)


async def load_result_set(
    library: Library, results: Sequence[tuple[InpaintPlan, Path | Awaitable[Picture]]]
) -> InpaintResultSet:
    """Load a source and its results. results: plans with the same source and margins, each with its raw result.

    A result is a file, or its picture, which may still be decoding: source and masks are prepared meanwhile. Raises
    MissingError, PictureError.
    """
    first = results[0][0]
    if any((plan.source, plan.settings.margins) != (first.source, first.settings.margins) for plan, _ in results):
        raise MissingError(Message("missing.not_same_source"))
    kept = await library.inputs.find(first.source)
    if kept is None:
        raise MissingError(Message("missing.source"))
    mask_paths = []
    for plan, _ in results:
        mask = await library.inputs.find(plan.mask)
        if mask is None:
            raise MissingError(Message("missing.mask"))
        mask_paths.append(mask.path)
    plans = [plan for plan, _ in results]
    (source, masks, previews), raws = await asyncio.gather(
        _prepared_source(kept.path, mask_paths, plans), _raw_pixels([raw for _, raw in results])
    )
    return InpaintResultSet(source, first.settings.margins, tuple(zip(plans, raws, masks, strict=True)), previews)


async def _prepared_source(
    path: Path, mask_paths: Sequence[Path], plans: Sequence[InpaintPlan]
) -> tuple[FullImage, list[Mask], tuple[SentPreview | None, ...]]:
    """Return what results need besides themselves: the source, and the mask and the preview of each."""

    def preview_of(plan: InpaintPlan, mask: Mask) -> SentPreview | None:
        # Enlarging the canvas takes as long again. A mask of another size is refused when the result is composited.
        if any(plan.settings.margins) or mask.shape[::-1] != source.size:
            return None
        return preview_sent(source, mask, plan.area)

    source, masks = await asyncio.gather(
        asyncio.to_thread(read_source, plans[0].source, path),
        asyncio.to_thread(lambda: [_mask_of(mask_path) for mask_path in mask_paths]),
    )
    canvas = Rect.of_size(plans[0].settings.margins.around(source.size))
    if any(plan.area.is_empty or plan.area.intersected(canvas) != plan.area for plan in plans):
        raise MissingError(Message("missing.plan"))
    previews = await asyncio.to_thread(lambda: tuple(map(preview_of, plans, masks)))
    return source, masks, previews


async def _raw_pixels(raws: Sequence[Path | Awaitable[Picture]]) -> list[Pixels]:
    return [(await (asyncio.to_thread(_result_of, raw) if isinstance(raw, Path) else raw)).pixels for raw in raws]


async def load_result_set_of(library: Library, numbers: Sequence[int]) -> InpaintResultSet:
    """Load the composition of inpainted library pictures: one picture with any number of areas, or one per area.

    The latter must be the areas of one request. Raises MissingError, PictureError.
    """
    results: list[tuple[InpaintPlan, Path | Awaitable[Picture]]] = []
    for number, settings in await _areas_of(library, numbers):
        details = await library.details(number)
        raw = await library.raw_result_path(number)
        if details is None or details.recipe.plan is None or raw is None:
            raise MissingError(Message("missing.raw_result"))
        plan = details.recipe.plan
        results.append((plan if settings is None else plan.model_copy(update={"settings": settings}), raw))
    return await load_result_set(library, results)


async def _areas_of(library: Library, numbers: Sequence[int]) -> list[tuple[int, InpaintSettings | None]]:
    """Return the pictures that have one raw result each: the given pictures, or the areas they were composited from.

    Each comes with the settings to composite it with, if these differ from its own plan.
    """
    areas: list[tuple[int, InpaintSettings | None]] = []
    for number in numbers:
        details = await library.details(number)
        parts = [] if details is None else [parent for parent in details.parents if parent.role == RESULT]
        if details is None or len(parts) < 2:
            areas.append((number, None))
            continue
        settings = details.recipe.plan.settings if details.recipe.plan is not None else None
        for part in parts:
            if part.picture_id is None:
                raise MissingError(Message("missing.area"))
            areas.append((part.picture_id, settings))
    return areas


async def recomposite(
    library: Library, numbers: Sequence[int], *, feather: int | None = None, tone_match: bool | None = None
) -> PictureSummary:
    """Composite results again and save that as a new picture, at no cost.

    numbers: ids of pictures inpainted from the same source: one to change its seam; several to merge all regions into
    one picture. Raises MissingError, PictureError, LibraryError.
    """
    composition = await load_result_set_of(library, numbers)
    home = await asyncio.to_thread(partial(composition.made, feather=feather, tone_match=tone_match))
    return await save_composite(library, numbers, composition, home, feather=feather, tone_match=tone_match)


async def save_composite(
    library: Library,
    numbers: Sequence[int],
    composition: InpaintResultSet,
    home: CompositeResult,
    *,
    feather: int | None = None,
    tone_match: bool | None = None,
    reach: ReportProgress = no_progress,
) -> PictureSummary:
    """Keep what a composition made with these settings as a further picture, see `recomposite`.

    reach: takes the share that is done. Raises PictureError, LibraryError, WorkCanceledError.
    """
    data = await asyncio.to_thread(encode_full_image, home.picture, lambda share: reach(_ENCODED * share))
    areas = [number for number, _ in await _areas_of(library, numbers)]
    wanted = {"feather": feather, "tone_match": tone_match}
    changed = {name: value for name, value in wanted.items() if value is not None}
    plan = await _whole_plan(
        library,
        [
            plan.model_copy(update={"settings": plan.settings.model_copy(update=changed)})
            for plan, _, _ in composition.results
        ],
        composition,
    )
    recipe = await _recipe_of(library, areas, plan, home)
    reach(_ENCODED)
    raw = await library.raw_result_path(areas[0]) if len(areas) == 1 else None
    if raw is not None:
        copy = library.files.raw(recipe.job_id, recipe.position, raw.suffix[1:])
        await asyncio.to_thread(_linked, raw, copy)
    return await library.keep_made(data, recipe)


async def _whole_plan(library: Library, plans: Sequence[InpaintPlan], composition: InpaintResultSet) -> InpaintPlan:
    """Return the plan of a picture with these results; for several, with their combined mask and bounding box."""
    if len(plans) == 1:
        return plans[0]
    masks = [mask for _, _, mask in composition.results]
    data = await asyncio.to_thread(lambda: encode_grey_png(reduce(np.maximum, masks)))
    box = reduce(Rect.united, [plan.area for plan in plans])
    return plans[0].model_copy(
        update={
            "mask": (await library.inputs.keep(data)).sha256,
            "box": (box.left, box.top, box.right, box.bottom),
            "sent": (box.width, box.height),
            "part": 0,
        }
    )


async def _recipe_of(library: Library, areas: Sequence[int], plan: InpaintPlan, home: CompositeResult) -> Recipe:
    """Return the new picture's recipe. areas: ids of the pictures it's composited from."""
    made_of = [found for number in areas if (found := await library.details(number)) is not None]
    first = made_of[0].recipe
    parents = [
        Parent(role=RESULT, sha256=await _hash_of(found.summary.path), picture_id=found.summary.id) for found in made_of
    ]
    return first.model_copy(
        update={
            "job_id": uuid.uuid4().hex,
            "position": 0,
            "request_id": None,
            "billed_units": None,
            "cost": Decimal(0),
            "parents": (*(parent for parent in first.parents if parent.role != RESULT), *parents),
            "plan": plan,
            "findings": home.findings if len(made_of) == 1 else _findings_by_area([found.recipe for found in made_of]),
            "created_at": datetime.now(UTC),
        }
    )


async def _hash_of(path: Path) -> str:
    """Return the SHA-256 of an image's file. Raises PictureError."""
    try:
        return await asyncio.to_thread(sha256_of_file, path)
    except OSError as error:
        label = Message("image.named", name=path.name)
        raise PictureError(Message("image.not_readable", label=label, reason=str(error.strerror))) from error


def _findings_by_area(recipes: Sequence[Recipe]) -> tuple[Message, ...]:
    """Return what was unusual about the results of several areas, naming the areas, numbered from the top down."""
    said: dict[Message, list[int]] = {}
    for place, recipe in enumerate(recipes, start=1):
        number = place if recipe.plan is None else recipe.plan.part + 1
        for finding in recipe.findings:
            said.setdefault(finding, []).append(number)
    return tuple(
        Message("result.in_areas", count=len(numbers), areas=tuple(numbers[:MAX_LISTED]), finding=finding)
        for finding, numbers in said.items()
    )


def _linked(source: Path, copy: Path) -> None:
    with suppress(OSError):
        os.link(source, copy)
        return
    shutil.copyfile(source, copy)


def _result_of(path: Path) -> Picture:
    return load_picture(path, name=Message("image.result"), formats=RESULT_FORMATS)


def _mask_of(path: Path) -> Mask:
    return np.ascontiguousarray(load_full_image(path).samples[:, :, 0], np.uint8)
