"""Client for fal's queue: submit, status, stream, result, cancel. One attempt per call; `retry` repeats calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from imagineart_desktop.fal.bounded_json import decode_json_text, has_too_many_values, parse_json, parse_off_thread
from imagineart_desktop.fal.environment import NetworkSettings
from imagineart_desktop.fal.errors import (
    NoResponseError,
    NotFoundError,
    ServiceFailedError,
    TooManyRequestsListedError,
)
from imagineart_desktop.fal.http_client import environment_for
from imagineart_desktop.fal.lifecycle import UPLOAD_HEADERS
from imagineart_desktop.fal.responses import (
    KnownRequest,
    PriceListing,
    RequestPage,
    Result,
    Status,
    Submitted,
    UnitPrice,
)
from imagineart_desktop.fal.retry import RetryRules
from imagineart_desktop.fal.service import Service
from imagineart_desktop.fal.transport import Transport
from imagineart_desktop.models import parse_units
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.messages import Message

_CLOSING_SECONDS = 2.0
_LOW_PRIORITY = {"X-Fal-Queue-Priority": "low"}
_MAX_PAGES = 20
_MOST_PRICES = 50
_UNKNOWN_REQUEST_ID = "00000000-0000-0000-0000-000000000000"


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
        self.environment = environment or environment_for(service)
        self._transport = Transport(service, self.environment, self.rules.answer)
        self.max_streams = self._transport.max_streams

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def submit(
        self, endpoint: str, body: Mapping[str, JsonValue], *, low_priority: bool = False
    ) -> AcceptedRequest:
        """Submit a request to the queue. endpoint: id with sub-path. low_priority: behind all normal requests.

        The `fate` of an error says whether the request arrived.
        """
        try:
            url = f"{self.service.hosts.queue}/{endpoint}"
            priority = _LOW_PRIORITY if low_priority else None
            answer = await self._transport.send("POST", url, json_body=body, new_connection=True, extra=priority)
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
        answer = await self._transport.send("GET", status_url, params={"logs": "1"})
        return await parse_off_thread(_parse_status, answer.body)

    async def stream_status(self, status_url: str) -> AsyncGenerator[Status]:
        """Yield each change of a request's state until it's COMPLETED. Uses one connection the whole time."""
        url = f"{status_url}/stream?logs=1"
        async with self._transport.open_events(url) as source, aclosing(source.aiter_sse()) as events:
            async for event in events:
                status = await parse_off_thread(_parse_status, event.data.encode())
                if status.status == "COMPLETED":
                    await _drain(events)
                yield status

    async def result(self, response_url: str) -> Result:
        """Fetch the raw output of a completed request. If it failed, raises the error that the service reports."""
        answer = await self._transport.send("GET", response_url)
        raw = await parse_off_thread(_result_text, answer.body)
        return Result(raw=raw, billable_units=_billed_units(answer.headers))

    async def cancel(self, cancel_url: str) -> CancelOutcome:
        """Ask the service to cancel a request. If it's already running, it may still finish and be billed."""
        answer = await self._transport.exchange("PUT", cancel_url)
        if answer.status_code in (200, 202):
            return CancelOutcome.REQUESTED
        if answer.status_code == 400:
            return CancelOutcome.TOO_LATE
        if answer.status_code == 404:
            return CancelOutcome.UNKNOWN_REQUEST
        raise await answer.error()

    async def upload_token(self) -> JsonObject:
        """Fetch an upload token for the CDN. This is free, so it also serves to test the key. Raises WrongKeyError."""
        answer = await self._transport.send(
            "POST",
            f"{self.service.hosts.rest}/storage/auth/token",
            params={"storage_type": "fal-cdn-v3"},
            json_body={},
        )
        return await parse_off_thread(_parse_object, answer.body)

    async def initiate_upload(self, file_name: str, content_type: str) -> JsonObject:
        """Begin a fallback upload: returns `{upload_url, file_url}`. A team's proxy allows no other upload."""
        answer = await self._transport.send(
            "POST",
            f"{self.service.hosts.rest}/storage/upload/initiate",
            params={"storage_type": "gcs" if self.service.proxy is None else "fal-cdn-v3"},
            json_body={"file_name": file_name, "content_type": content_type},
            extra=UPLOAD_HEADERS,
        )
        return await parse_off_thread(_parse_object, answer.body)

    async def initiate_multipart_upload(self, file_name: str, content_type: str) -> JsonObject:
        """Begin a multipart fallback upload: returns `{upload_url, file_url}`."""
        answer = await self._transport.send(
            "POST",
            f"{self.service.hosts.rest}/storage/upload/initiate-multipart",
            params={"storage_type": "fal-cdn-v3"},
            json_body={"file_name": file_name, "content_type": content_type},
            extra=UPLOAD_HEADERS,
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
            answer = await self._transport.send("GET", url, params=asked | more)
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

    async def unit_prices(self, endpoints: Sequence[str]) -> dict[str, UnitPrice]:
        """Fetch what a unit costs: endpoint → its price in US dollars, where the service names one."""
        found: dict[str, UnitPrice] = {}
        for first in range(0, len(endpoints), _MOST_PRICES):
            asked = endpoints[first : first + _MOST_PRICES]
            for price in await self._prices_of(asked):
                if price.endpoint_id in asked and price.unit_price is not None and price.currency == "USD":
                    found[price.endpoint_id] = price
        return found

    async def _prices_of(self, endpoints: Sequence[str]) -> Sequence[UnitPrice]:
        url = f"{self.service.hosts.api}/v1/models/pricing"
        try:
            answer = await self._transport.send("GET", url, params={"endpoint_id": ",".join(endpoints)})
        except NotFoundError:
            # One that the service doesn't know spoils the prices of all.
            if len(endpoints) == 1:
                return ()
            half = len(endpoints) // 2
            return (*await self._prices_of(endpoints[:half]), *await self._prices_of(endpoints[half:]))
        try:
            return (await parse_off_thread(PriceListing.read, answer.body)).prices
        except ValueError as error:
            raise NoResponseError(Message("fal.answer_unreadable")) from error

    async def service_time(self) -> datetime | None:
        """Fetch the service's current time (UTC, to the second): the date of a new response, or None if it has none.

        Adding the elapsed time to an earlier date wouldn't do, as neither of this computer's clocks is reliable for
        that: one may be changed, the other stops while the machine sleeps.
        """
        await self.test()
        return self._transport.date

    def build_urls(self, app: str, request_id: str) -> AcceptedRequest:
        """Build the URLs of a request from its id. app: owner and name, without a sub-path."""
        place = f"{self.service.hosts.queue}/{app}/requests/{quote(request_id, safe='')}"
        return AcceptedRequest(request_id, f"{place}/status", place, f"{place}/cancel")


async def _drain(events: AsyncIterator[object]) -> None:
    """Read to the end of the stream after COMPLETED: one that's left half read can't be closed cleanly."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSING_SECONDS):
            async for _ in events:
                pass


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
