"""Checks of the folders that results go to: whether they can be written to and have room."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from imagineart_desktop.cli.arguments import OddArgumentError, OutputError
from imagineart_desktop.library import LibraryError, disk_error, write_whole

_MIN_ROOM = 64 * 2**20
"""Bytes that must be free: about one image of 24 megapixels."""


def make_ready(folder: Path) -> None:
    """Create the folder and try to write to it, before anything is paid for. Raises OddArgumentError, OutputError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OddArgumentError(f"--out: “{folder}” is a file. Choose a folder.")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"--out: “{folder}” cannot be created: {error.strerror}. Choose another folder.") from None
    probe = folder / ".imagineart-desktop"
    try:
        write_whole(probe, b"", private=False)
        probe.unlink()
    except OSError as error:
        raise OutputError(f"--out: “{folder}” is not writable: {error.strerror}. Choose another folder.") from None
    if full := _why_full(folder):
        raise OutputError(f"--out: the {full}")


def check_library_room(folder: Path) -> None:
    """Check that the library's disk can be written and has space for results. Raises LibraryError.

    The folder need not exist yet.
    """
    if _is_read_only(folder):
        # A read-only disk is often full as well, such as an image of a disk.
        error = OSError(errno.EROFS, os.strerror(errno.EROFS), str(folder))
        raise disk_error(error, f"The library folder {folder} cannot be used")
    if full := _why_full(folder):
        raise LibraryError(f"The {full}")


def _is_read_only(folder: Path) -> bool:
    """Return whether the disk is read-only; False where the system does not tell."""
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(_existing(folder)).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), folder)


def _why_full(folder: Path) -> str:
    """Return why results have no room there; empty where they have, or where nothing is known."""
    try:
        free = shutil.disk_usage(_existing(folder)).free
    except OSError:
        # A real problem shows when something is written.
        return ""
    if free >= _MIN_ROOM:
        return ""
    return f"disk of “{folder}” is full: {free // 2**20} MB are free. Free some space, or choose another folder."
