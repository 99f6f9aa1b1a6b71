"""New jobs made of requests. Their images are stored in the library first; nothing is sent or saved as a job here."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.batch import BatchRequest
from imagineart_desktop.jobs.inpainting import InpaintRequest
from imagineart_desktop.jobs.job import InputImage, Job
from imagineart_desktop.jobs.states import JobState
from imagineart_desktop.library import Library
from imagineart_desktop.models import (
    TRAITS,
    FieldProblem,
    Images,
    InvalidRequestError,
    ModelRegistry,
    ModelRequest,
    ModelSpec,
    input_reference,
)
from imagineart_desktop.models.file_limits import file_problem

_PREPARED_AT_ONCE = 8
"""Jobs made before control returns to the event loop."""

_Kept = dict[Path | bytes, tuple[str, int]]
"""Source of an image → (SHA-256, size in bytes) of what the library stores."""


class _BatchPlace(NamedTuple):
    """Where a job belongs: nowhere, unless it's one of a batch."""

    batch: str | None = None
    place: int | None = None
    low_priority: bool = False


async def batch_jobs_of(
    library: Library, requests: Sequence[BatchRequest], service: ServiceKind, batch: str, *, low_priority: bool
) -> list[Job]:
    """Return the jobs of a batch in the order of its requests. The images of all requests are stored once.

    batch: its id. Raises InvalidRequestError, PictureError, LibraryError.
    """
    kept: _Kept = {}
    jobs: list[Job] = []
    for number, one in enumerate(requests):
        if number % _PREPARED_AT_ONCE == 0:
            await asyncio.sleep(0)
        filled, parents = await _store_inputs(library, one.model, one.fields, one.pictures, one.picture_ids, kept)
        for seed, count in _batches(one.model, filled, one.seeds):
            place = _BatchPlace(batch, len(jobs), low_priority)
            jobs.append(_new_job(one.model, service, filled, parents, seed, count, place))
    return jobs


async def jobs_of(
    library: Library,
    model: ModelSpec,
    service: ServiceKind,
    fields: Mapping[str, object],
    pictures: Mapping[str, Sequence[InputImage]],
    seeds: Sequence[int | None],
    picture_ids: Mapping[str, int],
) -> list[Job]:
    """Return jobs that make one image per seed, with as many images per request as the model makes.

    pictures: field → its images. picture_ids: of stored images that the fields refer to. Raises InvalidRequestError,
    PictureError, LibraryError.
    """
    filled, parents = await _store_inputs(library, model, fields, pictures, picture_ids, {})
    return [_new_job(model, service, filled, parents, seed, count) for seed, count in _batches(model, filled, seeds)]


async def inpaint_jobs_of(
    library: Library,
    model: ModelSpec,
    service: ServiceKind,
    fields: Mapping[str, object],
    prepared: Sequence[InpaintRequest],
    seeds: Sequence[int | None],
    picture_ids: Mapping[str, int],
) -> list[Job]:
    """Return jobs that make one image per seed and prepared request, in this order, each with its plan.

    A single prepared request is made with as many images per request as the model makes; of several, which are
    composited into one image, each makes one. picture_ids: see `jobs_of`. Raises InvalidRequestError, PictureError,
    LibraryError.
    """
    requests = []
    for part in prepared:
        filled, parents = await _store_inputs(library, model, fields, part.pictures, picture_ids, {})
        for data in part.kept:
            await library.inputs.keep(data)
        requests.append((part.plan, filled, parents))
    jobs = []
    for seed, count in _batches(model, fields, seeds) if len(prepared) == 1 else [(seed, 1) for seed in seeds]:
        together = uuid.uuid4().hex if len(prepared) > 1 else None
        for plan, filled, parents in requests:
            job = _new_job(model, service, filled, parents, seed, count)
            jobs.append(replace(job, plan=plan.model_copy(update={"together": together})))
    return jobs


def copy_as_new(job: Job, models: ModelRegistry) -> Job:
    """Return a new job with the same request, for its price now. models: those that are offered."""
    model, estimate, offered = job.model, job.estimate, models.find(job.model.endpoint)
    is_same = offered is not None and isinstance(model, ModelSpec) and offered.fields == model.fields
    if offered is not None and is_same and isinstance(job.request, ModelRequest):
        model, estimate = offered, offered.price(job.request).amount
    return Job(
        uuid.uuid4().hex,
        model,
        job.request,
        job.service,
        JobState.WAITING,
        datetime.now(UTC),
        estimate,
        job.parents,
        plan=job.plan,
        damaged_plan=job.damaged_plan,
        batch=job.batch,
        place=job.place,
        low_priority=job.low_priority,
    )


def fetched_again(job: Job) -> Job:
    """Return a failed job as it starts to fetch its result again."""
    state = JobState.QUEUED if job.result is None else JobState.FETCHING
    ended = None if job.result is None else job.finished_at
    return replace(job, dismissed=False).moved(state, failure=None, finished_at=ended)


async def _store_inputs(
    library: Library,
    model: ModelSpec,
    fields: Mapping[str, object],
    pictures: Mapping[str, Sequence[InputImage]],
    picture_ids: Mapping[str, int],
    kept: _Kept,
) -> tuple[Mapping[str, object], dict[str, int]]:
    """Store the images in the library. Return (the fields with references to them, the job's parents).

    kept: the images that are stored already; further ones are added. Raises InvalidRequestError for a file that is
    larger than its field takes.
    """
    parents = dict(picture_ids)
    filled = dict(fields)
    for name, ingredients in pictures.items():
        references, field = [], model.fields_by_name[name]
        for ingredient in ingredients:
            source = ingredient.source
            if source in kept and not file_problem(field, kept[source][1]):
                sha256 = kept[source][0]
            else:
                data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
                if too_large := file_problem(field, len(data), ingredient.name):
                    raise InvalidRequestError([FieldProblem(name, field.label, too_large)])
                sha256 = (await library.inputs.keep(data)).sha256
                kept[source] = sha256, len(data)
            references.append(input_reference(sha256))
            if ingredient.picture_id is not None:
                parents[sha256] = ingredient.picture_id
        many = TRAITS[field.kind].images is Images.SEVERAL
        filled[name] = tuple(references) if many else references[0]
    return filled, parents


def _batches(
    model: ModelSpec, fields: Mapping[str, object], seeds: Sequence[int | None]
) -> list[tuple[int | None, int]]:
    """Return (the first seed, the number of images) of each request."""
    counts = model.batches_of(len(seeds), fields)
    starts = accumulate(counts, initial=0)
    return [(seeds[start], count) for start, count in zip(starts, counts, strict=False)]


def _new_job(
    model: ModelSpec,
    service: ServiceKind,
    fields: Mapping[str, object],
    parents: Mapping[str, int],
    seed: int | None,
    count: int,
    at: _BatchPlace | None = None,
) -> Job:
    at = at or _BatchPlace()
    seeded = {"seed": seed} if model.has_seed else {}
    request = model.parse({**fields, **seeded, **model.count_value(count)})
    estimate = model.price(request).amount
    return Job(
        uuid.uuid4().hex,
        model,
        request,
        service,
        JobState.WAITING,
        datetime.now(UTC),
        estimate,
        parents,
        batch=at.batch,
        place=at.place,
        low_priority=at.low_priority,
    )
