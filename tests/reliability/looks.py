"""“Send again” when the lookup in the service's list fails: nothing is sent without a second, explicit yes.

As a process it takes one JSON object and is the window; `looks` runs it and compares with the server's records.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, LOOKUP_FAILED, Job, JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import accepted
from tests.reliability.processes import Service, environment, live
from tests.reliability.stage import Stage, play

FAILED_LOOKS: dict[str, str] = {
    "answers 503": "list:status:code=503",
    "answers 500": "list:status:code=500",
    "answers 403": "list:status:code=403",
    "answers 401": "list:status:code=401",
    "answers 429": "list:status:code=429:retry_after=0",
    "malformed JSON": "list:malformed",
    "half of the JSON": "list:truncated",
    "a web page": "list:wrong_type",
    "hangs up": "list:refuse",
    "hangs up before the answer": "list:cut_before",
    "hangs up inside the answer": "list:cut_inside",
    "no answer in time": "list:late:seconds=30",
    "half an answer, then nothing": "list:stall:seconds=30",
    "without an end": "list:huge",
}
"""What the list does → the text that specifies the fault."""

_FIELDS = {"resolution": "1K", "aspect_ratio": "4:1"}
_ANSWER = 3.0
"""Seconds without a byte after which a response has failed."""

_CLICKS = 3


async def _unconfirmed(stage: Stage, prompt: str) -> Job:
    """Return a request that the server has accepted and whose response got lost."""
    await stage.order("submit:cut_before")
    (job,) = await stage.studio.worker.add(IMAGINEART_20, ServiceKind.LIVE, _FIELDS | {"prompt": prompt})
    await stage.until(lambda: (now := stage.job(job.id)) is not None and now.state is JobState.UNCONFIRMED)
    return job


async def _ends(stage: Stage, job: Job) -> None:
    await stage.until(lambda: (now := stage.job(job.id)) is None or now.state in FINAL_STATES)


async def act(stage: Stage) -> dict[str, Any]:
    """For each failing list press the same button again and again; then use a working list, or say yes explicitly."""
    worker = stage.studio.worker
    again: Callable[..., Awaitable[None]] = worker.send_again
    problems = []
    for name, fault in stage.plan["looks"].items():
        for agrees in (False, True):
            job = await _unconfirmed(stage, f"{name}: {'agreed' if agrees else 'found later'}")
            await stage.order(fault)
            for _ in range(_CLICKS):
                await again(job.id)
            now = stage.job(job.id)
            kind = None if now is None or now.failure is None else now.failure.error_type
            if now is None or now.state is not JobState.UNCONFIRMED or kind != LOOKUP_FAILED:
                problems.append(f"{name}: {'gone' if now is None else now.state.value}, {kind}, after a failed look")
                await stage.order()
                await _ends(stage, job)
                continue
            await stage.order(*([fault] if agrees else []))
            try:
                await again(job.id, **({"unseen": True} if agrees else {}))
            except TypeError:
                problems.append(f"{name}: no second confirmation is known")
            await stage.order()
            await _ends(stage, job)
    return {"problems": problems}


def looks(names: tuple[str, ...] = tuple(FAILED_LOOKS)) -> dict[str, Any]:
    """unasked: submissions without a second yes; missing: explicit ones that weren't sent."""
    with tempfile.TemporaryDirectory(prefix="looks-") as name:
        folder = Path(name)
        service = Service(folder / "server")
        service.release()
        chosen = {look: FAILED_LOOKS[look] for look in names}
        plan = service.plan | {"data": str(folder / "data"), "looks": chosen, "answer": _ANSWER, "longest": 900.0}
        try:
            ended = live("tests.reliability.looks", plan, environment(folder))
            counts = Counter(entry["body"]["prompt"] for entry in accepted(service.server))
        finally:
            service.stop()
    expected = {f"{look}: {how}": times for look in names for how, times in (("found later", 1), ("agreed", 2))}
    problems = list(ended.report.get("problems", ()))
    problems += [ended.report["problem"]] if ended.report.get("problem") else []
    problems += [f"ended with {ended.code}: {ended.errors[-600:]}"] if ended.code else []
    return {
        "looks": len(names),
        "unasked": sum(max(0, counts[prompt] - times) for prompt, times in expected.items()),
        "missing": sum(max(0, times - counts[prompt]) for prompt, times in expected.items()),
        "problems": problems,
    }


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(play(json.loads(sys.argv[1]), act))
