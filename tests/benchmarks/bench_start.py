"""From the start of the process to a window that can be used, beside an empty PySide6 window."""

from __future__ import annotations

import asyncio
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
from pathlib import Path
from imagineart_desktop.app import Places, make_application, studio
from imagineart_desktop.ui.loop import run
from imagineart_desktop.ui.main_window import MainWindow
from imagineart_desktop.ui.preferences import Preferences
from imagineart_desktop.ui.theme import Theme

async def main(app):
    places = Places.below(Path(sys.argv[2]))
    preferences = Preferences(places.settings)
    theme = Theme(app, preferences.theme)
    async with studio(places) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, theme)
        window.resize(1440, 900)
        await window.restore()
        window.show()
        while not window.panel.model.rowCount():
            await asyncio.sleep(0.001)
        window.repaint()
        print(time.time() - float(sys.argv[1]), flush=True)
        window.close()
    return 0

app = make_application()
run(app, main(app))
"""


async def figures(*, quick: bool) -> list[Figure]:
    count, rounds = (10, 1) if quick else (10_000, 5)
    with tempfile.TemporaryDirectory() as folder:
        (await stocked(Path(folder) / "library", count)).close()
        ours = await asyncio.to_thread(lambda: min(_seconds(OURS, folder) for _ in range(rounds)))
        empty = await asyncio.to_thread(lambda: min(_seconds(EMPTY, folder) for _ in range(rounds)))
    return [Figure(f"start to a usable window, {count} pictures", ours * 1000, empty * 1000, 3.0)]


def _seconds(script: str, folder: str) -> float:
    command = [sys.executable, "-c", script, str(time.time()), folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - scripts of this file
    return float(done.stdout.split()[0])
