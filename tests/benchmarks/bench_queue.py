"""Benchmark from “the server is done” to “the image is stored”, and of its requests, beside fal's own client."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import fal_client
import fal_client.client as internals
import httpx
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer, Fault, Timing
from imagineart_desktop.fal import Hosts, Service, ServiceKind
from imagineart_desktop.jobs import JobEvent, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from tests.benchmarks.measuring import Figure

_LATER_MS = 300
"""Milliseconds by which we may be later than fal's own client, which polls ten times as often."""

_LONGER = ("work:delay:seconds=2:share=0.3", "work:delay:seconds=6:share=0.3", "work:delay:seconds=14:share=0.3")
"""Work of varying length, the same for both."""

REQUEST = {"prompt": "hills", "resolution": "1K", "aspect_ratio": "4:1"}


async def figures(*, quick: bool) -> list[Figure]:
    count, pace = (2, Timing(0.02, 0.05, 2)) if quick else (50, Timing(0.3, 3.0, 8))
    ours = await _ours(count, pace)
    theirs = await _theirs(count, pace)
    client = "fal's own client"
    done, asked = f"queue, server done to picture, {count} jobs", f"queue, HTTP requests a job, {count} jobs"
    return [
        Figure(done, ours[0] * 1000, theirs[0] * 1000, beside=client, most=round(theirs[0] * 1000 + _LATER_MS)),
        Figure(asked, ours[1], theirs[1], 0.1, "requests", beside=client),
    ]


def _server(books: Path, pace: Timing) -> DemoServer:
    return DemoServer(books, pace=pace, faults=[Fault.parse(words) for words in _LONGER], seed=1)


async def _ours(count: int, pace: Timing) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder) / "demo", pace) as server:
        library = Library(Path(folder) / "library")
        worker = Worker(library, limit=8)
        kept: dict[str, float] = {}

        def listen(event: JobEvent) -> None:
            if event.pictures and event.job.request_id:
                kept[event.job.request_id] = time.time()

        worker.subscribe(listen)
        at = server.hosts
        await worker.connect(
            Service(ServiceKind.DEMO, Hosts(at.run, at.queue, at.rest, at.cdn, at.api), SecretStr(server.key))
        )
        await worker.add(IMAGINEART_20, ServiceKind.DEMO, REQUEST, seeds=range(1, count + 1))
        async with asyncio.timeout(120):
            while len(kept) < count:
                await asyncio.sleep(0.01)
        late = _lateness(Path(folder) / "demo", kept)
        asked = _requests(server) / count
        await worker.stop()
        library.close()
    return late, asked


async def _theirs(count: int, pace: Timing) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder), pace) as server:
        before = internals.QUEUE_URL_FORMAT
        internals.QUEUE_URL_FORMAT = f"{server.hosts.queue}/"
        client = fal_client.AsyncClient(key=server.key)
        kept: dict[str, float] = {}
        turns = asyncio.Semaphore(8)

        async def one(seed: int) -> None:
            async with turns, httpx.AsyncClient() as http:
                handle = await client.submit(IMAGINEART_20.endpoint, REQUEST | {"seed": seed})
                output = await handle.get()
                await http.get(output["images"][0]["url"])
                kept[handle.request_id] = time.time()

        await asyncio.gather(*(one(seed) for seed in range(1, count + 1)))
        internals.QUEUE_URL_FORMAT = before
        return _lateness(Path(folder), kept), _requests(server) / count


def _lateness(books: Path, kept: dict[str, float]) -> float:
    """Return the median of the seconds from the server's last write of a request to the image."""
    late = []
    for path in (books / "requests").glob("[!.]*.json"):
        number = json.loads(path.read_bytes())["request_id"]
        late.append(kept[number] - path.stat().st_mtime)
    return statistics.median(late)


def _requests(server: DemoServer) -> int:
    url = f"{server.hosts.run.removesuffix('/run')}/demo/books"
    return int(httpx.get(url, headers={"Authorization": f"Key {server.key}"}).json()["requests"])
