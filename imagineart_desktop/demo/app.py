"""fal's protocol as HTTP routes. Every base URL stands for one of fal's hosts: /run, /queue, /rest, /cdn."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from imagineart_desktop.demo import refusals
from imagineart_desktop.demo.books import Entry
from imagineart_desktop.demo.faults import Fault, FaultError, Faults
from imagineart_desktop.demo.gate import Gate
from imagineart_desktop.demo.listing import listed
from imagineart_desktop.demo.mischief import Away, Mischief
from imagineart_desktop.demo.queue import Queue, present_output

MAX_BODY = 220 * 2**20
"""Bytes of an upload or a request with inline pictures."""

_STREAM_COMMENT_SECONDS = 15.0
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "image/gif": "gif"}

Handler = Callable[[Request], Awaitable[Response]]


class Protocol:
    """The routes over one queue. base: the server's address, e.g. http://127.0.0.1:4711."""

    def __init__(self, queue: Queue, base: str, key: str, faults: Faults, away: Away) -> None:
        self._queue = queue
        self._books = queue.books
        self._faults = faults
        self._away = away
        self._base = base
        self._key = key
        self._tokens: set[str] = set()

    def application(self) -> Starlette:
        """The ASGI application, behind the gate that checks host, origin and key."""
        routes = [
            Route("/rest/storage/auth/token", self._answer(self._token), methods=["POST"]),
            Route("/rest/storage/upload/initiate", self._answer(self._initiate), methods=["POST"]),
            Route("/cdn/files/upload", self._answer(self._upload), methods=["POST"]),
            Route("/cdn/files/{name}", self._answer(self._put_file), methods=["PUT"]),
            Route("/cdn/files/{name}", self._answer(self._file), methods=["GET"]),
            Route("/api/v1/models/requests/by-endpoint", self._answer(self._list), methods=["GET"]),
            Route("/demo/books", self._answer(self._report), methods=["GET"]),
            Route("/demo/requests", self._answer(self._requests), methods=["GET"]),
            Route("/demo/faults", self._answer(self._order_faults), methods=["PUT"]),
            Route("/queue/{owner}/{app}/requests/{id}/status", self._answer(self._status), methods=["GET"]),
            Route("/queue/{owner}/{app}/requests/{id}/status/stream", self._answer(self._stream), methods=["GET"]),
            Route("/queue/{owner}/{app}/requests/{id}/cancel", self._answer(self._cancel), methods=["PUT"]),
            Route("/queue/{owner}/{app}/requests/{id}", self._answer(self._result), methods=["GET"]),
            Route("/queue/{endpoint:path}", self._answer(self._submit), methods=["POST"]),
            Route("/run/{endpoint:path}", self._answer(self._run), methods=["POST"]),
        ]
        application = Starlette(routes=routes)
        application.add_middleware(Mischief, faults=self._faults, away=self._away)
        application.add_middleware(Gate, base=self._base, key=self._key, count=self._books.count)
        return application

    def _answer(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except refusals.RefusalError as refusal:
                headers = {"x-fal-error-type": refusal.error_type} if refusal.error_type else {}
                return JSONResponse(refusal.body, refusal.status, headers)

        return guarded

    async def _submit(self, request: Request) -> Response:
        entry = self._queue.submit(request.path_params["endpoint"], await _json_body(request))
        return JSONResponse(
            {
                "request_id": entry.request_id,
                "status": "IN_QUEUE",
                "queue_position": self._queue.position(entry),
                **self._urls(entry),
            }
        )

    async def _run(self, request: Request) -> Response:
        entry = self._queue.submit(request.path_params["endpoint"], await _json_body(request))
        while entry.state != "COMPLETED":
            await self._queue.changed(entry.request_id).wait()
        return self._outcome(entry)

    async def _status(self, request: Request) -> Response:
        entry = self._entry(request)
        code = 200 if entry.state == "COMPLETED" else 202
        return JSONResponse(self._state(entry, logs=_wants_logs(request)), code)

    async def _stream(self, request: Request) -> Response:
        entry = self._entry(request)
        logs = _wants_logs(request)

        async def events() -> AsyncIterator[str]:
            while True:
                change = self._queue.changed(entry.request_id)
                yield f"data: {json.dumps(self._state(entry, logs=logs))}\n\n"
                if entry.state == "COMPLETED":
                    return
                while not change.is_set():
                    try:
                        await asyncio.wait_for(change.wait(), _STREAM_COMMENT_SECONDS)
                    except TimeoutError:
                        yield ": ping\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def _result(self, request: Request) -> Response:
        entry = self._entry(request)
        if entry.state != "COMPLETED":
            raise refusals.plain(400, "Request is still in progress")
        return self._outcome(entry)

    async def _cancel(self, request: Request) -> Response:
        if self._queue.cancel(self._entry(request)):
            return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)
        return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)

    async def _token(self, _request: Request) -> Response:
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        return JSONResponse(
            {"token": token, "token_type": "Bearer", "base_url": f"{self._base}/cdn", "expires_at": expires}
        )

    async def _upload(self, request: Request) -> Response:
        _scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token not in self._tokens:
            raise refusals.plain(401, "Invalid upload token")
        name = self._books.keep_file(await _bounded_body(request), _extension(request))
        self._books.count("uploads")
        return JSONResponse({"access_url": f"{self._base}/cdn/files/{name}"})

    async def _initiate(self, request: Request) -> Response:
        body = await _json_body(request)
        extension = _EXTENSIONS.get(str(body.get("content_type")), "bin")
        name = self._books.keep_file(b"", extension)
        url = f"{self._base}/cdn/files/{name}"
        return JSONResponse({"upload_url": url, "file_url": url})

    async def _put_file(self, request: Request) -> Response:
        path = self._books.file(request.path_params["name"])
        if path is None or path.stat().st_size:
            raise refusals.plain(404, "Not found")
        path.write_bytes(await _bounded_body(request))
        self._books.count("uploads")
        return Response(status_code=200)

    async def _file(self, request: Request) -> Response:
        path = self._books.file(request.path_params["name"])
        if path is None:
            raise refusals.plain(404, "Not found")
        return FileResponse(path)

    async def _report(self, _request: Request) -> Response:
        return JSONResponse(dict(self._books.counts))

    async def _requests(self, _request: Request) -> Response:
        return JSONResponse([asdict(entry) for entry in self._books.entries()])

    async def _list(self, request: Request) -> Response:
        return JSONResponse(listed(self._books, request.query_params))

    async def _order_faults(self, request: Request) -> Response:
        body = await _json_body(request)
        try:
            self._faults.order([Fault.parse(str(words)) for words in body.get("faults", [])], body.get("seed"))
        except FaultError as error:
            raise refusals.plain(422, str(error)) from None
        return JSONResponse([fault.words() for fault in self._faults.in_force])

    def _entry(self, request: Request) -> Entry:
        entry = self._books.find(request.path_params["id"])
        app = f"{request.path_params['owner']}/{request.path_params['app']}"
        if entry is None or not entry.endpoint.startswith(f"{app}/"):
            raise refusals.plain(404, "Request not found")
        return entry

    def _urls(self, entry: Entry) -> dict[str, str]:
        owner, app = entry.endpoint.split("/")[:2]
        place = f"{self._base}/queue/{owner}/{app}/requests/{entry.request_id}"
        return {"response_url": place, "status_url": f"{place}/status", "cancel_url": f"{place}/cancel"}

    def _state(self, entry: Entry, *, logs: bool) -> dict[str, Any]:
        state: dict[str, Any] = {"status": entry.state, "request_id": entry.request_id, **self._urls(entry)}
        if entry.state == "IN_QUEUE":
            state["queue_position"] = self._queue.position(entry)
        elif logs:
            state["logs"] = list(entry.logs)
        else:
            state["logs"] = None
        if entry.state == "COMPLETED":
            state["metrics"] = {"inference_time": entry.seconds}
            if entry.error_body is not None:
                state["error"] = entry.error_body["detail"]
                detail = entry.error_body["detail"]
                state["error_type"] = entry.error_body.get("error_type") or (
                    detail[0]["type"] if isinstance(detail, list) else None
                )
        return state

    def _outcome(self, entry: Entry) -> Response:
        headers = {"x-fal-request-id": entry.request_id}
        if entry.error_body is not None:
            return JSONResponse(entry.error_body, entry.error_status or 500, headers)
        headers["x-fal-billable-units"] = "1"
        return JSONResponse(present_output(entry, self._books, f"{self._base}/cdn"), 200, headers)


async def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await _bounded_body(request))
    except ValueError:
        raise refusals.plain(422, "The body is not JSON") from None
    if not isinstance(body, dict):
        raise refusals.plain(422, "The body is not an object")
    return body


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise refusals.plain(413, "The body is too large")
    return bytes(body)


def _extension(request: Request) -> str:
    return _EXTENSIONS.get(request.headers.get("content-type", ""), "bin")


def _wants_logs(request: Request) -> bool:
    return request.query_params.get("logs", "").lower() in ("1", "true")
