"""Import of files and folders into the library, with the recipes that the files carry.

The bytes are kept unchanged; metadata goes into a file next to the image. An image without a recipe is a source.
Imported images don't count as spending.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from imagineart_desktop.imaging import ENDINGS, PictureError
from imagineart_desktop.library.errors import LibraryClosedError, LibraryError, disk_error
from imagineart_desktop.library.files.files import EXTENSIONS, Stamp, stamp_of, write_atomic
from imagineart_desktop.library.files.own_changes import Claim
from imagineart_desktop.library.files.recipe import Recipe, sidecar_path
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.metadata.file_probe import ProbedFile, import_job_id, probe_file
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.marks import Marks
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.records import FileState, LibraryChange
from imagineart_desktop.library.transfer.import_report import ImportedFile, ImportReport, ImportResult, SkippedFiles
from imagineart_desktop.support.completion import run_to_end
from imagineart_desktop.support.plain_text import sanitize_text

log = logging.getLogger(__name__)

MAX_FILES = 100_000
_DEEPEST = 32

_AT_ONCE = max(2, os.cpu_count() or 2)
"""Files imported between two progress reports."""

_PREFETCH = _AT_ONCE + 1
"""Files read, decoded and hashed concurrently."""


def find_pictures(
    places: Sequence[Path], besides: Path | None = None, skipped: SkippedFiles | None = None
) -> Iterator[tuple[Path, str]]:
    """Yield the given files, and the files with an image extension in the given folders, recursively.

    Each comes with its name for the user: in a folder, the path relative to the given one.

    Inside folders, links to files are followed but links to folders aren't, since they could lead back; hidden
    files and folders and the folder `besides` are skipped. skipped: collects all other files.
    """
    for place in places:
        if not place.is_dir():
            yield place, place.name
            continue
        for folder, below, names in os.walk(place):
            here = Path(folder)
            inside = here.relative_to(place)
            near = len(inside.parts) < _DEEPEST
            below[:] = sorted(n for n in below if near and not n.startswith(".") and here / n != besides)
            for name in sorted(names):
                path, shown = here / name, str(inside / name)
                if name.startswith("."):
                    continue
                if path.suffix.lower() in ENDINGS:
                    yield path, shown
                elif skipped is not None:
                    skipped.add(path, shown)


async def import_pictures(
    library: Library,
    places: Sequence[Path],
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> ImportReport:
    """Import files and whole folders into the library. tell: called with (files done, total).

    A file that can't be imported is listed in the report, and the others are imported. Raises LibraryError.
    """
    library.check_writable()
    if not places:
        return ImportReport()
    name, others = sanitize_text(places[0].name or str(places[0])), len(places) - 1
    async with library.operations.noticed(NoticeCode.IMPORT_CUT_OFF, name=name, others=others) as closing:
        report = await _import(library, places, tell, stopped)
        if report.stopped:
            closing.note_stopped()
        return report


async def _import(
    library: Library, places: Sequence[Path], tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> ImportReport:
    report = ImportReport()
    skipped = report.skipped
    found = await asyncio.to_thread(
        lambda: list(islice(find_pictures(places, library.files.root, skipped), MAX_FILES + 1))
    )
    report.cut = len(found) > MAX_FILES
    paths = found[:MAX_FILES]
    if stopped():
        report.stopped = True
        return report
    new: list[ImportedFile] = []
    async with aclosing(_look_ahead(paths)) as files:
        async for path, name, looked in files:
            try:
                new.append(await _import_or_refuse(library, path, name, looked, report))
            except OSError as error:
                report.problem = str(disk_error(error, "The library cannot be written"))
                break
            except LibraryClosedError:
                raise
            except LibraryError as error:
                report.problem = str(error)
                break
            if len(new) == _AT_ONCE:
                _announce(library, new, report)
                tell(len(report.files), len(paths))
                if stopped() and len(report.files) < len(paths):
                    report.stopped = True
                    break
    if new:
        _announce(library, new, report)
        tell(len(report.files), len(paths))
    if report.added:
        await library.journal_ids()
    report.files += skipped.refused()
    return report


def _announce(library: Library, new: list[ImportedFile], report: ImportReport) -> None:
    """Move files to the report, announce the added images to the library's observers, and clear `new`."""
    report.files += new
    if added := tuple(file.picture_id for file in new if file.result is ImportResult.ADDED and file.picture_id):
        library.announce(LibraryChange(added, reordered=True))
    new.clear()


async def _look_ahead(
    paths: Sequence[tuple[Path, str]],
) -> AsyncGenerator[tuple[Path, str, ProbedFile | BaseException]]:
    """Probe files in order, several ahead of the one being written, so that the disk doesn't wait for the CPU."""
    ahead: deque[asyncio.Task[ProbedFile]] = deque()
    left = iter(paths)
    try:
        for path, name in paths:
            for one in islice(left, _PREFETCH - len(ahead)):
                ahead.append(asyncio.create_task(asyncio.to_thread(probe_file, *one)))
            (looked,) = await asyncio.gather(ahead.popleft(), return_exceptions=True)
            yield path, name, looked
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


async def _import_or_refuse(
    library: Library, path: Path, name: str, looked: ProbedFile | BaseException, report: ImportReport
) -> ImportedFile:
    """Import a file if it's an image. name: for the user. Raises OSError, LibraryError."""
    try:
        if isinstance(looked, BaseException):
            raise looked
        return replace(await _import_file(library, path, looked, report), name=name)
    except PictureError as error:
        reason = _why(path, name, error)
    except (OSError, LibraryError):
        raise
    except Exception:
        # One odd file must not affect the others.
        log.exception("import of one file failed")
        reason = f"“{name}” can’t be imported because of an error in this program. See the log."
    return ImportedFile(path, ImportResult.REFUSED, reason=reason, name=name)


async def _import_file(library: Library, source: Path, looked: ProbedFile, report: ImportReport) -> ImportedFile:
    """Import a probed file. Raises OSError, LibraryError."""
    known, recipe = await library.database.read(partial(_find, looked, library.files.absolute))
    if known is not None:
        back = await _bring_back(library, known, looked.data)
        return ImportedFile(source, ImportResult.RESTORED if back else ImportResult.KNOWN, known)
    recipe = _added_at(recipe, report.started_at)
    number = await run_to_end(_add(library, looked, recipe))
    if looked.marks.fill_in(Marks()) != Marks():
        await library.annotations.change([number], looked.marks.fill_in)
    report.with_recipe += bool(recipe.imported and recipe.imported.program)
    return ImportedFile(source, ImportResult.ADDED, number)


async def _add(library: Library, looked: ProbedFile, recipe: Recipe) -> int:
    """Write the file and its recipe, and insert its row. Raises OSError, LibraryError."""
    with library.files.own_changes.claim() as claim:
        path, stamp = await asyncio.to_thread(_keep, library, looked, recipe, claim)
        name = library.files.relative(path)
        return await library.database.write(
            lambda c: rows.insert_picture(c, library.specs, recipe, name, looked.info, stamp)
        )


def _why(path: Path, name: str, error: PictureError) -> str:
    broken = path.is_symlink() and not path.exists()
    return f"“{name}” is a link to a file that doesn’t exist." if broken else str(error)


def _added_at(recipe: Recipe, moment: datetime) -> Recipe:
    """Return the recipe with the time of its import. All images of one import share it, which identifies the import."""
    imported = recipe.imported
    if imported is None:
        return recipe
    return recipe.model_copy(update={"imported": imported.model_copy(update={"added_at": moment})})


async def _bring_back(library: Library, number: int, data: bytes) -> bool:
    """Restore a known image from the trash, or its missing file; return whether either was needed.

    Raises OSError, LibraryError.
    """
    details = await library.details(number)
    if details is None:
        return False
    lost = not await asyncio.to_thread(details.summary.path.is_file)
    if lost:
        path = details.summary.path
        await run_to_end(_put_back(library, number, path, data))
    if details.trashed:
        await library.trash.restore([number])
    elif lost:
        library.announce(LibraryChange((number,), reordered=False))
    return lost or details.trashed


async def _put_back(library: Library, number: int, path: Path, data: bytes) -> None:
    with library.files.own_changes.claim() as claim:
        claim.add(library.files.relative(path))
        await asyncio.to_thread(write_atomic, path, data)
        stamp = stamp_of(path)
        await library.database.write(lambda c: rows.renew(c, number, stamp, FileState.OK))


def _find(
    looked: ProbedFile, absolute: Callable[[str], Path], connection: sqlite3.Connection
) -> tuple[int | None, Recipe]:
    """Return (id of the picture with exactly these bytes or None, recipe to store).

    A modified copy of a picture in the library, e.g. a smaller one, is a picture of its own.
    """
    copy = looked.recipe.model_copy(update={"job_id": import_job_id(looked.sha256), "position": 0})
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


def _keep(library: Library, looked: ProbedFile, recipe: Recipe, claim: Claim) -> tuple[Path, Stamp]:
    """Write the file and its recipe; return the file's path and stamp."""
    made = recipe.created_at
    stem = f"{made:%Y%m%d-%H%M%S}-{looked.sha256[:16]}"
    path = library.files.new_picture(f"{made:%Y-%m}", stem, EXTENSIONS[looked.info.format])
    claim.add(library.files.relative(path))
    # The recipe first: after a crash, a file without one wouldn't be recognized as an image of the library.
    write_atomic(sidecar_path(path), recipe.model_dump_json().encode())
    write_atomic(path, looked.data)
    return path, stamp_of(path)
