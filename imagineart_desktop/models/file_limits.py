"""How large the files of a field's images may be, in bytes."""

from __future__ import annotations

from imagineart_desktop.models.field_spec import FieldSpec
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import format_size


def file_problem(field: FieldSpec, size: int, name: str = "") -> str:
    """Return a sentence if an image of this many bytes is too large for a field that holds one, or an empty string.

    name: of its file, which the sentence then says.
    """
    if not field.max_bytes or size <= field.max_bytes:
        return ""
    limit = format_size(field.max_bytes)
    of = f"“{single_line(name)}”: " if name else ""
    return f"{of}{field.label} files are limited to {limit}; this one has {format_size(size)}. Export a smaller copy."


def total_problem(total: int, field: FieldSpec) -> str:
    """Return a sentence if images of this many bytes in all are too large for a field, or an empty string."""
    if not field.max_bytes or total <= field.max_bytes:
        return ""
    limit = format_size(field.max_bytes)
    return f"{field.label} are limited to {limit} in total; these have {format_size(total)}."
