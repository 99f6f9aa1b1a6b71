"""Streamed response bodies, decompressed in small pieces and limited in size.

httpx decompresses everything that one read returns at once, applying every encoding that the response names, so a few
kilobytes can expand to gigabytes. Requests therefore ask for uncompressed responses, and one that's compressed anyway
is decompressed a megabyte at a time.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

import httpx

from imagineart_desktop.fal.errors import NoResponseError
from imagineart_desktop.support.messages import Message

IDENTITY_ENCODING = {"Accept-Encoding": "identity"}
"""Headers of every request."""

_CHUNK_SIZE = 2**20
"""Maximum number of bytes to decompress at once."""

_AUTO_WINDOW_BITS = 32 + zlib.MAX_WBITS
"""Window bits that make zlib detect a gzip or zlib header."""


class BodyTooLargeError(Exception):
    """The body exceeds its limit."""


async def iter_decompressed(answer: httpx.Response, most: int, *, at_once: int | None = None) -> AsyncGenerator[bytes]:
    """Yield the decompressed body in pieces. most: limit of the body, in bytes; at_once: bytes per read.

    Raises TooLongError, NoAnswerError for an unknown encoding, and httpx's errors. Wrap it in `aclosing`.
    """
    inflater = _make_decompressor(answer)
    received = 0
    raw = cast(AsyncGenerator[bytes], answer.aiter_raw(at_once))
    async with aclosing(raw) as read:
        async for piece in read:
            rest, more = piece, True
            while more:
                given, rest = (rest, b"") if inflater is None else _decompress(inflater, rest)
                # The inflater may hold back output even after it has read the whole piece.
                more = bool(rest) or (inflater is not None and len(given) == _CHUNK_SIZE)
                room = most - received
                received += len(given)
                if given:
                    yield given[:room]
                if len(given) > room:
                    raise BodyTooLargeError
                if more:
                    await asyncio.sleep(0)
    if inflater is not None and not inflater.eof and received:
        raise NoResponseError(Message("fal.answer_cut"))


async def read_body(answer: httpx.Response, most: int) -> bytes:
    """Return the whole body. Raises the errors of `iter_decompressed`."""
    body = bytearray()
    async with aclosing(iter_decompressed(answer, most)) as pieces:
        async for piece in pieces:
            body += piece
    return bytes(body)


async def read_error_body(answer: httpx.Response, most: int) -> bytes:
    """Return the beginning of an error's body, or nothing if it can't be read."""
    body = bytearray()
    try:
        async with aclosing(iter_decompressed(answer, most)) as pieces:
            async for piece in pieces:
                body += piece
    except (BodyTooLargeError, NoResponseError, httpx.HTTPError):
        return bytes(body)
    return bytes(body)


class BoundedStream(httpx.AsyncByteStream):
    """An event stream that raises if its total length or the length of one line exceeds a limit.

    most: limit of the whole stream, in bytes; line: limit of one line, in bytes.
    """

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, most: int, line: int) -> None:
        self._stream = cast(httpx.AsyncByteStream, stream)
        self._most, self._line = most, line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received, line = 0, 0
        async with aclosing(cast(AsyncGenerator[bytes], aiter(self._stream))) as pieces:
            async for piece in pieces:
                received += len(piece)
                line = len(piece) - end if (end := piece.rfind(b"\n")) >= 0 else line + len(piece)
                if received > self._most or line > self._line:
                    raise httpx.ReadError("The answer is too long.")
                yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _make_decompressor(answer: httpx.Response) -> zlib._Decompress | None:
    named = [name.strip().lower() for name in answer.headers.get("content-encoding", "").split(",")]
    encodings = [name for name in named if name not in ("", "identity")]
    if not encodings:
        return None
    if encodings in (["gzip"], ["x-gzip"], ["deflate"]):
        return zlib.decompressobj(_AUTO_WINDOW_BITS)
    raise NoResponseError(Message("fal.compression_unsupported"))


def _decompress(inflater: zlib._Decompress, piece: bytes) -> tuple[bytes, bytes]:
    """Decompress a piece. Returns (at most `_CHUNK_SIZE` decompressed bytes, the remaining input)."""
    if inflater.eof:
        return b"", b""
    try:
        return inflater.decompress(piece, _CHUNK_SIZE), inflater.unconsumed_tail
    except zlib.error as error:
        raise NoResponseError(Message("fal.not_decompressed")) from error
