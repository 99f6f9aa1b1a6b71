"""The result of a command, and the errors that every command ends with in the same way."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from imagineart_desktop.cli.arguments import OddArgumentError, OutputError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.fal.key_store import UnusableKeyError
from imagineart_desktop.imaging import MaskError, PictureError
from imagineart_desktop.library import LibraryError
from imagineart_desktop.models import InvalidRequestError
from imagineart_desktop.support import say

_CODES: dict[type[Exception], ExitCode] = {
    OutputError: ExitCode.NO_OUTPUT,
    **dict.fromkeys(
        (InvalidRequestError, PictureError, MaskError, OddArgumentError, UnusableKeyError), ExitCode.WRONG_REQUEST
    ),
    **dict.fromkeys((LibraryError, OSError, sqlite3.Error), ExitCode.FAILED),
}

EXPECTED_ERRORS = tuple(_CODES)
"""Errors whose text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """report: for standard output; None where there is nothing to write."""

    code: ExitCode
    report: str | None = None


def failed(error: Exception) -> Outcome:
    """Say one of the expected errors, and return what the command ends with."""
    say(str(error))
    return Outcome(next(code for kind, code in _CODES.items() if isinstance(error, kind)))
