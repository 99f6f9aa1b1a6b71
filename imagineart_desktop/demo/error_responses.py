"""Conversion of exceptions in handlers to JSON responses in fal's format."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from imagineart_desktop.demo.errors import RequestError

Handler = Callable[[Request], Awaitable[Response]]


def with_error_responses(handler: Handler) -> Handler:
    """Wrap a handler so that a RefusalError becomes an error response."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except RequestError as refusal:
            headers = {"x-fal-error-type": refusal.error_type} if refusal.error_type else {}
            return JSONResponse(refusal.body, refusal.status, headers)
        except ClientDisconnect:
            return Response(status_code=499)

    return guarded


async def handle_http_exception(_request: Request, error: Exception) -> Response:
    """Respond to an unknown path, or to a method that the path doesn't allow."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"detail": HTTPStatus(code).phrase}, code, getattr(error, "headers", None))


async def handle_internal_error(_request: Request, _error: Exception) -> Response:
    """Respond to an internal error."""
    detail = {"detail": "Internal server error", "error_type": "internal_error"}
    return JSONResponse(detail, 500, {"x-fal-error-type": "internal_error"})
