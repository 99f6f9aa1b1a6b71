"""Multipart uploads, as fal's clients use for large files. Parts that were already sent aren't sent again.

The CDN names the upload in reply to a request with an upload token; the storage API, which a team's proxy allows,
returns an address with a token of its own. Sending the parts and completing the upload work the same for both.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import httpx

from imagineart_desktop.fal.errors import NoResponseError
from imagineart_desktop.support.messages import Message

MULTIPART_THRESHOLD = 100 * 2**20
"""Size, in bytes, above which a file is uploaded in parts."""

PART_SIZE = 10 * 2**20
"""Bytes per part; the last one is shorter."""

_MAX_RESUMABLE = 4
"""Maximum number of unfinished uploads that can be resumed."""

_MAX_ERRORS_PER_ROUTE = 3
"""Temporary errors without a new part in between, after which the next upload route is used."""


OnProgress = Callable[[bool], None]
"""Called whenever bytes of a file were accepted, and with True when a call succeeded."""


class InvalidUploadResponseError(NoResponseError):
    """The response to an upload makes no sense: retrying the same route would get the same one."""

    repeatable = False


class SendRequest(Protocol):
    """Sends bytes and returns the headers and body of the response. Raises FalError."""

    def __call__(
        self, method: str, url: str, data: bytes, headers: dict[str, str]
    ) -> Awaitable[tuple[httpx.Headers, bytes]]: ...


@dataclass(slots=True)
class MultipartUpload:
    """A multipart upload in progress. address: base URL of its parts; query: appended to the URL of each part.

    file_url: where the file will be; etags: part number → what the service returned for it.
    """

    address: str
    file_url: str
    query: str = ""
    etags: dict[int, str] = field(default_factory=dict)

    async def send(self, data: bytes, content_type: str, exchange: SendRequest, headers: Mapping[str, str]) -> str:
        """Send the missing parts and complete the upload. Returns the file's URL. Raises FalError."""
        for number, start in enumerate(range(0, len(data), PART_SIZE), start=1):
            if number in self.etags:
                continue
            part, url = data[start : start + PART_SIZE], f"{self.address}/{number}{self.query}"
            answer, _ = await exchange("PUT", url, part, {**headers, "Content-Type": content_type})
            if not (etag := answer.get("etag")):
                raise InvalidUploadResponseError(Message("fal.upload_part_unconfirmed"))
            self.etags[number] = etag
        parts = [{"partNumber": number, "etag": etag} for number, etag in sorted(self.etags.items())]
        body = json.dumps({"parts": parts}).encode()
        await exchange(
            "POST", f"{self.address}/complete{self.query}", body, {**headers, "Content-Type": "application/json"}
        )
        return self.file_url


def parse_cdn_upload(answer: Mapping[str, object]) -> MultipartUpload:
    """Parse the CDN's response to a new upload. Raises UnusableAnswerError."""
    url, upload = answer.get("access_url"), answer.get("uploadId")
    if not isinstance(url, str) or not isinstance(upload, str):
        raise InvalidUploadResponseError(Message("fal.upload_url_missing"))
    return MultipartUpload(f"{url}/multipart/{upload}", url)


def parse_storage_upload(answer: Mapping[str, object]) -> MultipartUpload:
    """Parse the storage API's response to a new upload. Raises UnusableAnswerError."""
    there, url = answer.get("upload_url"), answer.get("file_url")
    if not isinstance(there, str) or not isinstance(url, str):
        raise InvalidUploadResponseError(Message("fal.upload_url_missing"))
    address, mark, query = there.partition("?")
    return MultipartUpload(address, url, mark + query)


class ResumableUploads:
    """Interrupted uploads by route and content hash, with the errors of each route."""

    def __init__(self) -> None:
        self._uploads: OrderedDict[tuple[str, str], MultipartUpload] = OrderedDict()
        self._troubles: dict[tuple[str, str], _RouteErrors] = {}

    async def get(self, way: str, sha256: str, begin: Callable[[], Awaitable[MultipartUpload]]) -> MultipartUpload:
        """Return the upload to resume, or begin one. Raises FalError."""
        upload = self._uploads.get((way, sha256))
        if upload is None:
            upload = self._uploads[way, sha256] = await begin()
            while len(self._uploads) > _MAX_RESUMABLE:
                self._uploads.popitem(last=False)
        return upload

    def forget(self, way: str, sha256: str) -> None:
        """Forget an upload that is complete or that the service no longer knows."""
        self._uploads.pop((way, sha256), None)

    def is_worth_trying(self, way: str, sha256: str) -> bool:
        """Return whether a route is worth trying."""
        trouble = self._troubles.get((way, sha256))
        return trouble is None or trouble.count < _MAX_ERRORS_PER_ROUTE

    def note(self, way: str, sha256: str, *, may_pass: bool) -> None:
        """Record that an attempt failed."""
        upload, before = self._uploads.get((way, sha256)), self._troubles.get((way, sha256))
        arrived = 0 if upload is None else len(upload.etags)
        count = 1 if before is None or arrived > before.arrived else before.count + 1
        self._troubles[way, sha256] = _RouteErrors(count if may_pass else _MAX_ERRORS_PER_ROUTE, arrived)

    def reset_errors(self, sha256: str) -> None:
        """Make every route worth trying again."""
        self._troubles = {key: trouble for key, trouble in self._troubles.items() if key[1] != sha256}


@dataclass(frozen=True, slots=True)
class _RouteErrors:
    """Errors of a route. count: since a part last arrived; arrived: number of parts at the last error."""

    count: int
    arrived: int


@dataclass(slots=True)
class _SharedUpload:
    """An upload with several callers. waiting: the progress callback of each."""

    task: asyncio.Task[str]
    waiting: list[OnProgress]


class SharedUploads:
    """Uploads in progress, by content: callers that upload the same file at the same time share one upload."""

    def __init__(self) -> None:
        self._running: dict[str, _SharedUpload] = {}

    async def get(
        self,
        sha256: str,
        upload: Callable[[OnProgress], Coroutine[object, None, str]],
        on_progress: OnProgress,
    ) -> str:
        """Return the file's URL. The upload continues until no caller waits for it any more. Raises FalError.

        upload: starts the upload, given a callback that reports progress to all callers.
        """
        one = self._running.get(sha256)
        if one is None:
            waiting: list[OnProgress] = []
            task = asyncio.create_task(upload(partial(_notify_all, waiting)))
            one = self._running[sha256] = _SharedUpload(task, waiting)
        one.waiting.append(on_progress)
        try:
            return await asyncio.shield(one.task)
        finally:
            one.waiting.remove(on_progress)
            if self._running.get(sha256) is one and (one.task.done() or not one.waiting):
                # Nobody may join an upload that has ended or is being canceled.
                del self._running[sha256]
            if not one.waiting and not one.task.done():
                one.task.cancel()
                await asyncio.wait([one.task])


def ignore_progress(_answered: bool) -> None:
    """Ignore progress."""


def _notify_all(waiting: Sequence[OnProgress], answered: bool) -> None:
    for on_progress in waiting:
        on_progress(answered)


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the bytes. Takes a tenth of a second per 100 MB."""
    return hashlib.sha256(data).hexdigest()
