"""Checks that folders for results are writable and have free space."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from imagineart_desktop.cli.arguments import InvalidArgumentError, OutputError
from imagineart_desktop.library import LibraryError, disk_error, write_atomic
from imagineart_desktop.support.messages import Message

_MIN_ROOM = 64 * 2**20
"""Free space required, in bytes: about one image of 24 megapixels."""


def prepare_output_folder(folder: Path) -> None:
    """Create the folder and try to write to it, before anything is paid for. Raises OddArgumentError, OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InvalidArgumentError(f"--out: “{folder}” is a file. Choose a folder.")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"--out: “{folder}” cannot be created: {error.strerror}. Choose another folder.") from None
    probe = folder / ".imagineart-desktop"
    try:
        write_atomic(probe, b"", private=False)
        probe.unlink()
    except OSError as error:
        raise OutputError(f"--out: “{folder}” is not writable: {error.strerror}. Choose another folder.") from None
    if full := _space_problem(folder):
        raise OutputError(f"--out: the {full}")


def check_library_room(folder: Path) -> None:
    """Check that the library's disk is writable and has space for results. Raises LibraryError.

    The folder need not exist yet.
    """
    if _is_read_only(folder):
        # A read-only disk, such as a disk image, is often full too.
        error = OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))
        raise disk_error(error, Message("library.doing.use_folder", folder=str(folder)))
    if full := _space_problem(folder):
        raise LibraryError(f"The {full}")


def _is_read_only(folder: Path) -> bool:
    """Return whether the disk is read-only; False if the system can't tell."""
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(_existing(folder)).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _existing(folder: Path) -> Path:
    """Return the folder, or its nearest existing ancestor."""
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), folder)


def _space_problem(folder: Path) -> str:
    """Return a sentence if results don't fit; empty if they do, or if the free space is unknown."""
    try:
        free = shutil.disk_usage(_existing(folder)).free
    except OSError:
        # A real problem will show when something is written.
        return ""
    if free >= _MIN_ROOM:
        return ""
    return f"disk of “{folder}” is full: {free // 2**20} MB are free. Free some space, or choose another folder."
