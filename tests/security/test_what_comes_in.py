"""Everything that the service sends is untrusted until checked: URLs, sizes, names, texts."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer, Fault
from imagineart_desktop.fal import (
    FAL_HOSTS,
    BadDownloadError,
    Downloader,
    FalClient,
    NoResponseError,
    Service,
    ServiceKind,
    UnsafeUrlError,
    Uploader,
    download,
    transport,
)
from imagineart_desktop.fal.responses import LogEntry
from imagineart_desktop.jobs import JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL, at_work, outcome, service_of

pytestmark = pytest.mark.asyncio

LIVE = Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr("id:secret"))


INSIDE = [
    ["10.0.0.5"],
    ["127.0.0.1"],
    ["169.254.169.254"],
    ["100.64.0.1"],
    ["0.0.0.0"],  # noqa: S104 - an address to refuse
    ["93.184.216.34", "192.168.1.1"],
    ["::ffff:10.0.0.1"],
    ["::7f00:1"],
    ["fec0::1"],
    ["2002:7f00:1::"],
    ["64:ff9b::7f00:1"],
    ["64:ff9b:1::a00:1"],
]


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make each lookup return the next answer, and repeat the last one. Returns the names that were looked up."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        addresses = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    return asked


async def test_the_connection_goes_where_was_looked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A name whose second lookup returns an address inside the network is contacted only at its first address."""
    asked = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=pieces())

    async def pieces() -> AsyncIterator[bytes]:
        yield b"picture"

    downloader = Downloader(LIVE)
    downloader._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    await downloader.fetch_result("https://v3.fal.media/files/a.png", tmp_path / "a")
    assert asked == ["v3.fal.media"]
    (request,) = seen
    assert request.url.host == "93.184.216.34"
    assert request.headers["host"] == "v3.fal.media"
    assert request.extensions["sni_hostname"] == "v3.fal.media"
    assert "authorization" not in request.headers


@pytest.mark.parametrize("addresses", INSIDE)
async def test_a_name_that_leads_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, addresses: list[str]
) -> None:
    resolving(monkeypatch, addresses)
    downloader = Downloader(LIVE)
    with pytest.raises(UnsafeUrlError):
        await downloader.fetch_result("https://results.example/a.png", tmp_path / "a")
    with pytest.raises(UnsafeUrlError):
        await downloader.fetch_public("http://pictures.example/a.png", tmp_path / "a")
    await downloader.aclose()


@pytest.mark.parametrize("address", ["http://93.184.216.34/x", "https://10.0.0.1/x", "file:///etc/passwd", "ftp://a/x"])
async def test_a_redirect_leads_only_where_one_may_go(tmp_path: Path, demo: DemoServer, address: str) -> None:
    demo.order(Fault.parse(f"file:redirect:to={address}"))
    downloader = Downloader(service_of(demo))
    with pytest.raises(UnsafeUrlError):
        await downloader.fetch_result(f"{demo.hosts.cdn}/files/a.png", tmp_path / "a")
    await downloader.aclose()


async def test_pictures_are_uploaded_only_where_one_may_go(monkeypatch: pytest.MonkeyPatch, demo: DemoServer) -> None:
    async with FalClient(service_of(demo)) as speaker:
        token = await speaker.upload_token()

        async def elsewhere() -> dict[str, Any]:
            return token | {"base_url": "http://10.0.0.1"}

        async def nowhere(_name: str, _kind: str) -> dict[str, Any]:
            return {"upload_url": "https://10.0.0.1/x", "file_url": "https://10.0.0.1/x"}

        monkeypatch.setattr(speaker, "upload_token", elsewhere)
        monkeypatch.setattr(speaker, "initiate_upload", nowhere)
        assert (await Uploader(speaker).upload(b"x", "image/png")).startswith("data:image/png")
    assert "uploads" not in demo.counts


async def test_bodies_are_bounded(tmp_path: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_DOWNLOAD", 3 * 2**20)
    monkeypatch.setattr(transport, "MAX_RESPONSE", 2**20)
    demo.order(
        Fault.parse("file:huge"), Fault.parse("status:huge"), Fault.parse("stream:huge"), Fault.parse("submit:huge")
    )
    downloader = Downloader(service_of(demo))
    with pytest.raises(BadDownloadError):
        await downloader.fetch_result(f"{demo.hosts.cdn}/files/a.png", tmp_path / "a")
    await downloader.aclose()
    async with FalClient(service_of(demo)) as speaker:
        place = speaker.build_urls(IMAGINEART_20.app, "r").status_url
        with pytest.raises(NoResponseError):
            await speaker.status(place)
        with pytest.raises(NoResponseError):
            await speaker.submit(IMAGINEART_20.endpoint, SMALL)
        with pytest.raises(NoResponseError):
            async for _ in speaker.stream_status(place):
                pass
    assert demo.counts["bytes_out"] < 40 * 2**20


async def test_names_and_types_that_the_service_claims_mean_nothing(tmp_path: Path, demo: DemoServer) -> None:
    demo.order(Fault.parse("result:hostile"), Fault.parse("status:hostile"), Fault.parse("stream:hostile"))
    before = set(tmp_path.parent.iterdir())
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        assert event.job.state is JobState.DONE
        details = await library.details(event.pictures[0])
    assert details is not None
    assert details.summary.size == (1024, 256)
    assert details.format == "PNG"
    assert set(tmp_path.parent.iterdir()) == before
    assert {path.name for path in tmp_path.iterdir()} == {"demo", "library"}
    assert all(len(entry.message) <= 2_000 for entry in event.job.logs)


async def test_log_lines_lose_what_cannot_be_seen() -> None:
    entry = LogEntry(message="\x1b[2J\x1b]0;owned\x07<b>bold</b>\u202egnp.exe\x00", level="INFO\r")
    # Control characters become spaces, so that the words around them stay apart.
    assert entry.message == " [2J ]0;owned <b>bold</b>gnp.exe "
    assert entry.level == "INFO "


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
async def test_what_holds_prompts_and_pictures_is_for_its_owner_alone(tmp_path: Path, demo: DemoServer) -> None:
    async with at_work(tmp_path, demo) as (worker, library):
        (job,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL)
        event = await outcome(worker, job)
        await library.thumbnail((await library.summaries(event.pictures))[0], 512)
        await library.save_draft("generate", {"prompt": "secret"})
        await library.trash.put(event.pictures)
        open_to_others = [
            path
            for folder in (tmp_path / "library", tmp_path / "demo")
            for path in (folder, *folder.rglob("*"))
            if path.stat().st_mode & 0o077
        ]
    assert not open_to_others


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "localhost.", "metadata.google.internal.", "169.254.43518", "0x7f.1"]
)
async def test_a_proxy_of_the_system_is_not_asked_for_what_lies_inside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    downloader = Downloader(LIVE)
    with pytest.raises(UnsafeUrlError):
        await downloader.fetch_result(f"https://{host}/a.png", tmp_path / "a")
    await downloader.aclose()


async def test_the_answer_to_an_upload_is_bounded(demo: DemoServer) -> None:
    demo.order(Fault.parse("upload:huge"))
    async with FalClient(service_of(demo)) as speaker:
        assert (await Uploader(speaker).upload(b"x", "image/png")).startswith("data:image/png")
    assert demo.counts["bytes_out"] < 60 * 2**20


async def test_the_demo_ends_with_the_program_and_has_another_key_each_time(tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        with DemoServer(tmp_path / "demo") as server:
            keys.add(server.key)
            place = httpx.URL(server.hosts.run)
            socket.create_connection((place.host, place.port or 0), timeout=5).close()
        with pytest.raises(OSError, match=r".*"):
            socket.create_connection((place.host, place.port or 0), timeout=5)
    assert len(keys) == 2
