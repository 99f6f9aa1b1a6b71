"""The window and the command line in other people's environments: each makes one Demo image, or says what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.reliability.environment_cases import PASSWORDS, Case, every_case
from tests.reliability.processes import ROOT, environment, errors_logged, plain_lines, small_disk

if sys.platform != "win32":
    import resource

BOUND = 100.0
"""Seconds after which a process counts as hanging."""

WITH_KEY = "window with a key"
"""The window must be able to start for fal.ai; no job is sent."""

_SHOWN = 300
"""Maximum number of characters of a message that are kept."""


@dataclass(slots=True)
class Outcome:
    """how: "window", "command line" or `WITH_KEY`. problem: empty if all went well; said: sentences."""

    case: str
    how: str
    problem: str = ""
    said: str = ""
    code: int = 0


def try_case(case: Case, how: str) -> Outcome:
    """Run the window or the command line in one environment."""
    with tempfile.TemporaryDirectory(prefix="environment-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        command = _command(case, how, folder)
        outcome = Outcome(case.name, how)
        with (folder / "out.txt").open("wb") as out, (folder / "errors.txt").open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.DEVNULL,
                stdout=_stream(case.out, out),
                stderr=_stream(case.errors, errors),
                env=_variables(case, folder) | ({"FAL_KEY": "id:made-up"} if how == WITH_KEY else {}),
                cwd=ROOT,
                preexec_fn=partial(_before, case),
            )
            try:
                outcome.code = process.wait(BOUND)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                outcome.problem = f"no end after {BOUND:.0f} s"
        if not outcome.problem:
            _judge(case, outcome, folder)
    return outcome


def _judge(case: Case, outcome: Outcome, folder: Path) -> None:
    """Fill in what is wrong: a traceback, silence, or no image where one was possible."""
    errors = (folder / "errors.txt").read_text(errors="replace")
    report_file = folder / "report.json"
    report = json.loads(report_file.read_text()) if report_file.exists() else {}
    said = [*report.get("said", []), *plain_lines(errors)]
    outcome.said = " | ".join(said)[:_SHOWN]
    if outcome.how == WITH_KEY:
        made, right_code = report.get("state") == "settled", outcome.code == 0
    elif outcome.how == "window":
        made = report.get("state") == "done"
        right_code = outcome.code in (0, 1)
    else:
        made = any((folder / "out").glob("*.png")) if (folder / "out").is_dir() else False
        # 7: the image exists, and the report couldn't be written.
        right_code = (outcome.code in (0, 7)) is made and outcome.code in ((0, 2, 3, 7) if case.out else (0, 2, 3))
    logged = errors_logged(folder / "data")
    if any(secret in f"{errors} {report}" for secret in PASSWORDS):
        outcome.problem = "the password of a proxy is shown"
    elif logged:
        outcome.problem = f"an error in the program: {logged[0]}"
    elif any("[Errno" in sentence for sentence in said):
        outcome.problem = f"an error of the system in place of a sentence: {outcome.said[:120]}"
    elif "Traceback" in errors or "Error in sys.excepthook" in errors:
        outcome.problem = f"traceback: {errors.strip().splitlines()[-1][:_SHOWN]}"
    # A job that waits for disk space and reports it does what it should.
    elif report.get("problem") and not (case.needs == "either" and said):
        outcome.problem = report["problem"][:_SHOWN]
    elif not right_code:
        outcome.problem = f"ended with {outcome.code}, {'an' if made else 'no'} image"
    elif case.needs == "works" and not made:
        outcome.problem = "no image"
    elif case.needs == "says" and made:
        outcome.problem = "an image came of what cannot be used"
    elif not made and not said and not case.errors:
        outcome.problem = "silent"


def _command(case: Case, how: str, folder: Path) -> list[str]:
    data, out = str(folder / "data"), str(folder / "out")
    before: Sequence[str] = ()
    if case.data:
        unshare = shutil.which("unshare")
        assert unshare is not None
        before = small_disk(unshare, folder / "data", case.data)
    if how != "command line":
        return [
            *before,
            sys.executable,
            "-P",
            "-m",
            "tests.reliability.short_session",
            data,
            str(folder / "report.json"),
            *(["settle"] if how == WITH_KEY else []),
        ]
    words = case.arguments or ("generate", "--prompt", "a kettle", "--resolution", "1K", "--aspect-ratio", "4:1")
    return [*before, sys.executable, "-P", "-m", "imagineart_desktop", "--data", data, *words, "--out", out]


def _variables(case: Case, folder: Path) -> dict[str, str]:
    variables = environment(folder)
    for name, value in case.variables.items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = value
    return variables


def _stream(kind: str, file: Any) -> Any:
    if kind == "full":
        return os.open("/dev/full", os.O_WRONLY)
    if kind == "pipe":
        reader, writer = os.pipe()
        os.close(reader)
        return writer
    return file


def _before(case: Case) -> None:
    """Prepare the new process, before the program starts."""
    for number, kind in ((1, case.out), (2, case.errors)):
        if kind == "closed":
            os.close(number)
    for limit, value in case.limits.items():
        resource.setrlimit(limit, (value, value))


def environments(cases: Sequence[str] = ()) -> dict[str, Any]:
    """Run every case, or the named ones, through the window and the command line."""
    with tempfile.TemporaryDirectory(prefix="environments-") as name:
        chosen = [case for case in every_case(Path(name)) if not cases or case.name in cases]
        pairs = [(case, "command line") for case in chosen]
        pairs += [(case, "window") for case in chosen if not case.arguments]
        pairs += [(case, WITH_KEY) for case in chosen if case.about_network]
        with ThreadPoolExecutor(2) as turns:
            outcomes = list(turns.map(lambda pair: try_case(*pair), pairs))
    return {"outcomes": [asdict(outcome) for outcome in outcomes]}
