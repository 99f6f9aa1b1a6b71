"""Large files go up in parts; what was sent before an error is not sent again."""

from __future__ import annotations

from functools import partial

import httpx
import pytest

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import FalClient, FalError, Storage, parts
from tests.fal.test_client import HASTY, service_of

pytestmark = pytest.mark.asyncio

DATA = bytes(range(256)) * 5


class Sent:
    """Which requests with a body the storage sends, as method and end of the path."""

    def __init__(self, storage: Storage) -> None:
        self.calls: list[str] = []
        storage._http.event_hooks["request"].append(self._note)

    async def _note(self, request: httpx.Request) -> None:
        self.calls.append(f"{request.method} {request.url.path.rpartition('/')[2]}")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PARTS_FROM", 1000)
    monkeypatch.setattr(parts, "PART", 400)


async def arrived(url: str) -> bytes:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).content


@pytest.mark.parametrize("fallback", [False, True])
async def test_a_large_file_arrives_whole(demo: DemoServer, fallback: bool) -> None:
    async with FalClient(service_of(demo)) as client:
        storage = Storage(client)
        sent = Sent(storage)
        if fallback:
            url = await storage._parts_to_fallback(DATA, "image/png", "input.png", "id")
        else:
            url = await storage.upload(DATA, "image/png")
        assert await arrived(url) == DATA
        ending = ["PUT 1", "PUT 2", "PUT 3", "PUT 4", "POST complete"]
        assert sent.calls == (ending if fallback else ["POST multipart", *ending])
        sent.calls.clear()
        assert await arrived(await storage.upload(DATA[:1000], "image/png")) == DATA[:1000]
        assert sent.calls == ["POST upload"]
        await storage.aclose()


@pytest.mark.parametrize("trouble", ["status:code=500", "status:code=503", "refuse", "cut_before"])
async def test_after_an_error_only_what_is_missing_is_sent(demo: DemoServer, trouble: str) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Storage(client)
        sent = Sent(storage)
        demo.order(Fault.parse(f"upload:{trouble}:nth=2"))
        url = await HASTY.run(partial(storage.upload, DATA, "image/png"))
        assert await arrived(url) == DATA
        assert sent.calls == ["POST multipart", "PUT 1", "PUT 2", "PUT 2", "PUT 3", "PUT 4", "POST complete"]
        await storage.aclose()


async def test_an_upload_that_the_service_has_forgotten_begins_anew(demo: DemoServer) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Storage(client)
        demo.order(Fault.parse("upload:status:code=500:nth=3"))
        with pytest.raises(FalError):
            await storage.upload(DATA, "image/png")
        for upload in storage._unfinished._uploads.values():
            upload.address += "x"
        sent = Sent(storage)
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == ["PUT 3", "POST multipart", "PUT 1", "PUT 2", "PUT 3", "PUT 4", "POST complete"]
        await storage.aclose()


async def test_a_token_that_ended_is_replaced_and_the_parts_stay(demo: DemoServer) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Storage(client)
        sent = Sent(storage)
        demo.order(Fault.parse("upload:status:code=401:nth=3"))
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == ["POST multipart", "PUT 1", "PUT 2", "PUT 3", "PUT 3", "PUT 4", "POST complete"]
        await storage.aclose()


async def test_a_service_without_parts_gets_the_file_in_one_piece(demo: DemoServer) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Storage(client)
        sent = Sent(storage)
        demo.order(Fault.parse("initiate:status:code=404:times=2"))
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == ["POST multipart", "POST upload"]
        await storage.aclose()
