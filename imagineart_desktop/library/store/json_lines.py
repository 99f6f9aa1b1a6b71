"""Files beside the database to which lines are added, one JSON object each; they may have been damaged since."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

MAX_LINE = 1 << 24
"""Bytes. Longer lines are refused when they are added, and passed over when they are read."""


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append lines, synced. Raises OSError, also for a line that is too long to be read again; then none is added.

    What a kill left of the line before is removed, so that it spoils no other.
    """
    encoded = [f"{line}\n".encode() for line in lines]
    if any(len(line) > MAX_LINE for line in encoded):
        raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE), str(path))
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(_end_of_lines(file))
        if _is_unfinished(file):
            file.write(b"\n")
        file.writelines(encoded)
        file.flush()
        os.fsync(file.fileno())


def name_for_damaged(path: Path) -> Path:
    """What a damaged file beside the library's others is called from now on; nothing has that name yet."""
    stamp = f"{path.stem}-damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = (f"{stamp}{path.suffix}" if n == 1 else f"{stamp}-{n}{path.suffix}" for n in count(1))
    return next(place for name in names if not os.path.lexists(place := path.with_name(name)))


def copy_damaged(path: Path) -> Path:
    """Copy a damaged file that is about to be written again; returns where the copy is. Raises OSError."""
    return Path(shutil.copyfile(path, name_for_damaged(path)))


def is_damaged(path: Path, can_be_read: Callable[[bytes], bool]) -> bool:
    """Whether there is a line that cannot be read, other than a last one that a kill cut off. Raises OSError."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        while line := file.readline(MAX_LINE):
            if not line.endswith(b"\n"):
                return len(line) == MAX_LINE
            if not can_be_read(line):
                return True
    return False


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, none where there is no file; those that are too long are left out. Raises OSError."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        beginning = True
        while part := file.readline(MAX_LINE):
            ended = part.endswith(b"\n")
            if beginning and (ended or len(part) < MAX_LINE):
                yield part
            beginning = ended


def _end_of_lines(file: BinaryIO) -> int:
    """Where the next line belongs: after what is whole, or after all of it where that is not a cut line. Bytes."""
    length = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, length - MAX_LINE))
    before, newline, last = file.read().rpartition(b"\n")
    if not last or (start and not newline):
        return length
    try:
        json.loads(last)
    except (ValueError, RecursionError):
        return start + len(before) + len(newline)
    return length


def _is_unfinished(file: BinaryIO) -> bool:
    """Whether the last line has no end; leaves the file at its end."""
    length = file.seek(0, os.SEEK_END)
    if not length:
        return False
    file.seek(length - 1)
    return file.read() != b"\n"
