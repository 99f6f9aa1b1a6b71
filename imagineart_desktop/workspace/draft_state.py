"""A request draft as it is saved."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, OnErrorOmit, StrictInt

from imagineart_desktop.workspace.saved_state import SavedId, SavedState
from imagineart_desktop.workspace.seed import SeedMode


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
