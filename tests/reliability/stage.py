"""The program as a process under trial: the real window from its real start, with everything it says recorded.

The window uses a local server in place of fal.ai. Everything it says (status bar, banners, messages, dialogs) is kept,
and its steps (files changed, SQL statements) are counted, so that a trial can kill it between any two of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from imagineart_desktop import app as program
from imagineart_desktop.app import make_application
from imagineart_desktop.fal import Hosts, RetryRules
from imagineart_desktop.jobs import Job
from imagineart_desktop.library import DatabaseDamagedError
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core
from imagineart_desktop.studio import open_core as real_studio
from imagineart_desktop.support import start_logging, stop_logging
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.workspace.event_loop import run
from tests.reliability.processes import LONGEST

_ANSWER = 60.0
"""Seconds without a byte of an answer; long, so that a request can be held in the middle of a call."""

RESTART = "Restart the program: it is rebuilt from the image files."
"""Shown when the database turns out to be damaged while it's in use."""

_CHANGES = frozenset({"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate"})


class Steps:
    """Counts what changes the disk; at the step `deadly` the process dies silently."""

    def __init__(self) -> None:
        self.count = 0
        self._deadly: int | None = None
        self._armed = False

    def watch(self) -> None:
        """Install the counter for every database that is opened from now on."""
        really = sqlite3.connect

        def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = really(*arguments, **options)
            connection.set_trace_callback(self._statement)
            return connection

        setattr(sqlite3, "connect", connect)  # noqa: B010 - mypy knows functions as constants
        sys.addaudithook(self._event)

    def arm(self, deadly: int | None) -> None:
        """Count from one. deadly: None counts without killing."""
        self.count, self._deadly, self._armed = 0, deadly, True

    def disarm(self) -> int:
        """Stop counting. Returns how many steps there were."""
        self._armed = False
        return self.count

    def _statement(self, statement: str) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "--")):
            self._step()

    def _event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in _CHANGES or writes:
            self._step()

    def _step(self) -> None:
        if self._armed:
            self.count += 1
            if self.count == self._deadly:
                die()


def die() -> None:
    """Die without handlers, clean-up or flush."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Stage:
    """A running program. said: sentences in the order in which they were displayed."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.said: list[str] = []
        self.steps = Steps()
        self.window: MainWindow | None = None
        self.parts: Core | None = None
        self.errors: list[str] = []

    @property
    def shown(self) -> MainWindow:
        """Return the window; it exists by the time a trial acts."""
        assert self.window is not None
        return self.window

    @property
    def studio(self) -> Core:
        """Return the parts of the program."""
        assert self.parts is not None
        return self.parts

    async def order(self, *faults: str) -> None:
        """Set the server's faults from now on."""
        base = self.plan["hosts"][0].removesuffix("/run")
        headers = {"Authorization": f"Key {os.environ['FAL_KEY']}"}
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as http:
            (await http.put("/demo/faults", json={"faults": list(faults), "seed": 7})).raise_for_status()

    async def until(self, true: Callable[[], bool], seconds: float = LONGEST) -> None:
        """Wait for a condition. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.01)

    async def asks_parent(self, word: str) -> None:
        """Send a word to the process that started this one, and wait until it has acted on it."""
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)

    def job(self, job_id: str) -> Job | None:
        """Return a job in its current state; None once it has ended well."""
        return next((job for job in self.studio.worker.jobs() if job.id == job_id), None)


class _Listener(QObject):
    """Answers message boxes after recording their text, as somebody does who reads and clicks."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said
        self._timer = QTimer(self)
        self._timer.setInterval(50)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMessageBox) and widget.isVisible():
                self._said.append(f"{widget.text()} {widget.informativeText()}".strip())
                widget.accept()


def _hear(stage: Stage) -> None:
    for kind in (InlineMessage, StatusBar):
        really = kind.say

        def say(self: Any, text: str, *rest: Any, really: Any = really, **options: Any) -> Any:
            if text:
                stage.said.append(text)
            return really(self, text, *rest, **options)

        setattr(kind, "say", say)  # noqa: B010 - as above


def _stand_in(stage: Stage) -> None:
    """Direct the program to the local server instead of fal.ai; change nothing else of its start."""
    really = real_studio

    @asynccontextmanager
    async def studio(places: AppPaths, **options: Any) -> AsyncIterator[Core]:
        own: dict[str, Any] = {}
        if hosts := stage.plan.get("hosts"):
            own["live_hosts"] = Hosts(*hosts)
            own["rules"] = RetryRules(0.05, 0.2, answer=stage.plan.get("answer", _ANSWER))
        async with really(places, **(options | own)) as parts:
            stage.parts = parts
            yield parts

    class Shown(MainWindow):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            stage.window = self

    setattr(program, "open_core", studio)  # noqa: B010 - as above
    setattr(program, "MainWindow", Shown)  # noqa: B010 - as above


async def _acted(acting: Coroutine[Any, Any, dict[str, Any]], shown: asyncio.Future[int]) -> dict[str, Any]:
    """Return the act's result; an empty dict if the window is closed from outside first."""
    task = asyncio.ensure_future(acting)
    await asyncio.wait((task, shown), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    return {}


async def _play(stage: Stage, act: Callable[[Stage], Coroutine[Any, Any, dict[str, Any]]]) -> int:
    places = AppPaths.below(Path(stage.plan["data"]))
    shown = asyncio.ensure_future(program.show_window(places, make_application()))
    began = time.monotonic()
    while not (shown.done() or (stage.window is not None and stage.window.isVisible())):
        if time.monotonic() - began > LONGEST:
            break
        await asyncio.sleep(0.01)
    report: dict[str, Any] = {"started": stage.window is not None and not shown.done()}
    if report["started"]:
        try:
            async with asyncio.timeout(stage.plan.get("longest", LONGEST)):
                await stage.studio.account.settled.wait()
                report |= await _acted(act(stage), shown)
        except DatabaseDamagedError:
            await stage.until(lambda: any(RESTART in sentence for sentence in stage.said))
        except TimeoutError:
            left = {job.prompt: job.state.value for job in stage.studio.worker.jobs()}
            report["problem"] = f"no end: {left}"
        if not shown.done():
            stage.shown.close()
    if shown.done() and shown.exception() is not None:
        report["problem"] = f"the start failed: {shown.exception()!r}"
    else:
        await asyncio.wait([shown], timeout=20)
    code = 1 if not shown.done() or shown.exception() is not None else shown.result()
    report["said"] = stage.said
    if "report" in stage.plan:
        Path(stage.plan["report"]).write_text(json.dumps(report))
    else:
        sys.stdout.write(json.dumps(report) + "\n")
        sys.stdout.flush()
    return code


def play(plan: dict[str, Any], act: Callable[[Stage], Coroutine[Any, Any, dict[str, Any]]]) -> int:
    """Start the program, run the act in it, close it, and print one JSON object.

    That is the act's result, with said, started and problem.

    plan: data; answer: seconds that an answer may take; hosts: of a local server in place of fal.ai; report: a file for
    the object instead of stdout; kill_start: the step of the start at which the program dies.
    """
    stage = Stage(plan)
    _hear(stage)
    _stand_in(stage)
    stage.steps.watch()
    if plan.get("kill_start"):
        stage.steps.arm(plan["kill_start"])
    app = make_application()
    listener = _Listener(stage.said)
    start_logging(AppPaths.below(Path(plan["data"])).logs)
    try:
        code = run(app, _play(stage, act), freezes=True)
    finally:
        stop_logging()
    listener.deleteLater()
    return code
