"""A signal, the end of the session, and Qt's own quit close the window properly: what was typed is saved."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from imagineart_desktop.app import show_window
from imagineart_desktop.library import is_in_use
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.ui.window.session_end import SessionEndHandler


async def shown(places: AppPaths, app: QApplication) -> tuple[asyncio.Task[int], MainWindow]:
    running = asyncio.ensure_future(show_window(places, app))
    while True:
        await asyncio.sleep(0.01)
        for window in app.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible() and window._library.files.root == places.library:
                return running, window
        if running.done():
            running.result()


async def saved_prompt(places: AppPaths, app: QApplication) -> str:
    """Return the prompt that the next window begins with; it's closed again."""
    running, window = await shown(places, app)
    assert "closed unexpectedly" not in window.status.said.text()
    prompt = window.generate.form.prompt.editor.toPlainText()
    window.close()
    assert await running == 0
    return str(prompt)


@pytest.mark.skipif(
    os.name != "posix" or threading.current_thread() is not threading.main_thread(), reason="needs signals"
)
async def test_a_signal_closes_the_window(application: QApplication, tmp_path: Path) -> None:
    places = AppPaths.below(tmp_path)
    running, window = await shown(places, application)
    window.generate.form.prompt.editor.setPlainText("typed just now")
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running == 128 + signal.SIGTERM
    assert not is_in_use(places.library)
    assert not (places.logs / "running").exists()
    assert await saved_prompt(places, application) == "typed just now"


async def test_quit_by_the_system_closes_the_window(application: QApplication, tmp_path: Path) -> None:
    """As at the end of a session. Other tests' windows don't take part, as they would in `quit`."""
    places = AppPaths.below(tmp_path)
    running, window = await shown(places, application)
    window.generate.form.prompt.editor.setPlainText("typed just now")
    QTimer.singleShot(0, lambda: application.exit(0))
    assert await running == 0
    assert await saved_prompt(places, application) == "typed just now"


async def test_the_end_of_the_session_saves_before_it_returns(application: QApplication, tmp_path: Path) -> None:
    places = AppPaths.below(tmp_path)
    running, window = await shown(places, application)
    window.generate.form.prompt.editor.setPlainText("typed just now")
    (session,) = application.findChildren(SessionEndHandler)
    done: list[str] = []

    def commit() -> None:
        session.commit()
        done.append("killed now, the next start has the prompt")
        assert not (places.logs / "running").exists()

    await _in_qt(commit)
    assert done
    draft = await window._library.draft("generate")
    assert "typed just now" in str(draft)
    window.close()
    assert await running == 0


async def _in_qt(slot: Callable[[], None]) -> None:
    """Call it from Qt's loop, as Qt does, without a task around it."""
    called = asyncio.Event()

    def call() -> None:
        slot()
        called.set()

    QTimer.singleShot(0, call)
    await called.wait()
