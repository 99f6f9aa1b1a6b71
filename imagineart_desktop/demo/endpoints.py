"""The kinds of calls to the demo server, recognized by method and path."""

from __future__ import annotations

import re
from enum import StrEnum


class Endpoint(StrEnum):
    """The calls of fal's protocol. WORK isn't an HTTP call: it's a runner processing an accepted request."""

    ANY = "any"
    SUBMIT = "submit"
    STATUS = "status"
    STREAM = "stream"
    RESULT = "result"
    CANCEL = "cancel"
    LIST = "list"
    FACTS = "facts"
    TOKEN = "token"  # noqa: S105 - the name of a call
    INITIATE = "initiate"
    UPLOAD = "upload"
    FILE = "file"
    WORK = "work"
    OTHER = "other"


_ROUTES: tuple[tuple[Endpoint, str, re.Pattern[str]], ...] = tuple(
    (call, method, re.compile(path))
    for call, method, path in (
        (Endpoint.STREAM, "GET", r"/queue/.+/requests/[^/]+/status/stream/?"),
        (Endpoint.STATUS, "GET", r"/queue/.+/requests/[^/]+/status/?"),
        (Endpoint.CANCEL, "PUT", r"/queue/.+/requests/[^/]+/cancel/?"),
        (Endpoint.RESULT, "GET", r"/queue/.+/requests/[^/]+(/response)?/?"),
        (Endpoint.SUBMIT, "POST", r"/(queue|run)/.+"),
        (Endpoint.TOKEN, "POST", r"/rest/storage/auth/token"),
        (Endpoint.INITIATE, "POST", r"/rest/storage/upload/initiate(-multipart)?"),
        (Endpoint.INITIATE, "POST", r"/cdn/files/upload/multipart"),
        (Endpoint.UPLOAD, "POST", r"/cdn/files/upload|/cdn/files/.+/complete"),
        (Endpoint.UPLOAD, "PUT", r"/cdn/files/.+"),
        (Endpoint.FILE, "GET", r"/cdn/files/.+"),
        (Endpoint.FACTS, "GET", r"/api/v1/models(/pricing)?|/home/models/.+"),
        (Endpoint.LIST, "GET", r"/api/.+"),
    )
)


def endpoint_of(method: str, path: str) -> Endpoint:
    """Return the kind of a call; OTHER for the server's own reports and unknown paths."""
    for call, its_method, pattern in _ROUTES:
        if method == its_method and pattern.fullmatch(path):
            return call
    return Endpoint.OTHER
