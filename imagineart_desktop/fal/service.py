"""The services the program can use: fal.ai, the demo server or a team's proxy. The only module with host names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr


class ServiceKind(StrEnum):
    """The service that a job belongs to; a job never moves from one to another."""

    LIVE = "live"
    DEMO = "demo"


HOME_PAGE = "https://fal.ai"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Base URLs, one for each of fal's hosts.

    home: of the pages about models. backups: base URL → the one to try if it can't be reached; domains: further domains
    whose hosts may receive the key.
    """

    run: str
    queue: str
    rest: str
    cdn: str
    api: str
    home: str = HOME_PAGE
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

MODELS_PAGE = "https://fal.ai/models"
KEYS_PAGE = "https://fal.ai/dashboard/keys"


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its credentials.

    key: `id:secret`, hidden from output. proxy: if set, every authorized request goes to this URL instead, with its
    real target in a header, and the proxy adds the key; `key` is then the proxy's own token, if it requires one.
    """

    kind: ServiceKind
    hosts: Hosts
    key: SecretStr | None
    proxy: str | None = None

    def route(self, url: str) -> tuple[str, dict[str, str]]:
        """Return the URL that a call is actually sent to, and its headers.

        Raises ValueError for a URL that isn't this service's: URLs in responses aren't trusted with the key.
        """
        if not self.may_receive_key(url):
            raise ValueError(url)
        secret = None if self.key is None else self.key.get_secret_value()
        if self.proxy is not None:
            headers = {"x-fal-target-url": url}
            return self.proxy, headers if secret is None else headers | {"Authorization": f"Bearer {secret}"}
        return url, {} if secret is None else {"Authorization": f"Key {secret}"}

    def may_receive_key(self, url: str) -> bool:
        """Return whether the key may be sent to this URL: only to the API hosts, never to the CDN."""
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

    def update_stored_url(self, url: str) -> str:
        """Update a URL stored in an earlier run: the demo server has a new port each time. fal.ai never moves."""
        if self.kind is not ServiceKind.DEMO:
            return url
        here = urlsplit(self.hosts.queue)
        if not _origin(url)[1]:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=here.scheme, netloc=here.netloc))

    def is_own_url(self, url: str) -> bool:
        """Return whether the URL is at one of this service's own base addresses, as the demo server's files are."""
        bases = (self.hosts.run, self.hosts.queue, self.hosts.rest, self.hosts.cdn)
        return _origin(url) in {_origin(base) for base in bases}


def parse_proxy_url(text: str) -> str:
    """Parse the URL of a team's proxy as entered by the user. Raises ValueError with a sentence if it's not valid."""
    parts = urlsplit(text.strip())
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("Enter the proxy’s whole address, such as https://studio.example/api/fal/proxy.")
    if parts.scheme == "http" and not local:
        raise ValueError("The proxy’s address must begin with https: images and token would be readable on the way.")
    if parts.username or parts.password:
        raise ValueError("Put the token into its own field, not into the address.")
    return urlunsplit(parts)


def _origin(url: str) -> tuple[str, str]:
    """Return scheme and host with port, or empty strings if the text isn't a URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()
