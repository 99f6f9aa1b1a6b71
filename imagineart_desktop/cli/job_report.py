"""The report at the end of a command: one JSON object, with the files copied to the output folder."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.library.files.files import whole_file
from imagineart_desktop.support import print_notice
from imagineart_desktop.support.json_types import JsonObject

if TYPE_CHECKING:
    from imagineart_desktop.jobs import JobEvent
    from imagineart_desktop.library import Library, PictureSummary

PARTS = "parts"
"""Subfolder of the output folder for the parts of composites."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite of several results. parts: the picture ids of the results."""

    picture: PictureSummary
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class JsonReport:
    """The report of a command. text: JSON; all_copied: whether every file is in the output folder."""

    text: str
    all_copied: bool


MakeReport = Callable[["Sequence[JobEvent]", "Library", Path | None, Sequence[Composite]], Awaitable[JsonReport]]
"""Makes the report of a command, as `make_report` does."""


async def make_report(
    events: Sequence[JobEvent], library: Library, out: Path | None, wholes: Sequence[Composite]
) -> JsonReport:
    """Copy the files, and describe them and the failures as JSON. out: the folder to copy to.

    Raises LibraryError.
    """
    numbers = [number for event in events for number in event.pictures]
    raws = {number: await library.raw_result_path(number) for number in numbers}
    inside = {number for whole in wholes for number in whole.parts}
    placed, all_copied = await _copy_results(numbers, library, out, inside)
    files: list[JsonObject] = []
    whole_of: dict[int, str] = {}
    for whole in wholes:
        copy = await asyncio.to_thread(_copy_to, whole.picture.path, out)
        target, all_copied = copy or whole.picture.path, all_copied and copy is not None
        told = await _describe(whole.picture, target, library)
        told["findings"] = [str(finding) for finding in whole.picture.findings]
        told[PARTS] = [{"file": str(placed[number]), "raw": _named(raws[number])} for number in whole.parts]
        files.append(told)
        whole_of |= dict.fromkeys(whole.parts, str(target))
    problems = []
    for event in events:
        for picture in await library.summaries(event.pictures):
            told = await _describe(picture, placed[picture.id], library)
            if event.job.plan is not None:
                told |= {"raw": _named(raws[picture.id]), "findings": [str(finding) for finding in picture.findings]}
            if picture.id in whole_of:
                told["part_of"] = whole_of[picture.id]
            files.append(told)
            for finding in picture.findings:
                print_notice(str(finding))
        failure = event.job.failure
        if failure is not None:
            problems.append({"error": str(failure.message), "advice": str(failure.advice)})
            print_notice(str(failure))
    service = ", ".join(sorted({event.job.service.value for event in events}))
    return JsonReport(json.dumps({"service": service, "pictures": files, "problems": problems}), all_copied)


async def _copy_results(
    numbers: Sequence[int], library: Library, out: Path | None, inside: Collection[int]
) -> tuple[dict[int, Path], bool]:
    """Copy results to the output folder, or those in `inside` to its subfolder.

    Return where each one is now, and whether all were copied.
    """
    placed: dict[int, Path] = {}
    all_copied = True
    for number in numbers:
        for picture in await library.summaries((number,)):
            folder = out / PARTS if out is not None and number in inside else out
            copy = await asyncio.to_thread(_copy_to, picture.path, folder)
            placed[number], all_copied = copy or picture.path, all_copied and copy is not None
    return placed, all_copied


async def _describe(picture: PictureSummary, target: Path, library: Library) -> JsonObject:
    details = await library.details(picture.id)
    told: JsonObject = {"file": str(target), "width": picture.size[0], "height": picture.size[1], "seed": None}
    if details is not None:
        recipe = details.recipe
        told |= {
            "seed": recipe.seed,
            "request_id": recipe.request_id,
            "index": recipe.position,
            "cost": str(recipe.cost) if details.summary.has_known_price else None,
            "billed": None if details.bill is None else str(details.bill.amount),
        }
    return told


def _named(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _copy_to(path: Path, folder: Path | None) -> Path | None:
    """Copy a file, completely or not at all; without a folder, leave it where it is.

    Returns its location, or None if it couldn't be written.
    """
    if folder is None or folder.resolve() == path.parent.resolve():
        return path
    target = folder / path.name
    try:
        with whole_file(target, private=False) as beside:
            shutil.copyfile(path, beside)
            with beside.open("r+b") as copied:
                os.fsync(copied.fileno())
    except OSError as error:
        print_notice(f"“{target}” could not be written: {error.strerror}. The image is in the library: {path}")
        return None
    return target
