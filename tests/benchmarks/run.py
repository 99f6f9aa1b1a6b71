"""Runs all benchmarks: one JSON line per figure, beside a floor measured in the same run. No time is ever asserted."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

from imagineart_desktop.app import make_application
from imagineart_desktop.support import limit_malloc_arenas
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.benchmarks import (
    bench_batches,
    bench_canvas,
    bench_gallery,
    bench_import,
    bench_large,
    bench_loupe,
    bench_mask,
    bench_peers,
    bench_queue,
    bench_round_trip,
    bench_start,
)
from tests.benchmarks.page import page

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"

SECTIONS = {
    "start": bench_start.figures,
    "canvas": bench_canvas.figures,
    "mask": bench_mask.figures,
    "large": bench_large.figures,
    "peers": bench_peers.figures,
    "gallery": bench_gallery.figures,
    "import": bench_import.figures,
    "loupe": bench_loupe.figures,
    "queue": bench_queue.figures,
    "batches": bench_batches.figures,
    "round-trip": bench_round_trip.figures,
}


async def _measure(names: list[str], *, quick: bool) -> int:
    measured = {}
    for name in names:
        found = []
        for figure in await SECTIONS[name](quick=quick):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
            found.append(asdict(figure) | {"ratio": round(figure.ratio, 2), "met": figure.met})
        if found:
            measured[name] = found
        await asyncio.sleep(0)
    if not quick:
        machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        PAGE.write_text(page(measured, machine, PAGE.read_text("utf-8")), encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="which; all if none is named")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that nothing is broken")
    options = parser.parse_args()
    limit_malloc_arenas()
    app = make_application()
    Theme(app, ThemeMode.DARK)
    return run(app, _measure(options.sections or list(SECTIONS), quick=options.quick), freezes=True)


if __name__ == "__main__":
    sys.exit(main())
