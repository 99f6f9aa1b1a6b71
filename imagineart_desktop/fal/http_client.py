"""Creation of HTTP clients, configured for the environment and the process's limits. No other module creates one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from imagineart_desktop.fal.environment import NetworkSettings, Proxy, read_environment
from imagineart_desktop.fal.service import Service, ServiceKind
from imagineart_desktop.fal.socks import SocksBackend

if sys.platform != "win32":
    import resource

_LOADED_LATE = (
    "anyio._backends._asyncio",
    "anyio._core._eventloop",
    "anyio._core._sockets",
    "anyio._core._synchronization",
    "anyio._core._tasks",
    "anyio.streams.tls",
    "encodings.idna",
    "httpcore._async.http2",
    "httpcore._async.http_proxy",
)
_CONNECT_SECONDS = 10.0
_MIN_CONNECTIONS = 2
_SHARE = 12
"""Each pool may use 1/12 of the file descriptors: there are four pools, and the demo server holds the other ends."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Connection limits of a client. kept: idle connections kept for reuse; seconds: how long they're kept."""

    most: int
    kept: int
    seconds: float = 5.0
    http2: bool = False


def prepare(service: Service) -> NetworkSettings:
    """Import what the first call would import, and read the environment for a service. Blocks: call it in a thread.

    The HTTP libraries import parts of themselves during the first call. If no file can be opened at that moment, the
    call fails halfway and the pool loses a connection.
    """
    for name in _LOADED_LATE:
        with suppress(ImportError):
            importlib.import_module(name)
    return environment_for(service)


def environment_for(service: Service) -> NetworkSettings:
    """Return the network settings for a service. The demo server is on loopback and needs none. Blocks."""
    return NetworkSettings() if service.kind is ServiceKind.DEMO else read_environment()


def open_client(environment: NetworkSettings, pool: PoolLimits, timeout: httpx.Timeout) -> httpx.AsyncClient:
    """Create a client that uses the given settings and nothing else from the environment."""
    routes = _ProxyRoutingTransport(environment, pool)
    return httpx.AsyncClient(transport=routes, timeout=timeout, trust_env=False)


def make_timeout(seconds: float) -> httpx.Timeout:
    """Return the timeouts of a call. seconds: the longest pause while waiting for its response."""
    return httpx.Timeout(connect=min(_CONNECT_SECONDS, seconds), read=seconds, write=seconds, pool=seconds)


def limit_connections(connections: int) -> int:
    """Limit a number of connections to what the process's limit on open files allows."""
    if sys.platform == "win32":
        return connections
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (
        connections if allowed == resource.RLIM_INFINITY else max(_MIN_CONNECTIONS, min(connections, allowed // _SHARE))
    )


class _ProxyRoutingTransport(httpx.AsyncBaseTransport):
    """Sends each request directly or through the proxy for its host.

    If the host was resolved beforehand, the request has its name in `sni_hostname`, which takes precedence.
    """

    def __init__(self, environment: NetworkSettings, pool: PoolLimits) -> None:
        self._environment = environment
        self._pool = pool
        self._ways: dict[Proxy | None, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        host = request.extensions.get("sni_hostname") or url.host
        proxy = await self._environment.proxy_for(url.scheme, host, url.port)
        way = self._ways.get(proxy)
        if way is None:
            way = self._ways[proxy] = _make_transport(proxy, self._environment, self._pool)
        return await _send_watched(way, request, proxied=proxy is not None)

    async def aclose(self) -> None:
        for way in self._ways.values():
            await way.aclose()


async def _send_watched(way: httpx.AsyncHTTPTransport, request: httpx.Request, *, proxied: bool) -> httpx.Response:
    """Send a request. Any failure before it's sent is raised as a connection error, since it certainly didn't arrive.

    Examples are a proxy that hangs up, or a process that can't open any more files.
    """
    sent = False

    async def watch(event: str, facts: Mapping[str, Any]) -> None:
        nonlocal sent
        begun = event.endswith(("send_request_headers.started", "send_connection_init.started"))
        sent = sent or (begun and getattr(facts.get("request"), "method", b"") != b"CONNECT")

    request.extensions = {**request.extensions, "trace": watch}
    try:
        return await way.handle_async_request(request)
    except (httpx.ProxyError, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise
    except (httpx.TransportError, OSError) as error:
        words = f"{type(error).__name__}: {error}"
        if not sent:
            raise (httpx.ProxyError if proxied else httpx.ConnectError)(words) from error
        if isinstance(error, OSError):
            raise httpx.ReadError(words) from error
        raise


def _make_transport(proxy: Proxy | None, environment: NetworkSettings, pool: PoolLimits) -> httpx.AsyncHTTPTransport:
    most = limit_connections(pool.most)
    limits = httpx.Limits(
        max_connections=most, max_keepalive_connections=min(most, pool.kept), keepalive_expiry=pool.seconds
    )
    if proxy is None or proxy.kind == "socks5":
        way = httpx.AsyncHTTPTransport(verify=environment.tls, trust_env=False, http2=pool.http2, limits=limits)
        if proxy is not None:
            # httpx offers no way to choose httpcore's network backend.
            opened = way._pool
            opened._network_backend = SocksBackend(proxy, opened._network_backend)
        return way
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    through = httpx.Proxy(
        f"{proxy.kind}://{host}:{proxy.port}",
        ssl_context=environment.tls if proxy.kind == "https" else None,
        auth=(proxy.user, proxy.password) if proxy.user or proxy.password else None,
    )
    return httpx.AsyncHTTPTransport(
        verify=environment.tls, trust_env=False, http2=pool.http2, limits=limits, proxy=through
    )
