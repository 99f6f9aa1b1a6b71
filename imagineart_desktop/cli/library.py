"""The `library` commands: import, search, show, export, check and rebuild.

They share code and wording with the window.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.cli.arguments import UnknownImageError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.fact_lines import describe_facts
from imagineart_desktop.cli.folders import prepare_output_folder
from imagineart_desktop.cli.library_arguments import ORIGINAL_FORMAT
from imagineart_desktop.cli.library_notices import print_notices
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.cli.progress_line import FileCount, progress_shown
from imagineart_desktop.imaging import ExportSettings, FileFormat
from imagineart_desktop.library import (
    ExportOptions,
    ExportReport,
    ImportedFile,
    ImportResult,
    Library,
    PictureDetails,
    Query,
    export_pictures,
    import_pictures,
    is_in_use,
)
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.models import setting_texts
from imagineart_desktop.support import Progress, print_notice
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.workspace.library_texts import (
    TOO_MANY_FILES,
    check_text,
    export_text,
    import_text,
    rebuild_text,
    skipped_texts,
)

if TYPE_CHECKING:
    from imagineart_desktop.places import AppPaths


async def run_library(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Run the command given by the arguments. If the library is open elsewhere, only reading commands work."""
    try:
        async with opened_library(places.library, reads_only=options.action in _READING) as library:
            return await _ACTIONS[options.action](library, options)
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


@asynccontextmanager
async def opened_library(root: Path, *, reads_only: bool) -> AsyncIterator[Library]:
    """Open the library for the duration of the block. Raises LibraryError."""
    read_only = reads_only and await asyncio.to_thread(is_in_use, root)
    library = await asyncio.to_thread(partial(Library, root, read_only=read_only))
    try:
        await library.start()
        print_notices(library)
        yield library
    finally:
        await asyncio.to_thread(library.close)


async def _import(library: Library, options: argparse.Namespace) -> Outcome:
    missing = [path for path in options.paths if not path.exists()]
    count = FileCount()
    async with progress_shown("Importing", lambda: count.text):
        report = await import_pictures(library, [path for path in options.paths if path not in missing], count.tell)
    report.files += [_not_found(path) for path in missing]
    for reason in report.refused:
        print_notice(reason)
    if report.problem:
        print_notice(report.problem)
    if report.cut:
        print_notice(TOO_MANY_FILES)
    code = ExitCode.FAILED if report.refused or report.problem or report.cut else ExitCode.OK
    if not options.json:
        for sentence in skipped_texts(report, _MAX_NAMED):
            print_notice(sentence)
        return Outcome(code, import_text(report))
    files = [_imported(file) for file in report.files]
    skipped = report.skipped
    told = {"files": files, "skipped": skipped.count, "skipped_files": skipped.names, "problem": report.problem}
    return Outcome(code, _json(told))


def _not_found(path: Path) -> ImportedFile:
    return ImportedFile(path, ImportResult.REFUSED, reason=f"“{path}” doesn’t exist.")


def _imported(file: ImportedFile) -> JsonObject:
    told: JsonObject = {"path": str(file.path), "result": file.result.value}
    return told | ({"reason": file.reason} if file.picture_id is None else {"id": file.picture_id})


async def _search(library: Library, options: argparse.Namespace) -> Outcome:
    await library.fill_index()
    found = await library.find(Query(text=options.query), most=options.limit)
    for sentence in found.problems:
        print_notice(sentence)
    if found.is_wider:
        # If an invalid term were ignored, a script would get the whole library.
        return Outcome(ExitCode.WRONG_REQUEST)
    read = [await library.details(picture_id) for picture_id in found.numbers]
    details = [one for one in read if one is not None]
    if options.json:
        return Outcome(ExitCode.OK, _json([_facts(one) for one in details]))
    return Outcome(ExitCode.OK, "\n".join(map(_line, details)) or None)


async def _show(library: Library, options: argparse.Namespace) -> Outcome:
    details, unknown = await _details(library, options.ids)
    code = ExitCode.FAILED if unknown else ExitCode.OK
    names = {collection.id: collection.name for collection in await library.annotations.collections()}
    shown = [_all_facts(one, names) for one in details]
    if options.json:
        return Outcome(code, _json(shown[0] if len(options.ids) == 1 else shown))
    return Outcome(code, "\n\n".join(map(describe_facts, shown)))


async def _export(library: Library, options: argparse.Namespace) -> Outcome:
    found, unknown = await _details(library, options.ids)
    ids = [details.summary.id for details in found]
    prepare_output_folder(options.out)
    wanted = ExportSettings(FileFormat[options.format.upper()]) if options.format != ORIGINAL_FORMAT else None
    progress = Progress()
    async with progress_shown("Exporting", lambda: f"{progress.share:.0%}"):
        report = await export_pictures(library, ids, ExportOptions(options.out, settings=wanted), progress)
    for sentence in (*report.failed, *([report.problem] if report.problem else []), *report.remarks):
        print_notice(sentence)
    code = ExitCode.FAILED if report.failed or report.problem or unknown else ExitCode.OK
    if report.is_unwritable and not report.failed:
        code = ExitCode.NO_OUTPUT
    if not options.json:
        return Outcome(code, export_text(report)[1])
    return Outcome(code, _json(_exported(report, unknown)))


def _exported(report: ExportReport, unknown: Sequence[str]) -> JsonObject:
    problems: list[JsonValue] = [*unknown, *report.failed, *([report.problem] if report.problem else [])]
    return {"files": [str(path) for path in report.written], "problems": problems, "remarks": {**report.remarks}}


async def _check(library: Library, options: argparse.Namespace) -> Outcome:
    count = FileCount()
    async with progress_shown("Checking the library", lambda: count.text):
        health = await check_library(library, count.tell)
    tone, sentences = check_text(health)
    code = ExitCode.OK if tone == "info" else ExitCode.FAILED
    if not options.json:
        return Outcome(code, "\n".join([sentences, *health.files]))
    told = {
        "images": health.pictures,
        "missing": list(health.missing),
        "damaged": list(health.broken),
        "unreadable_records": list(health.unreadable),
        "damaged_definitions": list(health.definitions),
        "added": health.added,
        "database": health.damaged,
        "files": list(health.files),
    }
    return Outcome(code, _json(told))


async def _rebuild(library: Library, options: argparse.Namespace) -> Outcome:
    count = FileCount()
    async with progress_shown("Rebuilding the library", lambda: count.text):
        done = await rebuild(library, count.tell)
    if not options.json:
        return Outcome(ExitCode.OK, rebuild_text(done))
    told = {"images": done.pictures, "without_recipe": done.sources, "old_database": str(done.aside)}
    return Outcome(ExitCode.OK, _json(told))


async def _details(library: Library, ids: Sequence[int]) -> tuple[list[PictureDetails], list[str]]:
    """Load the details of images. Print which of them the library doesn't have.

    Returns (details of the others, printed sentences). Raises UnknownImageError if it has none of them.
    """
    found: list[PictureDetails] = []
    unknown: list[UnknownImageError] = []
    for picture_id in ids:
        details = await library.details(picture_id)
        if details is None:
            unknown.append(UnknownImageError(picture_id))
        else:
            found.append(details)
    for error in unknown if found else unknown[:-1]:
        print_notice(str(error))
    if not found:
        raise unknown[-1]
    return found, [str(error) for error in unknown]


def _facts(details: PictureDetails) -> JsonObject:
    """Return the data of a search result.

    cost: estimate in US dollars; "0" for a demo image or one that wasn't generated here. billed: what the service
    charged in US dollars; None if that isn't known.
    """
    summary, recipe = details.summary, details.recipe
    return {
        "id": summary.id,
        "file": str(summary.path),
        "original_name": recipe.imported.name if recipe.imported is not None else summary.path.name,
        "prompt": recipe.prompt,
        "negative_prompt": str(recipe.request.get("negative_prompt", "")),
        "model": recipe.endpoint,
        "seed": recipe.seed,
        "size": list(summary.size),
        "rating": details.marks.rating,
        "tags": list(details.marks.tags),
        "demo": recipe.demo,
        "cost": "0" if recipe.demo else str(recipe.cost),
        "billed": None if details.bill is None else str(details.bill.amount),
    }


def _all_facts(details: PictureDetails, collections: dict[int, str]) -> Mapping[str, object]:
    """Return everything the details panel shows, and the recipe. collections: id → name."""
    summary, recipe, marks = details.summary, details.recipe, details.marks
    parents = [
        {"role": parent.role, "sha256": parent.sha256, "id": parent.picture_id, "file": _text(parent.path)}
        for parent in details.parents
    ]
    fields = [] if summary.model is None else setting_texts(summary.model, recipe.request)
    return _facts(details) | {
        "model_label": summary.model_label,
        "model_problem": details.model_problem,
        "fields": [asdict(field) for field in fields],
        "format": details.format,
        "bytes": details.bytes,
        "state": summary.state.value,
        "created": details.created_at.isoformat(),
        "request_id": recipe.request_id,
        "index": None if recipe.request_id is None else recipe.position,
        "label": marks.label.value,
        "note": marks.note,
        "favorite": marks.favourite,
        "collections": [collections[one] for one in marks.collections if one in collections],
        "trashed": details.trashed,
        "findings": [str(finding) for finding in summary.findings],
        "made_from": parents,
        "made_into": list(details.children),
        "settings": dict(recipe.imported.settings) if recipe.imported is not None else {},
        "program": recipe.imported.program if recipe.imported is not None else "",
        "recipe": recipe.model_dump(mode="json"),
    }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _line(details: PictureDetails) -> str:
    """Format an image as one line: id, file and prompt, separated by tabs."""
    return f"{details.summary.id}\t{details.summary.path}\t{' '.join(details.recipe.prompt.split())}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_MAX_NAMED = 100
"""Skipped files named by an import."""

_READING = frozenset({"search", "show", "export"})
_ACTIONS = {
    "import": _import,
    "search": _search,
    "show": _show,
    "export": _export,
    "check": _check,
    "rebuild": _rebuild,
}
