"""Results and pictures by URL on their way to disk: streamed, bounded, and only from where it is safe."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from pathlib import Path
from typing import BinaryIO

import httpx

from imagineart_desktop.fal.addresses import check_address, check_public_address
from imagineart_desktop.fal.errors import BadDownloadError, FalError, NotFoundError
from imagineart_desktop.fal.reading import error_of_answer, error_of_transport
from imagineart_desktop.fal.service import Service

MAX_BYTES = 200 * 2**20
"""Bytes of one picture."""

_TIMEOUT = httpx.Timeout(connect=10, read=60, write=30, pool=120)
_MAX_REDIRECTS = 3


class Downloader:
    """Fetches pictures without the key. service: whose own address is allowed beside public https ones."""

    def __init__(self, service: Service) -> None:
        self._service = service
        secure = service.hosts.cdn.startswith("https://")
        limits = httpx.Limits(max_connections=6, max_keepalive_connections=6)
        self._http = httpx.AsyncClient(limits=limits, timeout=_TIMEOUT, trust_env=secure)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def fetch_result(self, url: str, target: Path) -> None:
        """A result's bytes into a new file, synced. url: https, data, or the demo server's own address.

        Raises UnsafeAddressError, BadDownloadError, or another FalError.
        """
        if url.startswith("data:"):
            await asyncio.to_thread(_write_data_uri, url, target)
            return
        await check_address(url, self._service)
        answer_url = await self._stream(url, target, public_only=False)
        for _ in range(_MAX_REDIRECTS):
            if answer_url is None:
                return
            await check_address(answer_url, self._service)
            answer_url = await self._stream(answer_url, target, public_only=False)
        raise BadDownloadError("The result's address leads in circles.")

    async def fetch_public(self, url: str, target: Path) -> None:
        """A picture that the user named by its address, http or https, into a new file."""
        next_url: str | None = url
        for _ in range(_MAX_REDIRECTS + 1):
            if next_url is None:
                return
            await check_public_address(next_url, schemes=("https", "http"))
            next_url = await self._stream(next_url, target, public_only=True)
        raise BadDownloadError("The address leads in circles.")

    async def _stream(self, url: str, target: Path, *, public_only: bool) -> str | None:
        """Streams to the file; returns where a redirect leads, else None."""
        host = httpx.URL(url).host
        try:
            async with self._http.stream("GET", url) as answer:
                if answer.has_redirect_location:
                    return str(answer.url.join(answer.headers["location"]))
                if answer.status_code >= 300:
                    raise _download_error(answer, await answer.aread() if not public_only else b"")
                announced = answer.headers.get("content-length", "")
                if announced.isdigit() and int(announced) > MAX_BYTES:
                    raise BadDownloadError(f"The picture is larger than {MAX_BYTES // 2**20} MB.")
                with _open_private(target) as file:
                    received = 0
                    async for piece in answer.aiter_bytes(2**18):
                        received += len(piece)
                        if received > MAX_BYTES:
                            raise BadDownloadError(f"The picture is larger than {MAX_BYTES // 2**20} MB.")
                        file.write(piece)
                    await asyncio.to_thread(_sync, file)
        except httpx.HTTPError as error:
            raise error_of_transport(error, host) from error
        if not received:
            raise BadDownloadError("The download was empty.")
        return None


def _download_error(answer: httpx.Response, body: bytes) -> FalError:
    if answer.status_code in (403, 404, 410):
        return NotFoundError(
            "The result is no longer there.",
            status=answer.status_code,
            advice="It was not fetched in time; send it again.",
        )
    return error_of_answer(answer.status_code, answer.headers, body)


def _open_private(target: Path) -> BinaryIO:
    """A new file that its owner alone can read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(target, flags, 0o600), "wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _write_data_uri(url: str, target: Path) -> None:
    head, _, body = url.partition(",")
    if not head.endswith(";base64") or len(body) > MAX_BYTES * 4 // 3 + 4:
        raise BadDownloadError("The inline result could not be read.")
    try:
        data = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise BadDownloadError("The inline result could not be read.") from error
    with _open_private(target) as file:
        file.write(data)
        _sync(file)
