"""What is typed on the command line: numbers, images by path or address, and folders that must have room."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from imagineart_desktop.library import write_whole
from imagineart_desktop.support import whole_number

MOST_PICTURES = 10_000
"""Requests of one command."""

_MIN_ROOM = 64 * 2**20
"""Bytes. An image of 24 megapixels takes as much."""

_LONGEST_QUOTE = 40
"""Characters of what was typed that a sentence repeats."""

_LONGEST_ADDRESS = 4096


class OddArgumentError(ValueError):
    """An argument that cannot be understood or followed; the text is a sentence."""


def quoted(words: str) -> str:
    """What was typed, cut to a bearable length, in quotes."""
    return f"“{words if len(words) <= _LONGEST_QUOTE else f'{words[:_LONGEST_QUOTE]}…'}”"


def number(of: str = "", least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """Read a whole number. of: what it counts, for the sentence that refuses another."""

    def read(words: str) -> int:
        value = whole_number(words)
        if value is None:
            counted = f" of {of}" if of else ""
            raise argparse.ArgumentTypeError(f"{quoted(words)} is not a whole number{counted}")
        if least is not None and value < least:
            raise argparse.ArgumentTypeError(f"the least is {least}")
        if most is not None and value > most:
            raise argparse.ArgumentTypeError(f"the most is {most}")
        return value

    return read


def count(words: str) -> int:
    """Read how many images are wanted."""
    value = whole_number(words, 1)
    if value is None:
        raise argparse.ArgumentTypeError(f"{quoted(words)} is not a number of pictures; the least is 1")
    if value > MOST_PICTURES:
        raise argparse.ArgumentTypeError(f"{quoted(words)} is too many; the most is {MOST_PICTURES}")
    return value


def seconds(words: str) -> float:
    """Read a time."""
    try:
        read = float(words) if words.isascii() and "_" not in words else -1.0
    except ValueError:
        read = -1.0
    if not 0 <= read < float("inf"):
        raise argparse.ArgumentTypeError(f"{quoted(words)} is not a number of seconds")
    return read


def image_source(words: str) -> Path | str:
    """Read where an image is: a file, or an http(s) address."""
    if words.lower().startswith("data:"):
        raise argparse.ArgumentTypeError("a data address is not taken here; name a file, or an http or https address")
    scheme, separator, _ = words.partition("://")
    if not separator or not scheme.isalnum():
        return Path(words)
    if scheme.lower() not in ("http", "https"):
        raise argparse.ArgumentTypeError(f"{quoted(words)}: name a file, or an http or https address")
    try:
        host = urlsplit(words).hostname
    except ValueError:
        host = None
    if not host or len(words) > _LONGEST_ADDRESS:
        raise argparse.ArgumentTypeError(f"{quoted(words)} is not a complete address")
    return words


def make_ready(folder: Path) -> None:
    """Make the folder and try to write to it, before anything is paid for. Raises OddArgumentError."""
    try:
        if folder.exists() and not folder.is_dir():
            raise OddArgumentError(f"--out: “{folder}” is a file. Name a folder.")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OddArgumentError(f"--out: “{folder}” cannot be made: {error.strerror}. Name another folder.") from None
    probe = folder / ".imagineart-desktop"
    try:
        write_whole(probe, b"", private=False)
        probe.unlink()
    except OSError as error:
        raise OddArgumentError(
            f"--out: nothing can be written to “{folder}”: {error.strerror}. Name another folder."
        ) from None
    check_room(folder, "--out")


def check_room(folder: Path, option: str = "") -> None:
    """Check that the disk of a folder, which need not be there yet, has room for results. Raises OddArgumentError."""
    there = next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)
    try:
        free = shutil.disk_usage(there or folder).free
    except OSError:
        # Nobody knows; what really stands in the way is told when something is written.
        return
    if free < _MIN_ROOM:
        disk = f"{option}: the disk" if option else "The disk"
        raise OddArgumentError(
            f"{disk} of “{folder}” is full: {free // 2**20} MB are free. Make room, or name another folder."
        )
