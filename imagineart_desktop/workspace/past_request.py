"""A request of the past, of a picture or of a job that failed, as the forms need it to be asked again."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from imagineart_desktop.imaging import InpaintPlan
from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Parent, PictureDetails
from imagineart_desktop.models import Model, find_model, nearest_ratio


@dataclass(frozen=True, slots=True)
class PastRequest:
    """model: None when the catalogue no longer has it. parents: the pictures it was made from, in order.

    plan: of an inpaint; what it was made from is then the plan's source and mask, of which the parents may be a part.
    settings: names of what another program was told as well.
    """

    model: Model | None
    fields: Mapping[str, Any]
    seed: int | None
    parents: tuple[Parent, ...]
    plan: InpaintPlan | None = None
    settings: tuple[str, ...] = ()

    @classmethod
    def of_picture(cls, details: PictureDetails) -> PastRequest:
        """What made a picture; of one that another program made its shape as the ratio that is nearest to it."""
        recipe, imported = details.recipe, details.recipe.imported
        fields: Mapping[str, Any] = recipe.request
        if imported is not None and "aspect_ratio" not in fields:
            fields = {"aspect_ratio": nearest_ratio(details.summary.size), **fields}
        settings = tuple(imported.settings) if imported is not None else ()
        return cls(find_model(recipe.endpoint), fields, recipe.seed, recipe.parents, recipe.plan, settings)

    @classmethod
    def of_job(cls, job: Job) -> PastRequest:
        """What a job asks for."""
        return cls(job.model, job.request.model_dump(), job.seed, job.made_from(), job.plan)

    def parent(self, role: str) -> Parent | None:
        """The first picture in this role: picture, pictures or mask."""
        return next((parent for parent in self.parents if parent.role == role), None)

    def lost_in(self, fields: Container[str]) -> list[str]:
        """What of it has no place in a form with these fields, in words."""
        without = [name.replace("_", " ") for name in self.fields if name != "prompt" and name not in fields]
        return list(dict.fromkeys([*without, *(name.lower() for name in self.settings)]))
