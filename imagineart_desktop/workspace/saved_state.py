"""Base class of what is saved between sessions: its fields are the keys of a JSON object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from imagineart_desktop.support.json_types import JsonObject

SavedId = Annotated[int, Field(ge=0, lt=2**63)]
"""A number of a step or an image that SQLite and Qt can hold."""


def or_else(default: Callable[[], object]) -> WrapValidator:
    """Return what replaces an invalid value by a default, for the fields of a dataclass that is saved."""

    def replace_invalid(value: object, validate: ValidatorFunctionWrapHandler) -> object:
        try:
            return validate(value)
        except ValueError:
            return default()

    return WrapValidator(replace_invalid)


class SavedState(BaseModel):
    """Values saved between sessions.

    When read, an invalid value is replaced by its field's default; if it has none, the whole object is invalid.
    When written, fields that weren't set are left out.
    """

    # A validator takes milliseconds to build; those that no default needs are built when a draft is read.
    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, defer_build=True
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _replace_invalid(cls, value: object, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        try:
            return validate(value)
        except ValueError:
            field = cls.model_fields[str(info.field_name)]
            if field.is_required():
                raise
            return field.get_default(call_default_factory=True)

    def to_json(self) -> JsonObject:
        """Return the JSON object to write."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
