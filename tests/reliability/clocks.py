"""The computer's clock far from the service's: lost responses are found, nothing is sent twice, dates stay valid.

As a process it takes one JSON object and is the window, under `libfaketime`; `clocks` runs it, then once more with the
right clock.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, JobState
from imagineart_desktop.library import Query
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import accepted
from tests.reliability.processes import Service, environment, live
from tests.reliability.stage import Stage, play

OFFSETS = {
    "30 years behind": "-10957d",
    "a day behind": "-1d",
    "2 hours behind": "-2h",
    "right": "+0",
    "2 hours ahead": "+2h",
    "a day ahead": "+1d",
    "3 days ahead": "+3d",
}
"""Name for people → value for libfaketime."""

_FIELDS = {"resolution": "1K", "aspect_ratio": "4:1"}
_LIBRARIES = ("/usr/lib/faketime", "/usr/lib/*/faketime", "/usr/local/lib/faketime", "/opt/homebrew/lib/faketime")
_NEAR = timedelta(hours=1)


def faketime() -> Path | None:
    """Return the library that gives a process another clock; None if it isn't installed."""
    found = (path for place in _LIBRARIES for path in Path("/").glob(f"{place[1:]}/libfaketimeMT.so.1"))
    return next(found, None)


async def act(stage: Stage) -> dict[str, Any]:
    """Lose one response to a submit and look it up, receive another; return what the library says of both."""
    worker, library = stage.studio.worker, stage.studio.library
    problems: list[str] = []
    if stage.plan["makes"]:
        await stage.order("submit:cut_before")
        fields = _FIELDS | {"prompt": "answer lost"}
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.LIVE, fields)
        await stage.until(lambda: (now := stage.job(job.id)) is not None and now.state is JobState.UNCONFIRMED)
        await stage.order()
        await worker.look_for(job.id)
        now = stage.job(job.id)
        if now is not None and now.state is JobState.UNCONFIRMED:
            problems.append(f"the look found nothing: {now.failure.message if now.failure else ''}")
        await worker.send_again(job.id)
        await worker.add(IMAGINEART_20, ServiceKind.LIVE, _FIELDS | {"prompt": "answer came"})
        await stage.until(lambda: all(other.state in FINAL_STATES for other in worker.jobs()))
    await stage.studio.reconciled
    today = datetime.now(UTC) - timedelta(days=1)
    return {
        "problems": problems,
        "now": datetime.now(UTC).isoformat(),
        "images": len(await library.search(Query())),
        "today": len(await library.search(Query(since=today))),
        "spent": len(await library.spending()),
        "left": [job.state.value for job in worker.jobs()],
    }


def clocks(offsets: tuple[str, ...] = tuple(OFFSETS)) -> dict[str, Any]:
    """Return offset → what was wrong with it."""
    library = faketime()
    if library is None:
        return {"skipped": "libfaketime is not installed"}
    return {"offsets": {name: _one(OFFSETS[name], library) for name in offsets}}


def _one(offset: str, library: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="clock-") as name:
        folder = Path(name)
        service = Service(folder / "server")
        service.release()
        plan = service.plan | {"data": str(folder / "data")}
        other = {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        try:
            with_it = live("tests.reliability.clocks", plan | {"makes": True}, environment(folder, **other))
            after = live("tests.reliability.clocks", plan | {"makes": False}, environment(folder))
            counts = Counter(entry["body"]["prompt"] for entry in accepted(service.server))
        finally:
            service.stop()
    problems = [*with_it.report.get("problems", ())]
    for ended in (with_it, after):
        if ended.code or not ended.report.get("started") or ended.report.get("problem"):
            problems.append(f"{ended.code} {ended.report.get('problem', '')} {ended.errors[-400:]}")
            continue
        if (found := ended.report["images"], ended.report["spent"]) != (2, 2):
            problems.append(f"{found} images, {ended.report['spent']} payments instead of 2")
    if with_it.report.get("today", 2) != 2:
        problems.append("the images are not among those of today")
    if "now" in with_it.report and offset == "+0" and _apart(with_it.report["now"]) > _NEAR:
        problems.append("the clock was not the right one")
    twice = sum(number - 1 for number in counts.values())
    return {"twice": twice, "lost": 2 - min(2, after.report.get("images", 0)), "problems": problems}


def _apart(moment: str) -> timedelta:
    return abs(datetime.now(UTC) - datetime.fromisoformat(moment))


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(play(json.loads(sys.argv[1]), act))
