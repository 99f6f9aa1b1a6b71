"""The demo server itself, either in a thread of the program or as a separate process."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import uvicorn

from imagineart_desktop.demo.app import DemoApi
from imagineart_desktop.demo.fault_injection import CuttableProtocol
from imagineart_desktop.demo.faults import ActiveFaults, Fault
from imagineart_desktop.demo.queue import RequestQueue
from imagineart_desktop.demo.request_store import DemoStore
from imagineart_desktop.demo.timing import Timing
from imagineart_desktop.models import ModelRegistry
from imagineart_desktop.support import print_notice, write_stdout

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class DemoHosts:
    """Base URLs, each standing for fal's host of that name."""

    run: str
    queue: str
    rest: str
    cdn: str
    api: str
    home: str


class DemoServer:
    """A local replacement for fal.ai on 127.0.0.1.

    folder: where requests and files are stored; a new server on the same folder resumes the requests of an earlier one.
    key: `id:secret`, random by default. port: 0 lets the system choose. faults: the active faults; seed: for their
    random choice. models: those that it serves; the built-in ones by default.
    """

    def __init__(
        self,
        folder: Path,
        *,
        key: str | None = None,
        port: int = 0,
        pace: Timing | None = None,
        faults: Sequence[Fault] = (),
        seed: int = 0,
        models: ModelRegistry | None = None,
    ) -> None:
        self.key = key or f"demo-{secrets.token_hex(4)}:{secrets.token_urlsafe(24)}"
        self._pace = pace or Timing()
        self._store = DemoStore(folder)
        self._models = models or ModelRegistry()
        self._faults = ActiveFaults(self._store.count, seed)
        self._faults.order(faults)
        self._socket = socket.create_server(("127.0.0.1", port))
        self._base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def hosts(self) -> DemoHosts:
        """Return the server's base URLs."""
        return DemoHosts(*(f"{self._base}/{name}" for name in ("run", "queue", "rest", "cdn", "api", "home")))

    @property
    def counts(self) -> dict[str, int]:
        """Return event counts since creation: submissions, bills, requests, bytes, faults."""
        return dict(self._store.counts)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the active faults."""
        return self._faults.active

    def order(self, *faults: Fault, seed: int | None = None) -> None:
        """Replace the active faults; without arguments, remove them all."""
        self._faults.order(faults, seed)

    def serve_models(self, models: ModelRegistry) -> None:
        """Serve these models, also those that are added to them later. Call it before the server starts."""
        self._models = models

    def start(self) -> None:
        """Serve in a separate thread. Returns once requests are answered. Raises RuntimeError if that fails."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="demo server", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise RuntimeError("the demo server did not start")

    def stop(self) -> None:
        """Stop serving; unfinished requests stay in the store."""
        if self._server is not None:
            self._server.should_exit = True
            self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(_START_SECONDS)
            self._thread = None

    def serve(self) -> bool:
        """Serve in this thread until SIGINT, SIGTERM or SIGHUP. Prints one JSON line when ready.

        Returns whether that line could be written.
        """

        def leave(_number: int, _frame: FrameType | None) -> None:
            if self._server is not None:
                self._server.should_exit = True
                self._server.force_exit = True

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # Ignored signals stay ignored: nohup, and background jobs of a shell.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, leave)
        asyncio.run(self._serve(None))
        return self._server is not None and self._server.is_announced

    def announcement(self) -> str:
        """Return the JSON line with base URLs and key."""
        hosts = self.hosts
        return json.dumps(
            {"run": hosts.run, "queue": hosts.queue, "rest": hosts.rest, "cdn": hosts.cdn, "key": self.key}
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _away(self, seconds: float) -> None:
        if self._server is not None:
            await self._server.away(seconds)

    async def _serve(self, ready: threading.Event | None) -> None:
        queue = RequestQueue(self._store, self._models, self._pace, f"{self._base}/cdn", self._faults)
        config = uvicorn.Config(
            DemoApi(queue, self._base, self.key, self._faults, self._away).application(),
            log_config=None,
            access_log=False,
            lifespan="off",
            http=CuttableProtocol,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config, ready, None if ready is not None else self.announcement())
        queue.resume()
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            await queue.stop()


class _Server(uvicorn.Server):
    """Reports when it's ready, leaves signals to the program, and can stop listening for a while."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event | None, announcement: str | None) -> None:
        super().__init__(config)
        self._ready = ready
        self._announcement = announcement
        self.is_announced = True
        self._coming_back: asyncio.Task[None] | None = None
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    async def away(self, seconds: float) -> None:
        """Stop listening and drop all connections; listen again on the same port after `seconds`."""
        address = self.servers[0].sockets[0].getsockname()
        for door in self.servers:
            door.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        self._coming_back = asyncio.create_task(self._resume_listening(address, seconds))

    async def _resume_listening(self, address: tuple[str, int], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.startup([socket.create_server(address)])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._announcement is not None:
            if (trouble := write_stdout(f"{self._announcement}\n")) is not None:
                print_notice(f"Can’t write the addresses to standard output: {trouble}. Check where the output goes.")
                self.is_announced = False
            self._announcement = None
        if self._ready is not None:
            self._ready.set()
