"""What the environment says about the network: proxies, hosts without one, certificates. The one place that reads it.

What cannot be used is left out, and said in one sentence that names the variable, never its value: it may hold a
password. The demo server on loopback is reached without any of it.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import certifi

from imagineart_desktop.fal.no_proxy import NoProxy, address_of, plain_host, port_of

_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_SCHEMES = {"http": "http", "https": "https", "socks": "socks5", "socks5": "socks5", "socks5h": "socks5"}
"""Kinds of proxies by what they are called. A SOCKS proxy always looks names up itself."""

_HOST = re.compile(r"[a-z0-9._-]{1,253}")

_LONGEST_SECRET = 255
"""Bytes of a user name or password that SOCKS can carry."""

_LARGEST_FILE = 16 * 2**20
"""Bytes of a file of certificates."""


class UnusableError(Exception):
    """A variable that cannot be used. Its text says why, without the value."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. kind: http, https or socks5; host: a name or an address without brackets."""

    kind: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@cache
def _trusting(file: str, folders: tuple[str, ...] = ()) -> ssl.SSLContext:
    """One context for all connections, because reading the list of authorities takes a while.

    Not `ssl.create_default_context`: that writes every connection's secrets to the file that SSLKEYLOGFILE names, and
    fails when it cannot.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file:
        context.load_verify_locations(cafile=file)
    for folder in folders:
        context.load_verify_locations(capath=folder)
    return context


@dataclass(frozen=True, slots=True)
class Environment:
    """What is used of the environment. proxies: by the scheme of the URL. findings: a sentence for what is not used."""

    proxies: Mapping[str, Proxy] = field(default_factory=dict)
    no_proxy: NoProxy = field(default_factory=NoProxy)
    of_system: bool = False
    tls: ssl.SSLContext = field(default_factory=lambda: _trusting(certifi.where()))
    findings: tuple[str, ...] = ()

    def proxy_for(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """The proxy that a URL is fetched through. host: without brackets; port: None for the scheme's own."""
        proxy = self.proxies.get(scheme)
        if proxy is None or self.no_proxy.covers(host, port or _PORTS.get(scheme, 0)):
            return None
        return None if self.of_system and _system_bypasses(host) else proxy


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """What the variables say; the process's own where none are given. Reads files. Never raises for what they hold."""
    found = os.environ if variables is None else variables
    findings: list[str] = []
    proxies, of_system = _proxies(found, findings), False
    if not proxies and variables is None and sys.platform in ("darwin", "win32") and not _names_proxies(found):
        proxies, of_system = _system_proxies(), True
    name, text = _variable(found, "no_proxy")
    no_proxy = NoProxy.parse(text)
    if proxies and not no_proxy.all_known:
        findings.append(f"{name} has entries that are no host, address or network. They are ignored.")
    tls = _certificates(found, findings)
    return Environment(proxies, no_proxy, of_system, tls, tuple(findings))


def _variable(variables: Mapping[str, str], name: str) -> tuple[str, str]:
    """(the variable's name, its value). As everywhere, lower case counts before upper case, also when it is empty."""
    if name in variables:
        return name, variables[name].strip()
    # A web server puts a header of its caller into HTTP_PROXY; then it is not to be trusted.
    if name == "http_proxy" and "REQUEST_METHOD" in variables:
        return name, ""
    return name.upper(), variables.get(name.upper(), "").strip()


def _names_proxies(variables: Mapping[str, str]) -> bool:
    return any(_variable(variables, f"{scheme}_proxy")[1] for scheme in ("http", "https", "all"))


def _proxies(variables: Mapping[str, str], findings: list[str]) -> dict[str, Proxy]:
    """By scheme. A variable that cannot be used is as if it were not there."""
    read: dict[str, Proxy] = {}
    for scheme in ("all", "http", "https"):
        name, text = _variable(variables, f"{scheme}_proxy")
        if not text:
            continue
        try:
            proxy = parse_proxy(text)
        except UnusableError as error:
            findings.append(f"{name} cannot be used: {error}. It is ignored.")
            continue
        for used_for in ("http", "https") if scheme == "all" else (scheme,):
            read[used_for] = proxy
    return read


def parse_proxy(text: str) -> Proxy:
    """From the value of a variable. Raises UnusableError.

    A password may hold any character, as users write them unescaped; the last @ ends it.
    """
    text = text.strip().strip("\"'").strip()
    scheme, separator, rest = text.partition("://")
    kind = _SCHEMES.get(scheme.strip().lower()) if separator else "http"
    if kind is None:
        raise UnusableError("this program knows http, https and socks5 proxies")
    credentials, _, place = (rest if separator else text).rpartition("@")
    for mark in "/?#":
        place = place.partition(mark)[0]
    user, _, password = credentials.partition(":")
    user, password = unquote(user), unquote(password)
    longest = max(len(text.encode("utf-8", "replace")) for text in (user, password))
    if kind == "socks5" and longest > _LONGEST_SECRET:
        raise UnusableError("its user name or password is too long")
    host, port = _host_and_port(place.strip(), _PORTS[kind])
    return Proxy(kind, host, port, user, password)


def _host_and_port(place: str, default: int) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        valid = bool(bracket) and address_of(host) is not None and rest[:1] in ("", ":")
        colon, digits = rest[:1], rest[1:]
    elif place.count(":") > 1:
        host, colon, digits, valid = place, "", "", address_of(place) is not None
    else:
        host, colon, digits = place.partition(":")
        host = plain_host(host)
        valid = _HOST.fullmatch(host) is not None
    if not valid:
        raise UnusableError("it names no host")
    port = port_of(digits) if colon and digits else default
    if port is None:
        raise UnusableError("its port is no number from 1 to 65535")
    return host, port


def _system_proxies() -> dict[str, Proxy]:
    """Those of macOS and Windows."""
    found = {}
    try:
        named = urllib.request.getproxies()
    except (OSError, ValueError):
        return {}
    for scheme in ("http", "https"):
        text = named.get(scheme) or named.get("all") or named.get("socks")
        if text:
            try:
                found[scheme] = parse_proxy(text)
            except UnusableError:
                continue
    return found


def _system_bypasses(host: str) -> bool:
    try:
        return bool(urllib.request.proxy_bypass(host))
    except (OSError, ValueError):
        return False


def _certificates(variables: Mapping[str, str], findings: list[str]) -> ssl.SSLContext:
    """Trusts what the variables name, or what the program brings along when nothing of that can be used."""
    file, folders = variables.get("SSL_CERT_FILE", "").strip(), variables.get("SSL_CERT_DIR", "").strip()
    used = ""
    if file:
        try:
            used = _checked_file(file)
        except UnusableError as error:
            findings.append(f"SSL_CERT_FILE cannot be used: {error}. It is ignored.")
    usable = tuple(folder for folder in folders.split(os.pathsep) if folder and _holds_certificates(folder))
    if folders and not usable:
        findings.append("SSL_CERT_DIR names no folder with certificates. It is ignored.")
    return _trusting(used or ("" if usable else certifi.where()), usable)


def _checked_file(name: str) -> str:
    path = Path(name)
    try:
        if not path.is_file():
            raise UnusableError("there is no such file")
        if path.stat().st_size > _LARGEST_FILE:
            raise UnusableError("the file is too large")
        _trusting(name)
    except ssl.SSLError:
        raise UnusableError("the file holds no certificates") from None
    except (OSError, ValueError):
        raise UnusableError("the file cannot be read") from None
    return name


def _holds_certificates(folder: str) -> bool:
    """Whether the folder is one that OpenSSL finds certificates in: named by their hash."""
    try:
        return any(path.suffix.removeprefix(".").isdecimal() for path in Path(folder).iterdir())
    except (OSError, ValueError):
        return False
