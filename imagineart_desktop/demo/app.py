"""fal's protocol as HTTP routes. Each base URL stands for one of fal's hosts: /run, /queue, /rest, /cdn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.auth import AuthMiddleware
from imagineart_desktop.demo.bodies import json_body
from imagineart_desktop.demo.error_responses import (
    Handler,
    handle_http_exception,
    handle_internal_error,
    with_error_responses,
)
from imagineart_desktop.demo.fault_injection import FaultMiddleware, StopListening
from imagineart_desktop.demo.faults import ActiveFaults, Fault, FaultSyntaxError
from imagineart_desktop.demo.listing import list_requests
from imagineart_desktop.demo.model_pages import ModelPages
from imagineart_desktop.demo.options import QueueOptions
from imagineart_desktop.demo.queue import RequestQueue, image_count, output_json
from imagineart_desktop.demo.request_store import StoredRequest
from imagineart_desktop.demo.uploads import Uploads
from imagineart_desktop.support.json_types import JsonObject

_STREAM_COMMENT_SECONDS = 15.0


class DemoApi:
    """The routes of one queue. base: the server's address, e.g. http://127.0.0.1:4711."""

    def __init__(self, queue: RequestQueue, base: str, key: str, faults: ActiveFaults, away: StopListening) -> None:
        self._queue = queue
        self._store = queue.store
        self._pages = ModelPages(queue.models)
        self._faults = faults
        self._away = away
        self._base = base
        self._key = key

    def application(self) -> Starlette:
        """Return the ASGI application, behind the middleware that checks host, origin and key."""
        routes = [
            *Uploads(self._store, self._base).routes(with_error_responses),
            *self._pages.routes(with_error_responses),
            Route("/api/v1/models/requests/by-endpoint", with_error_responses(self._list), methods=["GET"]),
            Route("/demo/books", with_error_responses(self._report), methods=["GET"]),
            Route("/demo/requests", with_error_responses(self._requests), methods=["GET"]),
            Route("/demo/faults", with_error_responses(self._set_faults), methods=["PUT"]),
            *_request_routes("/status", self._status, "GET"),
            *_request_routes("/status/stream", self._stream, "GET"),
            *_request_routes("/cancel", self._cancel, "PUT"),
            *_request_routes("/response", self._result, "GET"),
            *_request_routes("", self._result, "GET"),
            Route("/queue/{endpoint:path}", with_error_responses(self._submit), methods=["POST"]),
            Route("/run/{endpoint:path}", with_error_responses(self._run), methods=["POST"]),
        ]
        application = Starlette(
            routes=routes, exception_handlers={HTTPException: handle_http_exception, Exception: handle_internal_error}
        )
        application.add_middleware(FaultMiddleware, faults=self._faults, away=self._away)
        application.add_middleware(AuthMiddleware, base=self._base, key=self._key, count=self._store.count)
        return application

    async def _submit(self, request: Request) -> Response:
        entry = await self._accept_request(request)
        answer = {"request_id": entry.request_id, "status": "IN_QUEUE", "queue_position": self._queue.position(entry)}
        return JSONResponse(answer | self._urls(entry), headers=_request_id_header(entry))

    async def _accept_request(self, request: Request) -> StoredRequest:
        body = await json_body(request)
        return self._queue.submit(request.path_params["endpoint"].rstrip("/"), body, QueueOptions.of(request))

    async def _run(self, request: Request) -> Response:
        entry = await self._accept_request(request)
        while entry.state != "COMPLETED":
            await self._queue.changed(entry.request_id).wait()
        return self._outcome(entry)

    async def _status(self, request: Request) -> Response:
        entry = self._entry(request)
        code = 200 if entry.state == "COMPLETED" else 202
        logs = entry.logs if _wants_logs(request) else None
        return JSONResponse(self._state(entry, logs), code, _request_id_header(entry))

    async def _stream(self, request: Request) -> Response:
        entry = self._entry(request)
        return StreamingResponse(
            self._events(entry, logs=_wants_logs(request)),
            headers=_request_id_header(entry),
            media_type="text/event-stream",
        )

    async def _events(self, entry: StoredRequest, *, logs: bool) -> AsyncIterator[str]:
        """Yield the state at each change, with the log lines since the previous event: clients concatenate them."""
        told = 0
        while True:
            change = self._queue.changed(entry.request_id)
            lines = entry.logs[told:] if logs and entry.state != "IN_QUEUE" else []
            told += len(lines)
            yield f"data: {json.dumps(self._state(entry, lines if logs else None))}\n\n"
            if entry.state == "COMPLETED":
                return
            while not change.is_set():
                try:
                    await asyncio.wait_for(change.wait(), _STREAM_COMMENT_SECONDS)
                except TimeoutError:
                    yield ": ping\n\n"

    async def _result(self, request: Request) -> Response:
        entry = self._entry(request)
        if entry.state != "COMPLETED":
            raise errors.request_error(400, "Request is still in progress")
        return self._outcome(entry)

    async def _cancel(self, request: Request) -> Response:
        if self._queue.cancel(self._entry(request)):
            return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)
        return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)

    async def _report(self, _request: Request) -> Response:
        return JSONResponse(dict(self._store.counts))

    async def _requests(self, _request: Request) -> Response:
        return JSONResponse([asdict(entry) for entry in self._store.entries()])

    async def _list(self, request: Request) -> Response:
        return JSONResponse(list_requests(self._store, request.query_params))

    async def _set_faults(self, request: Request) -> Response:
        body = await json_body(request)
        words, seed = body.get("faults", []), body.get("seed")
        if not isinstance(words, list):
            raise errors.field_error("faults", "Input should be a valid list", "list_type", words)
        if seed is not None and (not isinstance(seed, int) or seed < 0):
            raise errors.field_error("seed", "Input should be a valid integer, 0 or greater", "int_type", seed)
        try:
            self._faults.order([Fault.parse(str(each)) for each in words], seed)
        except FaultSyntaxError as error:
            raise errors.request_error(422, str(error)) from None
        return JSONResponse([fault.words() for fault in self._faults.active])

    def _entry(self, request: Request) -> StoredRequest:
        """Return the request that a URL names, either by owner and app alone or with some or all of the sub-path."""
        entry = self._store.find(request.path_params["id"])
        app = request.path_params["app"]
        if entry is None or app.count("/") < 1 or not f"{entry.endpoint}/".startswith(f"{app}/"):
            raise errors.unknown_request()
        return entry

    def _urls(self, entry: StoredRequest) -> dict[str, str]:
        owner, app = entry.endpoint.split("/")[:2]
        place = f"{self._base}/queue/{owner}/{app}/requests/{entry.request_id}"
        return {"response_url": place, "status_url": f"{place}/status", "cancel_url": f"{place}/cancel"}

    def _state(self, entry: StoredRequest, logs: list[dict[str, str]] | None) -> JsonObject:
        state: JsonObject = {"status": entry.state, "request_id": entry.request_id, **self._urls(entry)}
        if entry.state == "IN_QUEUE":
            state["queue_position"] = self._queue.position(entry)
        else:
            state["logs"] = None if logs is None else [{**line} for line in logs]
        if entry.state == "COMPLETED":
            state["metrics"] = {"inference_time": entry.seconds}
            if entry.error_body is not None:
                state["error"] = entry.error_body["detail"]
                state["error_type"] = _error_type(entry.error_body)
        return state

    def _outcome(self, entry: StoredRequest) -> Response:
        headers = _request_id_header(entry)
        if entry.error_body is not None:
            if kind := _error_type(entry.error_body):
                headers["x-fal-error-type"] = kind
            if kind == "request_timeout" and entry.start_timeout is not None:
                headers["x-fal-request-timeout-type"] = "user"
            return JSONResponse(entry.error_body, entry.error_status or 500, headers)
        headers["x-fal-billable-units"] = str(image_count(entry))
        return JSONResponse(output_json(entry, self._store, f"{self._base}/cdn"), 200, headers)


def _request_routes(end: str, handler: Handler, method: str) -> list[Route]:
    """Return the routes of a request's URL, with and without a trailing slash."""
    place = f"/queue/{{app:path}}/requests/{{id}}{end}"
    return [Route(path, with_error_responses(handler), methods=[method]) for path in (place, f"{place}/")]


def _request_id_header(entry: StoredRequest) -> dict[str, str]:
    return {"x-fal-request-id": entry.request_id}


def _error_type(body: JsonObject) -> str | None:
    """Return the machine-readable type of a request error or a model error."""
    detail = body["detail"]
    if isinstance(detail, list):
        kind = detail[0]["type"] if isinstance(detail[0], dict) else None
    else:
        kind = body.get("error_type")
    return str(kind) if kind else None


def _wants_logs(request: Request) -> bool:
    return request.query_params.get("logs", "").lower() in ("1", "true")
