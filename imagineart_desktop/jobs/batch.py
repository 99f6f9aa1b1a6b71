"""A batch: one thing with a name and a cost, made of many jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imagineart_desktop.jobs.job import InputImage
from imagineart_desktop.models import ModelSpec


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request of a batch, before it's a job; it makes one image per seed.

    fields: without images, seed and number of images. pictures: field → its images. picture_ids: SHA-256 of a stored
    image that the fields refer to → its library id, if it has one.
    """

    model: ModelSpec
    fields: Mapping[str, object]
    pictures: Mapping[str, Sequence[InputImage]] = field(default_factory=dict)
    seeds: Sequence[int | None] = (None,)
    picture_ids: Mapping[str, int] = field(default_factory=dict)
