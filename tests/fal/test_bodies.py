"""Bodies that are compressed although that wasn't requested: complete if valid, and never larger than allowed."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from imagineart_desktop.fal import NoResponseError
from imagineart_desktop.fal.bodies import BodyTooLargeError, read_body

pytestmark = pytest.mark.asyncio

MEGABYTE = 2**20


def answer(body: bytes, encoding: str, step: int = 1_000) -> httpx.Response:
    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), step):
            yield body[begin : begin + step]

    return httpx.Response(200, headers={"content-encoding": encoding}, content=pieces())


@pytest.mark.parametrize("size", [1, 1_000, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 2 * MEGABYTE, 3 * MEGABYTE + 77])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP", "x-gzip, identity"])
async def test_an_honest_body_is_whole(size: int, encoding: str) -> None:
    data = random.Random(size).randbytes(min(size, 5_000)) + bytes(max(0, size - 5_000))  # noqa: S311 - only data
    packed = zlib.compress(data) if encoding == "deflate" else gzip.compress(data)
    for step in (1, 1_000, len(packed)):
        if len(packed) // step < 20_000:
            assert await read_body(answer(packed, encoding, step), size) == data


async def test_what_is_longer_cut_or_packed_otherwise_is_refused() -> None:
    packed = gzip.compress(bytes(10 * MEGABYTE))
    with pytest.raises(BodyTooLargeError):
        await read_body(answer(packed, "gzip", len(packed)), 2 * MEGABYTE)
    with pytest.raises(NoResponseError):
        await read_body(answer(packed[:-20], "gzip"), 20 * MEGABYTE)
    with pytest.raises(NoResponseError):
        await read_body(answer(b"no gzip at all", "gzip"), MEGABYTE)
    for encoding in ("br", "zstd", "gzip, gzip", "deflate, gzip"):
        with pytest.raises(NoResponseError):
            await read_body(answer(packed, encoding), MEGABYTE)
