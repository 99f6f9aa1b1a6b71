"""Validation problems of a request, worded for the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from imagineart_desktop.support.errors import UserError


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """An invalid field. field: its name in the API; label: its name in the form; message: a sentence."""

    field: str
    label: str
    message: str


class InvalidRequestError(UserError, ValueError):
    """The request can't be built; `problems` has one entry per invalid field."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.message for problem in problems))


def describe_problems(error: ValidationError, labels: Mapping[str, str]) -> list[FieldProblem]:
    """Convert pydantic's errors to sentences that name each field by its label. labels: field name → label."""
    problems = []
    for finding in error.errors(include_url=False, include_input=True):
        field = str(finding["loc"][0]) if finding["loc"] else ""
        label = labels.get(field, field)
        problems.append(FieldProblem(field, label, _sentence(label, finding)))
    return problems


def _sentence(label: str, finding: Any) -> str:
    context = finding.get("ctx", {})
    match finding["type"]:
        case "missing":
            return f"{label} is missing."
        case "extra_forbidden":
            return f"This model does not know “{label}”."
        case "literal_error":
            return f"{label} must be one of {context['expected']}."
        case "greater_than_equal":
            return f"{label} must be {context['ge']} or more."
        case "less_than_equal":
            return f"{label} must be {context['le']} or less."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{label} must be a whole number."
        case "float_type" | "float_parsing" | "finite_number":
            return f"{label} must be a number."
        case "too_long":
            return f"{label}: at most {context['max_length']}, there are {context['actual_length']}."
        case "too_short":
            return f"{label}: at least {context['min_length']} is needed."
        case kind if kind == "value_error" or kind.startswith(("prompt_", "picture_", "palette_")):
            return str(finding["msg"])
        case _:
            return f"{label}: {finding['msg']}."
