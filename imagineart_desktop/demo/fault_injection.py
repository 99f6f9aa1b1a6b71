"""Middleware that carries out the active faults, between access control and the routes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from imagineart_desktop.demo.endpoints import Endpoint, endpoint_of
from imagineart_desktop.demo.faults import ActiveFaults, Fault, FaultKind

HOSTILE_NAME = "../../../../.ssh/authorized_keys\x00<img src=x onerror=alert(1)>.png"
HOSTILE_LINE = (
    "\x1b[2J\x1b]0;owned\x07<b>bold</b><img src='https://evil.example/x.png'>\u202egnp.exe\x00" + "A" * 100_000
)
PRIVATE_ADDRESS = "https://169.254.169.254/latest/meta-data/picture.png"

_TRANSPORT = "imagineart.transport"
_HUGE, _PIECE = 400 * 2**20, 2**20
_ABORT_SECONDS = 2.0
"""Seconds after which a connection being closed is aborted."""

StopListening = Callable[[float], Awaitable[None]]


class FaultMiddleware:
    """ASGI middleware that injects faults. away: makes the server stop listening for a number of seconds."""

    def __init__(self, app: ASGIApp, faults: ActiveFaults, away: StopListening) -> None:
        self._app = app
        self._faults = faults
        self._away = away
        self._expired: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a request, applying the fault that affects it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = endpoint_of(scope["method"], scope["path"])
        fault = self._faults.next_fault(call)
        if scope["path"] in self._expired:
            fault = Fault(call, FaultKind.EXPIRED)
        if fault is None:
            await self._app(scope, receive, send)
            return
        trouble = fault.trouble
        if trouble is FaultKind.AWAY:
            await self._away(fault.seconds)
        elif trouble is FaultKind.REFUSE:
            await _drop_connection(scope, receive)
        elif trouble is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif trouble in (FaultKind.STATUS, FaultKind.EXPIRED, FaultKind.REDIRECT, FaultKind.HUGE):
            await _drain_request(receive)
            await self._fault_response(fault, scope)(scope, receive, send)
        elif call is Endpoint.STREAM:
            await self._app(scope, receive, _broken_stream(fault, scope, receive, send))
        else:
            start, body = await _answer_of(self._app, scope, receive)
            await _send_faulty(fault, start, body, scope, receive, send)

    def _fault_response(self, fault: Fault, scope: Scope) -> Response:
        """Return a response without having the application do any work."""
        if fault.trouble is FaultKind.REDIRECT:
            return RedirectResponse(fault.to, 307)
        if fault.trouble is FaultKind.HUGE:
            return StreamingResponse(_huge(), media_type="application/json")
        if fault.trouble is FaultKind.EXPIRED:
            self._expired.add(scope["path"])
            return JSONResponse({"detail": "Not Found"}, 404)
        headers = {"retry-after": f"{fault.retry_after:g}"} if fault.retry_after >= 0 else {}
        return JSONResponse({"detail": f"Made to fail with {fault.code}"}, fault.code, headers)


class CuttableProtocol(H11Protocol):
    """An HTTP/1.1 protocol that lets the application drop the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Pass the transport along with each request."""
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            await app(scope | {_TRANSPORT: transport}, receive, send)

        self.app = with_transport


async def _send_faulty(fault: Fault, start: Message, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
    match fault.trouble:
        case FaultKind.CUT_BEFORE:
            await _drop_connection(scope, receive)
        case FaultKind.CUT_INSIDE:
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await _drop_connection(scope, receive)
        case FaultKind.CUT_AFTER:
            await _send_whole(start, body, send)
            await _drop_connection(scope, receive)
        case FaultKind.LATE:
            await asyncio.sleep(fault.seconds)
            await _send_whole(start, body, send)
        case FaultKind.STALL:
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await asyncio.sleep(fault.seconds)
            await send({"type": "http.response.body", "body": body[len(body) // 2 :]})
        case FaultKind.MALFORMED:
            await Response(b"{'not': json,,", start["status"], media_type="application/json")(scope, receive, send)
        case FaultKind.TRUNCATED:
            half = body[: len(body) // 2]
            await Response(half, start["status"], media_type=_type_of(start))(scope, receive, send)
        case FaultKind.WRONG_TYPE:
            page = "<html><body><h1>Please sign in to the network</h1></body></html>"
            await HTMLResponse(page, start["status"])(scope, receive, send)
        case _:
            changed = _corrupt_json(fault, body)
            await Response(changed, start["status"], _kept(start), "application/json")(scope, receive, send)


def _corrupt_json(fault: Fault, body: bytes) -> bytes:
    """Return a result or status with content that does harm if it's trusted."""
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    for image in answer.get("images", ()):
        if fault.trouble is FaultKind.PRIVATE:
            image["url"] = fault.to or PRIVATE_ADDRESS
        else:
            image |= {"file_name": HOSTILE_NAME, "content_type": "text/html", "width": -1, "height": 10**9}
    if "status" in answer and fault.trouble is FaultKind.HOSTILE:
        answer["logs"] = [{"timestamp": HOSTILE_LINE, "level": "<script>", "message": HOSTILE_LINE}]
    return json.dumps(answer).encode()


def _broken_stream(fault: Fault, scope: Scope, receive: Receive, send: Send) -> Send:
    """Forward a status stream up to its second event, then apply the fault."""
    sent = 0

    async def send_on(message: Message) -> None:
        nonlocal sent
        if message["type"] == "http.response.body" and message.get("body"):
            sent += 1
            if fault.trouble is FaultKind.HOSTILE:
                data = _corrupt_json(fault, message["body"].removeprefix(b"data: "))
                message = {**message, "body": b"data: " + data + b"\n\n"}
            elif sent > 1 and fault.trouble in (FaultKind.STALL, FaultKind.LATE):
                await asyncio.sleep(fault.seconds)
            elif fault.trouble in (FaultKind.MALFORMED, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE):
                message = {**message, "body": b"data: {'not': json,,\n\n"}
            elif sent > 1 or fault.trouble is FaultKind.CUT_BEFORE:
                await _drop_connection(scope, receive)
                return
        await send(message)

    return send_on


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    start: Message = {}
    body = bytearray()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, keep)
    return start, bytes(body)


async def _send_whole(start: Message, body: bytes, send: Send) -> None:
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def _drop_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection at once; data already written is still transmitted."""
    transport: asyncio.Transport = scope[_TRANSPORT]
    transport.close()
    try:
        async with asyncio.timeout(_ABORT_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        transport.abort()


async def _drain_request(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


async def _huge() -> Any:
    for _ in range(_HUGE // _PIECE):
        yield b" " * _PIECE
        await asyncio.sleep(0)


def _type_of(start: Message) -> str:
    kinds: list[bytes] = [value for name, value in start["headers"] if name == b"content-type"]
    return kinds[0].decode("latin-1") if kinds else "application/json"


def _kept(start: Message) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in start["headers"]
        if name not in (b"content-length", b"content-type")
    }
