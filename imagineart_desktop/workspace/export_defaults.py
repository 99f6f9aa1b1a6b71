"""Default export settings: set in the preferences, and updated whenever images are exported."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from imagineart_desktop.workspace.saved_state import SavedState

_Number = Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]
"""A number that a control can show."""


class ExportDefaults(SavedState):
    """The settings of an export, as they are saved. None: not saved yet, or invalid."""

    format: str | None = None
    quality: _Number | None = None
    rule: str | None = None
    edge: _Number | None = None
    percent: _Number | None = None
    profile: str | None = None
    recipe: StrictBool | None = None
    folder: str | None = None
    pattern: str | None = None
    clash: str | None = None

    def updated(self, changed: ExportDefaults) -> ExportDefaults:
        """Return the changed settings, with the others as they are here."""
        return ExportDefaults.model_validate(self.model_dump(exclude_none=True) | changed.model_dump(exclude_none=True))
