"""Calls to one service: their connections, credentials, limits and errors.

Each submit uses a new connection. On a kept-alive connection that the server closes at just that moment, there's no
telling whether the request arrived, and a wrong guess costs money. All other calls share a small pool (httpx slows down
with the number of connections in it).
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import httpx
from httpx_sse import EventSource, SSEError, aconnect_sse

from imagineart_desktop.fal.bodies import (
    IDENTITY_ENCODING,
    BodyTooLargeError,
    BoundedStream,
    read_body,
    read_error_body,
)
from imagineart_desktop.fal.bounded_json import parse_off_thread
from imagineart_desktop.fal.environment import NetworkSettings
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import (
    FalError,
    InvalidKeyError,
    NoResponseError,
    OfflineError,
    UnsafeUrlError,
)
from imagineart_desktop.fal.http_client import PoolLimits, limit_connections, make_timeout, open_client
from imagineart_desktop.fal.key_store import is_header_safe, is_key
from imagineart_desktop.fal.service import Service
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.messages import Message

log = logging.getLogger(__name__)

_LOG_LEVELS = {"GET": logging.DEBUG}
"""Log level by method: polling is too frequent for INFO."""

_STREAM_SECONDS = 45.0
"""A status stream carries a comment line every 15 s, so after three missing ones it's considered dead."""

_CHECK_KEY = Message("fal.advice.check_any_key")
_ERROR_BODY = 2**16

MAX_RESPONSE = 64 * 2**20
"""Maximum size of a JSON response, in bytes; with sync_mode a result carries its images inline."""

MAX_LINE = 4 * 2**20
"""Maximum length of one line of a status stream, in bytes. Lines are split in the GUI thread."""

_CONNECTIONS = 10
_RESERVED_FOR_CALLS = 2
"""Connections of the pool that streams never use."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete HTTP response."""

    status_code: int
    headers: httpx.Headers
    body: bytes

    async def error(self) -> FalError:
        """Return the error that the response describes."""
        return await parse_off_thread(partial(from_response, self.status_code, self.headers), self.body)


class Transport:
    """The connections to one service. All methods raise FalError.

    seconds: the longest pause while waiting for a response.
    """

    def __init__(self, service: Service, environment: NetworkSettings, seconds: float) -> None:
        self._service = service
        self.date: datetime | None = None
        """The service's time in the last response (UTC, to the second); None if that had none."""
        self._stream_timeout = make_timeout(min(_STREAM_SECONDS, 1.5 * seconds))
        pool = PoolLimits(_CONNECTIONS, _CONNECTIONS, seconds=30.0, http2=service.hosts.queue.startswith("https://"))
        self._calls = open_client(environment, pool, make_timeout(seconds))
        self._submits = open_client(environment, PoolLimits(_CONNECTIONS, 0), make_timeout(2 * seconds))
        self.max_streams = max(0, limit_connections(_CONNECTIONS) - _RESERVED_FOR_CALLS)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._calls.aclose()
        await self._submits.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        json_body: Mapping[str, JsonValue] | None = None,
        new_connection: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Make a call, also to the backup host if the service's own can't be reached; any error status raises.

        new_connection: use one that no other call has used. extra: further headers.
        """
        client = self._submits if new_connection else self._calls
        if params:
            url = str(httpx.URL(url).copy_merge_params(params))
        try:
            answer = await self._exchange(client, method, url, json_body, extra)
        except OfflineError:
            backup = self._backup(url)
            if backup is None:
                raise
            answer = await self._exchange(client, method, backup, json_body, extra)
        if answer.status_code >= 300:
            raise await answer.error()
        return answer

    async def exchange(self, method: str, url: str) -> HttpResponse:
        """Make one call, and return the response whatever its status is."""
        return await self._exchange(self._calls, method, url)

    @asynccontextmanager
    async def open_events(self, url: str) -> AsyncIterator[EventSource]:
        """Open a stream of events, which occupies one connection until the context ends."""
        try:
            target, headers = self._target_of(url)
            async with aconnect_sse(
                self._calls, "GET", target, headers=headers | IDENTITY_ENCODING, timeout=self._stream_timeout
            ) as source:
                answer = source.response
                if answer.status_code >= 400:
                    raise from_response(answer.status_code, answer.headers, await read_error_body(answer, _ERROR_BODY))
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise NoResponseError(Message("fal.stream_compressed"))
                answer.stream = BoundedStream(answer.stream, MAX_RESPONSE, MAX_LINE)
                yield source
        except httpx.HTTPError as error:
            raise from_transport_error(error, _host(url)) from error
        except SSEError as error:
            raise NoResponseError(Message("fal.stream_unreadable")) from error

    def _target_of(self, url: str) -> tuple[str, dict[str, str]]:
        """Return the URL that a call is actually sent to, and its headers."""
        secret = "" if self._service.key is None else self._service.key.get_secret_value()
        if secret and not (is_key(secret) if self._service.proxy is None else is_header_safe(secret)):
            raise InvalidKeyError(Message("fal.key_malformed"), advice=_CHECK_KEY)
        try:
            target, headers = self._service.route(url)
        except ValueError:
            raise UnsafeUrlError(Message("fal.url_foreign")) from None
        return target, {"Accept": "application/json", **headers}

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        json_body: Mapping[str, JsonValue] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        target, headers = self._target_of(url)
        headers |= extra or {}
        began = time.monotonic()
        facts: dict[str, object] = {"call": method, "place": url.partition("?")[0]}
        try:
            async with client.stream(method, target, headers=headers | IDENTITY_ENCODING, json=json_body) as answer:
                body = await read_body(answer, MAX_RESPONSE)
                self._note_date(answer.headers)
                facts |= {"status": answer.status_code, "seconds": round(time.monotonic() - began, 3)}
                level = logging.WARNING if answer.status_code >= 400 else _LOG_LEVELS.get(method, logging.INFO)
                log.log(level, "a call was answered", extra=facts | {"bytes": len(body)})
                return HttpResponse(answer.status_code, answer.headers, body)
        except BodyTooLargeError as error:
            raise NoResponseError(Message("fal.answer_too_long", host=_host(url))) from error
        except httpx.HTTPError as error:
            facts["seconds"] = round(time.monotonic() - began, 3)
            log.warning("a call failed: %s", type(error).__name__, extra=facts)
            raise from_transport_error(error, _host(url)) from error
        except httpx.InvalidURL as error:
            raise UnsafeUrlError(Message("fal.url_invalid")) from error

    def _note_date(self, headers: httpx.Headers) -> None:
        try:
            self.date = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
        except (ValueError, OverflowError):
            self.date = None

    def _backup(self, url: str) -> str | None:
        for base, backup in self._service.hosts.backups.items():
            if url.startswith(f"{base}/"):
                return backup + url.removeprefix(base)
        return None


def _host(url: str) -> str:
    return urlsplit(url).hostname or "The service"
