"""Copying of a library's files into another folder, compared by content: an intact file is never overwritten."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from imagineart_desktop.library.errors import DatabaseDamagedError, database_error
from imagineart_desktop.library.files.files import (
    EXTENSIONS,
    JOURNALS,
    SET_ASIDE_DIR,
    WILDCARDS,
    sha256_of_file,
    whole_file,
)
from imagineart_desktop.library.recovery.intact import is_intact

_PICTURES = {f".{extension}" for extension in (*EXTENSIONS.values(), "jpeg")}
FOLDERS = ("pictures", "inputs", "models", "raw", "trash", WILDCARDS)
"""Folders whose files belong to the library and are copied with it."""

_AT_ONCE = 10
"""Files copied between two checks for cancellation."""


@dataclass(slots=True)
class CopyStats:
    """Result of a copy.

    count: files copied, not counting those already present; size: bytes copied. put_aside: number of conflicting
    files in the target that were moved out of the way; damaged: names of incomplete source files. An intact file in
    the target is kept rather than replaced by a damaged one.
    """

    count: int = 0
    size: int = 0
    conflicts: int = 0
    damaged: tuple[str, ...] = ()


def library_files(root: Path) -> list[Path]:
    """Return all of a library's images and the files that belong to them, as paths relative to its root."""
    return [
        path.relative_to(root)
        for name in FOLDERS
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.suffix != ".part"
    ]


def set_aside_files(root: Path) -> list[Path]:
    """Return the files that were set aside, as paths relative to the root."""
    return [path.relative_to(root) for path in sorted((root / SET_ASIDE_DIR).rglob("*")) if path.is_file()]


def copy_files(source: Path, target: Path, files: Sequence[Path], aside: Path, done: CopyStats) -> None:
    """Copy files that aren't in the target yet, and count them. Each copy is atomic. Raises OSError.

    aside: folder to which files of the same name with different content are moved.
    """
    for name in files:
        old, new = source / name, target / name
        there = new.is_file()
        if there and has_same_content(old, new):
            continue
        if not _is_intact(old, name):
            done.damaged += (name.as_posix(),)
            if there:
                continue
        if there:
            kept = _free(aside / name)
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.rename(kept)
            done.conflicts += 1
        copy_file(old, new)
        done.count += 1
        done.size += new.stat().st_size


async def copy_in_batches(
    source: Path,
    target: Path,
    files: Sequence[Path],
    aside: Path,
    done: CopyStats,
    tell: Callable[[int, int], object],
    stopped: Callable[[], bool],
) -> bool:
    """Copy files in small batches off the event loop's thread. Returns whether all were copied. Raises OSError.

    tell: called with (files done, total). stopped: checked before each batch; if true, the rest is skipped.
    """
    for start in range(0, len(files), _AT_ONCE):
        if stopped():
            return False
        some = files[start : start + _AT_ONCE]
        await asyncio.to_thread(partial(copy_files, source, target, some, aside, done))
        tell(start + len(some), len(files))
    return True


def _is_intact(path: Path, name: Path) -> bool:
    """Return whether a library's file is as it was written, as far as its kind allows to tell. Raises OSError."""
    if name.suffix.lower() in _PICTURES:
        return is_intact(path)
    return name.parts[0] != "models" or sha256_of_file(path) == name.stem


def copy_journals(source: Path, target: Path, also: Sequence[str] = ()) -> None:
    """Copy the journals next to the database, in their current state. also: additional file names. Raises OSError."""
    for name in (*JOURNALS, *also):
        old, new = source / name, target / name
        if old.is_file() and not (new.is_file() and has_same_content(old, new)):
            copy_file(old, new)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file atomically: write to a temporary file, then rename it. Raises OSError."""
    with whole_file(target) as beside:
        shutil.copy2(source, beside)


def has_same_content(one: Path, other: Path) -> bool:
    """Return whether two files have the same content; equal size and mtime count as the same. Raises OSError."""
    first, second = one.stat(), other.stat()
    if first.st_size != second.st_size:
        return False
    return first.st_mtime_ns == second.st_mtime_ns or sha256_of_file(one) == sha256_of_file(other)


def copy_database(target: Path, connection: sqlite3.Connection) -> None:
    """Copy a database that is in use.

    Raises OSError; LibraryError if the copy can't be written; sqlite3.Error if the database is damaged.
    """
    with whole_file(target) as beside:
        try:
            with closing(sqlite3.connect(beside)) as copy:
                connection.backup(copy)
        except sqlite3.Error as error:
            problem = database_error(error, target)
            if isinstance(problem, DatabaseDamagedError):
                # The copy is a new file, so the damage is in the source.
                raise
            raise problem from error


def _free(path: Path) -> Path:
    places = (path if n == 1 else path.with_name(f"{path.stem} {n}{path.suffix}") for n in count(1))
    return next(place for place in places if not place.exists())
