"""The system's trash."""

from __future__ import annotations

from pathlib import Path


def send2trash(path: Path) -> None:
    """Move a file or a folder to the system's trash. Raises OSError.

    Imported here because few sessions move anything there, and looking for the system's libraries takes a while.
    """
    from send2trash import send2trash as move

    move(path)
