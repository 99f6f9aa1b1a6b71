"""What a command reports at its end: one JSON object, and the files where they are wanted."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagineart_desktop.support import say

PARTS = "parts"
"""The folder for what is part of another picture."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A picture that several results were put together in. parts: numbers of their pictures."""

    picture: Any
    parts: tuple[int, ...]


async def make_report(events: Sequence[Any], library: Any, out: Path | None, wholes: Sequence[Whole]) -> str:
    """Copy the files, and describe them and what went wrong as JSON. out: where the pictures are copied to.

    Raises LibraryError.
    """
    numbers = [number for event in events for number in event.pictures]
    raws = {number: await library.raw_result(number) for number in numbers}
    placed: dict[int, Path] = {}
    inside = {number for whole in wholes for number in whole.parts}
    for number in numbers:
        for picture in await library.summaries((number,)):
            folder = out / PARTS if out is not None and number in inside else out
            placed[number] = await asyncio.to_thread(_copied, picture.path, folder)
    files: list[dict[str, Any]] = []
    whole_of: dict[int, str] = {}
    for whole in wholes:
        target = await asyncio.to_thread(_copied, whole.picture.path, out)
        told = await _told(whole.picture, target, library)
        told["findings"] = list(whole.picture.findings)
        told[PARTS] = [{"file": str(placed[number]), "raw": _named(raws[number])} for number in whole.parts]
        files.append(told)
        whole_of |= dict.fromkeys(whole.parts, str(target))
    problems = []
    for event in events:
        for picture in await library.summaries(event.pictures):
            told = await _told(picture, placed[picture.id], library)
            if event.job.plan is not None:
                told |= {"raw": _named(raws[picture.id]), "findings": list(picture.findings)}
            if picture.id in whole_of:
                told["part_of"] = whole_of[picture.id]
            files.append(told)
            for finding in picture.findings:
                say(finding)
        failure = event.job.failure
        if failure is not None:
            problems.append({"error": failure.message, "advice": failure.advice})
            say(f"{failure.message} {failure.advice}")
    service = ", ".join(sorted({event.job.service.value for event in events}))
    return json.dumps({"service": service, "pictures": files, "problems": problems})


async def _told(picture: Any, target: Path, library: Any) -> dict[str, Any]:
    details = await library.details(picture.id)
    seed = None if details is None else details.recipe.seed
    return {"file": str(target), "width": picture.size[0], "height": picture.size[1], "seed": seed}


def _named(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _copied(path: Path, folder: Path | None) -> Path:
    """Where the picture is now: in the folder, or only in the library where it could not be copied."""
    if folder is None or folder.resolve() == path.parent.resolve():
        return path
    target = folder / path.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    except OSError as error:
        say(f"“{target}” could not be written: {error.strerror}. The picture is in the library: {path}")
        return path
    return target
