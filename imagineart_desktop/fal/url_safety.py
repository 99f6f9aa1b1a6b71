"""URL checks and DNS resolution for downloads. Allowed are public https hosts and the demo server itself.

Each name is resolved once, and the connection goes to the address that was checked, so a name that resolves differently
a moment later can't lead elsewhere (DNS rebinding). If the environment sets a proxy, the proxy resolves names, perhaps
ones that this machine can't. In that case only the address as written is checked: literal private addresses and names
of private networks are refused, but a public name that the proxy resolves inside its own network goes unnoticed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from imagineart_desktop.fal.environment import NetworkSettings
from imagineart_desktop.fal.errors import OfflineError, UnsafeUrlError
from imagineart_desktop.fal.no_proxy import is_loopback
from imagineart_desktop.fal.service import Service
from imagineart_desktop.support.messages import Message

MAX_URL = 4_096
"""Maximum length of a URL, in characters."""

_IPV4_EMBEDDING_NETWORKS = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""IPv6 networks whose addresses embed an IPv4 address in their last four bytes."""

_PRIVATE_SUFFIXES = (
    ".localhost",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".home.arpa",
)
"""Host name suffixes of private networks. Names without a dot count as private too."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class ResolvedUrl:
    """A URL that was checked and resolved. url: with the address in place of the name; host: for the Host header.

    name: the name that the certificate must match, or None if the URL is used unchanged.
    """

    url: str
    host: str
    name: str | None


async def resolve_result_url(url: str, service: Service, environment: NetworkSettings) -> list[ResolvedUrl]:
    """Resolve the URL of a result. Returns the candidates to try in order.

    Raises UnsafeAddressError for a URL that must not be fetched, OfflineError if its name can't be resolved.
    """
    if len(url) > MAX_URL:
        raise UnsafeUrlError(Message("fal.url_too_long"))
    if url.startswith("http:") and service.is_own_url(url):
        return [ResolvedUrl(url, urlsplit(url).netloc, None)]
    return await resolve_public_url(url, environment, schemes=("https",))


async def resolve_public_url(url: str, environment: NetworkSettings, *, schemes: tuple[str, ...]) -> list[ResolvedUrl]:
    """Resolve a URL as `resolve_result_url` does. It must have one of the schemes, and only public addresses."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnsafeUrlError(Message("fal.url_no_image")) from None
    if parts.scheme not in schemes or not host:
        raise UnsafeUrlError(Message("fal.url_scheme", schemes=schemes))
    if is_loopback(host):
        raise _private_address_error()
    literal = _parse_ip(host)
    if literal is None and await environment.proxy_for(parts.scheme, host, port) is not None:
        named = host.rstrip(".")
        if "." not in named or named.endswith(_PRIVATE_SUFFIXES) or _is_number(named):
            raise _private_address_error()
        return [ResolvedUrl(url, parts.netloc.rpartition("@")[2], None)]
    default = 443 if parts.scheme == "https" else 80
    addresses = [literal] if literal is not None else await _resolve(host, port or default)
    if not all(map(_is_public, addresses)):
        raise _private_address_error()
    host_header = parts.netloc.rpartition("@")[2]
    return [ResolvedUrl(_with_address(url, address, port), host_header, host) for address in addresses]


def _with_address(url: str, address: Address, port: int | None) -> str:
    place = f"[{address}]" if address.version == 6 else str(address)
    return urlunsplit(urlsplit(url)._replace(netloc=place if port is None else f"{place}:{port}"))


def _private_address_error() -> UnsafeUrlError:
    return UnsafeUrlError(Message("fal.url_private"))


def _is_public(address: Address) -> bool:
    """Return whether the address, and any address embedded in it, is outside private networks."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    inside = address.ipv4_mapped or address.sixtofour
    if any(address in network for network in _IPV4_EMBEDDING_NETWORKS):
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return not address.is_site_local and (inside is None or _is_public(inside))


def _is_number(host: str) -> bool:
    """Return whether the system would parse this name as an IPv4 address, as it does 127.1 and 2130706433."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _parse_ip(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


async def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OfflineError(Message("fal.host_unknown", host=host)) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return list(dict.fromkeys(addresses))
