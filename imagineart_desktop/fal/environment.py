"""Network settings from the environment: proxies, exceptions to them, and certificates. Nothing else reads these.

A variable that can't be used is ignored and reported by name, in one sentence. Its value is never shown because it may
contain a password. None of this applies to the demo server on loopback.
"""

from __future__ import annotations

import asyncio
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

from imagineart_desktop.fal.no_proxy import NoProxy, normalize_host, parse_ip
from imagineart_desktop.support import parse_int

_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_SCHEMES = {"http": "http", "https": "https", "socks": "socks5", "socks5": "socks5", "socks5h": "socks5"}
"""URL scheme → kind of proxy. A SOCKS proxy always resolves host names itself."""

_HOST = re.compile(r"[a-z0-9._-]{1,253}")

_MAX_SECRET_BYTES = 255
"""Maximum length of a SOCKS user name or password, in bytes."""

_MAX_CERTIFICATE_BYTES = 16 * 2**20
"""Maximum size of a certificate file, in bytes."""


class UnusableVariableError(Exception):
    """A variable can't be used. The message says why, without quoting the value."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. kind: http, https or socks5; host: a name, or an address without brackets."""

    kind: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@cache
def _tls_context(file: str, folders: tuple[str, ...] = ()) -> ssl.SSLContext:
    """Create a TLS context, cached by arguments: loading the certificate authorities takes tens of milliseconds.

    `ssl.create_default_context` isn't used because it logs session secrets to the file in SSLKEYLOGFILE, and fails if
    it can't.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file:
        context.load_verify_locations(cafile=file)
    for folder in folders:
        context.load_verify_locations(capath=folder)
    return context


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """The network settings in effect. proxies: by URL scheme; of_system: whether they come from the system's settings.

    findings: one sentence per variable that can't be used.
    """

    proxies: Mapping[str, Proxy] = field(default_factory=dict)
    no_proxy: NoProxy = field(default_factory=NoProxy)
    from_system: bool = False
    tls: ssl.SSLContext = field(default_factory=lambda: _tls_context(certifi.where()))
    findings: tuple[str, ...] = ()
    _bypass_cache: dict[str, bool] = field(default_factory=dict, init=False, compare=False)

    async def proxy_for(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """Return the proxy for a URL, or None. host: without brackets; port: None for the scheme's default.

        The system's own exception list is evaluated in a thread, once per host, because Windows resolves names for it.
        """
        proxy = self.proxies.get(scheme)
        if proxy is None or self.no_proxy.covers(host, port or _PORTS.get(scheme, 0)):
            return None
        if not self.from_system:
            return proxy
        if host not in self._bypass_cache:
            self._bypass_cache[host] = await asyncio.to_thread(_system_bypasses, host)
        return None if self._bypass_cache[host] else proxy


def read_environment(variables: Mapping[str, str] | None = None) -> NetworkSettings:
    """Read the settings from `variables`, by default the process's own. Reads files. Never raises for bad values."""
    found = os.environ if variables is None else variables
    findings: list[str] = []
    proxies, of_system = _read_proxies(found, findings), False
    if not proxies and variables is None and sys.platform in ("darwin", "win32") and not _has_proxy_variable(found):
        proxies, of_system = _system_proxies(), True
    name, text = _variable(found, "no_proxy")
    no_proxy = NoProxy.parse(text)
    if (proxies or findings) and not no_proxy.is_fully_parsed:
        findings.append(f"{name} has entries that are not a host, an address or a network. They are ignored.")
    tls = _read_tls_context(found, findings)
    return NetworkSettings(proxies, no_proxy, of_system, tls, tuple(findings))


def describe_unusable_variables() -> tuple[str, ...]:
    """Return one sentence per variable that can't be used. Blocks: it reads files."""
    return read_environment().findings


def _variable(variables: Mapping[str, str], name: str) -> tuple[str, str]:
    """Return (the variable's name, its value). By convention lower case takes precedence, even when empty."""
    if name in variables:
        return name, variables[name].strip()
    # Under CGI, HTTP_PROXY holds the client's Proxy header, so it can't be trusted.
    if name == "http_proxy" and "REQUEST_METHOD" in variables:
        return name, ""
    return name.upper(), variables.get(name.upper(), "").strip()


def _has_proxy_variable(variables: Mapping[str, str]) -> bool:
    return any(_variable(variables, f"{scheme}_proxy")[1] for scheme in ("http", "https", "all"))


def _read_proxies(variables: Mapping[str, str], findings: list[str]) -> dict[str, Proxy]:
    """Return the proxies by URL scheme. Appends a sentence to `findings` per variable that can't be used."""
    read: dict[str, Proxy] = {}
    for scheme in ("all", "http", "https"):
        name, text = _variable(variables, f"{scheme}_proxy")
        if not text:
            continue
        try:
            proxy = parse_proxy(text)
        except UnusableVariableError as error:
            findings.append(f"{name} cannot be used: {error}. It is ignored.")
            continue
        for used_for in ("http", "https") if scheme == "all" else (scheme,):
            read[used_for] = proxy
    return read


def parse_proxy(text: str) -> Proxy:
    """Parse the value of a proxy variable. Raises UnusableError.

    Users write passwords unescaped, so a password may hold any character; the last @ ends it.
    """
    text = text.strip().strip("\"'").strip()
    scheme, separator, rest = text.partition("://")
    kind = _SCHEMES.get(scheme.strip().lower()) if separator else "http"
    if kind is None:
        raise UnusableVariableError("only http, https and socks5 proxies are supported")
    credentials, _, place = (rest if separator else text).rpartition("@")
    for mark in "/?#":
        place = place.partition(mark)[0]
    user, _, password = credentials.partition(":")
    user, password = unquote(user), unquote(password)
    longest = max(len(text.encode("utf-8", "replace")) for text in (user, password))
    if kind == "socks5" and longest > _MAX_SECRET_BYTES:
        raise UnusableVariableError("its user name or password is too long")
    host, port = _host_and_port(place.strip(), _PORTS[kind])
    return Proxy(kind, host, port, user, password)


def _host_and_port(place: str, default: int) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        valid = bool(bracket) and parse_ip(host) is not None and rest[:1] in ("", ":")
        colon, digits = rest[:1], rest[1:]
    elif place.count(":") > 1:
        host, colon, digits, valid = place, "", "", parse_ip(place) is not None
    else:
        host, colon, digits = place.partition(":")
        host = normalize_host(host)
        valid = _HOST.fullmatch(host) is not None
    if not valid:
        raise UnusableVariableError("it has no valid host")
    port = parse_int(digits, 1, 65_535) if colon and digits else default
    if port is None:
        raise UnusableVariableError("its port is not a number from 1 to 65535")
    return host, port


def _system_proxies() -> dict[str, Proxy]:
    """Return the proxies from the settings of macOS or Windows, by URL scheme."""
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
            except UnusableVariableError:
                continue
    return found


def _system_bypasses(host: str) -> bool:
    try:
        return bool(urllib.request.proxy_bypass(host))
    except (OSError, ValueError):
        return False


def _read_tls_context(variables: Mapping[str, str], findings: list[str]) -> ssl.SSLContext:
    """Create a TLS context that trusts the authorities in the variables, or the bundled ones if none is usable."""
    file, folders = variables.get("SSL_CERT_FILE", "").strip(), variables.get("SSL_CERT_DIR", "").strip()
    used = ""
    if file:
        try:
            used = _check_certificate_file(file)
        except UnusableVariableError as error:
            findings.append(f"SSL_CERT_FILE cannot be used: {error}. It is ignored.")
    usable = tuple(folder for folder in folders.split(os.pathsep) if folder and _has_certificates(folder))
    if folders and not usable:
        findings.append("SSL_CERT_DIR does not name a folder with certificates. It is ignored.")
    return _tls_context(used or ("" if usable else certifi.where()), usable)


def _check_certificate_file(name: str) -> str:
    path = Path(name)
    try:
        if not path.is_file():
            raise UnusableVariableError("the file does not exist")
        if path.stat().st_size > _MAX_CERTIFICATE_BYTES:
            raise UnusableVariableError("the file is too large")
        _tls_context(name)
    except ssl.SSLError:
        raise UnusableVariableError("the file holds no certificates") from None
    except (OSError, ValueError):
        raise UnusableVariableError("the file cannot be read") from None
    return name


def _has_certificates(folder: str) -> bool:
    """Return whether the folder has certificates that OpenSSL can find: names end in a number, as in `1a2b3c4d.0`."""
    try:
        return any(path.suffix.removeprefix(".").isdecimal() for path in Path(folder).iterdir())
    except (OSError, ValueError):
        return False
