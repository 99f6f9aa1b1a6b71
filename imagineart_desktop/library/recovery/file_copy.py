"""The files of a library, copied into another folder by what they hold: nothing intact is ever overwritten."""

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
from imagineart_desktop.library.files.files import EXTENSIONS, JOURNALS, KEPT_ASIDE, sha256_of_file, whole_file
from imagineart_desktop.library.recovery.intact import is_intact

_PICTURES = {f".{extension}" for extension in (*EXTENSIONS.values(), "jpeg")}
FOLDERS = ("pictures", "inputs", "raw", "trash")
"""Where the files of a library lie that are copied with it."""

_AT_ONCE = 10
"""Files between two looks at whether the user stopped it."""


@dataclass(slots=True)
class CopiedFiles:
    """count: how many were copied, the others were there already; size: bytes copied.

    put_aside: what other files of these names were moved to; damaged: those that are not whole here. An intact file
    there is kept in place of a damaged one.
    """

    count: int = 0
    size: int = 0
    put_aside: int = 0
    damaged: tuple[str, ...] = ()


def files_of(root: Path) -> list[Path]:
    """All pictures of a library and what belongs to them, as paths below its root."""
    return [
        path.relative_to(root)
        for name in FOLDERS
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.suffix != ".part"
    ]


def kept_of(root: Path) -> list[Path]:
    """What was kept aside, in the same way."""
    return [path.relative_to(root) for path in sorted((root / KEPT_ASIDE).rglob("*")) if path.is_file()]


def copy_files(source: Path, target: Path, files: Sequence[Path], aside: Path, done: CopiedFiles) -> None:
    """Copies files that are not there yet, and counts them. A file is there whole or not at all. Raises OSError.

    aside: where files of the same name that hold something else are moved to.
    """
    for name in files:
        old, new = source / name, target / name
        there = new.is_file()
        if there and same_content(old, new):
            continue
        if name.suffix.lower() in _PICTURES and not is_intact(old):
            done.damaged += (name.as_posix(),)
            if there:
                continue
        if there:
            kept = _free(aside / name)
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.rename(kept)
            done.put_aside += 1
        copy_file(old, new)
        done.count += 1
        done.size += new.stat().st_size


async def copy_in_steps(
    source: Path,
    target: Path,
    files: Sequence[Path],
    aside: Path,
    done: CopiedFiles,
    tell: Callable[[int, int], object],
    stopped: Callable[[], bool],
) -> bool:
    """The same a few at a time. Returns whether all are there. Raises OSError.

    tell: hears how many of how many files are done. stopped: asked before each step, and the rest is left.
    """
    for start in range(0, len(files), _AT_ONCE):
        if stopped():
            return False
        some = files[start : start + _AT_ONCE]
        await asyncio.to_thread(partial(copy_files, source, target, some, aside, done))
        tell(start + len(some), len(files))
    return True


def copy_journals(source: Path, target: Path, also: Sequence[str] = ()) -> None:
    """What is said beside the database, as it is now. also: further names. Raises OSError."""
    for name in (*JOURNALS, *also):
        old, new = source / name, target / name
        if old.is_file() and not (new.is_file() and same_content(old, new)):
            copy_file(old, new)


def copy_file(source: Path, target: Path) -> None:
    """Written beside, then renamed. Raises OSError."""
    with whole_file(target) as beside:
        shutil.copy2(source, beside)


def same_content(one: Path, other: Path) -> bool:
    """Whether two files hold the same; where length and time are alike they are taken to. Raises OSError."""
    first, second = one.stat(), other.stat()
    if first.st_size != second.st_size:
        return False
    return first.st_mtime_ns == second.st_mtime_ns or sha256_of_file(one) == sha256_of_file(other)


def copy_database(target: Path, connection: sqlite3.Connection) -> None:
    """A copy of a database that is in use.

    Raises OSError; LibraryError where the copy cannot be written; sqlite3.Error where the database is damaged.
    """
    with whole_file(target) as beside:
        try:
            with closing(sqlite3.connect(beside)) as copy:
                connection.backup(copy)
        except sqlite3.Error as error:
            problem = database_error(error, target)
            if isinstance(problem, DatabaseDamagedError):
                # The copy is a new file, so what is damaged is what was read.
                raise
            raise problem from error


def _free(path: Path) -> Path:
    places = (path if n == 1 else path.with_name(f"{path.stem} {n}{path.suffix}") for n in count(1))
    return next(place for place in places if not place.exists())
