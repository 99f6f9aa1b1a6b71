"""The environment is read once per connection, in a thread: reading certificates and resolving names take a while."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from imagineart_desktop.demo import DemoServer
from imagineart_desktop.fal import FAL_HOSTS, FalError, Service, ServiceKind, fetch_public_image
from imagineart_desktop.fal.environment import NetworkSettings, Proxy, read_environment
from imagineart_desktop.fal.http_client import PoolLimits, _make_transport
from imagineart_desktop.fal.socks import SocksBackend
from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from tests.jobs.job_fixtures import service_of


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that read the environment."""
    found: list[threading.Thread] = []

    def read() -> NetworkSettings:
        found.append(threading.current_thread())
        return read_environment()

    monkeypatch.setattr("imagineart_desktop.fal.http_client.read_environment", read)
    return found


def _is_elsewhere(threads: list[threading.Thread]) -> bool:
    return threading.current_thread() not in threads


@pytest.mark.asyncio
async def test_a_connection_reads_it_once_and_the_demo_not_at_all(
    tmp_path: Path, demo: DemoServer, readers: list[threading.Thread]
) -> None:
    library = Library(tmp_path / "library")
    worker = Worker(library)
    try:
        await worker.connect(service_of(demo))
        assert readers == []
        await worker.connect(Service(ServiceKind.LIVE, FAL_HOSTS, SecretStr("id:secret")))
        assert len(readers) == 1
        assert _is_elsewhere(readers)
    finally:
        await worker.stop()
        library.close()


@pytest.mark.asyncio
async def test_an_image_from_an_address_reads_it_once(readers: list[threading.Thread]) -> None:
    with pytest.raises(FalError):
        await fetch_public_image("http://127.0.0.1:9/a.png")
    assert len(readers) == 1
    assert _is_elsewhere(readers)


@pytest.mark.asyncio
async def test_exceptions_of_the_system_are_evaluated_in_a_thread_once_per_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    threads: list[threading.Thread] = []

    def bypass(host: str) -> bool:
        asked.append(host)
        threads.append(threading.current_thread())
        return host == "inside.test"

    monkeypatch.setattr("urllib.request.proxy_bypass", bypass)
    proxy = Proxy("http", "proxy.test", 80)
    environment = NetworkSettings({"https": proxy}, from_system=True)
    for _ in range(2):
        assert await environment.proxy_for("https", "inside.test", None) is None
        assert await environment.proxy_for("https", "fal.run", None) == proxy
    assert asked == ["inside.test", "fal.run"]
    assert _is_elsewhere(threads)


def _backend(proxy: Proxy | None) -> object:
    return _make_transport(proxy, NetworkSettings(), PoolLimits(1, 1))._pool._network_backend


@pytest.mark.parametrize(("proxy", "through"), [(None, False), (Proxy("socks5", "proxy.test", 1080), True)])
def test_the_transport_has_the_place_that_socks_is_put_into(proxy: Proxy | None, through: bool) -> None:
    """httpx offers no way to choose httpcore's network backend, so private names are used; this detects a change."""
    assert isinstance(_backend(proxy), SocksBackend) is through
    assert hasattr(_backend(None), "connect_tcp")
