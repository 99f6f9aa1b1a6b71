"""The window of the care trials, as a process: holds one request in each state, maintains the library, answers.

Started by `care` with one JSON object, whose phase says what to do: `hold` (and the operation), `start`, `end`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, NOT_LISTED, InputImage, Job, JobState
from imagineart_desktop.library import ExportOptions, Query, export_pictures
from imagineart_desktop.models import IMAGINEART_20, IMAGINEART_20_EDIT
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.settings.library_care import LibrarySection
from tests.reliability.stage import Stage, die, play
from tests.reliability.stocked import facts

_FIELDS = {"resolution": "1K", "aspect_ratio": "4:1"}
_HELD_FILE, _HELD_WORK = "file:stall:seconds=600", "work:delay:seconds=600"
_HELD_SUBMIT, _HELD_UPLOAD = "submit:late:seconds=600", "upload:delay:seconds=600"
_TRASHED = 6
_INTO_A_CALL = 0.15
"""Seconds after which a delayed call has certainly been sent."""


async def generate(stage: Stage, prompt: str) -> Job:
    """Request one image."""
    worker = stage.studio.worker
    return (await worker.add(IMAGINEART_20, ServiceKind.LIVE, _FIELDS | {"prompt": prompt}))[0]


async def edit(stage: Stage, prompt: str) -> Job:
    """Request the same from a photograph, which is uploaded first."""
    picture = InputImage(resource_path("photos", "coffee.png"))
    fields = {"prompt": prompt}
    return (await stage.studio.worker.add(IMAGINEART_20_EDIT, ServiceKind.LIVE, fields, {"image_urls": [picture]}))[0]


async def comes_to(stage: Stage, job: Job, state: JobState) -> None:
    """Wait until a job is in that state."""
    await stage.until(lambda: (now := stage.job(job.id)) is not None and now.state is state)


async def hold(stage: Stage) -> None:
    """Hold one finished request, and one each fetching, running, queued, submitting, uploading and waiting.

    The server has only one runner.
    """
    worker = stage.studio.worker
    worker.set_limit(20)
    done = await generate(stage, "held: done")
    await stage.until(lambda: stage.job(done.id) is None)
    await stage.order(_HELD_FILE)
    await comes_to(stage, await generate(stage, "held: fetching"), JobState.FETCHING)
    await stage.order(_HELD_FILE, _HELD_WORK)
    await comes_to(stage, await generate(stage, "held: running"), JobState.RUNNING)
    await comes_to(stage, await generate(stage, "held: queued"), JobState.QUEUED)
    await stage.order(_HELD_FILE, _HELD_WORK, _HELD_SUBMIT, _HELD_UPLOAD)
    await comes_to(stage, await generate(stage, "held: submitting"), JobState.SUBMITTING)
    await comes_to(stage, await edit(stage, "held: uploading"), JobState.UPLOADING)
    worker.set_limit(1)
    await comes_to(stage, await generate(stage, "held: waiting"), JobState.WAITING)
    await asyncio.sleep(_INTO_A_CALL)


async def later(stage: Stage) -> None:
    """Make requests that no earlier backup knows: one accepted, one waiting."""
    await stage.order(_HELD_FILE, _HELD_WORK)
    stage.studio.worker.set_limit(20)
    job = await generate(stage, "later: accepted")
    await stage.until(lambda: (now := stage.job(job.id)) is not None and now.request_id is not None)
    stage.studio.worker.set_limit(1)
    await generate(stage, "later: waiting")


async def settle(stage: Stage) -> dict[str, Any]:
    """Wait for what continues without the user, and deal with the rest as a careful user does."""
    worker = stage.studio.worker
    at_first = {job.prompt: job.state.value for job in worker.jobs()}
    asked: set[str] = set()
    sent_again: list[str] = []
    worker.set_limit(20)
    while True:
        for job in worker.jobs():
            if job.state is JobState.UNCONFIRMED:
                asked.add(job.prompt)
                await worker.look_for(job.id)
                now = stage.job(job.id)
                if now is not None and now.failure is not None and now.failure.error_type == NOT_LISTED:
                    sent_again.append(job.prompt)
                    await worker.send_again(job.id)
            elif job.state is JobState.FAILED and job.can_be_fetched:
                await worker.retry(job.id)
        if all(job.state in FINAL_STATES and job.state is not JobState.UNCONFIRMED for job in worker.jobs()):
            return {"at_first": at_first, "asked": sorted(asked), "sent_again": sent_again}
        await asyncio.sleep(0.05)


async def operate(stage: Stage) -> None:
    """Run the plan's operation, in the settings if it's available there."""
    plan, library = stage.plan, stage.studio.library
    stage.shown.dialogs.settings()
    await stage.until(lambda: bool(stage.shown.findChildren(LibrarySection)))
    (care,) = stage.shown.findChildren(LibrarySection)
    backup, numbers = Path(plan["backup"]), await library.search(Query())
    if plan["operation"] in ("restore", "restore, all done since"):
        await care.copy(backup)
        if plan["operation"] != "restore":
            await stage.asks_parent("release")
            await settle(stage)
        await later(stage)
    elif plan["operation"] == "older database put back":
        with closing(sqlite3.connect(library.files.database)) as now, closing(sqlite3.connect(plan["older"])) as copy:
            now.backup(copy)
        await stage.asks_parent("release")
        await settle(stage)
        await later(stage)
    elif plan["operation"] == "empty trash":
        # The oldest: what the trial itself made is compared with the server's records.
        await library.trash.put(numbers[-_TRASHED:])
    work: dict[str, Callable[[], Awaitable[object]]] = {
        "restore": lambda: care.restore(backup),
        "restore, all done since": lambda: care.restore(backup),
        "rebuild": care.rebuild,
        "back up": lambda: care.copy(backup),
        "move": lambda: care.place.move_to(Path(plan["moved"])),
        "empty trash": library.trash.empty,
        "export": lambda: export_pictures(library, numbers, ExportOptions(Path(plan["export"]))),
    }
    stage.steps.arm(plan["kill"])
    stage.said.clear()
    if plan["operation"] in work:
        await work[plan["operation"]]()


async def act(stage: Stage) -> dict[str, Any]:
    plan = stage.plan
    if plan["phase"] == "hold":
        await hold(stage)
        await operate(stage)
        steps = stage.steps.disarm()
        if plan["stays"]:
            await stage.asks_parent("release")
            return {"steps": steps} | await settle(stage)
        sys.stdout.write(json.dumps({"steps": steps, "said": stage.said}) + "\n")
        sys.stdout.flush()
        die()
    if plan["phase"] == "start":
        await stage.studio.reconciled
        await asyncio.sleep(0.3)
        return {"steps": stage.steps.disarm()}
    settled = await settle(stage)
    if plan["operation"] in ("export", "back up"):
        plan["kill"] = None
        await operate(stage)
    await stage.studio.reconciled
    cards = {job.prompt: job.state.value for job in stage.studio.worker.jobs()}
    return settled | await facts(stage.studio.library) | {"cards": cards}


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(play(json.loads(sys.argv[1]), act))
