"""A request draft as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from pydantic import JsonValue, OnErrorOmit, StrictInt

from imagineart_desktop.models import TRAITS, ModelSpec, referenced_sha256
from imagineart_desktop.models.style_images import references_of
from imagineart_desktop.workspace.quote import FieldValue
from imagineart_desktop.workspace.saved_state import SavedId, SavedState
from imagineart_desktop.workspace.seed import SeedChoice, SeedMode

MAX_COUNT = 8
"""Maximum number of images made at once."""


class DraftState(SavedState):
    """A draft as it is saved. What isn't set stays as it is when the draft is restored.

    kept: values of fields that other models have, chosen before. picture_ids: SHA-256 of an image that the fields refer
    to → its id if it's one of the library's images.
    """

    model: str = ""
    fields: Mapping[str, OnErrorOmit[JsonValue]] = {}
    seed: StrictInt | None = None
    seed_mode: SeedMode | None = None
    count: StrictInt | None = None
    kept: Mapping[str, OnErrorOmit[JsonValue]] = {}
    picture_ids: Mapping[str, OnErrorOmit[SavedId]] = {}

    @property
    def seed_choice(self) -> SeedChoice:
        """The seed of the next request, and those after it."""
        keeps_seed = self.seed_mode in (SeedMode.LOCKED, SeedMode.INCREMENT)
        return SeedChoice.of(self.seed, self.seed_mode) if keeps_seed else SeedChoice()


def default_options(model: ModelSpec) -> dict[str, FieldValue]:
    """Return the defaults of the fields that a form shows as options."""
    return {field.name: field.default for field in model.fields if TRAITS[field.kind].draft_schema is not None}


def count_of(model: ModelSpec | None, fields: Mapping[str, object]) -> int:
    """Return how many images a past request made, up to the maximum. model: None if it's no longer offered."""
    return 1 if model is None else min(MAX_COUNT, model.result_count(fields))


def is_option(value: object, model: ModelSpec, name: str) -> TypeGuard[FieldValue]:
    """Return whether a field of the model can have this value."""
    return model.accepts(name, value)


def used_picture_ids(picture_ids: Mapping[str, int], options: Mapping[str, FieldValue]) -> dict[str, int]:
    """Return the ids of the images that these options refer to. picture_ids: see `DraftState`."""
    used = {referenced_sha256(item) for value in options.values() for item in references_of(value)}
    return {sha256: found for sha256, found in picture_ids.items() if sha256 in used}
