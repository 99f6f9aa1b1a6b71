"""Connection to the service that runs new jobs: fal.ai with the user's key or a team proxy, or the built-in demo."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from imagineart_desktop import fal
from imagineart_desktop.fal import FAL_HOSTS, Hosts, Service, ServiceKind
from imagineart_desktop.fal.key_store import (
    KEYCHAIN_TIMEOUT,
    FoundSecret,
    KeySource,
    Secret,
    delete_secret,
    read_key,
    read_secret,
    save_secret,
)
from imagineart_desktop.jobs.worker import Worker
from imagineart_desktop.support import register_secret, run_detached, spawn

if TYPE_CHECKING:
    from imagineart_desktop.demo import DemoServer

_KEYCHAIN_SECONDS = 20.0
"""Maximum time for a keychain call; includes a prompt for the user's password."""

_SLOW_SECONDS = 1.0
"""Delay before a command tells the user that it's waiting for the keychain."""

_PROXY_WAITS = (
    "The system’s keychain doesn’t answer. Unlock it to use your team proxy’s token; until then, requests wait."
)
_PROXY_GOES_ON = (
    "The system’s keychain doesn’t answer. Unlock it to use your team proxy’s token; requests go without it."
)

DEMO_WAITS = 1.0
"""Seconds to wait for the keychain before starting Demo; usually it answers sooner."""


class ServiceConnection:
    """Selects the service and keeps the worker connected to it.

    demo_folder: the demo server's records; live_hosts: fal.ai's hosts; proxy: URL of the team proxy, if the user
    configured one. key_wait: seconds that `start` waits for the keychain before it falls back to Demo, or leaves
    requests to a proxy pending; None waits as long as a prompt may take. A key or token that arrives later is still
    used. on_slow_key: called one second into that wait with the number of seconds it may last.
    """

    def __init__(
        self,
        worker: Worker,
        demo_folder: Path,
        *,
        demo: DemoServer | None = None,
        live_hosts: Hosts = FAL_HOSTS,
        proxy: str | None = None,
        key_wait: float | None = None,
        on_slow_key: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.kind = ServiceKind.DEMO
        self.key_source = KeySource.NONE
        self.proxy = proxy
        self.key_finding = ""
        """Why the key from the environment or the keychain can't be used, in one sentence; empty if it can."""

        self.network_findings: tuple[str, ...] = ()
        """Environment variables that can't be used to reach fal.ai, one sentence per variable. Empty in Demo."""

        self.settled = asyncio.Event()
        """Set once it's known which service receives new jobs."""
        self._worker = worker
        self._demo_folder = demo_folder
        self._demo = demo
        self._demo_runs = False
        self._live_hosts = live_hosts
        self._services: dict[ServiceKind, Service] = {}
        self._listeners: list[Callable[[], None]] = []
        self._key_wait = key_wait
        self._on_slow_key = on_slow_key
        self._late_key: asyncio.Task[object] | None = None

    @property
    def findings(self) -> tuple[str, ...]:
        """Problems with the key, the keychain, or the environment: one sentence each, for the user."""
        return (*filter(None, [self.key_finding]), *self.network_findings)

    @property
    def service(self) -> Service | None:
        """The service that receives new jobs; None until it's connected."""
        return self._services.get(self.kind)

    @property
    def demo(self) -> DemoServer | None:
        """The built-in server, if it's running."""
        return self._demo if self._demo_runs else None

    async def start(self) -> None:
        """Go live with the proxy or the key, or else start Demo. Unfinished Demo jobs resume in any case."""
        try:
            await self._connect()
        finally:
            self.settled.set()
            self._tell()

    async def _connect(self) -> None:
        if self.proxy is not None:
            await self._use_kept(partial(read_secret, Secret.PROXY_TOKEN), partial(self._use_token, self.proxy))
        else:
            await self._use_kept(read_key, self._use_found)
        if self.kind is ServiceKind.DEMO or any(job.service is ServiceKind.DEMO for job in self._worker.jobs()):
            await self._start_demo()

    async def _use_kept(self, read: Callable[[], FoundSecret], use: Callable[[FoundSecret], Awaitable[None]]) -> None:
        """Go live with the stored secret; if the keychain is slow, do so once it answers."""
        reading = asyncio.ensure_future(run_detached(read, "keychain"))
        wait = _KEYCHAIN_SECONDS if self._key_wait is None else self._key_wait
        try:
            await asyncio.wait([reading], timeout=min(_SLOW_SECONDS, wait))
            if not reading.done() and wait > _SLOW_SECONDS:
                self._on_slow_key(wait)
                await asyncio.wait([reading], timeout=wait - _SLOW_SECONDS)
        except asyncio.CancelledError:
            reading.cancel()
            raise
        if reading.done():
            await use(reading.result())
            return
        self.key_finding = KEYCHAIN_TIMEOUT
        if self.proxy is not None:
            # Don't send anything yet: the proxy would refuse requests without the token.
            self.key_finding = _PROXY_WAITS
            self.kind, self.key_source = ServiceKind.LIVE, KeySource.PROXY
        self._late_key = spawn(self._use_late(reading, use, _KEYCHAIN_SECONDS - wait))
        self._late_key.add_done_callback(lambda _: reading.cancel())

    async def _use_found(self, key: FoundSecret) -> None:
        if key.value is not None:
            await self._go_live(self._with(key.value), key.source)
        self.key_finding = key.finding

    async def _use_token(self, proxy: str, token: FoundSecret) -> None:
        await self._go_live(self._through(proxy, token.value), KeySource.PROXY, token.finding)

    async def _use_late(
        self, reading: asyncio.Future[FoundSecret], use: Callable[[FoundSecret], Awaitable[None]], patience: float
    ) -> None:
        """Connect once the keychain answers.

        patience: seconds until a proxy is used without a token; it may not need one.
        """
        # `start` may still be establishing the same connection.
        await self.settled.wait()
        if self.proxy is not None and not (await asyncio.wait([reading], timeout=max(0.0, patience)))[0]:
            await use(FoundSecret(None, finding=_PROXY_GOES_ON))
        await use(await reading)
        self._tell()

    def _forget_late_key(self) -> None:
        """Stop waiting for the keychain: the user chose another connection, or the program is quitting."""
        if self._late_key is not None:
            self._late_key.cancel()
            self._late_key = None

    async def stop(self) -> None:
        """Stop the demo server and stop waiting for the keychain."""
        late = self._late_key
        self._forget_late_key()
        if late is not None:
            await asyncio.wait([late])
        if self._demo is not None and self._demo_runs:
            await asyncio.to_thread(self._demo.stop)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call the listener whenever the program switches to Live or Demo."""
        self._listeners.append(listener)

    async def use_key(self, key: SecretStr, *, remember: bool) -> bool:
        """Test the key at no cost and go live with it. Raises FalError.

        Returns False if the key should be remembered but the keychain didn't save it.
        """
        service = self._with(key)
        async with fal.FalClient(service, environment=await asyncio.to_thread(fal.prepare, service)) as client:
            await client.upload_token()
        self._forget_late_key()
        kept = await _kept(Secret.KEY, key) if remember else False
        self.proxy = None
        await self._go_live(service, KeySource.KEYCHAIN if kept else KeySource.SESSION)
        return kept or not remember

    async def use_proxy(self, url: str, token: SecretStr | None, *, remember: bool) -> bool:
        """Test the proxy at no cost and go live through it. Raises FalError.

        Returns False if its token should be remembered but the keychain didn't save it.
        """
        service = self._through(url, token)
        async with fal.FalClient(service, environment=await asyncio.to_thread(fal.prepare, service)) as client:
            await client.test()
        self._forget_late_key()
        kept = True
        if token is None:
            await _forgotten(Secret.PROXY_TOKEN)
        elif remember:
            kept = await _kept(Secret.PROXY_TOKEN, token)
        self.proxy = url
        await self._go_live(service, KeySource.PROXY)
        return kept

    async def leave(self) -> None:
        """Forget the key or the proxy; new jobs go to the demo."""
        self._forget_late_key()
        secret = Secret.KEY if self.proxy is None else Secret.PROXY_TOKEN
        await _forgotten(secret)
        await self._worker.disconnect(ServiceKind.LIVE)
        await self._start_demo()
        self.proxy = None
        self.key_finding, self.network_findings = "", ()
        self.kind, self.key_source = ServiceKind.DEMO, KeySource.NONE
        self._tell()

    async def _go_live(self, service: Service, source: KeySource, finding: str = "") -> None:
        self.network_findings = (await self._worker.connect(service)).findings
        self._services[ServiceKind.LIVE] = service
        self.key_finding = finding
        self.kind, self.key_source = ServiceKind.LIVE, source
        self._tell()

    def _with(self, key: SecretStr) -> Service:
        register_secret(key.get_secret_value())
        return Service(ServiceKind.LIVE, self._live_hosts, key)

    def _through(self, proxy: str, token: SecretStr | None) -> Service:
        if token is not None:
            register_secret(token.get_secret_value())
        return Service(ServiceKind.LIVE, self._live_hosts, token, proxy)

    async def _start_demo(self) -> None:
        if self._demo_runs:
            return
        demo = self._demo
        if demo is None:
            demo = await asyncio.to_thread(_demo_below, self._demo_folder)
        demo.serve_models(self._worker.models)
        await asyncio.to_thread(demo.start)
        self._demo, self._demo_runs = demo, True
        register_secret(demo.key)
        at = demo.hosts
        hosts = Hosts(at.run, at.queue, at.rest, at.cdn, at.api, at.home)
        service = self._services[ServiceKind.DEMO] = Service(ServiceKind.DEMO, hosts, SecretStr(demo.key))
        await self._worker.connect(service)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


async def _kept(secret: Secret, value: SecretStr) -> bool:
    """Save a secret. Return False if no keychain accepts it in time."""
    try:
        async with asyncio.timeout(_KEYCHAIN_SECONDS):
            return await run_detached(partial(save_secret, secret, value), "keychain")
    except TimeoutError:
        return False


async def _forgotten(secret: Secret) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_KEYCHAIN_SECONDS):
            await run_detached(partial(delete_secret, secret), "keychain")


def _demo_below(folder: Path) -> DemoServer:
    # Import lazily: the demo's dependencies are a sixth of everything the program loads, and aren't needed with a key.
    from imagineart_desktop.demo import DemoServer

    return DemoServer(folder)
