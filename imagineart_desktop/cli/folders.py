"""Checks of the folders that results go to: whether they can be written to and have room."""

from __future__ import annotations

import shutil
from pathlib import Path

from imagineart_desktop.cli.arguments import OddArgumentError, OutputError
from imagineart_desktop.library import LibraryError, write_whole

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
    """Check that the library's disk has space for results. The folder need not exist yet. Raises LibraryError."""
    if full := _why_full(folder):
        raise LibraryError(f"The {full}")


def _why_full(folder: Path) -> str:
    """Return why results have no room there; empty where they have, or where nothing is known."""
    there = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)
    try:
        free = shutil.disk_usage(there or folder).free
    except OSError:
        # A real problem shows when something is written.
        return ""
    if free >= _MIN_ROOM:
        return ""
    return f"disk of “{folder}” is full: {free // 2**20} MB are free. Free some space, or choose another folder."
