"""Kills the program at one point, starts it again, and compares what it has with the server's own records."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagineart_desktop.demo import DemoServer, Fault, Timing
from imagineart_desktop.models import ModelRegistry, ModelSpec
from imagineart_desktop.places import AppPaths
from imagineart_desktop.workspace.added_models import save_model
from tests.jobs.job_fixtures import accepted
from tests.reliability.points import ADDED, POINTS, KillPoint
from tests.reliability.processes import environment, live

_VICTIM = "tests.reliability.crash_subject"
_PACE = Timing(queue=0.15, work=0.3)
PROMPT = "a copper kettle on a window sill"


@dataclass(frozen=True, slots=True)
class Verdict:
    """lost: images that were made but aren't in the library, or a request that vanished; twice: repeated submissions.

    unconfirmed: whether the restarted program asked the user; problem: what else went wrong.
    """

    point: str
    model: str
    lost: int
    twice: int
    unconfirmed: bool
    problem: str = ""

    @property
    def good(self) -> bool:
        """Return whether nothing is lost, submitted twice, or otherwise wrong."""
        return not (self.lost or self.twice or self.problem)


def kill_at(point: KillPoint, model: ModelSpec) -> Verdict:
    """Kill once, restart once, compare once."""
    with (
        tempfile.TemporaryDirectory(prefix="kill-") as folder,
        DemoServer(Path(folder) / "server", pace=_PACE, models=ModelRegistry(added=[ADDED])) as server,
    ):
        save_model(AppPaths.below(Path(folder) / "data").models, ADDED)
        server.order(*map(Fault.parse, point.faults))
        plan = {
            "key": server.key,
            "data": str(Path(folder) / "data"),
            "longest": 900.0,
            "hosts": [getattr(server.hosts, name) for name in ("run", "queue", "rest", "cdn", "api")],
            "model": model.endpoint,
            "prompt": PROMPT,
        }
        own = environment(Path(folder))
        killed = live(_VICTIM, plan | {"point": POINTS.index(point)}, own)
        if not killed.killed:
            return _wrong(point, model, f"was not killed: {killed.code} {killed.errors[-2000:]}")
        server.order()
        again = live(_VICTIM, plan | {"point": None}, own)
        if again.code:
            return _wrong(point, model, f"did not come back: {again.code} {again.errors[-2000:]}")
        return _compare(point, model, again.report, accepted(server))


def kill_all(cases: list[tuple[KillPoint, ModelSpec]], at_once: int) -> list[Verdict]:
    """Run several at a time."""
    with ThreadPoolExecutor(at_once) as turns:
        return list(turns.map(lambda case: kill_at(*case), cases))


def _compare(point: KillPoint, model: ModelSpec, report: dict[str, Any], entries: list[dict[str, Any]]) -> Verdict:
    pictures = [(request_id, index) for request_id, index in report["pictures"]]
    made = {
        (entry["request_id"], index)
        for entry in entries
        if entry["output"] is not None
        for index in range(len(entry["output"]["images"]))
    }
    lost = len(made - set(pictures))
    requested = bool(entries) or point is not POINTS[0]
    if requested and not point.cancels and not pictures:
        lost = max(lost, 1)
    problems = []
    if len(pictures) != len(set(pictures)):
        problems.append("a picture is there twice")
    if report["left"]:
        problems.append(f"left over: {report['left']}")
    if report["missing"]:
        problems.append("a row has no file")
    unconfirmed = "unconfirmed" in report["at_first"].values()
    return Verdict(point.name, model.label, lost, max(0, len(entries) - 1), unconfirmed, "; ".join(problems))


def _wrong(point: KillPoint, model: ModelSpec, problem: str) -> Verdict:
    return Verdict(point.name, model.label, 0, 0, unconfirmed=False, problem=problem)
