"""The result of a command, and the errors that all commands handle in the same way."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from imagineart_desktop.cli.arguments import InvalidArgumentError, OutputError
from imagineart_desktop.cli.consent import CostLimitError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.fal.key_store import UnusableKeyError
from imagineart_desktop.imaging import MaskError, PictureError
from imagineart_desktop.jobs import BudgetExceededError
from imagineart_desktop.library import DiskProblem, LibraryError, disk_error, disk_problem
from imagineart_desktop.models import InvalidRequestError, InvalidSpecError
from imagineart_desktop.support import print_notice
from imagineart_desktop.workspace.added_models import AddedModelError, ModelSourceError

_CODES: dict[type[Exception], ExitCode] = {
    OutputError: ExitCode.NO_OUTPUT,
    **dict.fromkeys((BudgetExceededError, CostLimitError), ExitCode.OVER_BUDGET),
    **dict.fromkeys(
        (
            InvalidRequestError,
            InvalidSpecError,
            PictureError,
            MaskError,
            InvalidArgumentError,
            ModelSourceError,
            UnusableKeyError,
        ),
        ExitCode.WRONG_REQUEST,
    ),
    **dict.fromkeys((LibraryError, AddedModelError, OSError, sqlite3.Error), ExitCode.FAILED),
}

EXPECTED_ERRORS = tuple(_CODES)
"""Errors that end a command with a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command. report: text for stdout, or None."""

    code: ExitCode
    report: str | None = None


def outcome_of_error(error: Exception) -> Outcome:
    """Print a sentence for one of the expected errors. Returns the outcome of the command."""
    print_notice(_sentence(error))
    return Outcome(next(code for kind, code in _CODES.items() if isinstance(error, kind)))


def _sentence(error: Exception) -> str:
    """Return what's wrong and what to do. All errors except the system's and SQLite's already say that."""
    if isinstance(error, sqlite3.Error):
        return f"The library database cannot be used: {error}. Try again."
    if not isinstance(error, OSError):
        return str(error)
    doing = "The command failed" if error.filename is None else f"“{error.filename}” cannot be read or written"
    is_known = disk_problem(error) is not DiskProblem.OTHER
    return str(disk_error(error, doing, "" if is_known else "Check the path and try again."))
