"""Unsent forms, as they are saved while the user works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field, OnErrorOmit, SerializerFunctionWrapHandler, model_serializer, model_validator

from imagineart_desktop.library import Parent
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.saved_results import SavedResults
from imagineart_desktop.workspace.saved_state import SavedId, SavedState


class FormDraft(SavedState):
    """A form. The values of its request are keys of the same JSON object as the rest."""

    request: DraftState = Field(default_factory=DraftState)

    @model_validator(mode="before")
    @classmethod
    def _gather_request(cls, found: object) -> object:
        return {**found, "request": found} if isinstance(found, Mapping) and "request" not in found else found

    @model_serializer(mode="wrap")
    def _spread_request(self, serialize: SerializerFunctionWrapHandler) -> object:
        values: JsonObject = serialize(self)
        request = values.pop("request", {})
        return {**request, **values} if isinstance(request, dict) else values


class GenerateDraft(FormDraft):
    """The Generate tab."""

    results: SavedResults = Field(default_factory=SavedResults)


class SavedReference(SavedState):
    """A reference image. sha256: of its file in the library; picture_id: its id if it's one of the library's images."""

    sha256: str
    picture_id: SavedId | None = None


def saved_references(parents: Iterable[Parent]) -> list[SavedReference]:
    """Return the images of a past request as references are saved."""
    return [SavedReference(sha256=parent.sha256, picture_id=parent.picture_id) for parent in parents]


class EditDraft(FormDraft):
    """The Edit tab."""

    references: tuple[OnErrorOmit[SavedReference], ...] = ()
    results: SavedResults = Field(default_factory=SavedResults)


class NoteDraft(SavedState):
    """A note being typed. picture: id of the image it belongs to; None if no note is being typed."""

    picture: SavedId | None = None
    note: str | None = None
