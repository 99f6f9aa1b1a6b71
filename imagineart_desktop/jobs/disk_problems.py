"""Failure messages for files that can't be written or read, each with one recommended action."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.library import DiskProblem, disk_problem

_CLOSED = ("The library’s folder cannot be written.", "Allow writing to the library’s folder.")
_MESSAGES = {
    DiskProblem.FULL: ("The disk is full.", "Free some space."),
    DiskProblem.READ_ONLY: _CLOSED,
    DiskProblem.DENIED: _CLOSED,
    DiskProblem.TOO_MANY_FILES: ("Too many files are open.", "Close other programs."),
}


def disk_failure(error: OSError, charged: Charged) -> Failure:
    """Return why a job is waiting for the disk. charged: whether the pending work is already paid for."""
    other = f"A file cannot be read or written: {error.strerror or type(error).__name__}."
    problem, advice = _MESSAGES.get(disk_problem(error), (other, "Check the disk."))
    return Failure("disk", problem, f"{advice} The job resumes automatically.", charged)
