"""Which addresses a result may be fetched from: https and public, or the demo server's own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from imagineart_desktop.fal.errors import OfflineError, UnsafeAddressError
from imagineart_desktop.fal.service import Service

MAX_URL = 4_096
"""Characters."""


async def check_address(url: str, service: Service) -> None:
    """Raises UnsafeAddressError for a URL that is not fetched, OfflineError when its name cannot be looked up."""
    if len(url) > MAX_URL:
        raise UnsafeAddressError("The result's address is too long.")
    if service.is_own_address(url):
        return
    await check_public_address(url, schemes=("https",))


async def check_public_address(url: str, *, schemes: tuple[str, ...]) -> None:
    """Raises UnsafeAddressError unless the URL has one of the schemes and its host only public addresses."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnsafeAddressError("This is not an address of a picture.") from None
    if parts.scheme not in schemes or not host:
        raise UnsafeAddressError(f"Only {' and '.join(schemes)} addresses are fetched.")
    for address in await _resolve(host, port or (443 if parts.scheme == "https" else 80)):
        if not address.is_global or address.is_multicast:
            raise UnsafeAddressError("The address lies inside a private network; it is not fetched.")


async def _resolve(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OfflineError(f"{host} cannot be found.") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
