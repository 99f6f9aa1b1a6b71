"""A running worker for tests: a real library, a real demo server, and ways to wait for results."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.demo.renderer import render
from imagineart_desktop.fal import Hosts, RetryRules, Service, ServiceKind
from imagineart_desktop.jobs import FINAL_STATES, CompositeCache, Job, JobEvent, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import ModelRegistry
from tests import waiting
from tests.loopback import NO_CERTIFICATES

SMALL = {"prompt": "a red barn", "resolution": "1K", "aspect_ratio": "4:1"}
HASTY = RetryRules(first_wait=0.02, max_wait=0.1)

CUTS = ("refuse", "cut_before", "cut_inside", "cut_after")
SPOILT = ("malformed", "truncated", "wrong_type")
REFUSED = ("status:code=500", "status:code=502", "status:code=429:retry_after=0", "status:code=503:retry_after=0")
FAULTS = tuple(
    f"{call}:{trouble}"
    for call, troubles in (
        ("submit", (*CUTS, *SPOILT, *REFUSED, "late:seconds=0.1", "delay:seconds=0.1", "away:seconds=0.1")),
        ("status", (*CUTS, *SPOILT, *REFUSED, "stall:seconds=0.05", "status:code=404", "status:code=401", "hostile")),
        ("stream", (*CUTS, *SPOILT, *REFUSED, "stall:seconds=0.05", "hostile")),
        ("result", (*CUTS, *SPOILT, *REFUSED, "private", "hostile", "away:seconds=0.1")),
        ("file", (*CUTS, "truncated", "status:code=500", "stall:seconds=0.05", "redirect:to=https://10.0.0.1/x.png")),
        ("upload", (*CUTS, *SPOILT, "status:code=500", "status:code=401")),
        ("token", (*CUTS, *SPOILT, "status:code=500")),
        ("cancel", (*CUTS, "status:code=500", "late:seconds=0.1")),
        ("list", (*CUTS, "status:code=500")),
        ("work", ("fail", "delay:seconds=0.1")),
    )
    for trouble in troubles
)


_seen: WeakKeyDictionary[Worker, dict[str, JobEvent]] = WeakKeyDictionary()
"""The last event of each job of each worker."""


def service_of(server: DemoServer, key: str | None = None, kind: ServiceKind = ServiceKind.DEMO) -> Service:
    hosts = server.hosts
    return Service(kind, Hosts(hosts.run, hosts.queue, hosts.rest, hosts.cdn, hosts.api), SecretStr(key or server.key))


@asynccontextmanager
async def at_work(
    root: Path,
    server: DemoServer,
    key: str | None = None,
    rules: RetryRules = HASTY,
    composed: CompositeCache | None = None,
    models: ModelRegistry | None = None,
) -> AsyncIterator[tuple[Worker, Library]]:
    library = Library(root / "library", models=models)
    await library.start()
    worker = Worker(library, rules=rules, composed=composed)
    _seen[worker] = {}
    worker.subscribe(lambda event: _seen[worker].update({event.job.id: event}))
    await worker.start()
    await worker.connect(service_of(server, key))
    try:
        yield worker, library
    finally:
        await worker.stop()
        library.close()


@contextmanager
def held_work() -> Iterator[threading.Event]:
    """Let no request finish at the demo server until the event is set or the context ends.

    Otherwise it might finish on a busy machine before anybody has seen it run.
    """
    may_end = threading.Event()

    def cook_later(*arguments: Any) -> Any:
        may_end.wait()
        return render(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imagineart_desktop.demo.queue.render", cook_later)
        try:
            yield may_end
        finally:
            may_end.set()


@contextmanager
def held_absence() -> Iterator[threading.Event]:
    """Let a demo server that disappeared return only once the event is set or the context ends, whatever the fault."""
    may_come = threading.Event()

    async def come_back(server: Any, address: tuple[str, int], _seconds: float) -> None:
        while not may_come.is_set():
            await asyncio.sleep(0.01)
        await server.startup([socket.create_server(address)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imagineart_desktop.demo.server._Server._resume_listening", come_back)
        try:
            yield may_come
        finally:
            may_come.set()


async def until(worker: Worker, wanted: Callable[[JobEvent], bool]) -> JobEvent:
    """Wait for an event that `wanted` accepts. The last event of each job counts, so a job that ended is found too."""
    found: asyncio.Future[JobEvent] = asyncio.get_running_loop().create_future()

    def listen(event: JobEvent) -> None:
        if wanted(event) and not found.done():
            found.set_result(event)

    last = {job.id: JobEvent(job) for job in worker.jobs()} | _seen.get(worker, {})
    for event in last.values():
        listen(event)
    end = worker.subscribe(listen)
    try:
        return await waiting.ended(found)
    finally:
        end()


async def known(worker: Worker, job_id: str) -> Job:
    """Return the current state of a job, including dismissed ones."""
    job = await worker.find(job_id)
    assert job is not None
    return job


async def outcome(worker: Worker, job: Job) -> JobEvent:
    """Return how the job ends, even if it has ended already."""
    return await until(worker, lambda event: event.job.id == job.id and event.job.state in FINAL_STATES)


def books(server: DemoServer) -> dict[str, int]:
    counts: dict[str, int] = _asked(server, "books")
    return counts


def accepted(server: DemoServer) -> list[dict[str, Any]]:
    """Return every request that the server has accepted, oldest first."""
    entries: list[dict[str, Any]] = _asked(server, "requests")
    return entries


def _asked(server: DemoServer, what: str) -> Any:
    at, key = f"{server.hosts.run[:-4]}/demo/{what}", {"Authorization": f"Key {server.key}"}
    return httpx.get(at, headers=key, timeout=None, verify=NO_CERTIFICATES).json()  # noqa: S113 - only a hang fails, and pytest ends that
