"""Downloads of results and of images by URL: streamed to disk, size-limited, and only from safe addresses."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import httpx

from imagineart_desktop.fal.bodies import IDENTITY_ENCODING, BodyTooLargeError, iter_decompressed, read_error_body
from imagineart_desktop.fal.environment import NetworkSettings
from imagineart_desktop.fal.error_mapping import from_response, from_transport_error
from imagineart_desktop.fal.errors import (
    BadDownloadError,
    FalError,
    NoResponseError,
    NotFoundError,
    OfflineError,
    UnsafeUrlError,
)
from imagineart_desktop.fal.http_client import PoolLimits, environment_for, make_timeout, open_client
from imagineart_desktop.fal.retry import RetryRules
from imagineart_desktop.fal.service import Service
from imagineart_desktop.fal.url_safety import ResolvedUrl, resolve_public_url, resolve_result_url
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.messages import Message

MAX_DOWNLOAD = 200 * 2**20
"""Maximum size of one image, in bytes."""

OnReceived = Callable[[int, int | None], None]
"""Called with the bytes received so far and the total, None if the server doesn't state it."""

_CHUNK_SIZE = 2**19
"""Bytes that are written at once."""

_MAX_REDIRECTS = 3
_ERROR_BODY = 2**16


def _ignore(_received: int, _total: int | None) -> None:
    """Take no notice."""


class Downloader:
    """Downloads images without sending the key. service: its own addresses are allowed besides public https ones.

    environment: as in `FalClient`.
    """

    def __init__(
        self, service: Service, rules: RetryRules | None = None, environment: NetworkSettings | None = None
    ) -> None:
        self._service = service
        self._environment = environment or environment_for(service)
        # Connections are made by IP address, so none is kept: two names may share an address but not a certificate.
        pool = PoolLimits(6, 0 if service.hosts.cdn.startswith("https://") else 6)
        self._http = open_client(self._environment, pool, make_timeout(2 * (rules or RetryRules()).answer))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def fetch_result(self, url: str, target: Path, on_received: OnReceived = _ignore) -> None:
        """Download a result into a new file and sync it. url: https, data, or the demo server's own address.

        Raises UnsafeAddressError, BadDownloadError, or another FalError.
        """
        if url.startswith("data:"):
            await asyncio.to_thread(_write_data_uri, url, target)
            return
        look_up = partial(resolve_result_url, service=self._service, environment=self._environment)
        await self._follow(url, target, look_up, on_received)

    async def fetch_public(self, url: str, target: Path) -> None:
        """Download the image at an http or https address that the user entered into a new file."""
        schemes = ("https", "http")
        await self._follow(
            url, target, lambda next_url: resolve_public_url(next_url, self._environment, schemes=schemes)
        )

    async def _follow(
        self,
        url: str,
        target: Path,
        look_up: Callable[[str], Awaitable[list[ResolvedUrl]]],
        on_received: OnReceived = _ignore,
    ) -> None:
        """Download the file, following redirects as long as each target is allowed."""
        for _ in range(_MAX_REDIRECTS + 1):
            moved_to = await self._try_places(await look_up(url), target, on_received)
            if moved_to is None:
                return
            url = urljoin(url, moved_to)
        raise BadDownloadError(Message("fal.image_url_circular"))

    async def _try_places(self, places: list[ResolvedUrl], target: Path, on_received: OnReceived) -> str | None:
        """Download from the first place that can be reached."""
        for place in places[:-1]:
            try:
                return await self._stream(place, target, on_received)
            except OfflineError:
                continue
        return await self._stream(places[-1], target, on_received)

    async def _stream(self, place: ResolvedUrl, target: Path, on_received: OnReceived) -> str | None:
        """Stream to the file. Returns the target of a redirect, or None."""
        headers = {"Host": place.host, **IDENTITY_ENCODING}
        extensions = {"sni_hostname": place.name} if place.name else {}
        try:
            async with self._http.stream("GET", place.url, headers=headers, extensions=extensions) as answer:
                if answer.has_redirect_location:
                    return str(answer.headers["location"])
                if answer.status_code >= 300:
                    raise _download_error(answer, await read_error_body(answer, _ERROR_BODY))
                await _save(answer, target, on_received)
        except BodyTooLargeError as error:
            raise BadDownloadError(Message("fal.image_too_large", megabytes=MAX_DOWNLOAD // 2**20)) from error
        except NoResponseError as error:
            raise BadDownloadError(error.message) from error
        except httpx.HTTPError as error:
            raise from_transport_error(error, place.host) from error
        except httpx.InvalidURL as error:
            raise UnsafeUrlError(Message("fal.image_url_invalid")) from error
        return None


async def _save(answer: httpx.Response, target: Path, on_received: OnReceived) -> None:
    """Write the body to the file and sync it. On a busy disk, opening and writing may block too.

    Raises OSError if the file can't be written.
    """
    length = parse_int(answer.headers.get("content-length", "")) or None
    if length is not None and length > MAX_DOWNLOAD:
        raise BodyTooLargeError
    # The length is that of the compressed bytes.
    total = None if "content-encoding" in answer.headers else length
    received, unwritten = 0, bytearray()
    file = await asyncio.to_thread(_open_private, target)
    try:
        async with aclosing(iter_decompressed(answer, MAX_DOWNLOAD)) as pieces:
            async for piece in pieces:
                received += len(piece)
                on_received(received, total)
                unwritten += piece
                if len(unwritten) >= _CHUNK_SIZE:
                    await asyncio.to_thread(file.write, unwritten)
                    unwritten = bytearray()
        await asyncio.to_thread(file.write, unwritten)
        await asyncio.to_thread(_sync, file)
    finally:
        # If this is canceled during a write, the write still holds the file's lock, and closing waits for it.
        await asyncio.to_thread(_close, file)
    if not received:
        raise BadDownloadError(Message("fal.download_empty"))


def _download_error(answer: httpx.Response, body: bytes) -> FalError:
    if answer.status_code in (403, 404, 410):
        return NotFoundError(
            Message("fal.result_gone"),
            status=answer.status_code,
            advice=Message("fal.advice.too_late"),
        )
    return from_response(answer.status_code, answer.headers, body)


def _open_private(target: Path) -> BinaryIO:
    """Open a new file that only its owner can read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(target, flags, 0o600), "wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _close(file: BinaryIO) -> None:
    """Close a file, ignoring errors: the data is already synced, or the sync has raised."""
    with suppress(OSError):
        file.close()


def _write_data_uri(url: str, target: Path) -> None:
    head, _, body = url.partition(",")
    if not head.endswith(";base64") or len(body) > MAX_DOWNLOAD * 4 // 3 + 4:
        raise BadDownloadError(Message("fal.inline_unreadable"))
    try:
        data = base64.b64decode(body, validate=True)
    except ValueError as error:
        raise BadDownloadError(Message("fal.inline_unreadable")) from error
    file = _open_private(target)
    try:
        file.write(data)
        _sync(file)
    finally:
        _close(file)
