"""The parts of the program that work without a window. Independent of Qt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from imagineart_desktop.fal import FAL_HOSTS, Hosts, RetryRules
from imagineart_desktop.jobs import CompositeCache, ServiceConnection, Worker, load_limits
from imagineart_desktop.library import Library, ReconcileResult
from imagineart_desktop.models.added_models import load_models
from imagineart_desktop.places import AppPaths
from imagineart_desktop.support import spawn

if TYPE_CHECKING:
    from imagineart_desktop.demo import DemoServer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Core:
    """The parts without a window. reconciled: the background task that compares the files with the database rows."""

    library: Library
    worker: Worker
    account: ServiceConnection
    reconciled: asyncio.Task[ReconcileResult]


@asynccontextmanager
async def open_core(
    places: AppPaths,
    *,
    at_once: int = 4,
    demo: DemoServer | None = None,
    rules: RetryRules | None = None,
    live_hosts: Hosts = FAL_HOSTS,
    proxy: str | None = None,
    read_only: bool = False,
    resume: bool = True,
    hold_unsent: bool = False,
    after: asyncio.Event | None = None,
    key_wait: float | None = None,
    on_slow_key: Callable[[float], None] = lambda seconds: None,
    composed: CompositeCache | None = None,
) -> AsyncIterator[Core]:
    """Open the library and resume its jobs; close everything at the end. Raises LibraryError.

    read_only: another program has the library open, so nothing is changed and no jobs run. resume: whether jobs of
    earlier runs continue. hold_unsent: jobs never sent to the paid service wait for `Worker.release`. after: an event
    that connecting and reconciling, which are slow, wait for; without it the account is connected on entry. key_wait,
    on_slow_key: see `ServiceConnection`. composed: see `Worker`.
    """
    library = await asyncio.to_thread(
        lambda: Library(places.library, models=load_models(places.models), read_only=read_only)
    )
    worker = Worker(library, limit=at_once, rules=rules, composed=composed, limits=load_limits(places.settings))
    account = ServiceConnection(
        worker, places.demo, demo=demo, live_hosts=live_hosts, proxy=proxy, key_wait=key_wait, on_slow_key=on_slow_key
    )
    try:
        await library.start()
        if resume and not read_only:
            await worker.start(hold_unsent=hold_unsent)
        async with _in_background(library, account, after) as reconciled:
            yield Core(library, worker, account, reconciled)
    finally:
        await worker.stop()
        await account.stop()
        await asyncio.to_thread(library.close)


@asynccontextmanager
async def _in_background(
    library: Library, account: ServiceConnection, after: asyncio.Event | None
) -> AsyncIterator[asyncio.Task[ReconcileResult]]:
    """Connect the account and reconcile the library; what isn't done at the end of the block is canceled."""
    connecting = await _connecting(account, after, read_only=library.read_only)
    reconciled = asyncio.create_task(
        _run_after(after, _nothing_to_reconcile if library.read_only else library.run_background_checks)
    )
    # Possibly nobody awaits it. If it finds damage, the library itself reports that.
    reconciled.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        yield reconciled
    finally:
        connecting.cancel()
        reconciled.cancel()
        await asyncio.wait([connecting, reconciled])


async def _connecting(
    account: ServiceConnection, after: asyncio.Event | None, *, read_only: bool
) -> asyncio.Task[object]:
    """Connect the account now, or in the background once `after` is set."""
    if read_only:
        account.settled.set()
    elif after is None:
        await account.start()
    else:
        return spawn(_run_after(after, account.start))
    return spawn(asyncio.sleep(0))


async def _run_after(after: asyncio.Event | None, work: Callable[[], Awaitable[T]]) -> T:
    if after is not None:
        await after.wait()
    return await work()


async def _nothing_to_reconcile() -> ReconcileResult:
    return ReconcileResult()
