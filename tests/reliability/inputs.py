"""Any file in the real window: dropped as a reference, opened to be painted on, loaded as a mask.

As a process it takes a folder and prints one JSON object. A file is handled when the window shows it or says why not.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import sys
import tarfile
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx

from imagineart_desktop.app import make_application
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.theme_mode import ThemeMode
from tests.reliability.measuring import Stopwatch
from tests.reliability.processes import begun
from tests.ui.window_driver import Driver, opened
from tests.waiting import ended

ROOT = Path(__file__).parents[2]
PNGSUITE = ROOT / "tests" / "data" / "pngsuite"
_HANG = 2.0
"""Processor seconds for one file that count as a hang; the clock's depend on what else the machine does."""

_INDEX = "https://pypi.org/simple/pillow/"


def through_the_window(folder: Path) -> dict[str, Any]:
    """tried, loaded, refused: per way in; hangs: names of files; failed: uncaught errors."""
    surroundings = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    surroundings.pop("FAL_KEY", None)
    with begun("tests.reliability.inputs", [str(folder)], surroundings) as process:
        said, trouble = process.communicate()
        if code := process.wait():
            return {"crashed": code, "said": trouble[-2000:]}
    report: dict[str, Any] = json.loads(said.splitlines()[-1])
    return report


def pillows_pictures(target: Path) -> Path | None:
    """Return the images of Pillow's own tests, from the source of the installed version; None without a network."""
    name = f"pillow-{version('pillow')}.tar.gz"
    try:
        page = httpx.get(_INDEX, timeout=30, follow_redirects=True).text
        link = re.search(rf'href="([^"#]*/{re.escape(name)})#sha256=([0-9a-f]{{64}})"', page)
        if link is None:
            return None
        packed = httpx.get(link.group(1), timeout=120, follow_redirects=True).content
    except httpx.HTTPError:
        return None
    if hashlib.sha256(packed).hexdigest() != link.group(2):
        return None
    archive = target / name
    archive.write_bytes(packed)
    with tarfile.open(archive) as source:
        source.extractall(target, filter="data")
    return target / name.removesuffix(".tar.gz") / "Tests" / "images"


async def _try_all(at: Driver, paths: list[Path]) -> dict[str, Any]:
    tried: dict[str, Counter[str]] = {way: Counter() for way in ("dropped", "opened", "mask")}
    hangs: list[str] = []
    failed: list[str] = []
    longest = 0.0
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: failed.append(repr(context.get("exception"))[:300]))
    watch = Stopwatch()
    watch.start()
    for path in paths:
        for way, attempt in (("dropped", _drop), ("opened", _open), ("mask", _mask)):
            began, worked = time.perf_counter(), time.process_time()
            try:
                answer = await attempt(at, path)
            except TimeoutError:
                answer = "no answer"
            took = time.perf_counter() - began
            longest = max(longest, took)
            tried[way][answer] += 1
            if time.process_time() - worked > _HANG:
                hangs.append(f"{path.name} {way} {took:.1f} s")
    late, stall = watch.stop()
    return {
        "files": len(paths),
        "tried": {way: dict(counts) for way, counts in tried.items()},
        "hangs": hangs,
        "failed": failed,
        "longest_file_s": round(longest, 2),
        "late_p99_ms": round(late, 1),
        "longest_stall_ms": round(stall, 1),
    }


async def _drop(at: Driver, path: Path) -> str:
    page = at.window.edit.references
    page.clear()
    page.message.clear()
    at.drop(page.slots[0], [path])
    await at.until(lambda: bool(page.list.sizes) or (bool(page.message.text()) and not page.waiting.is_busy))
    return "loaded" if page.list.sizes else "refused"


async def _open(at: Driver, path: Path) -> str:
    page = at.window.inpaint
    page.message.clear()
    shown: list[bool] = []
    try:
        page.image_opened.connect(lambda: shown.append(True))
        at.drop(page.canvas, [path])
        await at.until(lambda: bool(shown) or (bool(page.message.text()) and not page.waiting.is_busy))
    finally:
        page.image_opened.disconnect()
        page.image_opened.connect(at.window.status_updater.show_image_status)
    return "loaded" if shown else "refused"


async def _mask(at: Driver, path: Path) -> str:
    page = at.window.inpaint
    page.facts.message.clear()
    await ended(page.masks.read_mask(path))
    said = page.facts.message.text()
    return "refused" if said and "More than half" not in said else "loaded"


async def main(folder: Path) -> int:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    with tempfile.TemporaryDirectory(prefix="inputs-") as place:
        async with opened(Path(place), Theme(make_application(), ThemeMode.DARK)) as at:
            at.drop(at.window.inpaint.canvas, [ROOT / "resources" / "photos" / "coffee.png"])
            await at.until(lambda: at.window.inpaint.has_picture)
            report = await _try_all(at, paths)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(make_application(), main(Path(sys.argv[1]))))
