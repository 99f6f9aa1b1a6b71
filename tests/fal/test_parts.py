"""Large files are uploaded in parts; parts sent before an error aren't sent again."""

from __future__ import annotations

import asyncio
from functools import partial

import httpx
import pytest

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import Charged, DeliveryStatus, FalClient, FalError, NoResponseError, Uploader, multipart
from imagineart_desktop.fal import storage as storage_module
from tests.fal import proxy_fixture
from tests.fal.test_client import HASTY, rogue, service_of
from tests.fal.test_proxy import behind
from tests.waiting import until

pytestmark = pytest.mark.asyncio

DATA = bytes(range(256)) * 5
OTHER = DATA[::-1]
PARTS = ["PUT 1", "PUT 2", "PUT 3", "PUT 4", "POST complete"]
BY_STORAGE = [f"storage {call}" for call in PARTS]


class Sent:
    """Records requests with a body that the uploader sends, as method and end of the path."""

    def __init__(self, storage: Uploader) -> None:
        self.calls: list[str] = []
        self.with_lifetime: list[str] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.unconfirmed = 0
        """Number of responses to strip of their ETag."""
        storage._http.event_hooks = {"request": [self._note], "response": [self._spoil]}

    async def _note(self, request: httpx.Request) -> None:
        """A call to the storage API has its token in the URL."""
        by_storage = "storage " if b"token=" in request.url.query else ""
        self.calls.append(f"{by_storage}{request.method} {request.url.path.rpartition('/')[2]}")
        if request.headers.get("x-fal-object-lifecycle") == '{"expiration_duration_seconds": 604800}':
            self.with_lifetime.append(self.calls[-1])
        await self.go_on.wait()

    async def _spoil(self, answer: httpx.Response) -> None:
        if self.unconfirmed and "etag" in answer.headers:
            self.unconfirmed -= 1
            del answer.headers["etag"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "MULTIPART_THRESHOLD", 1000)
    monkeypatch.setattr(multipart, "PART_SIZE", 400)


async def arrived(url: str) -> bytes:
    async with httpx.AsyncClient(timeout=None) as client:  # noqa: S113 - only a hang fails, and pytest ends that
        return (await client.get(url)).content


async def test_a_large_file_arrives_whole(demo: DemoServer) -> None:
    async with FalClient(service_of(demo)) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == ["POST multipart", *PARTS]
        sent.calls.clear()
        assert await arrived(await storage.upload(DATA[:1000], "image/png")) == DATA[:1000]
        assert sent.calls == ["POST upload"]
        assert sent.with_lifetime == ["POST multipart", "POST upload"]
        await storage.aclose()


@pytest.mark.parametrize(
    ("trouble", "calls"),
    [
        ("initiate:malformed:nth=1", ["POST multipart"]),
        ("initiate:wrong_type:nth=1", ["POST multipart"]),
        ("initiate:truncated:nth=1", ["POST multipart"]),
        ("initiate:status:code=404:nth=1", ["POST multipart"]),
        ("upload:status:code=401:times=2", ["POST multipart", "PUT 1", "PUT 1"]),
        ("no etag", ["POST multipart", "PUT 1", "POST multipart", "PUT 1"]),
    ],
)
async def test_where_the_cdn_takes_no_parts_they_go_by_the_storage_at_once(
    demo: DemoServer, trouble: str, calls: list[str]
) -> None:
    async with FalClient(service_of(demo)) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        if trouble == "no etag":
            sent.unconfirmed = 2
        else:
            demo.order(Fault.parse(trouble))
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == [*calls, *BY_STORAGE]
        await storage.aclose()


@pytest.mark.parametrize("trouble", ["status:code=500", "status:code=503", "refuse", "cut_before"])
async def test_after_some_attempts_at_the_parts_the_next_way_is_taken(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """Falls back to one piece; if that fails too, tries all methods again from the first."""
    monkeypatch.setattr(storage_module, "MAX_DATA_URI", 0)
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        demo.order(Fault.parse(f"upload:{trouble}:times=3"))
        assert await arrived(await HASTY.run(partial(storage.upload, DATA, "image/png"))) == DATA
        assert sent.calls == ["POST multipart", *["PUT 1"] * 3, *BY_STORAGE]
        sent.calls.clear()
        demo.order(Fault.parse(f"upload:{trouble}:times=8"))
        assert await arrived(await HASTY.run(partial(storage.upload, OTHER, "image/png"))) == OTHER
        *before, fallback = sent.calls[:9]
        assert before == ["POST multipart", *["PUT 1"] * 3, *["storage PUT 1"] * 3, "POST upload"]
        assert fallback.startswith("PUT ")
        assert sent.calls[9:] == PARTS
        await storage.aclose()


async def test_parts_that_arrive_between_errors_keep_the_way(demo: DemoServer) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        demo.order(*(Fault.parse(f"upload:status:code=500:nth={number}") for number in (1, 3, 5, 7, 9)))
        assert await arrived(await HASTY.run(partial(storage.upload, DATA, "image/png"))) == DATA
        assert sent.calls == ["POST multipart", *(call for call in PARTS for _ in range(2))]
        await storage.aclose()


@pytest.mark.parametrize("open_to_parts", [False, True])
async def test_parts_go_through_a_proxy_that_lets_them(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch, open_to_parts: bool
) -> None:
    if open_to_parts:
        monkeypatch.setattr(proxy_fixture, "_ALLOWED", ("https://rest.fal.ai/storage/upload/",))
    with proxy_fixture.team_proxy(demo) as (url, seen):
        async with FalClient(behind(url, demo)) as client:
            storage = Uploader(client)
            sent = Sent(storage)
            there = await storage.upload(DATA, "image/png")
            assert await arrived(there) == DATA
            assert sent.calls == (BY_STORAGE if open_to_parts else [f"PUT {there.rpartition('/')[2]}"])
            assert "604800" in seen[-1]["x-fal-object-lifecycle-preference"]
            assert sent.with_lifetime == []
            await storage.aclose()


async def test_jobs_with_the_same_image_wait_for_one_upload(demo: DemoServer) -> None:
    """Canceling one job doesn't cancel the upload for the others; what the last one leaves can be resumed."""
    async with FalClient(service_of(demo)) as client:
        storage = Uploader(client)
        sent = Sent(storage)

        async def begun(count: int) -> list[asyncio.Task[str]]:
            sent.calls.clear()
            sent.go_on.clear()
            uploads = [asyncio.create_task(storage.upload(DATA, "image/png")) for _ in range(count)]
            running = storage._shared._running
            await until(lambda: sent.calls and all(len(one.waiting) == count for one in running.values()))
            return uploads

        first, *others = await begun(3)
        first.cancel()
        await asyncio.wait([first])
        sent.go_on.set()
        (url,) = set(await asyncio.gather(*others))
        assert await arrived(url) == DATA
        assert first.cancelled()
        assert sent.calls == ["POST multipart", *PARTS]
        demo.order(Fault.parse("upload:status:code=500:nth=2"))
        with pytest.raises(FalError):
            await storage.upload(DATA, "image/png")
        for upload in (uploads := await begun(2)):
            upload.cancel()
        await asyncio.wait(uploads)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        sent.go_on.set()
        sent.calls.clear()
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == PARTS[1:]
        await storage.aclose()


@pytest.mark.parametrize("large", [False, True])
async def test_an_upload_that_fails_leaves_no_doubt_about_charges(monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    monkeypatch.setattr(storage_module, "MAX_DATA_URI", 0)
    async with rogue() as (service, _), FalClient(service, HASTY) as client:
        storage = Uploader(client)
        with pytest.raises(NoResponseError) as failed:
            await storage.upload(DATA if large else DATA[:1000], "image/png")
        assert (failed.value.charged, failed.value.fate) == (Charged.NO, DeliveryStatus.NOT_ARRIVED)
        assert "may have been" not in str(failed.value.advice)
        await storage.aclose()


@pytest.mark.parametrize("trouble", ["status:code=500", "status:code=503", "refuse", "cut_before"])
async def test_after_an_error_only_what_is_missing_is_sent(demo: DemoServer, trouble: str) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        demo.order(Fault.parse(f"upload:{trouble}:nth=2"))
        url = await HASTY.run(partial(storage.upload, DATA, "image/png"))
        assert await arrived(url) == DATA
        assert sent.calls == ["POST multipart", "PUT 1", "PUT 2", "PUT 2", "PUT 3", "PUT 4", "POST complete"]
        await storage.aclose()


async def test_an_upload_that_the_service_has_forgotten_begins_anew(demo: DemoServer) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        demo.order(Fault.parse("upload:status:code=500:nth=3"))
        with pytest.raises(FalError):
            await storage.upload(DATA, "image/png")
        for upload in storage._unfinished._uploads.values():
            upload.address += "x"
        sent = Sent(storage)
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == ["PUT 3", "POST multipart", *PARTS]
        await storage.aclose()


@pytest.mark.parametrize(
    ("trouble", "calls"),
    [
        # An expired token is replaced, and the parts are kept.
        ("upload:status:code=401:nth=3", ["POST multipart", *PARTS[:3], *PARTS[2:]]),
        # A service without multipart support gets the file in one piece.
        ("initiate:status:code=404:times=2", ["POST multipart", "POST upload"]),
    ],
)
async def test_a_refusal_is_answered_with_as_few_calls_as_possible(
    demo: DemoServer, trouble: str, calls: list[str]
) -> None:
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        sent = Sent(storage)
        demo.order(Fault.parse(trouble))
        assert await arrived(await storage.upload(DATA, "image/png")) == DATA
        assert sent.calls == calls
        await storage.aclose()


async def test_what_the_connection_takes_and_what_is_answered_is_told(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "_CHUNK", 150)
    told: list[bool] = []
    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        demo.order(Fault.parse("upload:status:code=500:nth=1"))
        await HASTY.run(partial(storage.upload, DATA[:1000], "image/png", told.append))
        # It starts, and is sent in one piece, twice: the first response was an error.
        assert told == [False, *[False] * 14, True]
        told.clear()
        await storage.upload(DATA, "image/png", told.append)
        assert told[:16] == [False, True, *[False, False, False, True] * 3, False, True]
        assert told.count(True) == 6
        await storage.aclose()


async def test_an_upload_begins_once_it_has_a_connection(demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = asyncio.Event()

    async def held(_storage: Uploader, file: storage_module._File) -> str:
        await go_on.wait()
        return file.name

    monkeypatch.setattr(Uploader, "_in_one_piece", held)
    begun: list[int] = []

    def note(number: int, _answered: bool) -> None:
        begun.append(number)

    async with FalClient(service_of(demo), HASTY) as client:
        storage = Uploader(client)
        uploads = [
            asyncio.create_task(storage.upload(bytes([number]), "image/png", partial(note, number)))
            for number in range(6)
        ]
        while len(begun) < 4:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert begun == [0, 1, 2, 3]
        go_on.set()
        await asyncio.gather(*uploads)
        assert begun == [0, 1, 2, 3, 4, 5]
        await storage.aclose()
