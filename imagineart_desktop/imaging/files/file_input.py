"""Safe reading of files chosen by the user: only regular files, limited in size, never a pipe or device.

Opening a pipe without a writer blocks, and a device such as /dev/zero never ends.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from imagineart_desktop.imaging.errors import PictureError, UnreadablePictureError
from imagineart_desktop.support.messages import Message

MAX_FILE = 200 * 2**20
"""Bytes."""


def read_file(path: Path, name: str | None = None) -> bytes:
    """Return the contents of an image file. name: what to call it in an error. Raises PictureError."""
    label = Message("image.named", name=name or path.name)
    check_file(path, label)
    # The file may have been replaced since the check.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            state = os.fstat(file.fileno())
            _check_state(state, label)
            data = file.read(state.st_size + 1)
            if len(data) > state.st_size:
                # The file has grown meanwhile.
                data += file.read(MAX_FILE)
    except OSError as error:
        raise UnreadablePictureError(Message("image.not_readable", label=label, reason=str(error.strerror))) from error
    check_length(len(data), label)
    return data


def check_file(path: Path, label: Message) -> None:
    """Check that a path is a regular file of acceptable size. label: begins the error message.

    Raises PictureError.
    """
    try:
        _check_state(path.stat(), label)
    except OSError as error:
        raise UnreadablePictureError(Message("image.not_readable", label=label, reason=str(error.strerror))) from error
    except ValueError:
        raise PictureError(Message("image.no_file_name", label=label)) from None


def check_length(length: int, label: Message) -> None:
    """Raise PictureError for an empty file or one above the limit. length: bytes."""
    if not length:
        raise PictureError(Message("image.empty", label=label))
    if length > MAX_FILE:
        raise PictureError(Message("image.file_too_large", label=label, megabytes=MAX_FILE // 2**20))


def _check_state(state: os.stat_result, label: Message) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise PictureError(Message("image.folder", label=label))
    if not stat.S_ISREG(state.st_mode):
        raise PictureError(Message("image.no_file", label=label))
    check_length(state.st_size, label)
