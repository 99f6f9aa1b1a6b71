"""Append-only files of JSON lines next to the database, read with tolerance for damage."""

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
"""Bytes. Longer lines are rejected when appending and skipped when reading."""

_TAIL = 1 << 14
"""Bytes read first to find the last line; most lines are shorter."""


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append lines and sync. Raises OSError, also if any line is too long to be read back; then none is appended.

    A partial last line left by a crash is removed, so that it doesn't corrupt the next one.
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


def damaged_name(path: Path) -> Path:
    """Return an unused name for a damaged file, in the same folder."""
    stamp = f"{path.stem}-damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = (f"{stamp}{path.suffix}" if n == 1 else f"{stamp}-{n}{path.suffix}" for n in count(1))
    return next(place for name in names if not os.path.lexists(place := path.with_name(name)))


def copy_damaged(path: Path) -> Path:
    """Copy a damaged file that is about to be rewritten; return the copy's path. Raises OSError."""
    return Path(shutil.copyfile(path, damaged_name(path)))


def is_damaged(path: Path, can_be_read: Callable[[bytes], bool]) -> bool:
    """Return whether a line is unreadable, other than a last line cut off by a crash. Raises OSError."""
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
    """Yield the lines of a file, none if it doesn't exist; lines that are too long are skipped. Raises OSError."""
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
    """Return the offset in bytes where the next line belongs.

    That is after the last complete line if a partial one follows, otherwise at the end of the file.
    """
    length = file.seek(0, os.SEEK_END)
    for size in (_TAIL, MAX_LINE):
        start = file.seek(max(0, length - size))
        before, newline, last = file.read().rpartition(b"\n")
        if newline or not start:
            break
    if not last or (start and not newline):
        return length
    try:
        json.loads(last)
    except (ValueError, RecursionError):
        return start + len(before) + len(newline)
    return length


def _is_unfinished(file: BinaryIO) -> bool:
    """Return whether the last line lacks its newline; leaves the position at the end of the file."""
    length = file.seek(0, os.SEEK_END)
    if not length:
        return False
    file.seek(length - 1)
    return file.read() != b"\n"
