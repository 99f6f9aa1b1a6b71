"""All figures, a JSON line each, each beside a floor measured in the same run. No time is ever asserted."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

from imagineart_desktop.app import make_application
from imagineart_desktop.ui.loop import run
from imagineart_desktop.ui.theme import Theme, ThemeMode
from tests.benchmarks import bench_canvas, bench_gallery, bench_queue, bench_start

SECTIONS = {
    "start": bench_start.figures,
    "canvas": bench_canvas.figures,
    "gallery": bench_gallery.figures,
    "queue": bench_queue.figures,
}


async def _measure(names: list[str], *, quick: bool) -> int:
    for name in names:
        for figure in await SECTIONS[name](quick=quick):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
        await asyncio.sleep(0)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="which; all if none is named")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that nothing is broken")
    options = parser.parse_args()
    app = make_application()
    Theme(app, ThemeMode.DARK)
    return run(app, _measure(options.sections or list(SECTIONS), quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
