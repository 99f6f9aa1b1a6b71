"""Uploads of input files: to the CDN, its fallback, or as a data URI as the last resort."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import httpx

from imagineart_desktop.fal import multipart
from imagineart_desktop.fal.bodies import IDENTITY_ENCODING, BodyTooLargeError, read_body
from imagineart_desktop.fal.bounded_json import parse_json, parse_off_thread
from imagineart_desktop.fal.client import FalClient
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import (
    Charged,
    DeliveryStatus,
    FalError,
    ForbiddenError,
    InvalidKeyError,
    NoResponseError,
    OfflineError,
)
from imagineart_desktop.fal.http_client import PoolLimits, limit_connections, make_timeout, open_client
from imagineart_desktop.fal.lifecycle import UPLOAD_HEADERS
from imagineart_desktop.fal.url_safety import resolve_result_url
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.support.messages import Message

MAX_DATA_URI = 8 * 2**20
"""Maximum size, in bytes, of a file that's sent inside the request; larger ones slow it down too much."""

_MAX_CONNECTIONS = 4
"""Maximum number of connections for uploads."""

_ATTEMPTS = 2
"""Attempts per upload if its token or address is refused: they expire early if the machine slept."""

_MAX_RESPONSE = 2**20
"""Maximum size of the response to an upload, in bytes."""

_CHUNK = 2**18
"""Bytes handed to the connection at a time."""

_TOKEN_SECONDS = 300.0
"""Seconds for which a token is reused; fal's own are valid for longer."""

_NOT_SENT = Message("fal.advice.not_charged")

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


@dataclass(frozen=True, slots=True)
class _File:
    """A file to upload."""

    data: bytes
    content_type: str
    name: str
    on_progress: multipart.OnProgress


class Uploader:
    """Uploads input images. Uploads are free and safe to repeat."""

    def __init__(self, client: FalClient) -> None:
        self._client = client
        self._environment = client.environment
        self._http = open_client(
            self._environment, PoolLimits(_MAX_CONNECTIONS, _MAX_CONNECTIONS), make_timeout(4 * client.rules.answer)
        )
        self._turns = asyncio.Semaphore(limit_connections(_MAX_CONNECTIONS))
        self._token: _Token | None = None
        self._unfinished = multipart.ResumableUploads()
        self._shared = multipart.SharedUploads()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def upload(
        self, data: bytes, content_type: str, on_progress: multipart.OnProgress = multipart.ignore_progress
    ) -> str:
        """Upload a file. Returns a URL where the service finds it. Raises FalError if every route fails.

        Tries the CDN, then the fallback, then a data URI if the file is at most `MAX_DATA_URI` bytes. A file larger
        than `parts.PARTS_FROM` is sent in parts: called again after a temporary error, this sends the missing ones, and
        after several such errors in a row it uses the next route. The last route is the file in one piece.
        """
        file = _File(data, content_type, f"input.{_EXTENSIONS.get(content_type, 'bin')}", on_progress)
        try:
            if len(data) <= multipart.MULTIPART_THRESHOLD:
                async with self._turn(file):
                    return await self._in_one_piece(file)
            sha256 = await asyncio.to_thread(multipart.sha256_of, data)

            def begin(tell_all: multipart.OnProgress) -> Coroutine[object, None, str]:
                return self._upload_large_when_free(replace(file, on_progress=tell_all), sha256)

            return await self._shared.get(sha256, begin, on_progress)
        except FalError as error:
            if error.charged is not Charged.NO:
                # The same error would leave it unclear whether a request was billed, but none has been made yet.
                error.fate, error.charged, error.advice = DeliveryStatus.NOT_ARRIVED, Charged.NO, _NOT_SENT
            raise

    @asynccontextmanager
    async def _turn(self, file: _File) -> AsyncIterator[None]:
        """Wait until a connection is free.

        Reports progress, so that an upload in the queue doesn't count as stalled.
        """
        async with self._turns:
            file.on_progress(False)
            yield

    async def _upload_large_when_free(self, file: _File, sha256: str) -> str:
        async with self._turn(file):
            return await self._large(file, sha256)

    async def _in_one_piece(self, file: _File) -> str:
        if self._client.service.proxy is None:
            try:
                return await self._upload_to_cdn(file)
            except (InvalidKeyError, ForbiddenError, OfflineError):
                raise
            except FalError:
                self._token = None
        try:
            return await self._upload_to_fallback(file)
        except (InvalidKeyError, ForbiddenError, OfflineError):
            raise
        except FalError:
            if len(file.data) > MAX_DATA_URI:
                raise
        return f"data:{file.content_type};base64,{base64.b64encode(file.data).decode('ascii')}"

    async def _large(self, file: _File, sha256: str) -> str:
        url = await self._upload_multipart(file, sha256)
        # The next upload of this file starts with the first route again.
        self._unfinished.reset_errors(sha256)
        return url or await self._in_one_piece(file)

    async def _upload_multipart(self, file: _File, sha256: str) -> str | None:
        """Return the file's URL, or None if no route accepts it in parts, as with a team's proxy that allows none.

        Raises FalError if another attempt may resume with the parts that have arrived.
        """
        ways = {"cdn": self._parts_to_cdn} if self._client.service.proxy is None else {}
        for way, send in (ways | {"storage": self._parts_to_fallback}).items():
            if not self._unfinished.is_worth_trying(way, sha256):
                continue
            try:
                return await send(file, sha256)
            except (InvalidKeyError, OfflineError):
                raise
            except FalError as error:
                if way == "cdn" and isinstance(error, ForbiddenError):
                    raise
                self._unfinished.note(way, sha256, may_pass=error.repeatable)
                if self._unfinished.is_worth_trying(way, sha256):
                    raise
                self._token = None
        return None

    async def _parts_to_cdn(self, file: _File, sha256: str) -> str:
        for _ in range(_ATTEMPTS):
            token = await self._fresh_token()
            headers = {"Authorization": token.authorization}

            async def begin(token: _Token = token, headers: dict[str, str] = headers) -> multipart.MultipartUpload:
                told = headers | UPLOAD_HEADERS | {"Content-Type": file.content_type, "X-Fal-File-Name": file.name}
                url = f"{token.base_url}/files/upload/multipart"
                _, body = await self._exchange("POST", url, b"", told, file.on_progress)
                return multipart.parse_cdn_upload(await parse_off_thread(_object, body))

            upload = await self._begun("cdn", sha256, begin)
            if upload is None:
                continue
            if (url := await self._send_parts("cdn", sha256, upload, file, headers)) is not None:
                return url
        raise multipart.InvalidUploadResponseError(Message("fal.upload_token_refused"))

    async def _begun(
        self, way: str, sha256: str, begin: Callable[[], Awaitable[multipart.MultipartUpload]]
    ) -> multipart.MultipartUpload | None:
        """Begin or resume an upload; None if the token was refused."""
        try:
            return await self._unfinished.get(way, sha256, begin)
        except (InvalidKeyError, ForbiddenError):
            self._token = None
            return None

    async def _send_parts(
        self, way: str, sha256: str, upload: multipart.MultipartUpload, file: _File, headers: dict[str, str]
    ) -> str | None:
        """Send the parts.

        Returns the file's URL, or None if the token was refused or the service no longer knows the upload.

        Raises FalError.
        """
        try:
            exchange = partial(self._exchange, on_progress=file.on_progress)
            url = await upload.send(file.data, file.content_type, exchange, headers)
        except (InvalidKeyError, ForbiddenError):
            self._token = None
            return None
        except FalError as error:
            if error.repeatable:
                raise
            self._unfinished.forget(way, sha256)
            return None
        self._unfinished.forget(way, sha256)
        return url

    async def _parts_to_fallback(self, file: _File, sha256: str) -> str:
        async def begin() -> multipart.MultipartUpload:
            return multipart.parse_storage_upload(
                await self._client.initiate_multipart_upload(file.name, file.content_type)
            )

        for _ in range(_ATTEMPTS):
            upload = await self._unfinished.get("storage", sha256, begin)
            if (url := await self._send_parts("storage", sha256, upload, file, {})) is not None:
                return url
            self._unfinished.forget("storage", sha256)
        raise multipart.InvalidUploadResponseError(Message("fal.upload_url_refused"))

    async def _upload_to_cdn(self, file: _File) -> str:
        for _ in range(_ATTEMPTS):
            token = await self._fresh_token()
            headers = {
                "Authorization": token.authorization,
                "Content-Type": file.content_type,
                "X-Fal-File-Name": file.name,
                **UPLOAD_HEADERS,
            }
            try:
                url = f"{token.base_url}/files/upload"
                _, body = await self._exchange("POST", url, file.data, headers, file.on_progress)
                return await parse_off_thread(_access_url, body)
            except (InvalidKeyError, ForbiddenError):
                # The token was refused, not the key: it expires early if the machine slept.
                self._token = None
        raise NoResponseError(Message("fal.upload_token_refused"))

    async def _upload_to_fallback(self, file: _File) -> str:
        places = await self._client.initiate_upload(file.name, file.content_type)
        upload_url, file_url = places.get("upload_url"), places.get("file_url")
        if not isinstance(upload_url, str) or not isinstance(file_url, str):
            raise NoResponseError(Message("fal.upload_url_missing"))
        headers = {"Content-Type": file.content_type}
        await self._exchange("PUT", upload_url, file.data, headers, file.on_progress)
        return file_url

    async def _fresh_token(self) -> _Token:
        now = time.monotonic()
        if self._token is None or now - self._token.taken_at_monotonic > _TOKEN_SECONDS:
            answer = await self._client.upload_token()
            token, kind = answer.get("token"), answer.get("token_type")
            base = answer.get("base_url") or self._client.service.hosts.cdn
            if not isinstance(token, str) or not isinstance(kind, str) or not isinstance(base, str):
                raise multipart.InvalidUploadResponseError(Message("fal.upload_token_unreadable"))
            self._token = _Token(f"{kind} {token}", base.rstrip("/"), now)
        return self._token

    async def _exchange(
        self,
        method: str,
        url: str,
        data: bytes,
        headers: dict[str, str],
        on_progress: multipart.OnProgress = multipart.ignore_progress,
    ) -> tuple[httpx.Headers, bytes]:
        await resolve_result_url(url, self._client.service, self._environment)
        told = headers | IDENTITY_ENCODING | {"Content-Length": str(len(data))}
        try:
            async with self._http.stream(method, url, content=_chunks(data, on_progress), headers=told) as answer:
                body = await read_body(answer, _MAX_RESPONSE)
        except BodyTooLargeError as error:
            raise NoResponseError(Message("fal.upload_answer_too_long")) from error
        except httpx.HTTPError as error:
            raise from_transport_error(error, httpx.URL(url).host) from error
        except httpx.InvalidURL as error:
            raise NoResponseError(Message("fal.upload_url_invalid")) from error
        if answer.status_code >= 300:
            raise from_response(answer.status_code, answer.headers, body)
        on_progress(True)
        return answer.headers, body


async def _chunks(data: bytes, on_progress: multipart.OnProgress) -> AsyncIterator[bytes]:
    """Split a body into chunks, reporting progress as the connection takes each one."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
        on_progress(False)


def _object(body: bytes) -> JsonObject:
    try:
        value = parse_json(body)
    except ValueError as error:
        raise multipart.InvalidUploadResponseError(Message("fal.upload_answer_unreadable")) from error
    if not isinstance(value, dict):
        raise multipart.InvalidUploadResponseError(Message("fal.upload_answer_unreadable"))
    return value


def _access_url(body: bytes) -> str:
    value = _object(body).get("access_url")
    if not isinstance(value, str):
        raise multipart.InvalidUploadResponseError(Message("fal.upload_answer_unreadable"))
    return value
