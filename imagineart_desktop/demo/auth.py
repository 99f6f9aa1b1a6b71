"""Access control: callers must be on this machine, send the right host, not come from a web page, and know the key."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagineart_desktop.demo.endpoints import endpoint_of

_NEEDS_KEY = ("/run/", "/queue/", "/rest/", "/api/", "/demo/")
_PUBLIC = ("/api/v1/models",)


class AuthMiddleware:
    """ASGI middleware.

    base: the server's own address; count: records each request, and the bytes in both directions.
    """

    def __init__(self, app: ASGIApp, base: str, key: str, count: Callable[..., None]) -> None:
        self._app = app
        port = urlsplit(base).port
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._key = f"Key {key}".encode()
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a request, or respond with 403 or 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._count("requests", f"requests:{endpoint_of(scope['method'], scope['path'])}")
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts or "origin" in headers:
            await JSONResponse({"detail": "Forbidden"}, 403)(scope, receive, send)
            return
        given = headers.get("authorization", "")
        is_public = scope["path"] in _PUBLIC or not scope["path"].startswith(_NEEDS_KEY)
        if not is_public and not hmac.compare_digest(given.encode(), self._key):
            await JSONResponse({"detail": _words(given)}, 401)(scope, receive, send)
            return

        async def counted_receive() -> Message:
            message = await receive()
            self._count("bytes_in", amount=len(message.get("body", b"")))
            return message

        async def counted_send(message: Message) -> None:
            self._count("bytes_out", amount=len(message.get("body", b"")))
            await send(message)

        await self._app(scope, counted_receive, counted_send)


def _words(given: str) -> str:
    """Return fal's message for an authorization header that isn't accepted."""
    if not given:
        return "Authentication is required to access this application."
    if ":" not in given.removeprefix("Key "):
        return "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."
    return "invalid key credentials"
