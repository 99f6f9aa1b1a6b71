"""What is typed on the command line: numbers in words of our own, and the folder that results are to go to."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from imagineart_desktop.library import write_whole

_LEAST_ROOM = 64 * 2**20
"""Bytes. A picture of 24 megapixels takes as much."""


class OddArgumentError(ValueError):
    """An argument that cannot be understood or followed; the text is a sentence."""


def whole_number(of: str = "") -> Callable[[str], int]:
    """Reads a whole number. of: what it counts, for the sentence that refuses another."""

    def read(words: str) -> int:
        try:
            return int(words)
        except ValueError:
            counted = f" of {of}" if of else ""
            raise argparse.ArgumentTypeError(f"“{words}” is not a whole number{counted}") from None

    return read


def count(words: str) -> int:
    """Reads how many pictures are wanted."""
    if not words.isdecimal() or int(words) < 1:
        raise argparse.ArgumentTypeError(f"“{words}” is not a number of pictures; the least is 1")
    return int(words)


def seconds(words: str) -> float:
    """Reads a time."""
    try:
        read = float(words)
    except ValueError:
        read = -1.0
    if not 0 <= read < float("inf"):
        raise argparse.ArgumentTypeError(f"“{words}” is not a number of seconds")
    return read


def make_ready(folder: Path) -> None:
    """Makes the folder and tries to write to it, before anything is paid for. Raises OddArgumentError."""
    if folder.exists() and not folder.is_dir():
        raise OddArgumentError(f"--out: “{folder}” is a file. Name a folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OddArgumentError(f"--out: “{folder}” cannot be made: {error.strerror}. Name another folder.") from None
    probe = folder / ".imagineart-desktop"
    try:
        write_whole(probe, b"", private=False)
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise OddArgumentError(
            f"--out: nothing can be written to “{folder}”: {error.strerror}. Name another folder."
        ) from None
    if free < _LEAST_ROOM:
        raise OddArgumentError(
            f"--out: the disk of “{folder}” is full: {free // 2**20} MB are free. Make room, or name another folder."
        )
