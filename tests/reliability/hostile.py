"""A proxy in front of the demo server that spoils responses in ways that the demo server itself doesn't support.

URLs in responses are rewritten, so that every call comes through here.
"""

from __future__ import annotations

import http.client
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from imagineart_desktop.demo.endpoints import endpoint_of

ORDER = "/hostile/order"
_PIECE = b" " * 2**16
_LONGEST_ANSWER = 20.0
"""Seconds after which an endless response ends nevertheless."""

_BOMB_MB, _LIST = 256, 300_000
_OWN = {"transfer-encoding", "content-length", "connection", "host", "accept-encoding", "server", "date"}


class Hostile(ThreadingHTTPServer):
    """target: port of the demo server. orders: call → [fault, remaining times]."""

    daemon_threads = True

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.orders: dict[str, list[Any]] = {}
        self.met = 0
        self._turn = threading.Lock()

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.server_address[1])

    def trouble(self, call: str) -> str:
        """Return the fault for this call; empty for none."""
        with self._turn:
            order = self.orders.get(call)
            if order is None or order[1] <= 0:
                return ""
            order[1] -= 1
            self.met += 1
            return str(order[0])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up: that's the intended effect."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hostile

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        self._pass_on()

    do_POST = do_PUT = do_GET  # noqa: N815 - names of the base class

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path == ORDER:
            call, trouble, times = body.decode().split(" ")
            self.server.orders = {call: [trouble, int(times)]}
            self._answer(200, {}, b"{}")
            return
        trouble = self.server.trouble(endpoint_of(self.command, self.path.partition("?")[0]).value)
        spoil = {"bomb": self._bomb, "endless": self._endless, "deep": self._deep, "long": self._long}.get(trouble)
        if spoil is not None:
            spoil()
            return
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        upstream.request(self.command, self.path, body, headers | {"Host": f"127.0.0.1:{self.server.target}"})
        answer = upstream.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _OWN}
        if "event-stream" in kept.get("content-type", ""):
            self._stream(answer, kept, cut=trouble == "cut")
        else:
            data = self._here(answer.read())
            self._answer(answer.status, kept, data, cut=trouble == "cut")
        upstream.close()

    def _here(self, data: bytes) -> bytes:
        there, here = (f"127.0.0.1:{port}".encode() for port in (self.server.target, self.server.port))
        return data.replace(there, here)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _answer(self, status: int, headers: dict[str, str], data: bytes, *, cut: bool = False) -> None:
        self._head(status, headers | {"content-length": str(len(data))})
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = cut

    def _stream(self, answer: http.client.HTTPResponse, headers: dict[str, str], *, cut: bool) -> None:
        """Pass a status stream on as it arrives. cut: only half of its second event."""
        self._head(answer.status, headers | {"connection": "close"})
        self.close_connection = True
        for number, line in enumerate(iter(answer.readline, b""), start=1):
            here = self._here(line)
            if cut and number > 2:
                self.wfile.write(here[: len(here) // 2])
                return
            self.wfile.write(here)

    def _bomb(self) -> None:
        self._answer(200, {"content-type": "application/json", "content-encoding": "gzip"}, bomb())

    def _endless(self) -> None:
        self._head(200, {"content-type": "application/json", "connection": "close"})
        self.close_connection = True
        end = time.monotonic() + _LONGEST_ANSWER
        while time.monotonic() < end:
            self.wfile.write(_PIECE)

    def _deep(self) -> None:
        self._answer(200, {"content-type": "application/json"}, b"[" * 2**20)

    def _long(self) -> None:
        image = b'{"url":"https://10.0.0.1/x.png","width":1,"height":1}'
        body = b'{"images":[' + b",".join([image] * _LIST) + b"]}"
        self._answer(200, {"content-type": "application/json"}, body)


@cache
def bomb() -> bytes:
    """Return about a megabyte that unpacks to hundreds of them."""
    packer, piece = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS), b" " * 2**20
    return b"".join([*(packer.compress(piece) for _ in range(_BOMB_MB)), packer.flush()])


@contextmanager
def hostile(target: int) -> Iterator[Hostile]:
    """Run the proxy as long as the context lasts."""
    proxy = Hostile(target)
    thread = threading.Thread(target=proxy.serve_forever, name="hostile proxy", daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
