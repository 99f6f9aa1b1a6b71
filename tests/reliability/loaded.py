"""The program as a process under load: its window is driven while many jobs run. Prints one JSON object.

Two modes: `load`, all jobs at once over a large library; `soak`, a day's work again and again in a few minutes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from imagineart_desktop.app import make_application
from imagineart_desktop.fal import Hosts, RetryRules, ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, NOT_LISTED, JobEvent, JobState, Worker
from imagineart_desktop.library import Query
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.ui.window.top_bar import TABS
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.preferences import Preferences
from tests.reliability.measuring import Holdings, Stopwatch

RULES = RetryRules(first_wait=0.2, max_wait=3.0, answer=15.0)
REQUEST = {"resolution": "1K", "aspect_ratio": "4:1"}
_WORDS = ("amber", "harbour", "copper lake", "night", "")


async def drive(window: MainWindow, turn: int) -> None:
    """Do what a user does in about a second: switch tabs, search, scroll a little, type."""
    window.go_to(TABS[turn % len(TABS)])
    await asyncio.sleep(0.15)
    if window._tab() == "gallery":
        window.gallery.search.setText(_WORDS[turn // len(TABS) % len(_WORDS)])
        for _ in range(6):
            bar = window.gallery.grid.verticalScrollBar()
            bar.setValue((bar.value() + bar.pageStep()) % max(1, bar.maximum()))
            await asyncio.sleep(0.08)
    elif window._tab() == "generate":
        window.generate.form.prompt.set_text(f"typing {turn}")
        await asyncio.sleep(0.3)
    await asyncio.sleep(0.1)


async def bring_home(worker: Worker) -> int:
    """Do what a user does about requests without a response until none is left: look for them, else send them again."""
    sent_again = 0
    while True:
        for job in worker.jobs():
            if job.state is JobState.UNCONFIRMED:
                await worker.look_for(job.id)
                looked = next((other for other in worker.jobs() if other.id == job.id), None)
                if looked is not None and looked.failure is not None and looked.failure.error_type == NOT_LISTED:
                    sent_again += 1
                    await worker.send_again(job.id)
            elif job.state is JobState.FAILED and job.result is not None:
                await worker.retry(job.id)
        if all(job.state in FINAL_STATES and job.state is not JobState.UNCONFIRMED for job in worker.jobs()):
            return sent_again
        await asyncio.sleep(0.1)


async def load(window: MainWindow, worker: Worker, jobs: int) -> dict[str, Any]:
    watch = Stopwatch()
    before = Holdings.now()
    busy = time.process_time()
    began = time.perf_counter()
    watch.start()
    worker.set_limit(jobs)
    added = await worker.add(
        IMAGINEART_20, ServiceKind.LIVE, REQUEST | {"prompt": "under load"}, seeds=range(1, jobs + 1)
    )
    turn = 0
    while any(job.state not in FINAL_STATES for job in worker.jobs()):
        await drive(window, turn)
        turn += 1
    unconfirmed = sum(job.state is JobState.UNCONFIRMED for job in worker.jobs())
    home = asyncio.ensure_future(bring_home(worker))
    while not home.done():
        await drive(window, turn)
        turn += 1
    late, longest = watch.stop()
    return {
        "jobs": len(added),
        "unconfirmed": unconfirmed,
        "sent_again": home.result(),
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - busy,
        "late_p99_ms": late,
        "longest_stall_ms": longest,
        "before": before.as_dict(),
        "after": Holdings.now().as_dict(),
        "left": [job.state.value for job in worker.jobs()],
    }


async def soak(window: MainWindow, worker: Worker, rounds: int) -> dict[str, Any]:
    samples = []
    watch = Stopwatch()
    watch.start()
    for turn in range(rounds):
        await worker.add(IMAGINEART_20, ServiceKind.LIVE, REQUEST | {"prompt": f"round {turn}"}, seeds=range(1, 11))
        for step in range(len(TABS)):
            await drive(window, turn * len(TABS) + step)
        await bring_home(worker)
        window.dialogs.settings()
        await asyncio.sleep(0.05)
        if window.dialogs._settings is not None:
            window.dialogs._settings.close()
        QApplication.sendPostedEvents()
        await asyncio.sleep(1.1)
        samples.append(Holdings.now().as_dict())
    late, longest = watch.stop()
    return {"samples": samples, "late_p99_ms": late, "longest_stall_ms": longest}


async def live(plan: dict[str, Any]) -> int:
    places = AppPaths.below(Path(plan["data"]))
    preferences = Preferences(places.settings)
    app = make_application()
    async with open_core(places, rules=RULES, live_hosts=Hosts(*plan["hosts"])) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, Theme(app, preferences.theme))
        events: list[JobEvent] = []
        parts.worker.subscribe(lambda event: events.append(event) if event.pictures else None)
        window.resize(1440, 900)
        await window.restore()
        window.show()
        await window.pages.complete()
        await parts.reconciled
        await drive(window, 3)
        work = load if plan["mode"] == "load" else soak
        report = await work(window, parts.worker, plan["count"])
        made = [number for event in events for number in event.pictures]
        kept = [await parts.library.details(number) for number in made]
        report["pictures"] = [details.recipe.request_id for details in kept if details is not None]
        report["library"] = len(await parts.library.search(Query()))
        sys.stdout.write(json.dumps(report) + "\n")
        window.close()
    return 0


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(run(make_application(), live(json.loads(sys.argv[1])), freezes=True))
