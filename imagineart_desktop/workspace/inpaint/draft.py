"""An inpaint session as it is saved while the user works; its mask is a file of its own."""

from __future__ import annotations

from pydantic import Field, OnErrorOmit

from imagineart_desktop.workspace.form_drafts import FormDraft, SavedReference
from imagineart_desktop.workspace.inpaint.history import SavedHistory
from imagineart_desktop.workspace.inpaint.region_groups import PendingRequests
from imagineart_desktop.workspace.inpaint.settings import SavedSettings


class InpaintDraft(FormDraft):
    """The Inpaint tab. pending: requests whose results are still to come."""

    settings: SavedSettings = Field(default=None, alias="trip")
    references: tuple[OnErrorOmit[SavedReference], ...] = ()
    history: SavedHistory = Field(default=SavedHistory(), alias="session")
    pending: PendingRequests = Field(default=PendingRequests(), alias="waited for")
