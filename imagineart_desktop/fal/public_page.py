"""Download of fal.ai's public pages about models. No key is sent."""

from __future__ import annotations

import asyncio

import httpx

from imagineart_desktop.fal.bodies import IDENTITY_ENCODING, BodyTooLargeError, read_body, read_error_body
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import BadDownloadError, NotFoundError
from imagineart_desktop.fal.http_client import PoolLimits, make_timeout, open_client, prepare
from imagineart_desktop.fal.retry import RetryLimit, RetryRules
from imagineart_desktop.fal.service import FAL_HOSTS, Service, ServiceKind
from imagineart_desktop.support.messages import Message

_SECONDS = 30.0
_ERROR_BODY = 2**16


async def fetch_public_page(
    url: httpx.URL, endpoint: str, max_bytes: int, kind: ServiceKind = ServiceKind.LIVE
) -> bytes:
    """Fetch a page about a model, of at most `max_bytes`. Raises FalError.

    endpoint: the model's, for messages. kind: of the service that serves the page; the demo server needs no proxy.
    """
    environment = await asyncio.to_thread(prepare, Service(kind, FAL_HOSTS, None))
    async with open_client(environment, PoolLimits(1, 0), make_timeout(_SECONDS)) as client:
        return await RetryRules().run(lambda: _fetch(client, url, endpoint, max_bytes), patience=RetryLimit.BRIEF)


async def _fetch(client: httpx.AsyncClient, url: httpx.URL, endpoint: str, max_bytes: int) -> bytes:
    try:
        async with client.stream("GET", url, headers=IDENTITY_ENCODING) as answer:
            if answer.status_code in (400, 404, 422):
                raise NotFoundError(Message("fal.model_unknown", endpoint=endpoint), status=answer.status_code)
            if answer.status_code != 200:
                body = await read_error_body(answer, _ERROR_BODY)
                raise from_response(answer.status_code, answer.headers, body)
            return await read_body(answer, max_bytes)
    except BodyTooLargeError as error:
        raise BadDownloadError(Message("fal.answer_too_long", host=url.host)) from error
    except httpx.HTTPError as error:
        raise from_transport_error(error, url.host) from error
