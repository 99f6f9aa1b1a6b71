"""The test suite itself in other circumstances: locales, scales, random order, a busy machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.environment_cases import make_locale
from tests.reliability.processes import ROOT

_LONGEST = 3600
_BUSY = "while True: pass"
_MOST_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Circumstance:
    """variables: of the environment; busy: processes beside it that never rest."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""
    busy: int = 0


CIRCUMSTANCES: tuple[Circumstance, ...] = (
    *(Circumstance(f"LC_ALL={name}", locale=name) for name in ("tr_TR", "ar_EG", "de_DE")),
    *(Circumstance(f"QT_SCALE_FACTOR={factor}", {"QT_SCALE_FACTOR": factor}) for factor in ("1.25", "2")),
    Circumstance("random order", {"IMAGINEART_TEST_ORDER": "random"}),
    *(Circumstance(f"three busy processes beside it, time {turn}", busy=3) for turn in (1, 2, 3)),
)


def suite(names: tuple[str, ...] = (), paths: tuple[str, ...] = ()) -> dict[str, Any]:
    """Circumstance → passed, failed tests, code. names: only these; paths: only these tests, for a look at a part."""
    chosen = [one for one in CIRCUMSTANCES if not names or one.name in names]
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        return {"runs": {one.name: _run(one, Path(folder), paths) for one in chosen}}


def _run(one: Circumstance, folder: Path, paths: tuple[str, ...]) -> dict[str, Any]:
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **one.variables}
    if one.locale:
        variables |= {name: value for name, value in make_locale(folder, one.locale).items() if value is not None}
    beside = str(min(4, os.cpu_count() or 1))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", beside, *paths]
    with _busy(one.busy):
        done = subprocess.run(  # noqa: S603 - our own tests
            command, check=False, capture_output=True, text=True, cwd=ROOT, env=variables, timeout=_LONGEST
        )
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", done.stdout)}
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    report: dict[str, Any] = {
        "passed": counts.get("passed", 0),
        "failed": failed[:_MOST_FAILURES],
        "code": done.returncode,
    }
    if done.returncode and not failed:
        report["said"] = (done.stdout + done.stderr)[-600:]
    return report


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Run `count` processes that use all the CPU time they get."""
    processes = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(count)]  # noqa: S603 - our own
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
