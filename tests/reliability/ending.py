"""SIGTERM in the middle of work, as a system sends it at shutdown: everything continues at the next start."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.reliability.care import AFTER_A_CRASH
from tests.reliability.environments import Outcome
from tests.reliability.processes import ROOT, environment
from tests.reliability.short_session import PROMPT, TYPED

_BOUND = 60.0
"""Seconds within which a process has to be gone after the signal."""

_NAME = "SIGTERM in the middle"


def ending() -> list[Outcome]:
    """End the command line while a job runs, and the window a moment after typing."""
    return [_command_line(), _window()]


def _command_line() -> Outcome:
    outcome = Outcome(_NAME, "command line")
    with tempfile.TemporaryDirectory(prefix="ending-") as name:
        folder = Path(name)
        program = [sys.executable, "-P", "-m", "imagineart_desktop", "--data", str(folder / "data")]
        words = ["generate", "--prompt", "a kettle", "--aspect-ratio", "4:1", "--resolution", "1K"]
        process = _start([*program, *words, "--out", str(folder / "out")], folder)
        assert process.stderr is not None
        for line in process.stderr:
            if "running" in line.lower():
                break
        outcome.said = _ended(process, outcome)
        again = subprocess.run(  # noqa: S603 - our own program
            [*program, "resume", "--out", str(folder / "out")],
            check=False,
            capture_output=True,
            text=True,
            env=environment(folder),
            cwd=ROOT,
            timeout=2 * _BOUND,
        )
        images = len(list((folder / "out").glob("*.png")))
        if not outcome.problem and images != 1:
            outcome.problem = f"{images} images after `resume`: {again.stderr[-300:]}"
    return outcome


def _window() -> Outcome:
    outcome = Outcome(_NAME, "window")
    with tempfile.TemporaryDirectory(prefix="ending-") as name:
        folder = Path(name)
        program = [sys.executable, "-P", "-m", "tests.reliability.short_session", str(folder / "data")]
        process = _start([*program, str(folder / "first.json"), "type"], folder)
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == TYPED:
                break
        outcome.said = _ended(process, outcome)
        again = _start([*program, str(folder / "second.json"), "read"], folder)
        again.communicate(timeout=2 * _BOUND)
        report = json.loads((folder / "second.json").read_text())
        if not outcome.problem and report.get("prompt") != PROMPT:
            outcome.problem = f"of what was typed “{report.get('prompt')}” came back"
        elif not outcome.problem and any(AFTER_A_CRASH in sentence for sentence in report["said"]):
            outcome.problem = "it counts as a crash"
    return outcome


def _start(command: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
        cwd=ROOT,
    )


def _ended(process: subprocess.Popen[str], outcome: Outcome) -> str:
    """Send the signal and wait. Returns what was written to stderr, and fills in what was wrong."""
    process.send_signal(signal.SIGTERM)
    try:
        _, errors = process.communicate(timeout=_BOUND)
    except subprocess.TimeoutExpired:
        process.kill()
        _, errors = process.communicate()
        outcome.problem = f"no end {_BOUND:.0f} s after the signal"
    outcome.code = process.returncode
    if "Traceback" in errors and not outcome.problem:
        outcome.problem = f"traceback: {errors.strip().splitlines()[-1][:200]}"
    return errors.strip()[:300]
