"""Files on their way to the service: the CDN, its fallback, and a data URI as the last resort."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

import httpx

from imagineart_desktop.fal.addresses import places_of
from imagineart_desktop.fal.bodies import PLAIN, TooLongError, body_of
from imagineart_desktop.fal.bounded_json import read_beside, read_json
from imagineart_desktop.fal.client import FalClient
from imagineart_desktop.fal.connecting import Pool, open_client, timeout_of
from imagineart_desktop.fal.errors import (
    FalError,
    ForbiddenError,
    NoAnswerError,
    OfflineError,
    WrongKeyError,
)
from imagineart_desktop.fal.reading import error_of_answer, error_of_transport

MAX_DATA_URI = 8 * 2**20
"""Bytes of a file that may travel inside the request; larger ones slow it down too much."""

_LONGEST_ANSWER = 2**20
"""Bytes of the answer to an upload."""

_TOKEN_LIFE = 300.0
"""Seconds for which a token is used again; fal's own are good for longer."""

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
}


@dataclass(frozen=True, slots=True)
class _Token:
    authorization: str
    base_url: str
    taken_at_monotonic: float


class Storage:
    """Uploads input pictures. Uploads are free and safe to repeat."""

    def __init__(self, client: FalClient) -> None:
        self._client = client
        self._environment = client.environment
        self._http = open_client(self._environment, Pool(4, 4), timeout_of(4 * client.rules.answer))
        self._token: _Token | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def upload(self, data: bytes, content_type: str) -> str:
        """A URL under which the service finds the bytes. Raises FalError when no way leads there.

        Tries the CDN, then the fallback, then a data URI if the file is at most `MAX_DATA_URI` bytes.
        """
        name = f"input.{_EXTENSIONS.get(content_type, 'bin')}"
        if self._client.service.proxy is None:
            try:
                return await self._to_cdn(data, content_type, name)
            except (WrongKeyError, ForbiddenError, OfflineError):
                raise
            except FalError:
                self._token = None
        try:
            return await self._to_fallback(data, content_type, name)
        except (WrongKeyError, ForbiddenError, OfflineError):
            raise
        except FalError:
            if len(data) > MAX_DATA_URI:
                raise
        return f"data:{content_type};base64,{base64.b64encode(data).decode('ascii')}"

    async def _to_cdn(self, data: bytes, content_type: str, name: str) -> str:
        for _ in range(2):
            token = await self._fresh_token()
            headers = {"Authorization": token.authorization, "Content-Type": content_type, "X-Fal-File-Name": name}
            try:
                answer = await self._exchange("POST", f"{token.base_url}/files/upload", data, headers)
                return await read_beside(_access_url, answer)
            except (WrongKeyError, ForbiddenError):
                # It is the token that was refused, not the key: it ends early when the machine slept.
                self._token = None
        raise NoAnswerError("The service does not take its own upload token.")

    async def _to_fallback(self, data: bytes, content_type: str, name: str) -> str:
        places = await self._client.initiate_upload(name, content_type)
        upload_url, file_url = places.get("upload_url"), places.get("file_url")
        if not isinstance(upload_url, str) or not isinstance(file_url, str):
            raise NoAnswerError("The service did not say where to upload to.")
        await self._exchange("PUT", upload_url, data, {"Content-Type": content_type})
        return file_url

    async def _fresh_token(self) -> _Token:
        now = time.monotonic()
        if self._token is None or now - self._token.taken_at_monotonic > _TOKEN_LIFE:
            answer = await self._client.upload_token()
            token, kind = answer.get("token"), answer.get("token_type")
            base = answer.get("base_url") or self._client.service.hosts.cdn
            if not isinstance(token, str) or not isinstance(kind, str) or not isinstance(base, str):
                raise NoAnswerError("The service's upload token could not be read.")
            self._token = _Token(f"{kind} {token}", base.rstrip("/"), now)
        return self._token

    async def _exchange(self, method: str, url: str, data: bytes, headers: dict[str, str]) -> bytes:
        await places_of(url, self._client.service, self._environment)
        try:
            async with self._http.stream(method, url, content=data, headers=headers | PLAIN) as answer:
                body = await body_of(answer, _LONGEST_ANSWER)
        except TooLongError as error:
            raise NoAnswerError("The answer to the upload is too long.") from error
        except httpx.HTTPError as error:
            raise error_of_transport(error, httpx.URL(url).host) from error
        except httpx.InvalidURL as error:
            raise NoAnswerError("The service named no address to upload to.") from error
        if answer.status_code >= 300:
            raise error_of_answer(answer.status_code, answer.headers, body)
        return body


def _access_url(body: bytes) -> str:
    try:
        value = read_json(body)["access_url"]
    except (ValueError, KeyError, TypeError) as error:
        raise NoAnswerError("The service's answer to the upload could not be read.") from error
    if not isinstance(value, str):
        raise NoAnswerError("The service's answer to the upload could not be read.")
    return value
