"""Drives the real window on 100 000 images and takes screenshots: `python -m tests.benchmarks.drive_gallery DIR`.

`--count 1000` takes fewer. Prints one JSON line per step with its duration; no time is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from imagineart_desktop.app import make_application
from imagineart_desktop.library import SortOrder
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.gallery.grouping import Grouping
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.benchmarks.stock import stocked
from tests.ui.window_driver import Driver, opened


async def _drive(at: Driver, out: Path, count: int) -> None:
    window, page = at.window, at.window.gallery
    begun = time.perf_counter()

    def told(what: str) -> None:
        nonlocal begun
        window.grab().save(str(out / f"{what}.png"))
        line = {"did": what, "ms": round((time.perf_counter() - begun) * 1000), "pictures": page.model.rowCount()}
        sys.stdout.write(f"{json.dumps(line)}\n")
        begun = time.perf_counter()

    async def until(true: Callable[[], bool]) -> None:
        await at.until(true)

    window.go_to("gallery")
    await until(lambda: page.model.rowCount() == count)
    told("1-all")
    page.grid.verticalScrollBar().setValue(page.grid.verticalScrollBar().maximum() // 2)
    await until(lambda: len(page.model.thumbnails._kept) > 20)
    told("2-in-the-middle")
    page.search.setFocus()
    QTest.keyClicks(page.search, "harbour moon model:2.0")
    page.search._popup.hide()
    window.activateWindow()
    await until(lambda: 0 < page.model.rowCount() < count)
    told("3-searched")
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.grid, Qt.Key.Key_4)
    await until(lambda: page.marking.undo_stack.count() == 1)
    told("4-rated-all-that-were-found")
    page.clear_filters()
    page.bar.orders.setCurrentIndex(page.bar.orders.findData(SortOrder.BEST))
    await until(lambda: page.model.rowCount() == count)
    told("5-best-rated")
    page.bar.orders.setCurrentIndex(0)
    page.bar.groupings.setCurrentIndex(page.bar.groupings.findData(Grouping.DAY))
    page.grid.selectionModel().select(page.model.index(3), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    await asyncio.sleep(1.0)
    told("6-by-day")


async def _main(out: Path, count: int) -> int:
    out.mkdir(parents=True, exist_ok=True)
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        library = await stocked(Path(folder) / "library", count)
        library.close()
        async with opened(Path(folder), Theme(app, ThemeMode.DARK)) as at:
            await _drive(at, out, count)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    sys.exit(run(make_application(), _main(options.out, options.count), freezes=True))
