"""Puts files and rows in agreement, both ways: whatever was interrupted between a file and its row is finished.

A picture's file without a row gets one from its recipe. A row whose file lies in the other of the two places, because
the program ended while it was moved to the trash or back, follows it, and so does one whose file has another name now.
Rows whose files are nowhere are told.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import PictureError, PictureInfo, probe_picture
from imagineart_desktop.library import pictures as rows
from imagineart_desktop.library.database import Database
from imagineart_desktop.library.files import Files
from imagineart_desktop.library.recipe import Recipe, read_recipe

_INPUT_NAME = re.compile(r"([0-9a-f]{64})\.[a-z]+")

OffThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """added: numbers of pictures that had no row; moved: of those whose rows follow their files now.

    lost: numbers of those whose files are nowhere.
    """

    added: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


async def reconcile(files: Files, database: Database, off_thread: OffThread) -> Reconciled:
    """Looks at every file's name, and into those that have no row."""
    known = await database.read(_known)
    lost, unknown = await off_thread(partial(_compare, files, known))
    by_name = {Path(name).name: name for name in unknown}
    moved = []
    for number, file in lost:
        found = by_name.get(Path(file).name)
        if found is None:
            continue
        moment = datetime.now(UTC) if files.is_trash(found) else None
        await database.write(partial(_follow, number, found, moment))
        moved.append(number)
        unknown.discard(found)
    added = []
    gone = {number for number, _ in lost if number not in moved}
    for name in sorted(unknown):
        path = files.absolute(name)
        read = await off_thread(partial(_read, path))
        if read is None:
            continue
        renamed = await database.read(partial(rows.find_picture, recipe=read[0]))
        if renamed is not None and renamed in gone:
            moment = datetime.now(UTC) if files.is_trash(name) else None
            await database.write(partial(_follow, renamed, name, moment))
            moved.append(renamed)
            gone.discard(renamed)
        else:
            added += await database.write(partial(_insert, read, name, files.is_trash(name)))
    return Reconciled(tuple(added), tuple(moved), tuple(number for number, _ in lost if number not in moved))


@dataclass(frozen=True, slots=True)
class Seen:
    """rows: numbers of the pictures that should lie in a folder; lost: of those that do not; unknown: whether there are
    files that no row knows."""

    rows: frozenset[int]
    lost: frozenset[int]
    unknown: bool


async def look_into(folder: Path, files: Files, database: Database, off_thread: OffThread) -> Seen:
    """What of one folder below the pictures is there, by names alone."""
    beginning = f"{files.relative(folder)}/"
    known = await database.read(partial(_known_in, beginning=beginning))
    on_disk = await off_thread(lambda: {name for name in files.picture_names() if name.startswith(beginning)})
    lost = frozenset(number for number, file in known if file not in on_disk)
    return Seen(frozenset(number for number, _ in known), lost, bool(on_disk - {file for _, file in known}))


async def find_inputs(files: Files, database: Database, off_thread: OffThread) -> None:
    """Rows for the inputs that lie in their folder; for a database that was made anew."""

    def look() -> list[tuple[str, str, int, int]]:
        found = []
        for path in (files.root / "inputs").iterdir():
            match = _INPUT_NAME.fullmatch(path.name)
            try:
                if match is not None:
                    found.append((match.group(1), files.relative(path), *probe_picture(path).size))
            except PictureError:
                continue
        return found

    inputs = await off_thread(look)
    moment = rows.to_ms(datetime.now(UTC))

    def note(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO inputs (sha256, file, width, height, added_ms) VALUES (?, ?, ?, ?, ?)",
            [(*entry, moment) for entry in inputs],
        )

    await database.write(note)


def _compare(files: Files, known: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], set[str]]:
    """(rows without a file, files without a row)."""
    on_disk = files.picture_names()
    return [entry for entry in known if entry[1] not in on_disk], on_disk - {file for _, file in known}


def _known(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    return [(row["id"], row["file"]) for row in connection.execute("SELECT id, file FROM pictures")]


def _known_in(connection: sqlite3.Connection, beginning: str) -> list[tuple[int, str]]:
    rows_there = connection.execute(
        "SELECT id, file FROM pictures WHERE file >= ? AND file < ?", (beginning, f"{beginning}\U0010ffff")
    )
    return [(row["id"], row["file"]) for row in rows_there]


def _follow(number: int, file: str, trashed_at: datetime | None, connection: sqlite3.Connection) -> None:
    rows.move_file(connection, number, file, trashed_at)


def _read(path: Path) -> tuple[Recipe, PictureInfo, int] | None:
    recipe = read_recipe(path)
    try:
        return None if recipe is None else (recipe, probe_picture(path), path.stat().st_size)
    except (PictureError, OSError):
        return None


def _insert(
    read: tuple[Recipe, PictureInfo, int], name: str, trashed: bool, connection: sqlite3.Connection
) -> list[int]:
    """The new picture's number; none for a copy of one that is known."""
    recipe, info, length = read
    if rows.find_picture(connection, recipe) is not None:
        return []
    number = rows.insert_picture(connection, recipe, name, *info.size, info.format, length)
    if trashed:
        rows.move_file(connection, number, name, datetime.now(UTC))
    return [number]
