"""Whom the program speaks to: fal.ai, the demo server or a team's proxy. The one place with host names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr


class ServiceKind(StrEnum):
    """Which service a job belongs to; a job is never carried over from one to another."""

    LIVE = "live"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base URLs, each standing for one of fal's hosts.

    backups: base URL → the one to try when it cannot be reached; domains: whose hosts may hold the key besides.
    """

    run: str
    queue: str
    rest: str
    cdn: str
    api: str
    backups: Mapping[str, str] = field(default_factory=dict)
    domains: tuple[str, ...] = ()


FAL_HOSTS = Hosts(
    run="https://fal.run",
    queue="https://queue.fal.run",
    rest="https://rest.fal.ai",
    cdn="https://v3.fal.media",
    api="https://api.fal.ai",
    backups={"https://fal.run": "https://falrun.com", "https://queue.fal.run": "https://queue.falrun.com"},
    domains=("fal.run", "falrun.com"),
)

HOME_PAGE = "https://fal.ai"
MODELS_PAGE = "https://fal.ai/models"
KEYS_PAGE = "https://fal.ai/dashboard/keys"


@dataclass(frozen=True, slots=True)
class Service:
    """A service with what is needed to be let in.

    key: `id:secret`, kept from printing. proxy: when set, every authorised request goes to this URL instead, naming its
    real target in a header, and the proxy adds the key; `key` is then the proxy's own token, where it wants one.
    """

    kind: ServiceKind
    hosts: Hosts
    key: SecretStr | None
    proxy: str | None = None

    def route(self, url: str) -> tuple[str, dict[str, str]]:
        """Return where a call to this URL really goes, and with which headers.

        Raises ValueError for a URL that is none of this service's: answers that name URLs are not trusted with that.
        """
        if not self.may_hold_key(url):
            raise ValueError(url)
        secret = None if self.key is None else self.key.get_secret_value()
        if self.proxy is not None:
            headers = {"x-fal-target-url": url}
            return self.proxy, headers if secret is None else headers | {"Authorization": f"Bearer {secret}"}
        return url, {} if secret is None else {"Authorization": f"Key {secret}"}

    def may_hold_key(self, url: str) -> bool:
        """Return whether the key may be sent there: only to the hosts that are asked for pictures, never to the CDN."""
        bases = {self.hosts.run, self.hosts.queue, self.hosts.rest, self.hosts.api, *self.hosts.backups.values()}
        if _origin(url) in {_origin(base) for base in bases}:
            return True
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        return (
            parts.scheme == "https"
            and port in (None, 443)
            and parts.username is None
            and any(host.endswith(f".{domain}") for domain in self.hosts.domains)
        )

    def relocate(self, url: str) -> str:
        """A URL kept from an earlier run. The demo server stands at another port each time; fal.ai never moves."""
        if self.kind is not ServiceKind.DEMO:
            return url
        here = urlsplit(self.hosts.queue)
        if not _origin(url)[1]:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=here.scheme, netloc=here.netloc))

    def is_own_address(self, url: str) -> bool:
        """Return whether the URL lies at one of this service's own base addresses, as the demo server's files do."""
        bases = (self.hosts.run, self.hosts.queue, self.hosts.rest, self.hosts.cdn)
        return _origin(url) in {_origin(base) for base in bases}


def proxy_address(text: str) -> str:
    """The URL of a team's proxy as the user wrote it. Raises ValueError with a sentence when it cannot be one."""
    parts = urlsplit(text.strip())
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("Enter the proxy's whole address, such as https://studio.example/api/fal/proxy.")
    if parts.scheme == "http" and not local:
        raise ValueError("The proxy's address must begin with https: images and token would be readable on the way.")
    if parts.username or parts.password:
        raise ValueError("Put the token into its own field, not into the address.")
    return urlunsplit(parts)


def _origin(url: str) -> tuple[str, str]:
    """Scheme and host with port; nothing for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()
