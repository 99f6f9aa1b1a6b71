"""The files of an SQLite database: its own, and those that SQLite keeps beside it.

A database that this process has open is never opened as a plain file: closing it would drop the locks that SQLite
holds, and another program could then remove the log with everything that was committed last. See section 2.2 of
https://www.sqlite.org/howtocorrupt.html.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_COMPANIONS = ("-wal", "-shm", "-journal")

_HEADER_BYTES = 100
_READABLE = (1, 2)
"""What the header's write and read versions may be."""


def companions(path: Path) -> tuple[Path, ...]:
    """What SQLite may keep beside a database."""
    return tuple(path.with_name(path.name + suffix) for suffix in _COMPANIONS)


def with_companions(path: Path) -> tuple[Path, ...]:
    """A database, then what SQLite may keep beside it."""
    return (path, *companions(path))


def remove_database(path: Path) -> None:
    """Remove a database that nobody has open, with what lies beside it. Raises OSError."""
    for file in with_companions(path):
        file.unlink(missing_ok=True)


def create_if_missing(path: Path) -> None:
    """Make an empty file that its owner alone may read; one that is there is not opened. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def has_wrong_header(path: Path) -> bool:
    """Whether SQLite refuses a database for what its header says. Nobody in this process may have it open.

    The formats and the encoding are the same in all databases of this program; an empty file has no header. See
    https://www.sqlite.org/fileformat.html#the_database_header. Raises OSError.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return bool(header)
    schema_format, encoding = int.from_bytes(header[44:48], "big"), int.from_bytes(header[56:60], "big")
    versions = header[18] in _READABLE and header[19] in _READABLE
    return not (header.startswith(b"SQLite format 3\0") and versions and schema_format <= 4 and encoding <= 1)
