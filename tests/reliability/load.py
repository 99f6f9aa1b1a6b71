"""Many jobs at once over a bad network: the program beside fal's own client, against the same server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fal_client
import fal_client.client as internals
import httpx

from imagineart_desktop.models import IMAGINEART_20
from tests.benchmarks.stock import stocked
from tests.reliability.loaded import REQUEST

ROOT = Path(__file__).parents[2]
FAULTS = (
    "any:status:code=500:share=0.04",
    "any:cut_before:share=0.03",
    "any:cut_inside:share=0.03",
    "any:status:code=429:retry_after=0.5:share=0.03",
    "any:status:code=503:share=0.03",
    "any:truncated:share=0.02",
    "any:malformed:share=0.02",
    "any:stall:seconds=1:share=0.02",
)
"""Together a fifth of all responses, for the first and every later attempt."""


class Server:
    """The demo server in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        announced = json.loads(process.stdout.readline())
        base = announced["run"].removesuffix("/run")
        self.key: str = announced["key"]
        self.hosts = [f"{base}/{name}" for name in ("run", "queue", "rest", "cdn", "api")]
        self._http = httpx.Client(base_url=base, headers={"Authorization": f"Key {self.key}"}, timeout=60)

    def books(self) -> dict[str, int]:
        """Return what happened so far."""
        counts: dict[str, int] = self._http.get("/demo/books").json()
        return counts

    def requests(self) -> list[dict[str, Any]]:
        """Return the accepted requests."""
        entries: list[dict[str, Any]] = self._http.get("/demo/requests").json()
        return entries

    def order(self, *faults: str) -> None:
        """Set the faults from now on."""
        self._http.put("/demo/faults", json={"faults": list(faults), "seed": 7}).raise_for_status()


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run the server as long as the context lasts."""
    # In reality the service is elsewhere: it must not take the processor from the program being measured.
    politely = [nice, "-n", "15"] if (nice := shutil.which("nice")) else []
    command = [*politely, sys.executable, "-m", "imagineart_desktop", "demo-server", "--data", str(folder)]
    command += ["--runners", "20", "--work", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 - our own program
    try:
        yield Server(process)
    finally:
        process.terminate()
        process.wait()


def program(mode: str, count: int, data: Path, at: Server) -> dict[str, Any]:
    """Return the program's report about itself."""
    plan = {"data": str(data), "hosts": at.hosts, "mode": mode, "count": count}
    environment = dict(
        os.environ,
        FAL_KEY=at.key,
        PYTHONPATH=str(ROOT),
        QT_QPA_PLATFORM="offscreen",
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    command = [sys.executable, "-m", "tests.reliability.loaded", json.dumps(plan)]
    done = subprocess.run(  # noqa: S603 - our own program
        command, check=False, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT, timeout=900
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def load(jobs: int, pictures: int) -> dict[str, Any]:
    """Return the program's report with the server's records: lost, twice, faults, requests."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        asyncio.run(_stock(Path(folder) / "data" / "library", pictures))
        with server(Path(folder) / "server") as at:
            at.order(*FAULTS)
            report = program("load", jobs, Path(folder) / "data", at)
            return report | _compared(at, set(report["pictures"]))


def official(jobs: int) -> dict[str, Any]:
    """Run the same jobs with fal's own client, one task each, as in its documentation."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder, server(Path(folder) / "server") as at:
        at.order(*FAULTS)
        began = time.perf_counter()
        kept, errors = asyncio.run(_official(jobs, at))
        seconds = time.perf_counter() - began
        return {"errors": errors, "seconds": seconds, "pictures": sorted(kept)} | _compared(at, kept)


def _compared(at: Server, kept: set[str]) -> dict[str, Any]:
    while any(entry["state"] != "COMPLETED" for entry in at.requests()):
        time.sleep(0.5)
    counts, entries = at.books(), at.requests()
    made = {entry["request_id"] for entry in entries if entry["output"] is not None}
    seeds = [entry["body"]["seed"] for entry in entries]
    return {
        "accepted": len(entries),
        "lost": len(made - kept),
        "twice": len(seeds) - len(set(seeds)),
        "requests": counts["requests"],
        "faults": counts.get("faults", 0),
    }


async def _stock(root: Path, pictures: int) -> None:
    (await stocked(root, pictures)).close()


async def _official(jobs: int, at: Server) -> tuple[set[str], int]:
    internals.QUEUE_URL_FORMAT = f"{at.hosts[1]}/"
    client = fal_client.AsyncClient(key=at.key)
    kept: set[str] = set()
    errors = 0

    async def one(seed: int, http: httpx.AsyncClient) -> None:
        nonlocal errors
        body = REQUEST | {"prompt": "under load", "seed": seed}
        try:
            handle = await client.submit(IMAGINEART_20.endpoint, body)
            output = await handle.get()
            answer = await http.get(output["images"][0]["url"])
            answer.raise_for_status()
            kept.add(handle.request_id)
        except Exception:
            errors += 1

    async with httpx.AsyncClient() as http:
        await asyncio.gather(*(one(seed, http) for seed in range(1, jobs + 1)))
    return kept, errors
