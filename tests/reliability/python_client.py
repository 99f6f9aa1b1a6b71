"""fal's own Python client against the demo server: the same features with its blocking and its asyncio half."""

from __future__ import annotations

import asyncio
import base64
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import fal_client
import fal_client.client as internals
import httpx

from imagineart_desktop.demo import CONTENT_POLICY, SLOW, DemoServer, Timing
from imagineart_desktop.imaging import encode_png, export_mask, new_mask
from imagineart_desktop.models import BUILT_IN, IMAGINEART_20, FieldKind

PACE = Timing(queue=0.02, work=0.1)
ENDPOINT = IMAGINEART_20.endpoint
INPUT = {"prompt": "a red barn", "resolution": "1K", "aspect_ratio": "4:1", "seed": 5}
BUSY = INPUT | {"prompt": f"hills {SLOW}"}
NOBODYS = "00000000-0000-0000-0000-000000000000"
MANY = 6
"""Slow requests that keep both of the demo's runners busy for a while."""


@dataclass(frozen=True)
class Side:
    """One half of the client. large: bytes of the file that is uploaded in parts."""

    client: fal_client.SyncClient | fal_client.AsyncClient
    server: DemoServer
    large: int = 101 * 2**20

    async def ask(self, name: str, *args: Any, **more: Any) -> Any:
        """Call a method of the client."""
        return await ask(getattr(self.client, name), *args, **more)

    def with_key(self, key: str) -> Side:
        return Side(type(self.client)(key=key), self.server)


Feature = Callable[[Side], Awaitable[None]]


async def ask(function: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Return its result, from a thread if it blocks; all items if it yields some."""
    if inspect.isasyncgenfunction(function):
        return [item async for item in function(*args, **more)]
    if inspect.iscoroutinefunction(function):
        return await function(*args, **more)
    if inspect.isgeneratorfunction(function):
        return await asyncio.to_thread(lambda: list(function(*args, **more)))
    return await asyncio.to_thread(function, *args, **more)


@contextmanager
def pointed_at(server: DemoServer) -> Iterator[None]:
    """Point fal's hosts to the demo."""
    hosts = server.hosts
    with patch.multiple(
        internals,
        RUN_URL_FORMAT=f"{hosts.run}/",
        QUEUE_URL_FORMAT=f"{hosts.queue}/",
        REST_URL=hosts.rest,
        CDN_URL=hosts.cdn,
    ):
        yield


def inputs() -> dict[str, dict[str, Any]]:
    """Return an input for every built-in model."""
    mask = new_mask((64, 48))
    mask[10:20, 10:30] = 255
    picture = _uri(encode_png(mask[:, :, None].repeat(3, axis=2)))
    drawn = _uri(export_mask(mask, 0))
    values = INPUT | {"image_url": picture, "image_urls": [picture], "mask_url": drawn, "aspect_ratio": "1:1"}
    values |= {"image_size": "square"}
    return {
        model.endpoint: {
            field.name: values[field.name]
            for field in model.fields
            if field.name in values and (field.kind is not FieldKind.SIZE or values[field.name] in field.options)
        }
        for model in BUILT_IN
    }


def features() -> dict[str, Feature]:
    """Return everything that is tried, by name."""
    return {
        "submit, status, result": _queue,
        "subscribe, polling": _subscribe,
        "run": _run,
        "cancel": _cancel,
        "cancel, too late": _too_late,
        "upload": _upload,
        "upload over 100 MB in parts": _upload_parts,
        "wrong key": _wrong_key,
        "unknown model and request": _unknown,
        "invalid input": _invalid,
        "refused content": _refused,
        "start timeout": _start_timeout,
        "low priority": _low_priority,
    } | {endpoint: _model(endpoint, body) for endpoint, body in inputs().items()}


async def tried(side: Side) -> dict[str, str]:
    """Try each feature: `ok`, or what differs."""
    found = {}
    for name, feature in features().items():
        try:
            await feature(side)
            found[name] = "ok"
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"[:300]
    return found


async def _queue(side: Side) -> None:
    handle = await side.ask("submit", ENDPOINT, INPUT)
    events = await ask(handle.iter_events, with_logs=True, interval=0.02)
    assert isinstance(events[-1], fal_client.Completed)
    assert len(events[-1].logs or ()) >= 5
    assert events[-1].metrics["inference_time"] > 0
    assert (await ask(handle.status)).logs is None
    again = await ask(side.client.get_handle, ENDPOINT, handle.request_id)
    for one in (handle, again):
        _is_picture((await ask(one.get))["images"][0]["url"])


async def _subscribe(side: Side) -> None:
    seen: list[Any] = []
    output = await side.ask("subscribe", ENDPOINT, BUSY, with_logs=True, on_queue_update=seen.append)
    assert len(output["images"]) == 1
    assert any(isinstance(status, fal_client.InProgress) and status.logs for status in seen)


async def _run(side: Side) -> None:
    assert len((await side.ask("run", ENDPOINT, INPUT))["images"]) == 1


async def _cancel(side: Side) -> None:
    handle = await side.ask("submit", ENDPOINT, BUSY)
    await ask(handle.cancel)
    status = await ask(handle.status, with_logs=True)
    assert (type(status), status.error_type) == (fal_client.Completed, "client_cancelled")
    error = await _failure(ask(handle.get))
    assert (error.status_code, error.error_type) == (499, "client_cancelled")


async def _too_late(side: Side) -> None:
    handle = await side.ask("submit", ENDPOINT, INPUT)
    await ask(handle.get)
    error = await _failure(ask(handle.cancel))
    assert (error.status_code, error.response.json()) == (400, {"status": "ALREADY_COMPLETED"})


async def _upload(side: Side) -> None:
    url = await side.ask("upload", b"a picture", "image/png")
    assert url.endswith(".png")
    assert httpx.get(url).content == b"a picture"
    fallback = await side.ask("upload", b"another", "image/png", repository="fal")
    assert httpx.get(fallback).content == b"another"


async def _upload_parts(side: Side) -> None:
    data = bytearray(side.large)
    for place in range(0, side.large, 2**20):
        data[place : place + 4] = place.to_bytes(4, "big")
    before = side.server.counts
    url = await side.ask("upload", bytes(data), "image/png")
    now = side.server.counts
    parts = -(-side.large // internals.MULTIPART_CHUNK_SIZE)
    assert now["requests:upload"] - before.get("requests:upload", 0) == parts + 1
    assert now["requests:initiate"] - before.get("requests:initiate", 0) == 1
    assert sha256(httpx.get(url).content).digest() == sha256(data).digest()


async def _wrong_key(side: Side) -> None:
    error = await _failure(side.with_key("wrong:key").ask("submit", ENDPOINT, INPUT))
    assert (error.status_code, error.message) == (401, "invalid key credentials")
    error = await _failure(side.with_key("wrong").ask("submit", ENDPOINT, INPUT))
    assert (error.status_code, "Invalid Key Authorization header format" in error.message) == (401, True)


async def _unknown(side: Side) -> None:
    error = await _failure(side.ask("submit", "nobody/nothing", INPUT))
    assert (error.status_code, error.message) == (404, "Application 'nobody/nothing' not found")
    for name in ("status", "result", "cancel"):
        error = await _failure(side.ask(name, ENDPOINT, NOBODYS))
        assert (error.status_code, error.response.json()) == (404, {"status": "NOT_FOUND"})


async def _invalid(side: Side) -> None:
    error = await _failure(side.ask("submit", ENDPOINT, {"resolution": "1K"}))
    (finding,) = error.response.json()["detail"]
    assert (error.status_code, finding["loc"], finding["type"]) == (422, ["body", "prompt"], "missing")


async def _refused(side: Side) -> None:
    error = await _failure(side.ask("subscribe", ENDPOINT, INPUT | {"prompt": CONTENT_POLICY}))
    assert (error.status_code, error.error_type) == (422, "content_policy_violation")


async def _start_timeout(side: Side) -> None:
    busy = [await side.ask("submit", ENDPOINT, BUSY) for _ in range(MANY)]
    error = await _failure(side.ask("run", ENDPOINT, INPUT, start_timeout=1.1))
    for handle in busy:
        await _cancelled(handle)
    kind = error.response_headers["x-fal-request-timeout-type"]
    assert (error.status_code, error.error_type, kind) == (504, "request_timeout", "user")


async def _low_priority(side: Side) -> None:
    busy = [await side.ask("submit", ENDPOINT, BUSY) for _ in range(MANY)]
    low = await side.ask("submit", ENDPOINT, INPUT, priority="low")
    normal = await side.ask("submit", ENDPOINT, INPUT)
    places = [(await ask(handle.status)).position for handle in (normal, low)]
    for handle in (*busy, low, normal):
        await _cancelled(handle)
    assert places[0] < places[1]


def _model(endpoint: str, body: dict[str, Any]) -> Feature:
    async def feature(side: Side) -> None:
        output = await side.ask("subscribe", endpoint, body)
        (*_, image) = output.get("images") or [output["image"]]
        _is_picture(image["url"])

    return feature


async def _cancelled(handle: Any) -> None:
    """Cancel it, whether or not it has ended meanwhile."""
    with suppress(fal_client.FalClientHTTPError):
        await ask(handle.cancel)


async def _failure(work: Awaitable[object]) -> fal_client.FalClientHTTPError:
    try:
        await work
    except fal_client.FalClientHTTPError as error:
        return error
    raise AssertionError("no error")


def _is_picture(url: str) -> None:
    assert httpx.get(url).content[1:4] == b"PNG"


def _uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
