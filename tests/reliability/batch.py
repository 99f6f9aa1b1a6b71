"""A batch over a bad network: the program is killed twice and closed once, and the server's records are compared."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from imagineart_desktop.demo import DemoServer, Fault, Timing
from tests.jobs.job_fixtures import accepted, books
from tests.reliability.processes import Ended, environment, live

_SUBJECT = "tests.reliability.batch_subject"
_PRICE = Decimal("0.03")
_FAULTS = (
    "any:status:code=500:share=0.01",
    "any:cut_before:share=0.01",
    "any:cut_inside:share=0.01",
    "any:status:code=429:retry_after=0.1:share=0.01",
    "any:truncated:share=0.005",
    "work:fail:share=0.005",
)
"""Together a twentieth of all responses."""

_STEPS = ((0.25, True), (0.5, True), (0.75, False), (1.0, False))
"""The share that is done when the program ends, and whether it's killed then."""


def batch(requests: int) -> dict[str, Any]:
    """Run a batch of this many requests; return what the records say, and how the window did."""
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="batch-") as folder,
        DemoServer(Path(folder) / "server", pace=Timing(queue=0.02, work=0.1, runners=10)) as server,
    ):
        server.order(*map(Fault.parse, _FAULTS), seed=7)
        hosts = [getattr(server.hosts, name) for name in ("run", "queue", "rest", "cdn", "api")]
        plan = {"key": server.key, "data": str(Path(folder) / "data"), "longest": 3600.0, "hosts": hosts}
        reports = []
        for share, kill in _STEPS:
            step = {"count": requests, "until": round(requests * share), "kill": kill}
            ended = live(_SUBJECT, plan | step, environment(Path(folder)))
            problems += _wrong(ended, kill=kill, at=share)
            reports.append(ended.report)
        entries = accepted(server)
        return _compared(reports, entries, requests, problems) | {"faults": books(server).get("faults", 0)}


def _wrong(ended: Ended, *, kill: bool, at: float) -> list[str]:
    as_meant = ended.killed if kill else not ended.code and ended.report
    return [] if as_meant else [f"at {at:.0%} it ended with {ended.code}: {ended.errors[-1500:]}"]


def _compared(
    reports: list[dict[str, Any]], entries: list[dict[str, Any]], requests: int, problems: list[str]
) -> dict[str, Any]:
    last = reports[-1]
    made = [entry for entry in entries if entry["output"] is not None]
    kept = last.get("pictures", [])
    prompts = [entry["body"]["prompt"] for entry in made]
    cost = _PRICE * len(made)
    balanced = (
        Decimal(last.get("paid", 0)) == Decimal(last.get("spent", 0)) == cost
        and sorted(last.get("prompts", [])) == sorted(f"kettle {number}" for number in range(requests))
        and (last.get("total"), last.get("counts")) == (requests, {"done": requests})
    )
    measured = [report for report in reports if report]
    return {
        "requests": requests,
        "accepted": len(entries),
        "lost": len({entry["request_id"] for entry in made} - set(kept)),
        "twice": len(prompts) - len(set(prompts)) + len(kept) - len(set(kept)),
        "balanced": balanced,
        "spent": last.get("spent"),
        "paid": last.get("paid"),
        "cost": str(cost),
        "longest_stall_ms": max((report["longest_stall_ms"] for report in measured), default=0.0),
        "late_p99_ms": max((report["late_p99_ms"] for report in measured), default=0.0),
        "memory": max((report["memory"] for report in measured), default=0.0),
        "problems": problems,
    }
