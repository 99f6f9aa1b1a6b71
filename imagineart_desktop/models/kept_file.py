"""Small files beside the folder of the added models."""

from __future__ import annotations

import errno
import json
import os
from itertools import count
from pathlib import Path


class NewerFileError(ValueError):
    """A file was written by a newer version of the program."""


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


def versioned_json(data: bytes, *, version: int, max_bytes: int) -> str:
    """Return the JSON of an object without its version. Raises NewerFileError, ValueError if it can't be this version.

    data: of a file, or the first bytes of a longer one, as `read_bounded` returns them.
    """
    try:
        found = json.loads(data.decode("utf-8")) if len(data) <= max_bytes else None
    except RecursionError:
        found = None
    stored = found.pop("version", None) if isinstance(found, dict) else None
    if type(stored) is not int:
        raise ValueError("no version")
    if stored > version:
        raise NewerFileError(stored)
    if stored != version:
        raise ValueError(f"version {stored}")
    return json.dumps(found)


def set_aside(file: Path, instead: str) -> str:
    """Rename a damaged file, so that it's kept and reported once. Return a sentence. instead: what is used now."""
    free = (file.with_name(f"{file.stem}.damaged-{number}{file.suffix}") for number in count(1))
    target = next(path for path in free if not path.exists())
    try:
        file.rename(target)
    except OSError:
        return f"{instead}."
    return f"{instead}; the damaged file is kept as {target.name}."
