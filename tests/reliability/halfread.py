"""Responses that are dropped half-read, then good jobs in the same session of the window.

As a process it takes one JSON object and is the window; `halfread` runs it between a hostile proxy and a small disk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.reliability.hostile import ORDER, Hostile, hostile
from tests.reliability.processes import Service, environment, live, small_disk
from tests.reliability.stage import Stage, play

TROUBLES: tuple[tuple[str, str, str], ...] = (
    ("half-read JSON", "result", "cut"),
    ("endless body", "result", "endless"),
    ("endless status", "status", "endless"),
    ("gzip bomb", "result", "bomb"),
    ("gzip bomb as a status stream", "stream", "bomb"),
    ("JSON nested a million deep", "result", "deep"),
    ("JSON with 300 000 images", "result", "long"),
    ("cut download", "file", "cut"),
    ("endless download", "file", "endless"),
    ("status stream cut inside an event", "stream", "cut"),
)
"""(name, call, what the proxy does with its response)."""

FULL_DISK = "disk full while downloading"
_FIELDS = {"resolution": "1K", "aspect_ratio": "4:1"}
_PATIENCE = 240.0
"""Seconds after which a job that met a fault counts as stuck."""

_FULL_FOR, _AT_ONCE = 4.0, 4
_DISK = "160m"
_BALLAST = 2**20


async def _ended(stage: Stage, prompt: str, count: int, seconds: float) -> dict[str, int]:
    """Request this many images; return how their jobs ended, or their states when the time is over."""
    fields = _FIELDS | {"prompt": prompt}
    jobs = await stage.studio.worker.add(IMAGINEART_20, ServiceKind.LIVE, fields, seeds=range(1, count + 1))
    wanted = {job.id for job in jobs}

    def left() -> list[JobState]:
        return [job.state for job in stage.studio.worker.jobs() if job.id in wanted]

    with suppress(TimeoutError):
        await stage.until(lambda: all(state in FINAL_STATES for state in left()), seconds)
    states = [state.value for state in left()]
    counts = {state: states.count(state) for state in states}
    return counts | {"done": count - len(states)}


async def _order(stage: Stage, words: str) -> None:
    base = stage.plan["hosts"][0].removesuffix("/run")
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.put(f"{base}{ORDER}", content=words.encode())).raise_for_status()


async def _full_disk(stage: Stage, times: int) -> dict[str, int]:
    """Fill the disk while the downloads arrive, and free space some seconds later."""
    ballast, worker = Path(stage.plan["data"]) / "ballast", stage.studio.worker

    async def fill() -> None:
        await stage.until(lambda: any(job.state is JobState.FETCHING for job in worker.jobs()))
        with ballast.open("wb", buffering=0) as file:
            end = time.monotonic() + _FULL_FOR
            while time.monotonic() < end:
                try:
                    file.write(b"\0" * _BALLAST)
                except OSError:
                    await asyncio.sleep(0.05)
        ballast.unlink()

    await stage.order("file:delay:seconds=1")
    worker.set_limit(times)
    filling = asyncio.ensure_future(fill())
    counts = await _ended(stage, FULL_DISK, times, _PATIENCE)
    await filling
    worker.set_limit(_AT_ONCE)
    await stage.order()
    for job in worker.jobs():
        if job.state is JobState.FAILED and job.can_be_fetched:
            await worker.retry(job.id)
    return counts


async def act(stage: Stage) -> dict[str, Any]:
    plan = stage.plan
    stage.studio.worker.set_limit(_AT_ONCE)
    met: dict[str, dict[str, int]] = {}
    for name, call, trouble in plan["troubles"]:
        await _order(stage, f"{call} {trouble} {plan['times']}")
        met[name] = await _ended(stage, name, plan["times"], _PATIENCE)
    await _order(stage, "any none 0")
    if plan["small_disk"]:
        met[FULL_DISK] = await _full_disk(stage, plan["times"])
    began = time.perf_counter()
    good = await _ended(stage, "good", plan["good"], plan["patience"])
    return {"met": met, "good": good, "seconds": round(time.perf_counter() - began, 1)}


def halfread(
    times: int, good: int, troubles: tuple[tuple[str, str, str], ...] = TROUBLES, *, small_disk_too: bool = True
) -> dict[str, Any]:
    """Cause each fault several times, then run the good jobs in the same session.

    small_disk_too: a full disk as well, where a process may have a disk of its own. met: fault → how its jobs ended;
    stuck: those that didn't end; dropped: spoiled responses; arrived: of the good jobs.
    """
    with tempfile.TemporaryDirectory(prefix="halfread-") as name:
        folder = Path(name)
        service = Service(folder / "server")
        service.release()
        target = int(service.plan["hosts"][0].rsplit(":", 1)[1].split("/")[0])
        try:
            with hostile(target) as proxy:
                more = {"times": times, "good": good, "troubles": troubles, "small_disk": small_disk_too}
                return _through(proxy, service, folder, more)
        finally:
            service.stop()


def _through(proxy: Hostile, service: Service, folder: Path, more: dict[str, Any]) -> dict[str, Any]:
    hosts = [f"http://127.0.0.1:{proxy.port}/{name}" for name in ("run", "queue", "rest", "cdn", "api")]
    data = folder / "data"
    data.mkdir()
    small = _mount_command(data) if more["small_disk"] else []
    plan = service.plan | more | {"hosts": hosts, "data": str(data), "small_disk": bool(small)}
    plan |= {"patience": 90.0 + 2.0 * more["good"], "longest": 900.0}
    ended = live("tests.reliability.halfread", plan, environment(folder), before=small)
    report = ended.report
    problems = [report["problem"]] if report.get("problem") else []
    if ended.code:
        problems.append(f"ended with {ended.code}: {ended.errors[-800:]}")
    stuck = {
        name: counts
        for name, counts in report.get("met", {}).items()
        if set(counts) - {state.value for state in FINAL_STATES}
    }
    return {
        "met": report.get("met", {}),
        "stuck": stuck,
        "dropped": proxy.met,
        "good": more["good"],
        "arrived": report.get("good", {}).get("done", 0),
        "states": report.get("good", {}),
        "seconds": report.get("seconds", 0.0),
        "problems": problems,
    }


def _mount_command(data: Path) -> list[str]:
    """Return the command that gives a process a small disk of its own at a folder; empty if that isn't allowed here."""
    unshare = shutil.which("unshare")
    return [] if unshare is None else small_disk(unshare, data, f"size={_DISK}")


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())
    sys.exit(play(json.loads(sys.argv[1]), act))
