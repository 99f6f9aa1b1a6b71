"""fal's storage as HTTP routes: upload tokens, single-piece uploads and multipart uploads, all streamed to disk.

There are two routes for multipart uploads. The Python client asks the CDN, with an upload token; the JavaScript client
asks the storage API, with the key, and gets a URL that contains a token. Sending the parts and completing the upload
work the same for both.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from imagineart_desktop.demo import errors
from imagineart_desktop.demo.bodies import MAX_BODY, json_body, private_file
from imagineart_desktop.demo.error_responses import Handler
from imagineart_desktop.demo.request_store import DemoStore
from imagineart_desktop.support import parse_int

MAX_UPLOAD = 512 * 2**20
"""Maximum size of a multipart upload, in bytes."""

MAX_PARTS = 10_000
MAX_OPEN = 16
"""Maximum number of unfinished multipart uploads."""

_LIFETIME_SECONDS = 3600.0
"""Seconds for which a token, an upload URL and an unfinished upload stay valid."""

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "image/gif": "gif"}


@dataclass(slots=True)
class _Part:
    path: Path
    size: int
    etag: str


@dataclass(slots=True)
class MultipartUpload:
    """A multipart upload. received: bytes of all parts, including those in transfer."""

    name: str
    folder: Path
    began: float = field(default_factory=time.monotonic)
    parts: dict[int, _Part] = field(default_factory=dict)
    received: int = 0
    complete: bool = False
    completing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def check_open(self) -> None:
        """Raise RefusalError (400) if no more parts are accepted."""
        if self.complete or self.completing.locked():
            raise errors.bad_request("The upload is complete")


class Uploads:
    """The routes for uploads and stored files. base: the server's address."""

    def __init__(self, store: DemoStore, base: str) -> None:
        self._store = store
        self._cdn = f"{base}/cdn/files"
        self._tokens: dict[str, float] = {}
        self._initiated: dict[str, float] = {}
        self._uploads: dict[str, MultipartUpload] = {}

    def routes(self, answer: Callable[[Handler], Handler]) -> list[Route]:
        """Return all routes. answer: wraps a handler."""
        parts = "/cdn/files/{name}/multipart/{upload}"
        return [
            Route("/rest/storage/auth/token", answer(self._token), methods=["POST"]),
            Route("/rest/storage/upload/initiate", answer(self._initiate), methods=["POST"]),
            Route("/rest/storage/upload/initiate-multipart", answer(self._initiate_parts), methods=["POST"]),
            Route("/cdn/files/upload", answer(self._upload), methods=["POST"]),
            Route("/cdn/files/upload/multipart", answer(self._create_parts), methods=["POST"]),
            Route(f"{parts}/complete", answer(self._complete), methods=["POST"]),
            Route(f"{parts}/{{number}}", answer(self._put_part), methods=["PUT"]),
            Route("/cdn/files/{name}", answer(self._put_file), methods=["PUT"]),
            Route("/cdn/files/{name}", answer(self._file), methods=["GET"]),
        ]

    async def _token(self, _request: Request) -> Response:
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + _LIFETIME_SECONDS))
        token = {"token": self._new_token(), "token_type": "Bearer", "base_url": self._cdn.removesuffix("/files")}
        return JSONResponse(token | {"expires_at": expires})

    async def _upload(self, request: Request) -> Response:
        self._admit(request)
        name = self._store.new_name(_extension(request.headers.get("content-type")))
        await _stream_to_file(request, self._store.place(name), _size_limiter(MAX_BODY))
        self._store.count("uploads")
        return JSONResponse({"access_url": f"{self._cdn}/{name}"})

    async def _initiate(self, request: Request) -> Response:
        body = await json_body(request)
        name = self._store.new_name(_extension(body.get("content_type")))
        _forget_old(self._initiated)
        self._initiated[name] = time.monotonic()
        url = f"{self._cdn}/{name}"
        return JSONResponse({"upload_url": url, "file_url": url})

    async def _put_file(self, request: Request) -> Response:
        """Store an uploaded file.

        A repeated upload replaces the file: a client whose response was lost sends it again.
        """
        name = request.path_params["name"]
        _forget_old(self._initiated)
        if name not in self._initiated:
            raise errors.request_error(404, "Not Found")
        await _stream_to_file(request, self._store.place(name), _size_limiter(MAX_BODY))
        self._store.count("uploads")
        return Response(status_code=200)

    async def _file(self, request: Request) -> Response:
        path = self._store.file(request.path_params["name"])
        if path is None:
            raise errors.request_error(404, "Not Found")
        return FileResponse(path)

    async def _initiate_parts(self, request: Request) -> Response:
        body = await json_body(request)
        identity, upload = self._begin(_extension(body.get("content_type")))
        url = f"{self._cdn}/{upload.name}"
        there = f"{url}/multipart/{identity}?token={self._new_token()}"
        return JSONResponse({"upload_url": there, "file_url": url})

    async def _create_parts(self, request: Request) -> Response:
        self._admit(request)
        identity, upload = self._begin(_extension(request.headers.get("content-type")))
        return JSONResponse({"access_url": f"{self._cdn}/{upload.name}", "uploadId": identity})

    async def _put_part(self, request: Request) -> Response:
        upload = self._found(request)
        number = parse_int(request.path_params["number"], 1, MAX_PARTS)
        upload.check_open()
        if number is None:
            raise errors.bad_request("Invalid part number")
        part = await self._receive(request, upload, number)
        return JSONResponse({"partNumber": number, "etag": part.etag}, headers={"etag": part.etag})

    async def _receive(self, request: Request, upload: MultipartUpload, number: int) -> _Part:
        size = 0

        def take(piece: int) -> None:
            nonlocal size
            size += piece
            upload.received += piece
            if upload.received > MAX_UPLOAD:
                raise errors.request_error(413, "The file is too large")

        try:
            path = upload.folder / f"{number}-{secrets.token_hex(4)}"
            etag = await _stream_to_file(request, path, take)
            upload.check_open()
        except BaseException as error:
            upload.received -= size
            if isinstance(error, OSError):
                # The folder is removed if the upload ends meanwhile; a full disk is reported as such.
                upload.check_open()
            raise
        before = upload.parts.get(number)
        if before is not None:
            upload.received -= before.size
            before.path.unlink(missing_ok=True)
        upload.parts[number] = part = _Part(path, size, f'"{etag}"')
        return part

    async def _complete(self, request: Request) -> Response:
        upload = self._found(request)
        listed = _parse_part_list((await json_body(request)).get("parts"))
        async with upload.completing:
            if not upload.complete:
                known = {number: part.etag.strip('"') for number, part in upload.parts.items()}
                if not listed or any(known.get(number) != etag for number, etag in listed.items()):
                    raise errors.bad_request("One or more of the specified parts could not be found")
                paths = [upload.parts[number].path for number in sorted(listed)]
                await asyncio.to_thread(_join, paths, self._store.place(upload.name))
                upload.complete = True
                shutil.rmtree(upload.folder, ignore_errors=True)
                self._store.count("uploads")
        return JSONResponse({"access_url": f"{self._cdn}/{upload.name}"})

    def _begin(self, extension: str) -> tuple[str, MultipartUpload]:
        for old, upload in list(self._uploads.items()):
            if time.monotonic() - upload.began > _LIFETIME_SECONDS:
                upload.complete = True
                shutil.rmtree(upload.folder, ignore_errors=True)
                del self._uploads[old]
        if sum(not upload.complete for upload in self._uploads.values()) >= MAX_OPEN:
            raise errors.request_error(429, "Too many unfinished uploads")
        identity = secrets.token_urlsafe(24)
        upload = MultipartUpload(self._store.new_name(extension), self._store.new_folder())
        self._uploads[identity] = upload
        return identity, upload

    def _found(self, request: Request) -> MultipartUpload:
        self._admit(request)
        upload = self._uploads.get(request.path_params["upload"])
        if upload is None or upload.name != request.path_params["name"]:
            raise errors.request_error(404, "Not Found")
        return upload

    def _new_token(self) -> str:
        _forget_old(self._tokens)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic()
        return token

    def _admit(self, request: Request) -> None:
        """Raise RefusalError (401) unless the request has an upload token."""
        _forget_old(self._tokens)
        _scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token not in self._tokens and request.query_params.get("token") not in self._tokens:
            raise errors.request_error(401, "Invalid upload token")


async def _stream_to_file(request: Request, path: Path, take: Callable[[int], None]) -> str:
    """Write the body to `path`, completely or not at all. Returns its SHA-256.

    take: called with each piece's size; may raise to refuse it.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    digest = hashlib.sha256()
    try:
        with private_file(temporary) as file:
            async for piece in request.stream():
                take(len(piece))
                digest.update(piece)
                file.write(piece)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _size_limiter(most: int) -> Callable[[int], None]:
    received = 0

    def take(piece: int) -> None:
        nonlocal received
        received += piece
        if received > most:
            raise errors.request_error(413, "The body is too large")

    return take


def _join(parts: list[Path], path: Path) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with private_file(temporary) as whole:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole, 2**20)
    temporary.replace(path)


def _parse_part_list(parts: Any) -> dict[int, str]:
    """Return part numbers with their ETags; empty if the list can't be read."""
    if not isinstance(parts, list):
        return {}
    found = {
        part["partNumber"]: part["etag"].strip('"')
        for part in parts
        if isinstance(part, dict) and isinstance(part.get("partNumber"), int) and isinstance(part.get("etag"), str)
    }
    return found if len(found) == len(parts) else {}


def _forget_old(given: dict[str, float]) -> None:
    limit = time.monotonic() - _LIFETIME_SECONDS
    for name in [name for name, when in given.items() if when < limit]:
        del given[name]


def _extension(content_type: object) -> str:
    return _EXTENSIONS.get(str(content_type), "bin")
