"""Default export settings: set in the preferences, and updated whenever images are exported."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, field_validator

from imagineart_desktop.workspace.preferences import Preferences

_Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""A number that a control can show."""


class ExportDefaults(BaseModel):
    """The settings of an export, as they are saved. None: not saved yet, or invalid."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: str | None = None
    quality: _Number | None = None
    rule: str | None = None
    edge: _Number | None = None
    percent: _Number | None = None
    profile: str | None = None
    recipe: bool | None = None
    folder: str | None = None
    pattern: str | None = None
    clash: str | None = None

    @field_validator("*", mode="wrap")
    @classmethod
    def _ignore_invalid(cls, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        try:
            return validate(value)
        except ValueError:
            return None


def export_defaults(preferences: Preferences) -> ExportDefaults:
    """Return the last used settings; empty at first."""
    return ExportDefaults.model_validate(preferences.export)


def keep_export_defaults(preferences: Preferences, changed: ExportDefaults) -> None:
    """Save the changed settings, and keep the others."""
    preferences.export = preferences.export | changed.model_dump(exclude_none=True)
