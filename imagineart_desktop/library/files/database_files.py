"""The files of an SQLite database: the database itself and SQLite's companion files.

A database that this process has open is never opened as a plain file: closing it would drop the locks that SQLite
holds, and another program could then remove the log with the most recent commits. See section 2.2 of
https://www.sqlite.org/howtocorrupt.html.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_COMPANIONS = ("-wal", "-shm", "-journal")

_HEADER_BYTES = 100
_READABLE = (1, 2)
"""Valid values for the header's write and read versions."""


def companions(path: Path) -> tuple[Path, ...]:
    """Return the paths of the files that SQLite may keep next to a database."""
    return tuple(path.with_name(path.name + suffix) for suffix in _COMPANIONS)


def with_companions(path: Path) -> tuple[Path, ...]:
    """Return the database path followed by its companion files."""
    return (path, *companions(path))


def remove_database(path: Path) -> None:
    """Delete a database that nobody has open, and its companion files. Raises OSError."""
    for file in with_companions(path):
        file.unlink(missing_ok=True)


def create_if_missing(path: Path) -> None:
    """Create an empty file that only its owner may read; an existing file isn't opened. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def has_wrong_header(path: Path) -> bool:
    """Return whether SQLite would reject the database because of its header. Must not be open in this process.

    The formats and the encoding are the same in all of this program's databases; an empty file has no header. See
    https://www.sqlite.org/fileformat.html#the_database_header. Raises OSError.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return bool(header)
    schema_format, encoding = int.from_bytes(header[44:48], "big"), int.from_bytes(header[56:60], "big")
    versions = header[18] in _READABLE and header[19] in _READABLE
    return not (header.startswith(b"SQLite format 3\0") and versions and schema_format <= 4 and encoding <= 1)
