"""Files beside the database to which lines are added, one JSON object each; they may have been damaged since."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_LINE = 1 << 24
"""Bytes. Longer lines are refused when they are added, and passed over when they are read."""


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines, synced. Raises OSError, also for a line that is too long to be read again; then none is added.

    What a kill left of the line before ends here, so that it spoils no other.
    """
    encoded = [f"{line}\n".encode() for line in lines]
    if any(len(line) > MAX_LINE for line in encoded):
        raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE), str(path))
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        length = file.seek(0, os.SEEK_END)
        whole = True
        if length:
            file.seek(length - 1)
            whole = file.read(1) == b"\n"
        file.seek(0, os.SEEK_END)
        file.write(b"" if whole else b"\n")
        file.writelines(encoded)
        file.flush()
        os.fsync(file.fileno())


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
