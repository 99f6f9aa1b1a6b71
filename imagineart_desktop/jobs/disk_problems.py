"""Files that cannot be written or read: what to say of each, and the one thing to do."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.library import DiskProblem, disk_problem

_CLOSED = ("The library’s folder cannot be written.", "Allow writing to the library’s folder.")
_SAID = {
    DiskProblem.FULL: ("The disk is full.", "Free some space."),
    DiskProblem.READ_ONLY: _CLOSED,
    DiskProblem.DENIED: _CLOSED,
    DiskProblem.TOO_MANY_FILES: ("Too many files are open.", "Close other programs."),
}


def disk_trouble(error: OSError, charged: Charged) -> Failure:
    """Why a job waits for the disk. charged: whether what it waits for is paid for."""
    other = f"A file cannot be read or written: {error.strerror or type(error).__name__}."
    problem, advice = _SAID.get(disk_problem(error), (other, "Check the disk."))
    return Failure("disk", problem, f"{advice} The job resumes automatically.", charged)
