"""Client for fal's queue: submit, status, stream, result, cancel. One attempt per call; `retry` repeats calls.

Each submit uses a new connection. On a kept-alive connection that the server closes at just that moment, there's no
telling whether the request arrived, and a wrong guess costs money. All other calls share a small pool (httpx slows down
with the number of connections in it).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import httpx
from httpx_sse import SSEError, aconnect_sse

from imagineart_desktop.fal.bodies import (
    IDENTITY_ENCODING,
    BodyTooLargeError,
    BoundedStream,
    read_body,
    read_error_body,
)
from imagineart_desktop.fal.bounded_json import decode_json_text, has_too_many_values, parse_json, parse_off_thread
from imagineart_desktop.fal.environment import NetworkSettings
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import (
    FalError,
    InvalidKeyError,
    NoResponseError,
    NotFoundError,
    OfflineError,
    ServiceFailedError,
    TooManyRequestsListedError,
    UnsafeUrlError,
)
from imagineart_desktop.fal.http_client import PoolLimits, environment_for, limit_connections, make_timeout, open_client
from imagineart_desktop.fal.key_store import is_header_safe, is_key
from imagineart_desktop.fal.responses import KnownRequest, RequestPage, Result, Status, Submitted
from imagineart_desktop.fal.retry import RetryRules
from imagineart_desktop.fal.service import Service
from imagineart_desktop.models import parse_units
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.messages import Message

log = logging.getLogger(__name__)

_LOG_LEVELS = {"GET": logging.DEBUG}
"""Log level by method: polling is too frequent for INFO."""

_STREAM_SECONDS = 45.0
"""A status stream carries a comment line every 15 s, so after three missing ones it's considered dead."""

_CHECK_KEY = Message("fal.advice.check_any_key")
_CLOSING_SECONDS = 2.0
_ERROR_BODY = 2**16
_MAX_PAGES = 20
_UNKNOWN_REQUEST_ID = "00000000-0000-0000-0000-000000000000"

MAX_RESPONSE = 64 * 2**20
"""Maximum size of a JSON response, in bytes; with sync_mode a result carries its images inline."""

MAX_LINE = 4 * 2**20
"""Maximum length of one line of a status stream, in bytes. Lines are split in the GUI thread."""

_CONNECTIONS = 10
_RESERVED_FOR_CALLS = 2
"""Connections of the pool that streams never use."""


class CancelOutcome(StrEnum):
    """Outcome of an attempt to cancel a request."""

    REQUESTED = "requested"
    TOO_LATE = "too_late"
    UNKNOWN_REQUEST = "unknown_request"


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """A request that the service accepted. The URLs point to this service only."""

    request_id: str
    status_url: str
    response_url: str
    cancel_url: str
    queue_position: int | None = None


@dataclass(frozen=True, slots=True)
class _HttpResponse:
    """A complete HTTP response."""

    status_code: int
    headers: httpx.Headers
    body: bytes

    async def error(self) -> FalError:
        """Return the error that the response describes."""
        return await parse_off_thread(partial(from_response, self.status_code, self.headers), self.body)


class FalClient:
    """A client of one service. All methods raise FalError; none of them retries.

    environment: what `prepare` returned for the service. If None, the environment is read here, which opens files and
    so must not happen in the GUI thread.
    """

    def __init__(
        self, service: Service, rules: RetryRules | None = None, environment: NetworkSettings | None = None
    ) -> None:
        self.service = service
        self.rules = rules or RetryRules()
        self._date: datetime | None = None
        secure = service.hosts.queue.startswith("https://")
        seconds = self.rules.answer
        self._stream_timeout = make_timeout(min(_STREAM_SECONDS, 1.5 * seconds))
        self.environment = environment or environment_for(service)
        pool = PoolLimits(_CONNECTIONS, _CONNECTIONS, seconds=30.0, http2=secure)
        self._calls = open_client(self.environment, pool, make_timeout(seconds))
        self._submits = open_client(self.environment, PoolLimits(_CONNECTIONS, 0), make_timeout(2 * seconds))
        self.max_streams = max(0, limit_connections(_CONNECTIONS) - _RESERVED_FOR_CALLS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._calls.aclose()
        await self._submits.aclose()

    async def submit(self, endpoint: str, body: Mapping[str, JsonValue]) -> AcceptedRequest:
        """Submit a request to the queue. endpoint: id with sub-path.

        The `fate` of an error says whether the request arrived.
        """
        try:
            answer = await self._send(self._submits, "POST", f"{self.service.hosts.queue}/{endpoint}", json_body=body)
        except ServiceFailedError as error:
            raise NoResponseError(error.message, error_type=error.error_type, status=error.status) from error
        try:
            return self._checked_urls(endpoint, await parse_off_thread(Submitted.read, answer.body))
        except ValueError as error:
            raise NoResponseError(Message("fal.submit_unreadable")) from error

    def _checked_urls(self, endpoint: str, accepted: Submitted) -> AcceptedRequest:
        """Use the URLs that the service returned; build missing ones and those of other hosts from the id."""
        built = self.build_urls("/".join(endpoint.split("/")[:2]), accepted.request_id)
        given = (accepted.status_url, accepted.response_url, accepted.cancel_url)
        usual = (built.status_url, built.response_url, built.cancel_url)
        status, response, cancel = (
            url if url and self.service.may_receive_key(url) else own for url, own in zip(given, usual, strict=True)
        )
        return AcceptedRequest(accepted.request_id, status, response, cancel, accepted.queue_position)

    async def status(self, status_url: str) -> Status:
        """Fetch the state of a request, with its log."""
        answer = await self._send(self._calls, "GET", status_url, params={"logs": "1"})
        return await parse_off_thread(_parse_status, answer.body)

    async def stream_status(self, status_url: str) -> AsyncGenerator[Status]:
        """Yield each change of a request's state until it's COMPLETED. Uses one connection the whole time."""
        url = f"{status_url}/stream?logs=1"
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
                async with aclosing(source.aiter_sse()) as events:
                    async for event in events:
                        status = await parse_off_thread(_parse_status, event.data.encode())
                        if status.status == "COMPLETED":
                            await _drain(events)
                        yield status
        except httpx.HTTPError as error:
            raise from_transport_error(error, _host(url)) from error
        except SSEError as error:
            raise NoResponseError(Message("fal.stream_unreadable")) from error

    async def result(self, response_url: str) -> Result:
        """Fetch the raw output of a completed request. If it failed, raises the error that the service reports."""
        answer = await self._send(self._calls, "GET", response_url)
        raw = await parse_off_thread(_result_text, answer.body)
        return Result(raw=raw, billable_units=_billed_units(answer.headers))

    async def cancel(self, cancel_url: str) -> CancelOutcome:
        """Ask the service to cancel a request. If it's already running, it may still finish and be billed."""
        target, headers = self._target_of(cancel_url)
        answer = await self._exchange(self._calls, "PUT", cancel_url, target, headers)
        if answer.status_code in (200, 202):
            return CancelOutcome.REQUESTED
        if answer.status_code == 400:
            return CancelOutcome.TOO_LATE
        if answer.status_code == 404:
            return CancelOutcome.UNKNOWN_REQUEST
        raise await answer.error()

    async def upload_token(self) -> JsonObject:
        """Fetch an upload token for the CDN. This is free, so it also serves to test the key. Raises WrongKeyError."""
        answer = await self._send(
            self._calls,
            "POST",
            f"{self.service.hosts.rest}/storage/auth/token",
            params={"storage_type": "fal-cdn-v3"},
            json_body={},
        )
        return await parse_off_thread(_parse_object, answer.body)

    async def initiate_upload(self, file_name: str, content_type: str) -> JsonObject:
        """Begin a fallback upload: returns `{upload_url, file_url}`. A team's proxy allows no other upload."""
        answer = await self._send(
            self._calls,
            "POST",
            f"{self.service.hosts.rest}/storage/upload/initiate",
            params={"storage_type": "gcs" if self.service.proxy is None else "fal-cdn-v3"},
            json_body={"file_name": file_name, "content_type": content_type},
        )
        return await parse_off_thread(_parse_object, answer.body)

    async def initiate_multipart_upload(self, file_name: str, content_type: str) -> JsonObject:
        """Begin a multipart fallback upload: returns `{upload_url, file_url}`."""
        answer = await self._send(
            self._calls,
            "POST",
            f"{self.service.hosts.rest}/storage/upload/initiate-multipart",
            params={"storage_type": "fal-cdn-v3"},
            json_body={"file_name": file_name, "content_type": content_type},
        )
        return await parse_off_thread(_parse_object, answer.body)

    async def test(self) -> None:
        """Test the credentials by querying a request that doesn't exist: it's free, and a 404 means success."""
        with suppress(NotFoundError):
            await self.status(f"{self.service.hosts.queue}/fal-ai/ideogram/requests/{_UNKNOWN_REQUEST_ID}/status")

    async def iter_requests(self, endpoint: str, since: datetime, until: datetime) -> AsyncGenerator[KnownRequest]:
        """Yield the key's requests to an endpoint, newest first, using fal's platform API.

        Not every key may list them.
        """
        asked = {
            "endpoint_id": endpoint,
            "start": since.isoformat(),
            "end": until.isoformat(),
            "limit": "100",
            "expand": "payloads",
        }
        cursor = ""
        for _ in range(_MAX_PAGES):
            more = {"cursor": cursor} if cursor else {}
            url = f"{self.service.hosts.api}/v1/models/requests/by-endpoint"
            answer = await self._send(self._calls, "GET", url, params=asked | more)
            try:
                page = await parse_off_thread(RequestPage.read, answer.body)
            except ValueError as error:
                raise NoResponseError(Message("fal.list_unreadable")) from error
            for item in page.items:
                yield item
            if not page.has_more or not page.next_cursor:
                return
            cursor = page.next_cursor
        raise TooManyRequestsListedError(Message("fal.too_many_requests_listed"))

    async def service_time(self) -> datetime | None:
        """Fetch the service's current time (UTC, to the second): the date of a new response, or None if it has none.

        Adding the elapsed time to an earlier date wouldn't do, as neither of this computer's clocks is reliable for
        that: one may be changed, the other stops while the machine sleeps.
        """
        await self.test()
        return self._date

    def _note_date(self, headers: httpx.Headers) -> None:
        try:
            self._date = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
        except (ValueError, OverflowError):
            self._date = None

    def build_urls(self, app: str, request_id: str) -> AcceptedRequest:
        """Build the URLs of a request from its id. app: owner and name, without a sub-path."""
        place = f"{self.service.hosts.queue}/{app}/requests/{quote(request_id, safe='')}"
        return AcceptedRequest(request_id, f"{place}/status", place, f"{place}/cancel")

    def _target_of(self, url: str) -> tuple[str, dict[str, str]]:
        """Return the URL that a call is actually sent to, and its headers."""
        secret = "" if self.service.key is None else self.service.key.get_secret_value()
        if secret and not (is_key(secret) if self.service.proxy is None else is_header_safe(secret)):
            raise InvalidKeyError(Message("fal.key_malformed"), advice=_CHECK_KEY)
        try:
            target, headers = self.service.route(url)
        except ValueError:
            raise UnsafeUrlError(Message("fal.url_foreign")) from None
        return target, {"Accept": "application/json", **headers}

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        json_body: Mapping[str, JsonValue] | None = None,
    ) -> _HttpResponse:
        if params:
            url = str(httpx.URL(url).copy_merge_params(params))
        try:
            answer = await self._try(client, method, url, json_body)
        except OfflineError:
            backup = self._backup(url)
            if backup is None:
                raise
            answer = await self._try(client, method, backup, json_body)
        if answer.status_code >= 300:
            raise await answer.error()
        return answer

    async def _try(
        self, client: httpx.AsyncClient, method: str, url: str, json_body: Mapping[str, JsonValue] | None
    ) -> _HttpResponse:
        target, headers = self._target_of(url)
        return await self._exchange(client, method, url, target, headers, json_body)

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        target: str,
        headers: dict[str, str],
        json_body: Mapping[str, JsonValue] | None = None,
    ) -> _HttpResponse:
        began = time.monotonic()
        facts: dict[str, object] = {"call": method, "place": url.partition("?")[0]}
        try:
            async with client.stream(method, target, headers=headers | IDENTITY_ENCODING, json=json_body) as answer:
                body = await read_body(answer, MAX_RESPONSE)
                self._note_date(answer.headers)
                facts |= {"status": answer.status_code, "seconds": round(time.monotonic() - began, 3)}
                level = logging.WARNING if answer.status_code >= 400 else _LOG_LEVELS.get(method, logging.INFO)
                log.log(level, "a call was answered", extra=facts | {"bytes": len(body)})
                return _HttpResponse(answer.status_code, answer.headers, body)
        except BodyTooLargeError as error:
            raise NoResponseError(Message("fal.answer_too_long", host=_host(url))) from error
        except httpx.HTTPError as error:
            facts["seconds"] = round(time.monotonic() - began, 3)
            log.warning("a call failed: %s", type(error).__name__, extra=facts)
            raise from_transport_error(error, _host(url)) from error
        except httpx.InvalidURL as error:
            raise UnsafeUrlError(Message("fal.url_invalid")) from error

    def _backup(self, url: str) -> str | None:
        for base, backup in self.service.hosts.backups.items():
            if url.startswith(f"{base}/"):
                return backup + url.removeprefix(base)
        return None


async def _drain(events: AsyncIterator[object]) -> None:
    """Read to the end of the stream after COMPLETED: one that's left half read can't be closed cleanly."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSING_SECONDS):
            async for _ in events:
                pass


def _host(url: str) -> str:
    return urlsplit(url).hostname or "The service"


def _parse_status(body: bytes) -> Status:
    try:
        return Status.read(body)
    except ValueError as error:
        raise NoResponseError(Message("fal.status_unreadable")) from error


def _billed_units(headers: httpx.Headers) -> str | None:
    units = parse_units(headers.get("x-fal-billable-units"))
    return None if units is None else f"{units:f}"


def _result_text(body: bytes) -> str:
    """Return the text of a result; if it has too many values, its outline, which keeps what has been paid for."""
    text = decode_json_text(body)
    try:
        return json.dumps(parse_json(text)) if has_too_many_values(text) else text
    except ValueError:
        return text


def _parse_object(body: bytes) -> JsonObject:
    try:
        parsed = parse_json(body)
    except ValueError as error:
        raise NoResponseError(Message("fal.answer_unreadable")) from error
    if not isinstance(parsed, dict):
        raise NoResponseError(Message("fal.answer_unreadable"))
    return parsed
