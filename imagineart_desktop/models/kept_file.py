"""Small files beside the folder of the added models."""

from __future__ import annotations

import errno
import os
from itertools import count
from pathlib import Path


def read_bounded(file: Path, most: int) -> bytes | None:
    """Read a file, or the first `most` bytes and one more of a longer one; None if there is none. Raises OSError."""
    if file.exists() and not file.is_file():
        # Opening a pipe would wait for a writer.
        raise OSError(errno.EINVAL, f"{file.name} isn’t a file", os.fspath(file))
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except FileNotFoundError:
        return None


def set_aside(file: Path, instead: str) -> str:
    """Rename a damaged file, so that it's kept and reported once. Return a sentence. instead: what is used now."""
    free = (file.with_name(f"{file.stem}.damaged-{number}{file.suffix}") for number in count(1))
    target = next(path for path in free if not path.exists())
    try:
        file.rename(target)
    except OSError:
        return f"{instead}."
    return f"{instead}; the damaged file is kept as {target.name}."
