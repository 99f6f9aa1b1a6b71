"""fal.ai through a proxy: all traffic uses it, it resolves names, and its failures are waited out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

pytest.importorskip("cryptography", reason="makes the certificate of the test's own server")

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import (
    DeliveryStatus,
    Downloader,
    FalClient,
    Hosts,
    OfflineError,
    RetryRules,
    Service,
    ServiceKind,
    UnsafeUrlError,
    Uploader,
)
from tests.fal.proxies import BODY, HOST, https_origin, proxy_server
from tests.jobs.job_fixtures import service_of
from tests.waiting import ended, until

pytestmark = pytest.mark.asyncio

RULES = RetryRules(first_wait=0.01, max_wait=0.05)
PASSWORD = "p#ss/w@rd:%20"  # noqa: S105 - of the test's own proxy


@pytest_asyncio.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """An https server on loopback in place of fal.ai, whose name can't be resolved on this machine."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT"):
            monkeypatch.delenv(name)
    async with https_origin(tmp_path) as (port, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield Service(ServiceKind.LIVE, Hosts(*(f"https://{HOST}:{port}",) * 5), SecretStr("id:secret"))


@pytest.mark.parametrize(
    ("kind", "address", "credentials"),
    [
        ("http", "http://127.0.0.1:{port}", []),
        ("http", " 127.0.0.1:{port}/ ", []),
        ("http", f"http://me:{PASSWORD}@127.0.0.1:{{port}}", ["me:p#ss/w@rd: "]),
        ("socks5", "socks5://127.0.0.1:{port}", []),
        ("socks5", "socks://127.0.0.1:{port}/", []),
        ("socks5", f"socks5h://me:{PASSWORD}@127.0.0.1:{{port}}", ["me:p#ss/w@rd: "]),
    ],
)
async def test_calls_uploads_and_downloads_go_through_the_proxy(
    live: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    address: str,
    credentials: list[str],
) -> None:
    async with proxy_server(kind) as proxy:
        monkeypatch.setenv("ALL_PROXY", address.format(port=proxy.port))
        async with FalClient(live, RULES) as speaker:
            assert (await speaker.status(f"{live.hosts.queue}/a")).status == "COMPLETED"
            assert (await speaker.submit("a/b", {"prompt": "hills"})).request_id == "r"
            storage = Uploader(speaker)
            _, uploaded = await storage._exchange("POST", f"{live.hosts.cdn}/files", b"x" * 100_000, {})
            await storage.aclose()
        downloader = Downloader(live, RULES)
        await downloader.fetch_result(f"{live.hosts.cdn}/a.png", tmp_path / "a.png")
        await downloader.aclose()
    assert uploaded == BODY
    assert (tmp_path / "a.png").read_bytes() == BODY
    assert set(proxy.asked) == {live.hosts.queue.removeprefix("https://")}
    assert len(proxy.asked) >= 4
    assert set(proxy.credentials) == set(credentials)


@pytest.mark.parametrize(
    ("kind", "manner"),
    [(kind, manner) for kind in ("http", "socks5") for manner in ("refuses", "hangs up", "garbage", "silent")]
    + [("socks5", "no route")],
)
async def test_what_a_proxy_did_not_let_through_has_surely_not_arrived(
    live: Service, monkeypatch: pytest.MonkeyPatch, kind: str, manner: str
) -> None:
    rules = RetryRules(answer=0.1) if manner == "silent" else RULES
    async with proxy_server(kind, manner) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{kind}://127.0.0.1:{proxy.port}")
        async with FalClient(live, rules) as speaker:
            for _ in range(3):
                with pytest.raises(OfflineError) as caught:
                    await ended(speaker.submit("a/b", {"prompt": "hills"}))
                assert caught.value.fate is DeliveryStatus.NOT_ARRIVED
            await until(lambda: not proxy.open)


async def test_a_host_of_no_proxy_is_reached_directly(
    live: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_server("http") as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "other.test, .fal.test [::1], 10.0.0.0/8")
        downloader = Downloader(live, RULES)
        with pytest.raises(OfflineError):
            await downloader.fetch_result(f"{live.hosts.cdn}/a.png", tmp_path / "a.png")
        await downloader.aclose()
    assert not proxy.asked


async def test_the_demo_is_reached_without_the_environment(
    demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GARBAGE.items():
        monkeypatch.setenv(name, value)
    async with proxy_server("http") as proxy:
        for name in ("HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with FalClient(service_of(demo)) as speaker:
            await speaker.test()
    assert not proxy.asked


@pytest.mark.parametrize(
    "host",
    ["localhost", "x.localhost", "printer", "nas.local", "router.lan", "10.0.0.1", "[::1]", "127.1", "[fe80::1]"],
)
@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_a_proxy_is_not_asked_for_what_lies_inside(
    live: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, kind: str
) -> None:
    async with proxy_server(kind) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{kind}://127.0.0.1:{proxy.port}")
        downloader = Downloader(live, RULES)
        with pytest.raises(UnsafeUrlError):
            await downloader.fetch_result(f"https://{host}/a.png", tmp_path / "a")
        await downloader.aclose()
    assert not proxy.asked


GARBAGE = {
    "SSL_CERT_FILE": "/nowhere/certificates.pem",
    "SSL_CERT_DIR": "/nowhere",
    "SSLKEYLOGFILE": "/nowhere/keys.log",
    "NO_PROXY": "[::1],[,fd00::/8,10.0.0.0/99,*.a.*,http://,:",
    "HTTP_PROXY": "::::",
    "HTTPS_PROXY": "ftp://me:secret@x",
    "ALL_PROXY": "socks://",
}
