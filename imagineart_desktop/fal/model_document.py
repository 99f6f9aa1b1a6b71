"""Download of a model's OpenAPI document from fal.ai. It's public: no key is sent."""

from __future__ import annotations

import asyncio

import httpx

from imagineart_desktop.fal.bodies import IDENTITY_ENCODING, BodyTooLargeError, read_body, read_error_body
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import BadDownloadError, NotFoundError
from imagineart_desktop.fal.http_client import PoolLimits, make_timeout, open_client, prepare
from imagineart_desktop.fal.service import FAL_HOSTS, HOME_PAGE, Service, ServiceKind
from imagineart_desktop.support.messages import Message

_PATH = "/api/openapi/queue/openapi.json"
_SECONDS = 30.0
_ERROR_BODY = 2**16


async def fetch_model_document(endpoint: str, max_bytes: int, home: str = HOME_PAGE) -> bytes:
    """Fetch the document of an endpoint, of at most `max_bytes`. home: base URL. Raises FalError."""
    service = Service(ServiceKind.LIVE, FAL_HOSTS, None)
    environment = await asyncio.to_thread(prepare, service)
    url = httpx.URL(f"{home}{_PATH}", params={"endpoint_id": endpoint})
    try:
        async with (
            open_client(environment, PoolLimits(1, 0), make_timeout(_SECONDS)) as client,
            client.stream("GET", url, headers=IDENTITY_ENCODING) as answer,
        ):
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
