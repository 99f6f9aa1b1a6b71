"""The reliability battery: ``python3 packaging/dev.py battery [SECTION …]``. Writes ``docs/reliability.md``.

Each section stores its figures below ``out/battery``; the page is written from all that exist, so that one section can
be measured again alone. Without arguments all run, which takes some hours: the test suite alone runs four times.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imagineart_desktop import __version__
from tests.reliability.batch import batch
from tests.reliability.care import care
from tests.reliability.clocks import clocks
from tests.reliability.ending import ending
from tests.reliability.environments import environments
from tests.reliability.halfread import halfread
from tests.reliability.inputs import PNGSUITE, pillows_pictures, through_the_window
from tests.reliability.js_client import beside_fals_clients
from tests.reliability.killing import kill_all
from tests.reliability.load import FAULTS, load, official, program, server
from tests.reliability.looks import looks
from tests.reliability.page import page
from tests.reliability.points import every_case
from tests.reliability.published_proxy import through_it
from tests.reliability.suite import suite

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "battery"
PAGE = ROOT / "docs" / "reliability.md"
JOBS, PICTURES, ROUNDS, SCHEDULES, ROUND_TRIPS = 200, 100_000, 25, 150, 1000
KILLS, DROPPED, GOOD, REQUESTS = 4, 6, 50, 1000


def kill() -> dict[str, Any]:
    """Kill with SIGKILL at every point, for every model."""
    cases = every_case()
    return {"verdicts": [asdict(verdict) for verdict in kill_all(cases, max(2, (os.cpu_count() or 2) // 2))]}


def schedules() -> dict[str, Any]:
    """Run random schedules of faults, cancels, restarts and crashes."""
    tests = ("tests/jobs/test_any_schedule.py", "tests/jobs/test_any_batch_schedule.py")
    return _pytest(*tests, IMAGINEART_SCHEDULES=str(SCHEDULES)) | {"schedules": SCHEDULES}


def faults() -> dict[str, Any]:
    """Test each fault alone, the table of states, and the retry rules."""
    return _pytest("tests/jobs/test_faults.py", "tests/jobs/test_states.py", "tests/fal", "tests/demo/test_faults.py")


def security() -> dict[str, Any]:
    """Test the promises about what leaves and what enters the program."""
    beside = ("tests/ui/test_plain_text.py", "tests/imaging/test_loading.py", "tests/imaging/test_round_trip.py")
    return _pytest("tests/security", "tests/support", *beside, IMAGINEART_ROUND_TRIPS=str(ROUND_TRIPS))


def loaded() -> dict[str, Any]:
    """Run all jobs at once over a large library, beside fal's own client."""
    return {"ours": load(JOBS, PICTURES), "theirs": official(JOBS), "jobs": JOBS, "library": PICTURES}


def soak() -> dict[str, Any]:
    """Repeat the same work again and again."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, server(Path(folder) / "server") as at:
        at.order(*FAULTS)
        return program("soak", ROUNDS, Path(folder) / "data", at) | {"rounds": ROUNDS}


def inputs() -> dict[str, Any]:
    """Open collections of odd images in the real window."""
    found = {"PngSuite": through_the_window(PNGSUITE)}
    with tempfile.TemporaryDirectory(prefix="pillow-") as folder:
        pictures = pillows_pictures(Path(folder))
        if pictures is not None:
            found["Pillow's test pictures"] = through_the_window(pictures)
    return found


def surroundings() -> dict[str, Any]:
    """Run in other people's environments, and end the program by signals."""
    outcomes = environments()["outcomes"]
    return {"outcomes": [*outcomes, *(asdict(outcome) for outcome in ending())]}


SECTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "faults": faults,
    "security": security,
    "proxy": through_it,
    "clients": beside_fals_clients,
    "inputs": inputs,
    "kill": kill,
    "schedules": schedules,
    "load": loaded,
    "soak": soak,
    "batch": lambda: batch(REQUESTS),
    "care": lambda: care(KILLS),
    "halfread": lambda: halfread(DROPPED, GOOD),
    "looks": looks,
    "clocks": clocks,
    "environments": surroundings,
    "suite": suite,
}


def main() -> int:
    """Run the chosen sections and write the page."""
    parser = argparse.ArgumentParser(prog="battery", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    chosen = parser.parse_args().sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    OUT.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        began = time.monotonic()
        sys.stderr.write(f"{name} …\n")
        figures = SECTIONS[name]() | {"took": round(time.monotonic() - began, 1), "machine": _machine()}
        (OUT / f"{name}.json").write_text(json.dumps(figures, indent=1))
        sys.stderr.write(f"{name}: {figures['took']} s\n")
    figures = {path.stem: json.loads(path.read_text()) for path in sorted(OUT.glob("*.json"))}
    PAGE.parent.mkdir(exist_ok=True)
    text, good = page(figures)
    PAGE.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{PAGE.relative_to(ROOT)} is written; {'all is well' if good else 'NOT all is well'}.\n")
    return 0 if good else 1


def _pytest(*paths: str, **environment: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment | {"QT_QPA_PLATFORM": "offscreen"},
    )
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", done.stdout)}
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:])
    return {"passed": counts.get("passed", 0), "code": done.returncode}


def _machine() -> str:
    return f"version {__version__}, Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
