"""Parser for `NO_PROXY`: the hosts that are reached without a proxy.

Commas or spaces separate entries. `*` matches every host. A name matches itself and its subdomains, with or without a
leading dot or `*.`. Addresses and networks (10.0.0.0/8, fd00::/8) match hosts that are written as addresses. An entry
with a port matches that port only. Loopback never goes through a proxy.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from imagineart_desktop.support import parse_int

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(r"[\w.*-]+")
_BRACKETS = re.compile(r"^\[([^\[\]]*)\](?=/|$)")
_MAX_LENGTH = 100_000
"""Maximum number of characters read from the variable; the rest is ignored."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry. host: a name in lower case, a network, or None for every host; port: None for every port."""

    host: str | Network | None
    port: int | None

    def covers(self, host: str, address: Address | None, port: int) -> bool:
        if self.port not in (None, port):
            return False
        if self.host is None:
            return True
        if isinstance(self.host, str):
            return address is None and (host == self.host or host.endswith(f".{self.host}"))
        return address is not None and address.version == self.host.version and address in self.host


@dataclass(frozen=True, slots=True)
class NoProxy:
    """The parsed variable. all_known: whether every entry could be parsed; invalid ones are ignored."""

    entries: tuple[_Entry, ...] = ()
    is_fully_parsed: bool = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the value of the variable. Never raises."""
        words = [word for word in re.split(r"[,;\s]+", text[:_MAX_LENGTH]) if word]
        read = [_entry(word) for word in words]
        return cls(tuple(entry for entry in read if entry is not None), None not in read)

    def covers(self, host: str, port: int) -> bool:
        """Return whether the host is reached without a proxy. host: a name or an address, without brackets."""
        name, address = normalize_host(host), parse_ip(host)
        return is_loopback(host) or any(entry.covers(name, address, port) for entry in self.entries)


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine."""
    name, address = normalize_host(host), parse_ip(host)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def normalize_host(host: str) -> str:
    """Normalize a name for comparison: lower case, ASCII (IDNA), no trailing dot."""
    name = host.lower().rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def parse_ip(host: str) -> Address | None:
    """Parse a host that is written as an address, else return None. An IPv4-mapped address becomes an IPv4 address."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def _entry(word: str) -> _Entry | None:
    word = word.strip("\"'").rpartition("://")[2].rstrip("/")
    if word == "*":
        return _Entry(None, None)
    network = _network(word)
    if network is not None:
        return _Entry(network, None)
    host, colon, digits = word.rpartition(":")
    if not colon:
        host = word
    port = parse_int(digits, 1, 65_535) if colon else None
    if colon and port is None:
        return None
    network = _network(host)
    if network is not None:
        return _Entry(network, port)
    if host == "*":
        return _Entry(None, port)
    name = normalize_host(host).removeprefix("*").removeprefix(".")
    return _Entry(name, port) if _HOST.fullmatch(name) and "*" not in name else None


def _network(text: str) -> Network | None:
    """Parse an address or a network, with or without brackets: `[::1]`, `[fd00::]/8`, `10.0.0.0/8`."""
    address, slash, prefix = _BRACKETS.sub(r"\1", text).partition("/")
    if slash and not prefix:
        return None
    try:
        return ipaddress.ip_network(f"{address.partition('%')[0]}{slash}{prefix}", strict=False)
    except ValueError:
        return None
