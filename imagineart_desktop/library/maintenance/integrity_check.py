"""A library looked through: whether each picture has its file, whole, and whether the database is sound."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from imagineart_desktop.library.errors import DatabaseDamagedError, DiskProblem, disk_error, disk_problem
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.recovery.intact import is_intact

_AT_ONCE = 25

_Row = tuple[int, str]
"""A picture's number and the name of its file."""


@dataclass(frozen=True, slots=True)
class Health:
    """pictures: rows; missing: numbers of those without a file; broken: of those whose files are damaged.

    added: how many files had no row and have one now; damaged: a sentence on what is wrong with the database, empty
    where nothing is; files: the names of what is missing or broken, a line each; stopped: before all files were looked
    at.
    """

    pictures: int
    missing: tuple[int, ...]
    broken: tuple[int, ...]
    added: int
    damaged: str
    files: tuple[str, ...]
    stopped: bool


async def check(
    library: Library,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Health:
    """Compares every row with its file, and has SQLite look through the database. Raises LibraryError.

    tell: hears how many of how many files are done.
    """
    found = await library.reconcile()
    known = await library.database.read(_known)
    missing: list[_Row] = []
    broken: list[_Row] = []
    done = 0
    while done < len(known) and not stopped():
        some = known[done : done + _AT_ONCE]
        gone, damaged = await asyncio.to_thread(partial(_look, library.files, some))
        missing += gone
        broken += damaged
        done += len(some)
        tell(done, len(known))
    if broken and not library.read_only:
        await library.damaged([number for number, _ in broken])
    names = [f"{name}: missing" for _, name in missing] + [f"{name}: damaged" for _, name in broken]
    return Health(
        len(known),
        tuple(number for number, _ in missing),
        tuple(number for number, _ in broken),
        len(found.added),
        await _damage_of(library),
        tuple(names),
        done < len(known),
    )


async def _damage_of(library: Library) -> str:
    try:
        await library.database.verify()
    except DatabaseDamagedError as error:
        return str(error)
    return ""


def _known(connection: sqlite3.Connection) -> list[_Row]:
    return [(row["id"], row["file"]) for row in connection.execute("SELECT id, file FROM pictures ORDER BY file")]


def _look(files: Files, some: Sequence[_Row]) -> tuple[list[_Row], list[_Row]]:
    """(those without a file, those whose files are not whole or cannot be read). Raises LibraryError."""
    missing, broken = [], []
    for row in some:
        try:
            if not is_intact(files.absolute(row[1])):
                broken.append(row)
        except FileNotFoundError:
            missing.append(row)
        except OSError as error:
            if disk_problem(error) is DiskProblem.TOO_MANY_FILES:
                raise disk_error(error, "The library’s files cannot be checked") from error
            broken.append(row)
    return missing, broken
