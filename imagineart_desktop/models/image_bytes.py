"""How large the images of a field may be in all."""

from __future__ import annotations

from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.support.wording import format_size


def total_problem(total: int, field: FieldSpec) -> str:
    """Return a sentence if images of this many bytes in all are too large for the field, or an empty string."""
    if not field.max_bytes or total <= field.max_bytes:
        return ""
    limit = format_size(field.max_bytes)
    return f"{field.label} are limited to {limit} in total; these have {format_size(total)}."
