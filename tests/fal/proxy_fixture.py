"""A team's proxy as fal's own package creates it: it adds the key, and allows what fal's package allows."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from imagineart_desktop.demo import DemoServer

TOKEN = "team-token"  # noqa: S105 - of the test's own proxy
REAL = {"queue": "https://queue.fal.run", "run": "https://fal.run", "rest": "https://rest.fal.ai"}
_ALLOWED = ("https://queue.fal.run/", "https://fal.run/")
_UPLOADS = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3"


@contextmanager
def team_proxy(server: DemoServer) -> Iterator[tuple[str, list[Mapping[str, str]]]]:
    """Yield (URL, headers of each request received). Forwards to the demo server in place of fal."""
    seen: list[Mapping[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append(headers)
            body = self.rfile.read(int(headers.get("content-length", "0")))
            target = headers.get("x-fal-target-url", "")
            if headers.get("authorization") != f"Bearer {TOKEN}":
                self._send(401, b'{"detail": "Unauthorized"}')
            elif not (target.startswith(_ALLOWED) or target == _UPLOADS):
                self._send(400, b'{"detail": "Invalid request"}')
            else:
                for name, base in REAL.items():
                    if target.startswith(f"{base}/"):
                        target = getattr(server.hosts, name) + target.removeprefix(base)
                sent = {"Authorization": f"Key {server.key}", "Content-Type": "application/json"}
                # Only a hang fails, and pytest ends it.
                answer = httpx.request(self.command, target, headers=sent, content=body, timeout=None)  # noqa: S113
                local = answer.content
                for name, base in REAL.items():
                    local = local.replace(getattr(server.hosts, name).encode(), base.encode())
                self._send(answer.status_code, local, answer.headers.get("x-fal-billable-units"))

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - names of the standard library

        def _send(self, status: int, body: bytes, billed: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if billed is not None:
                self.send_header("x-fal-billable-units", billed)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/api/fal/proxy", seen
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
