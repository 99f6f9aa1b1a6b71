"""Benchmark from the start of the process to a usable window, beside an empty PySide6 window."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measuring import Figure
from tests.benchmarks.stock import stocked

EMPTY = """
import sys, time
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.resize(1440, 900)
window.show()
app.processEvents()
window.repaint()
print(time.time() - float(sys.argv[1]))
"""

OURS = """
import asyncio, sys, time
import imagineart_desktop.cli
from pathlib import Path
from imagineart_desktop.support import gc_paused
with gc_paused():
    from imagineart_desktop.app import make_application, show_window
from imagineart_desktop.places import AppPaths
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.ui.window.main_window import MainWindow

async def main(app):
    showing = asyncio.ensure_future(show_window(AppPaths.below(Path(sys.argv[2])), app))
    windows = []
    while not (windows and windows[0].isVisible() and windows[0].panel.model.rowCount()):
        await asyncio.sleep(0.001)
        windows = [widget for widget in app.topLevelWidgets() if isinstance(widget, MainWindow)]
    windows[0].repaint()
    print(time.time() - float(sys.argv[1]), flush=True)
    windows[0].close()
    return await showing

app = make_application()
run(app, main(app), freezes=True)
"""


async def figures(*, quick: bool) -> list[Figure]:
    count, rounds = (10, 1) if quick else (100_000, 5)
    with tempfile.TemporaryDirectory() as folder:
        (await stocked(Path(folder) / "library", count)).close()
        if not quick:
            await asyncio.to_thread(_seconds, OURS, folder)
        ours = await asyncio.to_thread(lambda: min(_seconds(OURS, folder) for _ in range(rounds)))
        empty = await asyncio.to_thread(lambda: min(_seconds(EMPTY, folder) for _ in range(rounds)))
    return [Figure(f"start to a usable window, {count} pictures", ours * 1000, empty * 1000, 3.0)]


def _seconds(script: str, folder: str) -> float:
    # As on a user's machine: what was compiled once is kept.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", script, str(time.time()), folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=surroundings)  # noqa: S603 - scripts of this file
    return float(done.stdout.split()[0])
