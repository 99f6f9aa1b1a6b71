"""`NO_PROXY`: which hosts are reached without a proxy.

Entries are separated by commas or spaces. `*` means every host. A name means itself and all names below it, with or
without a dot or `*.` before it. Addresses and networks (10.0.0.0/8, fd00::/8) hold for hosts that are written as
addresses. An entry with a port holds for that port alone. Loopback never goes through a proxy.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(r"[\w.*-]+")
_BRACKETS = re.compile(r"^\[([^\[\]]*)\](?=/|$)")
_LONGEST = 100_000
"""Characters of the variable that are looked at."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry. host: a name in lower case, or a network; None for every host."""

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
    """The hosts that the variable names. all_known: whether each entry could be read; others are left out."""

    entries: tuple[_Entry, ...] = ()
    all_known: bool = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the value of the variable. Never raises."""
        words = [word for word in re.split(r"[,;\s]+", text[:_LONGEST]) if word]
        read = [_entry(word) for word in words]
        return cls(tuple(entry for entry in read if entry is not None), None not in read)

    def covers(self, host: str, port: int) -> bool:
        """Whether the host is reached without a proxy. host: a name or an address, without brackets."""
        name, address = plain_host(host), address_of(host)
        return is_loopback(host) or any(entry.covers(name, address, port) for entry in self.entries)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    name, address = plain_host(host), address_of(host)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def plain_host(host: str) -> str:
    """The name as it is compared: in lower case, in ASCII, without the dot of the root."""
    name = host.lower().rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def address_of(host: str) -> Address | None:
    """The address that a host is written as; of an IPv4 address inside an IPv6 one the former."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def port_of(text: str) -> int | None:
    """A port, or None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65_536 else None


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
    port = port_of(digits) if colon else None
    if colon and port is None:
        return None
    network = _network(host)
    if network is not None:
        return _Entry(network, port)
    if host == "*":
        return _Entry(None, port)
    name = plain_host(host).removeprefix("*").removeprefix(".")
    return _Entry(name, port) if _HOST.fullmatch(name) and "*" not in name else None


def _network(text: str) -> Network | None:
    """An address or a network, in brackets or not: `[::1]`, `[fd00::]/8`, `10.0.0.0/8`."""
    address, slash, prefix = _BRACKETS.sub(r"\1", text).partition("/")
    if slash and not prefix:
        return None
    try:
        return ipaddress.ip_network(f"{address.partition('%')[0]}{slash}{prefix}", strict=False)
    except ValueError:
        return None
