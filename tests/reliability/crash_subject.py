"""The program as a process: its real window makes one image and is killed meanwhile, or resumes what was left.

Started by `killing` with one JSON object as its argument; prints one JSON object if it reaches its end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.app import make_application
from imagineart_desktop.fal import Downloader, FalClient, Hosts, RetryRules, Uploader
from imagineart_desktop.imaging import Brush
from imagineart_desktop.jobs import FINAL_STATES, NOT_LISTED, JobEvent, JobState
from imagineart_desktop.jobs.store import JobStore
from imagineart_desktop.library import Query
from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store import intake, pictures
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.models import ModelSpec, Task
from imagineart_desktop.places import AppPaths
from imagineart_desktop.resources import resource_path
from imagineart_desktop.studio import open_core
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.preferences import Preferences
from tests.reliability.points import ADDED, POINTS, SEVERAL, KillPoint, Moment
from tests.ui.window_driver import Driver
from tests.waiting import Patience

NOT_REACHED = 3
_INTO_A_CALL = 0.4
"""Seconds after the beginning of a call: the server has the request, and its answer is held back."""

RULES = RetryRules(first_wait=0.05, max_wait=0.2, answer=10.0)


def die() -> None:
    """Die without handlers, clean-up or flush."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def lay_trap(point: KillPoint) -> None:
    """Make the program die when it reaches the point."""
    calls: dict[str, tuple[type, str]] = {
        "upload": (Uploader, "upload"),
        "submit": (FalClient, "submit"),
        "result": (FalClient, "result"),
        "cancel": (FalClient, "cancel"),
        "download": (Downloader, "fetch_result"),
    }
    if point.moment is Moment.DURING:
        owner, name = calls[point.what]
        _around(owner, name, lambda *_: True, begun=lambda: _soon(_INTO_A_CALL))
    elif point.what == "picture":
        rows = count(point.nth, -1)
        _around(Database, "write", lambda work: _is_picture(work) and next(rows) == 1, **_at(point.moment))
    elif point.what == "file":
        really, left = write_atomic, count(point.nth, -1)

        def deadly(path: Path, data: bytes) -> None:
            if "pictures" in path.parts and next(left) == 1:
                die()
            really(path, data)

        setattr(intake, "write_atomic", deadly)  # noqa: B010 - what a module imports is not its own to mypy
    else:
        state = JobState(point.what)
        _around(JobStore, "write", lambda jobs, *_: any(job.state is state for job in jobs), **_at(point.moment))


def _is_picture(work: Any) -> bool:
    return isinstance(work, partial) and work.func is pictures.insert_picture


def _soon(seconds: float) -> None:
    asyncio.get_running_loop().call_later(seconds, die)


def _at(moment: Moment) -> dict[str, Callable[[], None]]:
    return {"begun" if moment is Moment.BEFORE else "ended": die}


def _around(
    owner: type,
    name: str,
    meant: Callable[..., bool],
    begun: Callable[[], None] = lambda: None,
    ended: Callable[[], None] = lambda: None,
) -> None:
    really: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def wrapped(self: Any, *arguments: Any, **named: Any) -> Any:
        hit = meant(*arguments)
        if hit:
            begun()
        answer = await really(self, *arguments, **named)
        if hit:
            ended()
        return answer

    setattr(owner, name, wrapped)


async def request(at: Driver, model: ModelSpec, prompt: str, *, cancels: bool) -> None:
    """Fill in the form of the model's tab and press its button."""
    window = at.window
    task = model.tasks[0]
    window.go_to(task.value)
    forms = {Task.GENERATE: window.generate.form, Task.EDIT: window.edit.form, Task.INPAINT: window.inpaint.form}
    form = forms[task]
    form.draft.set_model(model)
    form.draft.set_count(min(SEVERAL, model.max_results))
    if task is Task.GENERATE:
        form.draft.set_fields({"aspect_ratio": "3:1", "resolution": "1K", "image_size": "square"})
    elif task is Task.EDIT:
        at.drop(window.edit.references.slots[0], [resource_path("photos", "coffee.png")])
        await at.until(lambda: len(window.edit.references.list.sizes) == 1)
    else:
        canvas = await at.on_canvas(resource_path("photos", "coffee.png"))
        canvas.set_brush(Brush(size=80, hardness=0.8))
        at.drag(canvas, [(200, 150), (300, 200), (320, 260)])
    at.type(form.prompt.editor, prompt)
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    if model == ADDED:
        # It's sent once the user has agreed to pay an unknown price.
        await at.until(lambda: "unknown" in form.message.text() and not form._submit_guard.isActive())
        QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    if cancels:
        await at.until(lambda: any(event.job.state is JobState.RUNNING for event in at.events))
        QTest.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)


async def take_up(at: Driver) -> dict[str, Any]:
    """Wait for what continues automatically, then do what the user can do about the rest."""
    worker = at.parts.worker
    at_first = {job.id: job.state.value for job in worker.jobs()}
    asked: set[str] = set()
    sent_again = 0
    patience = Patience()
    while True:
        patience.check()
        for job_id, card in list(at.window.strip._cards.items()):
            job = card.job
            if job.state is not JobState.UNCONFIRMED:
                continue
            if job_id not in asked:
                asked.add(job_id)
                card._look.click()
            elif job.failure is not None and job.failure.error_type == NOT_LISTED:
                sent_again += 1
                asked.discard(job_id)
                card._again.click()
        if all(job.state in FINAL_STATES and job.state is not JobState.UNCONFIRMED for job in worker.jobs()):
            break
        await asyncio.sleep(0.02)
    reconciled = await at.parts.reconciled
    numbers = await at.parts.library.search(Query())
    kept = [await at.parts.library.details(number) for number in numbers]
    return {
        "at_first": at_first,
        "sent_again": sent_again,
        "left": {job.id: job.state.value for job in worker.jobs()},
        "pictures": [[one.recipe.request_id, one.recipe.position] for one in kept if one is not None],
        "missing": len(reconciled.lost),
    }


async def live(plan: dict[str, Any]) -> int:
    places = AppPaths.below(Path(plan["data"]))
    preferences = Preferences(places.settings)
    app = make_application()
    async with open_core(places, rules=RULES, live_hosts=Hosts(*plan["hosts"])) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, Theme(app, preferences.theme))
        events: list[JobEvent] = []
        parts.worker.subscribe(events.append)
        window.resize(1440, 900)
        await window.restore()
        window.show()
        at = Driver(window, parts, events)
        try:
            if plan["point"] is None:
                sys.stdout.write(json.dumps(await take_up(at)) + "\n")
                return 0
            point = POINTS[plan["point"]]
            lay_trap(point)
            model = parts.library.models.find(plan["model"])
            assert model is not None
            await request(at, model, plan["prompt"], cancels=point.cancels)
            await at.until(lambda: False)
        except TimeoutError:
            sys.stderr.write(f"not reached: {[event.job.state.value for event in events]}\n")
        finally:
            window.close()
    return NOT_REACHED


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(run(make_application(), live(json.loads(sys.argv[1])), freezes=True))
