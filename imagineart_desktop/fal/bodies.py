"""Bodies of answers as they arrive: decompressed here, in small pieces, and within a bound.

httpx decompresses whatever one read brings in one go, whichever encodings an answer names and however many of them: a
few kilobytes may become gigabytes. So answers are asked for as they are, and one that comes compressed all the same is
decompressed a megabyte at a time.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

import httpx

from imagineart_desktop.fal.errors import NoAnswerError

PLAIN = {"Accept-Encoding": "identity"}
"""Header of every request."""

_AT_ONCE = 2**20
"""Bytes that are decompressed in one go."""

_EITHER_HEADER = 32 + zlib.MAX_WBITS
"""For zlib: gzip or zlib, whichever it is."""


class TooLongError(Exception):
    """The body is longer than its bound."""


async def pieces_of(answer: httpx.Response, most: int, *, at_once: int | None = None) -> AsyncGenerator[bytes]:
    """The body, decompressed, in pieces. most: bytes of all of them; at_once: bytes of one as it is read.

    Raises TooLongError, NoAnswerError for an encoding that was not asked for and is not known, and httpx's errors.
    Leave it through `aclosing`.
    """
    inflater = _inflater(answer)
    received = 0
    raw = cast(AsyncGenerator[bytes], answer.aiter_raw(at_once))
    async with aclosing(raw) as read:
        async for piece in read:
            rest, more = piece, True
            while more:
                given, rest = (rest, b"") if inflater is None else _inflated(inflater, rest)
                # What did not fit may wait inside the inflater, with all of the piece read.
                more = bool(rest) or (inflater is not None and len(given) == _AT_ONCE)
                room = most - received
                received += len(given)
                if given:
                    yield given[:room]
                if len(given) > room:
                    raise TooLongError
                if more:
                    await asyncio.sleep(0)
    if inflater is not None and not inflater.eof and received:
        raise NoAnswerError("The answer was cut.")


async def body_of(answer: httpx.Response, most: int) -> bytes:
    """The whole body. Raises as `pieces_of`."""
    body = bytearray()
    async with aclosing(pieces_of(answer, most)) as pieces:
        async for piece in pieces:
            body += piece
    return bytes(body)


async def beginning_of(answer: httpx.Response, most: int) -> bytes:
    """The body of an error: as much of it as can say something, and nothing when it cannot be read."""
    body = bytearray()
    try:
        async with aclosing(pieces_of(answer, most)) as pieces:
            async for piece in pieces:
                body += piece
    except (TooLongError, NoAnswerError, httpx.HTTPError):
        return bytes(body)
    return bytes(body)


class BoundedStream(httpx.AsyncByteStream):
    """A stream of events that ends in an error when it, or one line of it, is longer than any that is meant.

    most: bytes of all of it; line: bytes of one line.
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


def _inflater(answer: httpx.Response) -> zlib._Decompress | None:
    named = [name.strip().lower() for name in answer.headers.get("content-encoding", "").split(",")]
    encodings = [name for name in named if name not in ("", "identity")]
    if not encodings:
        return None
    if encodings in (["gzip"], ["x-gzip"], ["deflate"]):
        return zlib.decompressobj(_EITHER_HEADER)
    raise NoAnswerError("The answer is compressed in a way that was not asked for.")


def _inflated(inflater: zlib._Decompress, piece: bytes) -> tuple[bytes, bytes]:
    """(at most `_AT_ONCE` bytes, what is left to decompress)."""
    if inflater.eof:
        return b"", b""
    try:
        return inflater.decompress(piece, _AT_ONCE), inflater.unconsumed_tail
    except zlib.error as error:
        raise NoAnswerError("The answer could not be decompressed.") from error
