"""Pictures from outside into the library: files and folders, with the recipes that they carry.

Bytes are kept as they are; what is known of them lies in a file beside. A picture without a recipe is a source. Nothing
that is imported counts as spent.
"""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import (
    USER_FORMATS,
    PictureError,
    PictureInfo,
    load_picture,
    open_checked,
    probe_picture,
)
from imagineart_desktop.library import pictures as rows
from imagineart_desktop.library.files import sha256_of, write_whole
from imagineart_desktop.library.foreign_metadata import LONGEST_PROMPT, ForeignRecipe, cleaned, foreign_recipe
from imagineart_desktop.library.library import EXTENSIONS, Library, LibraryChange
from imagineart_desktop.library.recipe import (
    Imported,
    Recipe,
    read_recipe,
    recipe_beside,
)

MOST_FILES = 100_000
SOURCE = "Imported"
"""Stands for the model of a picture that no model is known of."""

_DEEPEST = 32
_ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp"}
_JOB = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AT_ONCE = max(2, os.cpu_count() or 2)
_MOST_NESTED = 200
_MOMENTS = ("submitted_at", "started_at", "finished_at")


@dataclass(slots=True)
class ImportReport:
    """What became of an import. added: numbers of the new pictures; known: of those that were there already.

    restored: of those that were in the trash, or had lost their files, and are back; with_recipe: how many of the new
    ones carry one; failed: sentences, one a file; problem: what ended it early;
    cut: whether there were more than `MOST_FILES`; stopped: whether the user ended it.
    """

    added: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    with_recipe: int = 0
    failed: list[str] = field(default_factory=list)
    problem: str = ""
    cut: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Looked:
    data: bytes
    info: PictureInfo
    sha256: str
    recipe: Recipe


def find_pictures(places: Sequence[Path], besides: Path | None = None) -> Iterator[Path]:
    """Files that were named, and in folders, at any depth, those that have the ending of a picture.

    Links inside folders are not followed; hidden ones are left out, and so is the folder `besides`.
    """
    for place in places:
        if not place.is_dir():
            yield place
            continue
        for folder, below, names in os.walk(place):
            here = Path(folder)
            near = len(here.relative_to(place).parts) < _DEEPEST
            below[:] = sorted(n for n in below if near and not n.startswith(".") and here / n != besides)
            for name in sorted(names):
                path = here / name
                if path.suffix.lower() in _ENDINGS and not name.startswith(".") and not path.is_symlink():
                    yield path


async def import_pictures(
    library: Library,
    places: Sequence[Path],
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> ImportReport:
    """Takes files and whole folders into the library. tell: hears how many of how many files are done.

    A file that cannot be taken is told in the report, and the others are. Raises LibraryError.
    """
    library.check_writable()
    report = ImportReport()
    found = await asyncio.to_thread(
        lambda: list(islice(find_pictures(places, besides=library.files.root), MOST_FILES + 1))
    )
    report.cut = len(found) > MOST_FILES
    paths = found[:MOST_FILES]
    for start in range(0, len(paths), _AT_ONCE):
        if stopped():
            report.stopped = True
            break
        some = paths[start : start + _AT_ONCE]
        looked = await asyncio.gather(*(asyncio.to_thread(_look, path) for path in some), return_exceptions=True)
        try:
            new = [await _take(library, one, report) for one in looked]
        except OSError as error:
            report.problem = f"The library cannot be written: {error.strerror or error}."
            break
        if added := tuple(number for number in new if number is not None):
            library.announce(LibraryChange(added, structure=True))
        tell(start + len(some), len(paths))
    return report


async def _take(library: Library, looked: _Looked | BaseException, report: ImportReport) -> int | None:
    """The new picture's number; None where there is none. Raises OSError, LibraryError."""
    if isinstance(looked, PictureError):
        report.failed.append(str(looked))
        return None
    if isinstance(looked, BaseException):
        raise looked
    known, recipe = await library.database.read(partial(_find, looked, library.files.absolute))
    if known is not None:
        back = await _bring_back(library, known, looked.data)
        (report.restored if back else report.known).append(known)
        return None
    name = await asyncio.to_thread(_keep, library, looked, recipe)

    def insert(connection: sqlite3.Connection) -> int:
        info = looked.info
        return rows.insert_picture(connection, recipe, name, *info.size, info.format, len(looked.data))

    number = await library.database.write(insert)
    report.added.append(number)
    report.with_recipe += bool(recipe.imported and recipe.imported.program)
    return number


async def _bring_back(library: Library, number: int, data: bytes) -> bool:
    """Whether a picture that is known was in the trash or had lost its file. Raises OSError, LibraryError."""
    details = await library.details(number)
    if details is None:
        return False
    lost = not await asyncio.to_thread(details.summary.path.is_file)
    if lost:
        await asyncio.to_thread(write_whole, details.summary.path, data)
    if details.trashed:
        await library.restore([number])
    elif lost:
        library.announce(LibraryChange((number,), structure=False))
    return lost or details.trashed


def _find(
    looked: _Looked, absolute: Callable[[str], Path], connection: sqlite3.Connection
) -> tuple[int | None, Recipe]:
    """(the picture that has these very bytes, the recipe to keep them with).

    A changed copy of a picture that is here, a smaller one for instance, is a picture of its own.
    """
    copy = looked.recipe.model_copy(update={"job_id": _job_of(looked.sha256), "position": 0})
    number = rows.find_picture(connection, copy)
    if number is not None:
        return number, copy
    number = rows.find_picture(connection, looked.recipe)
    if number is None:
        return None, looked.recipe
    row = connection.execute("SELECT file, bytes FROM pictures WHERE id = ?", (number,)).fetchone()
    same = row["bytes"] == len(looked.data)
    with suppress(FileNotFoundError):
        same = same and absolute(row["file"]).read_bytes() == looked.data
    return (number if same else None), copy


def _keep(library: Library, looked: _Looked, recipe: Recipe) -> str:
    """Writes the file and its recipe; its name in the database."""
    made = recipe.created_at
    stem = f"{made:%Y%m%d-%H%M%S}-{looked.sha256[:16]}"
    path = library.files.new_picture(f"{made:%Y-%m}", stem, EXTENSIONS[looked.info.format])
    # The recipe first: a file without one would be no picture of the library after a crash.
    write_whole(recipe_beside(path), recipe.model_dump_json().encode())
    write_whole(path, looked.data)
    return library.files.relative(path)


def _look(path: Path) -> _Looked:
    """Reads and checks a file, and what it says of itself. Raises PictureError."""
    info = probe_picture(path)
    try:
        data = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise PictureError(f"“{path.name}” cannot be read.") from error
    load_picture(data, name=path.name, at_least=64)
    sha256 = sha256_of(data)
    own = read_recipe(path)
    if own is not None:
        return _Looked(data, info, sha256, _own(own, sha256, path.name))
    with open_checked(data, path.name, USER_FORMATS) as image:
        foreign = foreign_recipe(image)
    return _Looked(data, info, sha256, _of_foreign(foreign or ForeignRecipe(""), sha256, path.name, changed))


def _own(recipe: Recipe, sha256: str, name: str) -> Recipe:
    """A recipe of ours from elsewhere. Its numbers of pictures mean nothing here, and its texts are a stranger's."""
    before = recipe.imported
    program = before.program if before else "ImagineArt Desktop"
    settings = before.settings if before else {}
    valid = _JOB.fullmatch(recipe.job_id) is not None and 0 <= recipe.position < 1000
    parents = [p for p in recipe.parents[:16] if _SHA256.fullmatch(p.sha256)]
    return recipe.model_copy(
        update={
            "endpoint": cleaned(recipe.endpoint, 120) or SOURCE,
            "request": _plain(recipe.request, _MOST_NESTED),
            "parents": tuple(p.model_copy(update={"picture_id": None, "role": cleaned(p.role, 40)}) for p in parents),
            "cost": recipe.cost if recipe.cost.is_finite() and 0 <= recipe.cost < 10_000 else Decimal(0),
            "billed_units": cleaned(recipe.billed_units, 60) if recipe.billed_units else None,
            "request_id": cleaned(recipe.request_id, 120) if recipe.request_id else None,
            "job_id": recipe.job_id if valid else _job_of(sha256),
            "position": recipe.position if valid else 0,
            "findings": tuple(cleaned(finding) for finding in recipe.findings[:20]),
            "imported": Imported(
                sha256=sha256,
                name=cleaned(name, 120),
                program=cleaned(program, 40),
                settings={cleaned(key, 40): cleaned(value) for key, value in list(settings.items())[:40]},
            ),
            "created_at": _within(recipe.created_at),
            **{name: _within(moment) for name in _MOMENTS if (moment := getattr(recipe, name)) is not None},
        }
    )


def _of_foreign(foreign: ForeignRecipe, sha256: str, name: str, changed: datetime) -> Recipe:
    request = {"prompt": foreign.prompt, "negative_prompt": foreign.negative}
    return Recipe(
        endpoint=foreign.model or foreign.program or SOURCE,
        request={key: text for key, text in request.items() if text},
        seed=foreign.seed,
        cost=Decimal(0),
        job_id=_job_of(sha256),
        imported=Imported(sha256=sha256, name=cleaned(name, 120), program=foreign.program, settings=foreign.settings),
        created_at=_within(changed),
    )


def _job_of(sha256: str) -> str:
    """Stands for the job of a picture that has none here: the same for the same bytes."""
    return f"import-{sha256[:48]}"


def _within(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max(aware, _OLDEST), datetime.now(UTC))


def _plain(value: Any, room: int) -> Any:
    """The same with clean texts, and no more of it than can be shown."""
    if isinstance(value, dict):
        some = list(value.items())[: min(room, 60)]
        return {cleaned(key, 60): _plain(held, room // 2) for key, held in some}
    if isinstance(value, list):
        return [_plain(held, room // 2) for held in value[: min(room, 60)]]
    if value is None or isinstance(value, bool | int | float):
        return value
    return cleaned(value, LONGEST_PROMPT)
