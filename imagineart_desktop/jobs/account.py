"""Which service new jobs go to: fal.ai with the user's key, or the built-in demo without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import FAL_HOSTS, FalClient, Hosts, Service, ServiceKind
from imagineart_desktop.fal.key_store import KeySource, forget_key, keep_key, read_key
from imagineart_desktop.jobs.worker import Worker


class Account:
    """Keeps the worker connected. demo_folder: where the demo server's books lie; live_hosts: where fal.ai stands."""

    def __init__(
        self, worker: Worker, demo_folder: Path, *, demo: DemoServer | None = None, live_hosts: Hosts = FAL_HOSTS
    ) -> None:
        self.kind = ServiceKind.DEMO
        self.key_source = KeySource.NONE
        self._worker = worker
        self._demo_folder = demo_folder
        self._demo = demo
        self._demo_runs = False
        self._live_hosts = live_hosts
        self._listeners: list[Callable[[], None]] = []

    async def start(self) -> None:
        """Live where there is a key, else Demo. Jobs of an earlier demo go on in any case."""
        key, source = await asyncio.to_thread(read_key)
        if key is None or any(job.service is ServiceKind.DEMO for job in self._worker.jobs()):
            await self._start_demo()
        if key is not None:
            await self._go_live(key, source)

    async def stop(self) -> None:
        """Stops the demo server."""
        if self._demo is not None and self._demo_runs:
            await asyncio.to_thread(self._demo.stop)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Tells the listener when the program turns Live or Demo."""
        self._listeners.append(listener)

    async def test(self, key: SecretStr) -> None:
        """Asks fal.ai whether it knows the key, which costs nothing. Raises FalError."""
        async with FalClient(self._live(key)) as client:
            await client.upload_token()

    async def use_key(self, key: SecretStr, *, remember: bool) -> bool:
        """Goes live with this key. False when it was to be remembered and the system has no keychain."""
        kept = await asyncio.to_thread(keep_key, key) if remember else False
        await self._go_live(key, KeySource.KEYCHAIN if kept else KeySource.SESSION)
        return kept or not remember

    async def remove_key(self) -> None:
        """Forgets the key; new jobs go to the demo."""
        await asyncio.to_thread(forget_key)
        await self._start_demo()
        self.kind, self.key_source = ServiceKind.DEMO, KeySource.NONE
        self._tell()

    async def _go_live(self, key: SecretStr, source: KeySource) -> None:
        await self._worker.connect(self._live(key))
        self.kind, self.key_source = ServiceKind.LIVE, source
        self._tell()

    def _live(self, key: SecretStr) -> Service:
        return Service(ServiceKind.LIVE, self._live_hosts, key)

    async def _start_demo(self) -> None:
        if self._demo_runs:
            return
        demo = self._demo
        if demo is None:
            demo = await asyncio.to_thread(DemoServer, self._demo_folder)
        await asyncio.to_thread(demo.start)
        self._demo, self._demo_runs = demo, True
        at = demo.hosts
        await self._worker.connect(
            Service(ServiceKind.DEMO, Hosts(at.run, at.queue, at.rest, at.cdn, at.api), SecretStr(demo.key))
        )

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
