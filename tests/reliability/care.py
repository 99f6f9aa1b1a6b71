"""Maintenance of a library with pending requests, killed at any step; damage; older copies put back.

Each trial has one request in every state. Afterwards the library is compared with the server's own records, with the
annotations of its images before, and with the files on the disk.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.jobs.job_fixtures import accepted
from tests.reliability.damage import DAMAGES, KEEPS_DATABASE, is_damaged, put_back
from tests.reliability.processes import Ended, Service, environment, live
from tests.reliability.stage import RESTART
from tests.reliability.stocked import Stocked, stock
from tests.reliability.verdicts import Verdict, compare_library, compare_requests, went_wrong

OPERATIONS = ("restore", "restore, all done since", "rebuild", "move", "empty trash", "export", "back up")
MOVED_AT_START, OLDER = "move, finished at the next start", "older database put back"
AT_START = (MOVED_AT_START, OLDER, *DAMAGES)
"""Kinds that are interrupted at the next start rather than during the operation."""

AFTER_A_CRASH = "closed unexpectedly"
"""Shown after every kill, whatever else happened."""

_ENDS_WITHOUT_WORDS = ("empty trash", "export")
"""Operations called without the widgets that report their outcome."""

_UNSENT = ("held: uploading", "held: waiting")
_TRASHED = 6
_STEPS_OF_A_START = 160


@dataclass(frozen=True, slots=True)
class Trial:
    """kind: the operation. kill: the step at which the program dies, None for after the last.

    stays: the same session continues. seed: of everything else that is random.
    """

    kind: str
    kill: int | None = None
    stays: bool = False
    seed: int = 0

    @property
    def name(self) -> str:
        """Return the name for people."""
        how = "goes on" if self.stays else f"killed at step {self.kill}" if self.kill else "killed afterwards"
        return f"{self.kind}, {how}"

    @property
    def operation(self) -> str:
        """Return what the window does while the requests are held."""
        return "move" if self.kind == MOVED_AT_START else "none" if self.kind in DAMAGES else self.kind


def run_trial(trial: Trial, stocked: Stocked) -> Verdict:
    """Run one trial, from the held requests to the comparison."""
    with tempfile.TemporaryDirectory(prefix="care-") as name:
        folder = Path(name)
        shutil.copytree(stocked.root, folder / "data" / "library")
        service = Service(folder / "server")
        try:
            return _judged(trial, folder, service, stocked.facts)
        finally:
            service.stop()


def _judged(trial: Trial, folder: Path, service: Service, before: dict[str, Any]) -> Verdict:
    places = {place: str(folder / place) for place in ("data", "backup", "moved", "export", "older")}
    plan = places | {"operation": trial.operation, "kill": None, "stays": trial.stays}

    def window(**more: Any) -> Ended:
        words = {"release": service.release}
        return live("tests.reliability.care_window", service.plan | plan | more, environment(folder), words)

    at_start = trial.kind in AT_START
    held = window(phase="hold", kill=None if at_start else trial.kill)
    verdict = Verdict(trial.name, trial.seed, steps=held.report.get("steps", 0))
    if trial.stays:
        verdict.problems += went_wrong(held)
    elif not held.killed:
        verdict.problems.append(f"not held: {held.code} {held.report} {held.errors[-800:]}")
        return verdict
    must_be_said = _after_it(trial, folder)
    service.release()
    said = list(held.report.get("said", ()))
    if at_start and trial.kill:
        said += window(phase="start", kill_start=trial.kill).said
    ended = window(phase="end")
    if any(RESTART in sentence for sentence in ended.said):
        # The message asks the user to restart.
        said += ended.said
        ended = window(phase="end")
    last = window(phase="end")
    verdict.problems += went_wrong(ended) + went_wrong(last)
    if "images" in last.report:
        keeps_rows = trial.kind not in DAMAGES or trial.kind in KEEPS_DATABASE
        unsent = _UNSENT if keeps_rows and trial.kind != OLDER else ()
        compare_requests(verdict, ended, last, accepted(service.server), unsent)
        emptied = _TRASHED if trial.kind == "empty trash" else 0
        compare_library(verdict, last, before, folder, emptied=emptied)
    verdict.silent = must_be_said and not _about(trial, [*said, *ended.said])
    return verdict


def _after_it(trial: Trial, folder: Path) -> bool:
    """Do what is done while the program isn't running. Returns whether a message is required then."""
    root = folder / "data" / "library"
    if trial.kind == OLDER:
        put_back(root, folder / "older")
    elif trial.kind in DAMAGES:
        DAMAGES[trial.kind](root, random.Random(f"{trial.seed} {trial.kind}"))  # noqa: S311 - repeatable, not secret
        return trial.kind in KEEPS_DATABASE or is_damaged(root)
    return trial.kind not in _ENDS_WITHOUT_WORDS


def _about(trial: Trial, said: Sequence[str]) -> list[str]:
    """Return the sentences that may report what happened. After a kill in the middle any sentence counts."""
    middle = trial.kill is not None and trial.kind not in AT_START
    return [sentence for sentence in said if middle or AFTER_A_CRASH not in sentence]


def every_trial(times: int, stocked: Stocked, seed: int = 0) -> list[Verdict]:
    """Return each operation once to its end, once in a session that continues, and killed at `times` random steps."""
    whole = [Trial(kind, stays=stays, seed=seed) for kind in OPERATIONS for stays in (True, False)]
    verdicts = run_all(whole, stocked)
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    killed = []
    for kind in OPERATIONS:
        steps = max(2, *(verdict.steps for verdict in verdicts if verdict.trial.startswith(f"{kind}, ")))
        killed += [Trial(kind, chance.randrange(1, steps), seed=seed + turn) for turn in range(times)]
    for kind in AT_START:
        killed += [Trial(kind, seed=seed + turn) for turn in range(2)]
        killed += [Trial(kind, chance.randrange(1, _STEPS_OF_A_START), seed=seed + turn) for turn in range(times)]
    return verdicts + run_all(killed, stocked)


def run_all(trials: Sequence[Trial], stocked: Stocked, at_once: int = 2) -> list[Verdict]:
    """Run several trials at a time."""
    with ThreadPoolExecutor(at_once) as turns:
        return list(turns.map(lambda trial: run_trial(trial, stocked), trials))


def care(times: int) -> dict[str, Any]:
    """Run everything and return the figures."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        verdicts = every_trial(times, stock(Path(folder) / "library"))
    return {"trials": [verdict.as_dict() for verdict in verdicts]}
