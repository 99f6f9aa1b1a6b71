"""Responses that are dropped half-read cost no connection: after any number of them the next good call works."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from imagineart_desktop.fal import (
    BadDownloadError,
    Downloader,
    FalClient,
    FalError,
    OfflineError,
    RetryRules,
    Service,
    Uploader,
    download,
    transport,
)
from tests.fal.hostile import BAD, GOOD, hostile_server

_EACH = 4
"""Answers of each kind, all at once; there are more kinds than a pool has connections to lose."""

RULES = RetryRules(first_wait=0.01, max_wait=0.05, answer=5.0)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(transport, "MAX_RESPONSE", 2**20)
    monkeypatch.setattr(transport, "MAX_LINE", 2**18)
    monkeypatch.setattr(download, "MAX_DOWNLOAD", 2**20)
    with hostile_server() as served:
        yield served


async def in_vain(attempt: Callable[[], Awaitable[object]]) -> None:
    """Make calls that each end in an error about their own response, not about a pool without a connection."""
    for outcome in await asyncio.gather(*(attempt() for _ in range(_EACH)), return_exceptions=True):
        assert isinstance(outcome, FalError | OSError), outcome
        assert not isinstance(outcome, OfflineError), outcome


async def test_a_good_call_works_after_many_bad_ones(service: Service) -> None:
    base = service.hosts.queue
    async with FalClient(service, RULES) as speaker:
        for kind in BAD:
            await in_vain(partial(speaker.status, f"{base}/{kind}"))
        assert (await speaker.status(f"{base}/good")).status == "COMPLETED"


async def test_a_good_stream_works_after_many_bad_ones(service: Service) -> None:
    base = service.hosts.queue

    async def follow(status_url: str) -> list[str]:
        return [status.status async for status in speaker.stream_status(status_url)]

    async with FalClient(service, RULES) as speaker:
        for kind in BAD:
            await in_vain(partial(follow, f"{base}/{kind}"))
        assert await follow(f"{base}/good") == ["COMPLETED"]


async def test_a_good_download_works_after_many_bad_ones(service: Service, tmp_path: Path) -> None:
    base, downloader = service.hosts.queue, Downloader(service, RULES)
    for kind in BAD:
        await in_vain(partial(downloader.fetch_result, f"{base}/{kind}", tmp_path / "a"))
    await downloader.fetch_result(f"{base}/good", tmp_path / "b")
    await downloader.aclose()
    assert (tmp_path / "b").read_bytes() == GOOD


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no device that is always full")
async def test_a_good_download_works_after_many_on_a_full_disk(service: Service, tmp_path: Path) -> None:
    url, downloader = f"{service.hosts.queue}/good", Downloader(service, RULES)
    for _ in range(5):
        await in_vain(partial(downloader.fetch_result, url, Path("/dev/full")))
    await downloader.fetch_result(url, tmp_path / "b")
    await downloader.aclose()
    assert (tmp_path / "b").read_bytes() == GOOD


async def test_a_good_upload_works_after_many_bad_ones(service: Service) -> None:
    base = service.hosts.queue
    async with FalClient(service, RULES) as speaker:
        storage = Uploader(speaker)
        for kind in BAD:
            await in_vain(partial(storage._exchange, "POST", f"{base}/{kind}", b"x", {}))
        assert (await storage._exchange("POST", f"{base}/good", b"x", {}))[1] == GOOD
        await storage.aclose()


async def test_streams_that_are_left_early_cost_no_connection(service: Service) -> None:
    async with FalClient(service, RULES) as speaker:
        for _ in range(12):
            async for _status in speaker.stream_status(f"{service.hosts.queue}/good"):
                break
        assert (await speaker.status(f"{service.hosts.queue}/good")).status == "COMPLETED"


async def test_calls_that_are_cancelled_cost_no_connection(service: Service, tmp_path: Path) -> None:
    downloader = Downloader(service, RULES)
    for _ in range(12):
        fetching = asyncio.ensure_future(downloader.fetch_result(f"{service.hosts.queue}/endless", tmp_path / "a"))
        while not (tmp_path / "a").exists() and not fetching.done():
            await asyncio.sleep(0.001)
        fetching.cancel()
        await asyncio.wait([fetching])
        (tmp_path / "a").unlink(missing_ok=True)
    with pytest.raises(BadDownloadError):
        await downloader.fetch_result(f"{service.hosts.queue}/long", tmp_path / "b")
    await downloader.fetch_result(f"{service.hosts.queue}/good", tmp_path / "b")
    await downloader.aclose()
