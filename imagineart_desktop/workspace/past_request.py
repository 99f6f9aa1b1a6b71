"""A past request, made for an image or by a failed job, with the data for restoring it in a form."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from imagineart_desktop.imaging import InpaintPlan
from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Parent, PictureDetails
from imagineart_desktop.models import FieldKind, ModelSpec, is_source, is_style_field, nearest_ratio, style_values
from imagineart_desktop.workspace.draft_state import default_options
from imagineart_desktop.workspace.request_draft import RequestDraft


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """A past request. model: None if it's no longer offered. parents: the images it was made from, in order.

    plan: of an inpaint; the image was then made from the plan's source and mask; the parents may be crops of these.
    settings: names of further settings if another program made the image.
    """

    model: ModelSpec | None
    fields: Mapping[str, object]
    seed: int | None
    parents: tuple[Parent, ...]
    plan: InpaintPlan | None = None
    settings: tuple[str, ...] = ()

    @classmethod
    def from_image(cls, details: PictureDetails) -> SavedRequest:
        """Return the request that made an image. If another program made it, use the ratio nearest to its size."""
        recipe, imported = details.recipe, details.recipe.imported
        fields: Mapping[str, object] = recipe.request
        if imported is not None and "aspect_ratio" not in fields:
            fields = {"aspect_ratio": nearest_ratio(details.summary.size), **fields}
        settings = tuple(imported.settings) if imported is not None else ()
        return cls(details.summary.model, fields, recipe.seed, recipe.parents, recipe.plan, settings)

    @classmethod
    def from_job(cls, job: Job) -> SavedRequest:
        """Return a job's request."""
        model = job.model if isinstance(job.model, ModelSpec) else None
        return cls(model, job.request.to_fields(), job.seed, job.made_from(), job.plan)

    def apply_to(self, draft: RequestDraft) -> None:
        """Restore the request in a draft, for as many images as it made."""
        draft.reuse(self.model, self.fields, self.seed, self._style_ids())

    def apply_style_to(self, draft: RequestDraft) -> bool:
        """Make a draft's style that of the request, which replaces another one. Return whether its model has any."""
        own = {
            name: value
            for name, value in default_options(draft.model).items()
            if is_style_field(draft.model.fields_by_name[name])
        }
        draft.set_picture_ids(self._style_ids())
        draft.set_fields(own | style_values(self.model, self.fields))
        return bool(own)

    def _style_ids(self) -> dict[str, int]:
        styles = {parent.sha256: parent.picture_id for parent in self.parents if parent.role == FieldKind.STYLE}
        return {sha256: found for sha256, found in styles.items() if found is not None}

    @property
    def sources(self) -> tuple[Parent, ...]:
        """The images that the request changes, in order, without its mask and its style."""
        return tuple(parent for parent in self.parents if is_source(parent.role))

    @property
    def references(self) -> tuple[Parent, ...]:
        """The images that the user added to the request. The one that an inpaint is painted on is none of them."""
        added = tuple(parent for parent in self.sources if parent.role in (FieldKind.PICTURE, FieldKind.PICTURES))
        return added if self.parent(FieldKind.MASK) is None else added[1:]

    def parent(self, role: str) -> Parent | None:
        """Return the first parent in this role: picture, pictures, mask or style."""
        return next((parent for parent in self.parents if parent.role == role), None)

    def unsupported_settings(self, fields: Container[str]) -> list[str]:
        """Return the names of the settings that have no counterpart in a form with these fields."""
        without = [name.replace("_", " ") for name in self.fields if name != "prompt" and name not in fields]
        return list(dict.fromkeys([*without, *(name.lower() for name in self.settings)]))
