"""Failure messages for files that can't be written or read, each with one recommended action."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import Failure
from imagineart_desktop.library import DiskProblem, disk_problem
from imagineart_desktop.support.messages import Message

_CLOSED = (Message("job.folder_not_writable"), Message("job.advice.allow_writing"))
_MESSAGES = {
    DiskProblem.FULL: (Message("job.disk_full"), Message("job.advice.free_space")),
    DiskProblem.READ_ONLY: _CLOSED,
    DiskProblem.DENIED: _CLOSED,
    DiskProblem.TOO_MANY_FILES: (Message("job.too_many_files"), Message("job.advice.close_programs")),
}


def disk_failure(error: OSError, charged: Charged) -> Failure:
    """Return why a job is waiting for the disk. charged: whether the pending work is already paid for."""
    other = Message("job.file_failed", reason=error.strerror or type(error).__name__)
    problem, advice = _MESSAGES.get(disk_problem(error), (other, Message("job.advice.check_disk")))
    return Failure("disk", problem, advice, charged)
