"""Library integrity check: whether each image file and its record are there and sound, and the database as well."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from imagineart_desktop.library.errors import DatabaseDamagedError, DiskProblem, disk_error, disk_problem
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.recovery.intact import is_intact

_AT_ONCE = 25

_Row = tuple[int, str]
"""(picture id, file name)."""


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """Result of an integrity check.

    pictures: number of rows; missing: ids of pictures without a file; broken: ids of pictures with a damaged file;
    unreadable: ids of pictures whose record in the database can't be read; definitions: damaged files with definitions
    of models. added: number of files that had no row and were added; damaged: a sentence on what is wrong with the
    database, empty if it's sound; files: one line per missing or damaged file or record, with its name; stopped:
    whether the check ended before every file was examined.
    """

    pictures: int
    missing: tuple[int, ...]
    broken: tuple[int, ...]
    unreadable: tuple[int, ...]
    definitions: tuple[str, ...]
    added: int
    damaged: str
    files: tuple[str, ...]
    stopped: bool


async def check_library(
    library: Library,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> IntegrityReport:
    """Compare every row with its file, and run SQLite's checks on the database. Raises LibraryError.

    tell: called with (files done, total).
    """
    found = await library.reconcile()
    known = await library.database.read(_known)
    missing: list[_Row] = []
    broken: list[_Row] = []
    unreadable: list[_Row] = []
    done = 0
    while done < len(known) and not stopped():
        some = known[done : done + _AT_ONCE]
        gone, damaged = await asyncio.to_thread(partial(_look, library.files, some))
        recipes = await library.database.read(partial(_recipes, numbers=[number for number, _ in some]))
        unreadable += await asyncio.to_thread(partial(_unreadable, some, recipes))
        missing += gone
        broken += damaged
        done += len(some)
        tell(done, len(known))
    if broken and not library.read_only:
        await library.damaged([number for number, _ in broken])
    definitions = await asyncio.to_thread(library.specs.damaged)
    return IntegrityReport(
        len(known),
        tuple(number for number, _ in missing),
        tuple(number for number, _ in broken),
        tuple(number for number, _ in unreadable),
        tuple(definitions),
        len(found.added),
        await _damage_of(library),
        _lines(missing, broken, unreadable, definitions),
        done < len(known),
    )


def _lines(
    missing: Sequence[_Row], broken: Sequence[_Row], unreadable: Sequence[_Row], definitions: Sequence[str]
) -> tuple[str, ...]:
    """Return one line per missing or damaged file or record."""
    kinds = (("missing", missing), ("damaged", broken), ("record damaged", unreadable))
    rows = (f"{name}: {what}" for what, found in kinds for _, name in found)
    return (*rows, *(f"{name}: damaged" for name in definitions))


async def _damage_of(library: Library) -> str:
    try:
        await library.database.verify()
    except DatabaseDamagedError as error:
        return str(error)
    return ""


def _known(connection: sqlite3.Connection) -> list[_Row]:
    return [(row["id"], row["file"]) for row in connection.execute("SELECT id, file FROM pictures ORDER BY file")]


def _recipes(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT id, recipe FROM pictures WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
    )
    return {row["id"]: row["recipe"] for row in rows}


def _unreadable(some: Sequence[_Row], recipes: Mapping[int, str]) -> list[_Row]:
    """Return the rows whose recipe can't be read; one that has been deleted meanwhile is none of them."""
    return [row for row in some if row[0] in recipes and not _is_recipe(recipes[row[0]])]


def _is_recipe(text: str) -> bool:
    try:
        Recipe.model_validate_json(text)
    except ValueError:
        return False
    return True


def _look(files: Files, some: Sequence[_Row]) -> tuple[list[_Row], list[_Row]]:
    """Return (rows without a file, rows whose file is damaged or unreadable). Raises LibraryError."""
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
