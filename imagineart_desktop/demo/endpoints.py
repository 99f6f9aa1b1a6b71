"""The kinds of calls to the demo server, recognized by method and path."""

from __future__ import annotations

import re
from enum import StrEnum


class Call(StrEnum):
    """The calls of fal's protocol. WORK isn't an HTTP call: it's a runner processing an accepted request."""

    ANY = "any"
    SUBMIT = "submit"
    STATUS = "status"
    STREAM = "stream"
    RESULT = "result"
    CANCEL = "cancel"
    LIST = "list"
    TOKEN = "token"  # noqa: S105 - the name of a call
    INITIATE = "initiate"
    UPLOAD = "upload"
    FILE = "file"
    WORK = "work"
    OTHER = "other"


_ROUTES: tuple[tuple[Call, str, re.Pattern[str]], ...] = tuple(
    (call, method, re.compile(path))
    for call, method, path in (
        (Call.STREAM, "GET", r"/queue/.+/requests/[^/]+/status/stream/?"),
        (Call.STATUS, "GET", r"/queue/.+/requests/[^/]+/status/?"),
        (Call.CANCEL, "PUT", r"/queue/.+/requests/[^/]+/cancel/?"),
        (Call.RESULT, "GET", r"/queue/.+/requests/[^/]+(/response)?/?"),
        (Call.SUBMIT, "POST", r"/(queue|run)/.+"),
        (Call.TOKEN, "POST", r"/rest/storage/auth/token"),
        (Call.INITIATE, "POST", r"/rest/storage/upload/initiate(-multipart)?"),
        (Call.INITIATE, "POST", r"/cdn/files/upload/multipart"),
        (Call.UPLOAD, "POST", r"/cdn/files/upload|/cdn/files/.+/complete"),
        (Call.UPLOAD, "PUT", r"/cdn/files/.+"),
        (Call.FILE, "GET", r"/cdn/files/.+"),
        (Call.LIST, "GET", r"/api/.+"),
    )
)


def call_of(method: str, path: str) -> Call:
    """Return the kind of a call; OTHER for the server's own reports and unknown paths."""
    for call, its_method, pattern in _ROUTES:
        if method == its_method and pattern.fullmatch(path):
            return call
    return Call.OTHER
