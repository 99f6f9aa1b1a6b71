"""Connections through a SOCKS5 proxy, which resolves host names itself.

httpcore's own implementation waits forever for a silent proxy, leaves its socket open if the proxy refuses, and fails
if a reply arrives in two pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import httpcore
from socksio import ProtocolError
from socksio.socks5 import (
    SOCKS5AuthMethod,
    SOCKS5AuthMethodsRequest,
    SOCKS5AuthReply,
    SOCKS5Command,
    SOCKS5CommandRequest,
    SOCKS5Reply,
    SOCKS5ReplyCode,
    SOCKS5UsernamePasswordReply,
    SOCKS5UsernamePasswordRequest,
)

from imagineart_desktop.fal.environment import Proxy

_NO_AUTH, _WITH_PASSWORD = SOCKS5AuthMethod.NO_AUTH_REQUIRED, SOCKS5AuthMethod.USERNAME_PASSWORD
_ADDRESS_LENGTHS = {1: 4, 4: 16}
"""Length of an address in the proxy's reply by address type, in bytes. A name carries its own length."""


class SocksBackend(httpcore.AsyncNetworkBackend):
    """Opens connections through the proxy. direct: the backend that connects to the proxy."""

    def __init__(self, proxy: Proxy, direct: httpcore.AsyncNetworkBackend) -> None:
        self._proxy = proxy
        self._direct = direct

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore names it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect through the proxy.

        On failure raises httpcore's ConnectError, ConnectTimeout or ProxyError, with the socket closed.
        """
        stream = await self._direct.connect_tcp(
            self._proxy.host, self._proxy.port, timeout, local_address, socket_options
        )
        try:
            async with asyncio.timeout(timeout):
                await self._negotiate(stream, host, port)
        except BaseException as error:
            await stream.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout("the proxy did not answer") from error
            if isinstance(error, ProtocolError | httpcore.NetworkError | httpcore.TimeoutException | ValueError):
                raise httpcore.ProxyError("no SOCKS5 proxy, or it hung up") from error
            raise
        return stream

    async def _negotiate(self, stream: httpcore.AsyncNetworkStream, host: str, port: int) -> None:
        known = bool(self._proxy.user or self._proxy.password)
        methods = [_NO_AUTH, _WITH_PASSWORD] if known else [_NO_AUTH]
        await stream.write(SOCKS5AuthMethodsRequest(methods).dumps())
        chosen = SOCKS5AuthReply.loads(await _read_exactly(stream, 2)).method
        if chosen not in methods:
            raise httpcore.ProxyError("the proxy wants to be logged in to in another way")
        if chosen is _WITH_PASSWORD:
            user, password = self._proxy.user.encode(), self._proxy.password.encode()
            await stream.write(SOCKS5UsernamePasswordRequest(user, password).dumps())
            if not SOCKS5UsernamePasswordReply.loads(await _read_exactly(stream, 2)).success:
                raise httpcore.ProxyError("the proxy does not know the user or the password")
        await stream.write(SOCKS5CommandRequest.from_address(SOCKS5Command.CONNECT, (host, port)).dumps())
        head = await _read_exactly(stream, 5)
        length = _ADDRESS_LENGTHS.get(head[3], head[4] + 1)
        reply = SOCKS5Reply.loads(head + await _read_exactly(stream, length - 1 + 2))
        if reply.reply_code is not SOCKS5ReplyCode.SUCCEEDED:
            raise httpcore.ProxyError(f"the proxy could not connect: {reply.reply_code.name.lower()}")

    async def sleep(self, seconds: float) -> None:
        """Required by httpcore."""
        await asyncio.sleep(seconds)


async def _read_exactly(stream: httpcore.AsyncNetworkStream, count: int) -> bytes:
    """Read exactly `count` bytes, which may arrive in pieces."""
    read = b""
    while len(read) < count:
        piece = await stream.read(count - len(read))
        if not piece:
            raise httpcore.ProxyError("the proxy hung up")
        read += piece
    return read
