"""The result of a command."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.cli.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """report: for standard output; None where there is nothing to write."""

    code: ExitCode
    report: str | None = None
