"""Restores earlier requests: form, references, image and mask as they were."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from imagineart_desktop.imaging import Mask, read_mask
from imagineart_desktop.jobs.repeating import load_plan_mask
from imagineart_desktop.library import Library, Parent
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.workspace.form_drafts import saved_references
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.reference_list import ReferenceList
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.seed import SeedChoice


class RequestRestorer:
    """Restores requests, and remembers which seed it locked: it belongs to that one image only."""

    def __init__(
        self,
        library: Library,
        document: MaskDocument,
        draft: RequestDraft,
        references: ReferenceList,
        settings: SessionSettings,
        history: HistoryController,
        reopen: Callable[[str, int | None], Awaitable[session_store.OpenImage | None]],
    ) -> None:
        """reopen: see `ImageOpener.reopen`."""
        self._library = library
        self._document = document
        self._draft = draft
        self._references = references
        self._settings = settings
        self._history = history
        self._reopen = reopen
        self._locked_seed: int | None = None

    def unlock_seed(self) -> None:
        """Unlock the seed for another image: it belonged to the previous one."""
        if self._locked_seed is not None and self._draft.seed.value == self._locked_seed:
            self._draft.set_seed(SeedChoice())
        self._locked_seed = None

    async def reuse(self, past: SavedRequest) -> bool:
        """Restore a request. Return False if its source is missing, so that only the form is filled.

        Raises PictureError, MaskError, LibraryError, WorkCanceledError.
        """
        source, model = next(iter(past.sources), None), past.model
        if source is None or model is None or model.mask_polarity is None:
            await self._fill(past)
            return True
        sha256 = source.sha256 if past.plan is None else past.plan.source
        picture = await self._reopen(sha256, source.picture_id)
        if picture is None:
            await self._fill(past)
            return False
        # Not earlier: until then, the form's contents belong to the step being left.
        await self._history.begin(picture, await self._history.label_of(picture, "Reused image"))
        step = self._history.steps.current
        await self._fill(past)
        if past.plan is not None:
            self._settings.set_value(past.plan.settings)
            mask = await load_plan_mask(past.plan, self._library)
        else:
            mask = await self._painted(past.parent("mask"), model)
        # Another image may have been opened meanwhile.
        if mask is not None and self._history.steps.current is step:
            await self._document.replace("Reused mask", mask)
        return True

    async def _fill(self, past: SavedRequest) -> None:
        past.apply_to(self._draft)
        self._locked_seed = past.seed
        await self._references.restore(saved_references(past.references))

    async def _painted(self, parent: Parent | None, model: ModelSpec) -> Mask | None:
        """Return the mask of a request made before plans existed."""
        kept = await self._library.inputs.find(parent.sha256) if parent is not None else None
        if kept is None:
            return None
        mask = (await asyncio.to_thread(read_mask, kept.path, self._document.size)).mask
        return 255 - mask if model.mask_polarity is not None and model.mask_polarity.painted == 0 else mask
