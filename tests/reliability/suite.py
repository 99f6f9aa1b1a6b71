"""The test suite itself in other circumstances: locales, scales, random order, a busy machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.locales import compile_locales, variables_of
from tests.reliability.processes import ROOT

_LONGEST = 2 * 3600
_MOST_FAILURES = 20
_OUTPUT = ROOT / "out" / "battery"
"""pytest's whole output goes here, one log per circumstance."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """variables: of the environment."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""


CIRCUMSTANCES: tuple[Circumstance, ...] = (
    Circumstance("as it is"),
    Circumstance("tr_TR", locale="tr_TR"),
    Circumstance("ar_EG, scale 1.25", {"QT_SCALE_FACTOR": "1.25"}, "ar_EG"),
    Circumstance("de_DE, scale 2", {"QT_SCALE_FACTOR": "2"}, "de_DE"),
)
"""Run at the same time, each in a random order: every run has three busy neighbors."""


def suite() -> dict[str, Any]:
    """Run all tests once per circumstance, at the same time. Returns circumstance → passed, failed tests, code."""
    with tempfile.TemporaryDirectory(prefix="suite-") as folder, ThreadPoolExecutor(len(CIRCUMSTANCES)) as pool:
        reports = pool.map(lambda one: _run(one, Path(folder)), CIRCUMSTANCES)
        return {"runs": {one.name: report for one, report in zip(CIRCUMSTANCES, reports, strict=True)}}


def _run(one: Circumstance, folder: Path) -> dict[str, Any]:
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **one.variables}
    if one.locale:
        variables |= {
            key: value for name in compile_locales((one.locale,)) for key, value in variables_of(name).items()
        }
    workers = str(min(2, os.cpu_count() or 1))
    temporary = folder / re.sub(r"\W+", "-", one.name)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers]
    done = subprocess.run(  # noqa: S603 - our own tests
        [*command, f"--basetemp={temporary}"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=variables,
        timeout=_LONGEST,
    )
    _OUTPUT.mkdir(parents=True, exist_ok=True)
    (_OUTPUT / f"suite-{temporary.name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
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
