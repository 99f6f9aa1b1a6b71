"""Files that cannot be written or read: what to say of each, and the one thing to do."""

from __future__ import annotations

import errno

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import Failure

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FEW = frozenset({errno.EMFILE, errno.ENFILE})


def disk_trouble(error: OSError, charged: Charged) -> Failure:
    """Why a job waits for the disk. charged: whether what it waits for is paid for."""
    if error.errno in _FULL:
        return Failure("disk", "The disk is full.", "Free some space. The job resumes automatically.", charged)
    if error.errno in _CLOSED:
        advice = "Allow writing to the library’s folder. The job resumes automatically."
        return Failure("disk", "The library’s folder cannot be written.", advice, charged)
    if error.errno in _FEW:
        advice = "Close other programs. The job resumes automatically."
        return Failure("disk", "Too many files are open.", advice, charged)
    words = f"A file cannot be read or written: {error.strerror or type(error).__name__}."
    return Failure("disk", words, "Check the disk. The job resumes automatically.", charged)
